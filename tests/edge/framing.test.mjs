// Where a request begins and ends. Two readers who disagree about that are how requests are smuggled, so
// the hidden request of a case must never be answered: nothing may come after the refusal.

import { table, hostLine, raw } from './table.mjs';
import { chunked, get, host, jsonType, post, request } from './wire.mjs';

const bad = '400 MALFORMED_REQUEST close';
const login = 'POST /api/auth/login HTTP/1.1';
const wrong = '{"email":"framing@example.com","password":"wrong"}';
const hidden = raw(['GET /healthz HTTP/1.1', hostLine]);

/** A login with these header fields and what comes after them. @param {string[]} fields @param {string} after */
const framed = (fields, after) => raw([login, hostLine, jsonType, ...fields], after);

table('one Content-Length, of digits', [
  ['the right one', post('/api/auth/login', wrong), '401 INVALID_CREDENTIALS open'],
  ['twice the same', framed(['Content-Length: 2', 'Content-Length: 2'], `{}${hidden}`), bad],
  ['two that differ', framed(['Content-Length: 2', 'Content-Length: 40'], `{}${hidden}`), bad],
  ['a list of the same', framed(['Content-Length: 2, 2'], `{}${hidden}`), bad],
  ['a list that differs', framed(['Content-Length: 2,40'], `{}${hidden}`), bad],
  ['a sign', framed(['Content-Length: +2'], `{}${hidden}`), bad],
  ['a minus', framed(['Content-Length: -2'], `{}${hidden}`), bad],
  ['a hexadecimal', framed(['Content-Length: 0x2'], `{}${hidden}`), bad],
  ['a fraction', framed(['Content-Length: 2.0'], `{}${hidden}`), bad],
  ['an exponent', framed(['Content-Length: 1e1'], `{}${hidden}`), bad],
  ['a space within', framed(['Content-Length: 4 2'], `{}${hidden}`), bad],
  ['a letter after', framed(['Content-Length: 2x'], `{}${hidden}`), bad],
  ['a semicolon after', framed(['Content-Length: 2;'], `{}${hidden}`), bad],
  ['quotes', framed(['Content-Length: "2"'], `{}${hidden}`), bad],
  ['none', framed(['Content-Length:'], `{}${hidden}`), bad],
  ['over 64 bits', framed(['Content-Length: 18446744073709551618'], `{}${hidden}`), bad],
  ['of 100 digits', framed([`Content-Length: ${'9'.repeat(100)}`], `{}${hidden}`), bad],
  ['of a GET, twice', raw(['GET /healthz HTTP/1.1', hostLine, 'Content-Length: 0', 'Content-Length: 0']), bad],
  ['a trick of names', framed(['Content_Length: 40', 'Content-Length: 2'], '{}'), '400'],
  ['too short: what follows is another request', framed(['Content-Length: 2'], `{}${hidden}`),
    ['400 INVALID_FIELD', '200']],
]);

table('Content-Length and Transfer-Encoding exclude each other', [
  ['the length first', framed(['Content-Length: 5', 'Transfer-Encoding: chunked'], `0\r\n\r\n${hidden}`), bad],
  ['the coding first', framed(['Transfer-Encoding: chunked', 'Content-Length: 5'], `0\r\n\r\n${hidden}`), bad],
  ['a length of 0', framed(['Content-Length: 0', 'Transfer-Encoding: chunked'], `0\r\n\r\n${hidden}`), bad],
  ['a coding that is not ours', framed(['Content-Length: 2', 'Transfer-Encoding: gzip'], `{}${hidden}`), bad],
  ['a coding of white space', framed(['Content-Length: 2', 'Transfer-Encoding: '], `{}${hidden}`), bad],
  ['identity and a length', framed(['Content-Length: 2', 'Transfer-Encoding: identity'], `{}${hidden}`), bad],
]);

const codings = ['gzip', 'identity', 'xchunked', 'chunkedx', '"chunked"', 'chunked, chunked', 'chunked,', ',chunked',
  'gzip, chunked', 'chunked, gzip', 'chunked, identity', 'deflate', 'chunked;q=1', 'chunked foo', 'x', 'trailers',
  'chunked\x0b', '\x0bchunked', 'chunked\x00', "'chunked'", 'chunk', 'ch\tunked', '[chunked]'];
table('the one transfer coding is chunked', [
  ['chunked', chunked('/api/auth/login', `${wrong.length.toString(16)}\r\n${wrong}\r\n0\r\n\r\n`), '401 INVALID_CREDENTIALS open'],
  ['in capitals', framed(['Transfer-Encoding: CHUNKED'], `2\r\n{}\r\n0\r\n\r\n`), '400 INVALID_FIELD open'],
  ['white space around', framed(['Transfer-Encoding: \t chunked \t'], `2\r\n{}\r\n0\r\n\r\n`), '400 INVALID_FIELD open'],
  ...codings.map((coding) => /** @type {import('./table.mjs').Row} */ (
    [JSON.stringify(coding), framed([`Transfer-Encoding: ${coding}`], `0\r\n\r\n${hidden}`), bad])),
  ['twice', framed(['Transfer-Encoding: chunked', 'Transfer-Encoding: chunked'], `0\r\n\r\n${hidden}`), bad],
  ['twice, another first', framed(['Transfer-Encoding: identity', 'Transfer-Encoding: chunked'], `0\r\n\r\n${hidden}`), bad],
  ['empty', framed(['Transfer-Encoding:'], `0\r\n\r\n${hidden}`), bad],
  ['in HTTP/1.0', raw(['POST /api/auth/login HTTP/1.0', hostLine, jsonType, 'Transfer-Encoding: chunked'],
    `0\r\n\r\n${hidden}`), bad],
  ['in HTTP/1.0 with a length', raw(['POST /api/auth/login HTTP/1.0', hostLine, jsonType, 'Content-Length: 2',
    'Transfer-Encoding: chunked'], '{}'), bad],
  ['a space before the colon', framed(['Transfer-Encoding : chunked'], `0\r\n\r\n${hidden}`), bad],
  ['a tab before the colon', framed(['Transfer-Encoding\t: chunked'], `0\r\n\r\n${hidden}`), bad],
  ['folded', framed(['Transfer-Encoding:', ' chunked'], `0\r\n\r\n${hidden}`), bad],
  ['a name with an underscore is another field', framed(['Transfer_Encoding: chunked', 'Content-Length: 2'], '{}'), '400'],
]);

/** @param {string} chunks */
const chunks = (chunks) => chunked('/api/auth/login', chunks);
const big = 'x'.repeat(70_000);
table('chunks', [
  ['two', chunks('1\r\n{\r\n1\r\n}\r\n0\r\n\r\n'), '400 INVALID_FIELD open'],
  ['none', chunks('0\r\n\r\n'), '400 INVALID_FIELD'],
  ['zeros before the size', chunks('0002\r\n{}\r\n0\r\n\r\n'), '400 INVALID_FIELD open'],
  ['a last chunk of many zeros', chunks('2\r\n{}\r\n000\r\n\r\n'), '400 INVALID_FIELD open'],
  ['hex digits of both cases', chunks(`a\r\n{        \n\r\nA\r\n}         \r\n0\r\n\r\n`), '400 INVALID_FIELD open'],
  ['an extension', chunks('2;name=value\r\n{}\r\n0\r\n\r\n'), '400 INVALID_FIELD open'],
  ['an extension with a quoted value', chunks('2;name="a;b"\r\n{}\r\n0\r\n\r\n'), '400 INVALID_FIELD open'],
  ['an extension of 300 bytes', chunks(`2;${'x'.repeat(300)}\r\n{}\r\n0\r\n\r\n`), bad],
  ['extensions of 70 KB', chunks(`2;${big}\r\n{}\r\n0\r\n\r\n`), bad],
  ['an extension on the last chunk, 300 bytes', chunks(`2\r\n{}\r\n0;${'x'.repeat(300)}\r\n\r\n`), bad],
  ['extensions of 200 bytes on 100 chunks', chunks(`1;${'x'.repeat(200)}\r\n \r\n`.repeat(100) + '0\r\n\r\n'), bad],
  ['a bare LF in an extension', chunks('2;a\nb\r\n{}\r\n0\r\n\r\n'), bad],
  ['a bare CR in an extension', chunks('2;a\rb\r\n{}\r\n0\r\n\r\n'), bad],
  ['a zero byte in an extension', chunks('2;a\0b\r\n{}\r\n0\r\n\r\n'), bad],
  ['no size', chunks('\r\n{}\r\n0\r\n\r\n'), bad],
  ['not hexadecimal', chunks('g\r\n{}\r\n0\r\n\r\n'), bad],
  ['a sign', chunks('+2\r\n{}\r\n0\r\n\r\n'), bad],
  ['a minus', chunks('-2\r\n{}\r\n0\r\n\r\n'), bad],
  ['0x', chunks('0x2\r\n{}\r\n0\r\n\r\n'), bad],
  ['an underscore', chunks('0_2\r\n{}\r\n0\r\n\r\n'), bad],
  ['a space before the size', chunks(' 2\r\n{}\r\n0\r\n\r\n'), bad],
  ['a space after the size', chunks('2 \r\n{}\r\n0\r\n\r\n'), bad],
  ['a bare LF after the size', chunks('2\n{}\r\n0\r\n\r\n'), bad],
  ['a bare CR after the size', chunks('2\r{}\r\n0\r\n\r\n'), bad],
  ['a bare LF after the data', chunks('2\r\n{}\n0\r\n\r\n'), bad],
  ['more data than the size says', chunks('2\r\n{}x\r\n0\r\n\r\n'), bad],
  ['less data than the size says', chunks('3\r\n{}\r\n0\r\n\r\n'), bad],
  ['a size over 64 bits', chunks('10000000000000000\r\n{}'), bad],
  ['a size that is -1 in 64 bits', chunks('ffffffffffffffff\r\n{}'), '413 PAYLOAD_TOO_LARGE close'],
  ['a size of 100 digits', chunks(`${'f'.repeat(100)}\r\n{}`), bad],
  ['a size over the limit', chunks('7fffffff\r\n{}'), '413 PAYLOAD_TOO_LARGE close'],
  ['many chunks over the limit', chunks(`400\r\n${'x'.repeat(1024)}\r\n`.repeat(70)), '413 PAYLOAD_TOO_LARGE close'],
  ['4,000 chunks of one byte', chunks('1\r\n \r\n'.repeat(4000) + '2\r\n{}\r\n0\r\n\r\n'), '400 INVALID_FIELD open'],
  ['a bare LF at the end', chunks('2\r\n{}\r\n0\r\n\n'), bad],
]);

/** @param {string} trailer */
const trailer = (trailer) => chunks(`2\r\n{}\r\n0\r\n${trailer}\r\n\r\n`);
table('trailers are refused: they could pass for header fields', [
  ['a small one', trailer('A: b'), bad],
  ['a user', trailer('X-User-Id: 1'), bad],
  ['a token', trailer('Authorization: Bearer x'), bad],
  ['a Host', trailer(`Host: ${host}`), bad],
  ['a length', trailer('Content-Length: 5'), bad],
  ['a coding', trailer('Transfer-Encoding: chunked'), bad],
  ['a key', trailer('Idempotency-Key: abc'), bad],
  ['two', trailer('A: b\r\nC: d'), bad],
  ['one that was announced', chunked('/api/auth/login', '2\r\n{}\r\n0\r\nA: b\r\n\r\n', ['Trailer: A']), bad],
  ['an empty value', trailer('A:'), bad],
  ['no name', trailer(': b'), bad],
  ['folded', trailer('A: b\r\n c'), bad],
  ['of 20 KB', trailer(`A: ${'b'.repeat(20_000)}`), bad],
  ['of 64 KiB', trailer(`A: ${'b'.repeat(65_536)}`), bad],
  ['of 1 MB', trailer(`A: ${'b'.repeat(1_000_000)}`), bad],
  ['10,000 of them', trailer('A: b\r\n'.repeat(10_000) + 'C: d'), bad],
]);

const root = 'GET /healthz HTTP/1.1';
table('a line ends with CR and LF', [
  ['only LF', `${root}\n${hostLine}\n\n`, bad],
  ['LF after the request line', `${root}\n${hostLine}\r\n\r\n`, bad],
  ['LF after a field', `${root}\r\n${hostLine}\nA: b\r\n\r\n`, bad],
  ['LF at the end', `${root}\r\n${hostLine}\r\n\n`, bad],
  ['only CR', `${root}\r${hostLine}\r\r`.concat('\r\n\r\n'), bad],
  ['CR within a value', raw([root, hostLine, 'A: b\rC: d']), bad],
  ['CR CR LF', `${root}\r\r\n${hostLine}\r\n\r\n`, bad],
  ['CR CR LF after a field', `${root}\r\n${hostLine}\r\r\n\r\n`, bad],
  ['CR at the start of a line', raw([root, hostLine, '\rA: b']), bad],
  ['two empty lines before', `\r\n\r\n${root}\r\n${hostLine}\r\n\r\n`, bad],
  ['an LF before', `\n${root}\r\n${hostLine}\r\n\r\n`, bad],
  ['a CR before', `\r${root}\r\n${hostLine}\r\n\r\n`, bad],
]);

table('a header field is a name, a colon and a value', [
  ['folded with a space', raw([root, hostLine, 'A: b', ' c']), bad],
  ['folded with a tab', raw([root, hostLine, 'A: b', '\tc']), bad],
  ['folded at once', raw([root, ` ${hostLine}`]), bad],
  ['a folded Content-Length', framed(['Content-Length: 2', ' 0'], `{}${hidden}`), bad],
  ['a line of white space', raw([root, hostLine, '  ', 'A: b']), bad],
  ['no colon', raw([root, hostLine, 'A']), bad],
  ['no name', raw([root, hostLine, ': b']), bad],
  ['a space before the colon', raw([root, hostLine, 'A : b']), bad],
  ['a space in the name', raw([root, hostLine, 'A b: c']), bad],
  ['a zero byte in the name', raw([root, hostLine, 'A\0: c']), bad],
  ['a zero byte in the value', raw([root, hostLine, 'A: b\0c']), bad],
  ['a zero byte alone', raw([root, hostLine, 'A: \0']), bad],
  ['a control character in the value', raw([root, hostLine, 'A: b\x01c']), bad],
  ['DEL in the value', raw([root, hostLine, 'A: b\x7f']), bad],
  ['a bracket in the name', raw([root, hostLine, 'A(b): c']), bad],
  ['a slash in the name', raw([root, hostLine, 'A/b: c']), bad],
  ['a quote in the name', raw([root, hostLine, '"A": c']), bad],
  ['an umlaut in the name', raw([root, hostLine, '\xc3\xa4: c']), bad],
  ['a tab in the value', raw([root, hostLine, 'A: b\tc']), '200 open'],
  ['an empty value', raw([root, hostLine, 'A:']), '200 open'],
  ['no space after the colon', raw([root, hostLine, 'A:b']), '200 open'],
  ['UTF-8 in the value', raw([root, hostLine, 'A: \xc3\xa4']), '200 open'],
  ['colons in the value', raw([root, hostLine, 'A: b:c:d']), '200 open'],
]);

table('one Host, which is a host', [
  ['none', raw([root]), bad],
  ['two of the same', raw([root, hostLine, hostLine]), bad],
  ['two that differ', raw([root, hostLine, 'Host: evil.example']), bad],
  ['two in two cases', raw([root, hostLine, `HOST: ${host}`]), bad],
  ['empty', raw([root, 'Host:']), bad],
  ['empty, with a space', raw([root, 'Host: ']), bad],
  ['a space', raw([root, 'Host: a b']), bad],
  ['a path', raw([root, 'Host: a/b']), bad],
  ['a user', raw([root, 'Host: user@a']), bad],
  ['a list', raw([root, 'Host: a, b']), bad],
  ['a scheme', raw([root, 'Host: http://a']), bad],
  ['a query', raw([root, 'Host: a?b']), bad],
  ['a fragment', raw([root, 'Host: a#b']), bad],
  ['a backslash', raw([root, 'Host: a\\b']), bad],
  ['a quote', raw([root, 'Host: "a"']), bad],
  ['a port that is none', raw([root, 'Host: a:b']), bad],
  ['a port over 65535', raw([root, 'Host: a:65536']), bad],
  ['two ports', raw([root, 'Host: a:1:2']), bad],
  ['only a port', raw([root, 'Host: :80']), bad],
  ['a bracket that stays open', raw([root, 'Host: [::1']), bad],
  ['raw UTF-8', raw([root, 'Host: \xc3\xa4']), bad],
  ['another name', raw([root, 'Host: shop.example']), '200 open'],
  ['a name and a port', raw([root, 'Host: shop.example:8443']), '200 open'],
  ['an address of IPv6', raw([root, 'Host: [::1]:80']), '200 open'],
  ['an absolute target does without it no less', raw([`GET http://${host}/healthz HTTP/1.1`]), bad],
  ['HTTP/1.0 does without it', raw(['GET /healthz HTTP/1.0']), '200 close'],
  ['HTTP/1.0 with two', raw(['GET /healthz HTTP/1.0', hostLine, hostLine]), bad],
]);

table('requests that come in one packet', [
  ['in their order', Buffer.concat([get('/healthz'), get('/api/nowhere'), get('/api/categories')]),
    ['200', '404 ROUTE_NOT_FOUND', '200']],
  ['a bad one is the last', Buffer.concat([get('/healthz'), Buffer.from(raw([root])), get('/healthz')]), ['200', bad]],
  ['a refused body is skipped', Buffer.concat([post('/api/cart/add', hidden), get('/healthz')]),
    ['401 TOKEN_MISSING open', '200']],
  ['a body on a GET is skipped', Buffer.concat([request('GET', '/api/categories', [jsonType], hidden), get('/healthz')]),
    ['400 BODY_NOT_ALLOWED open', '200']],
  ['a refused chunked body is not skipped, it is the end',
    Buffer.concat([chunked('/api/cart/add', `5\r\nhello\r\n0\r\n\r\n`), get('/healthz')]), '401 TOKEN_MISSING close'],
  ['a HEAD between', Buffer.concat([get('/healthz'), request('HEAD', '/api/categories'), get('/healthz')]),
    ['200', '200 head', '200']],
  ['after Connection: close nothing is read',
    Buffer.concat([get('/healthz', ['Connection: close']), get('/healthz')]), '200 close'],
  ['after HTTP/1.0 nothing is read', Buffer.concat([Buffer.from(raw(['GET /healthz HTTP/1.0'])), get('/healthz')]), '200 close'],
  ['50 of them', Buffer.concat(Array(50).fill(get('/healthz'))), Array(50).fill('200')],
]);
