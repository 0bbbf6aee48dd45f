// Header fields: which of a client are believed, and which every answer has.

import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { Person, keyed, person } from './people.mjs';
import { assertReply, field, table } from './table.mjs';
import { Wire, get, host, jsonType, post, request } from './wire.mjs';

/** @param {string} id */
const isMe = (id) => (/** @type {import('./wire.mjs').Reply} */ reply) => assert.equal(reply.json.user.id, id);
const stranger = await Person.make();
const me = '/api/auth/me';
/** @param {string[]} fields */
const smuggle = (fields) => person.get(me, fields);

table('nobody becomes somebody else by a header', [
  ...['X-User-Id', 'x-user-id', 'User-Id', 'X_User_Id', 'X-Internal-User', 'X-Cartwright-User', 'X-Forwarded-User', 'Remote-User',
    'X-Subject', 'Grpc-Metadata-User-Id', 'Grpc-Metadata-x-user-id', 'user-id-bin', 'x-user-id-bin', 'grpc-user', 'cartwright-user'].map(
    (name) => /** @type {import('./table.mjs').Row} */ ([name, smuggle([`${name}: ${stranger.id}`]), '200 open', isMe(person.id)])),
  ['without a token they are nothing', get(me, [`X-User-Id: ${stranger.id}`, `X-Forwarded-User: ${stranger.id}`]), '401 TOKEN_MISSING'],
  ['a role', person.get('/api/admin/sagas', ['X-Roles: admin', 'X-User-Roles: admin', 'X-Admin: true']), '403 INSUFFICIENT_SCOPE'],
  ['named in Connection', smuggle(['Connection: X-User-Id', `X-User-Id: ${stranger.id}`]), '200', isMe(person.id)],
  ['the path of a proxy', smuggle(['X-Original-URL: /api/admin/sagas', 'X-Rewrite-URL: /api/admin/sagas']), '200', isMe(person.id)],
  ['the host of a proxy', smuggle(['X-Forwarded-Host: evil.example', 'Forwarded: host=evil.example']), '200', isMe(person.id)],
  ['an address of a proxy', smuggle(['X-Forwarded-For: 127.0.0.1', 'X-Real-IP: 10.0.0.1']), '200', isMe(person.id)],
  ['a scheme of a proxy', smuggle(['X-Forwarded-Proto: https']), '200', isMe(person.id)],
]);

table('the headers of gRPC are not taken for those of HTTP', [
  ['grpc-encoding', get('/api/categories', ['grpc-encoding: gzip', 'grpc-accept-encoding: gzip']), '200'],
  ['grpc-status', get('/api/categories', ['grpc-status: 13', 'grpc-message: x']), '200'],
  ['a binary field that is not base64', get('/api/categories', ['x-data-bin: !!!']), '200'],
  ['te', get('/api/categories', ['TE: trailers']), '200'],
  ['a field of HTTP/2', get('/api/categories', [':path: /api/cart']), '400 MALFORMED_REQUEST close'],
  ['a content type of gRPC', get('/api/categories', ['Content-Type: application/grpc']), '200'],
]);

/** @param {string} sent @param {boolean} kept @returns {import('./table.mjs').Row} */
const id = (sent, kept) => [`${sent.slice(0, 20)} (${sent.length})`, get('/api/categories', [`X-Request-Id: ${sent}`]), '200', (reply) =>
  assert.equal(field(reply, 'x-request-id') === sent, kept, field(reply, 'x-request-id'))];
table('a request id is kept when it is sane', [
  id('abcdefgh', true), id('abcdefg', false), id('a'.repeat(64), true), id('a'.repeat(65), false), id(randomUUID(), true),
  id('A.b_c-0123', true), id('with space', false), id('semi;colon', false), id('quo"te123', false), id('<script>1</script>', false),
  id('new%0Aline', false), id('slash/slash', false), id('\xc3\xa4bcdefgh', false), id('', false),
  ['two of them', get('/api/categories', ['X-Request-Id: abcdefgh', 'X-Request-Id: ijklmnop']), '200', (reply) =>
    assert.doesNotMatch(field(reply, 'x-request-id') ?? '', /abcdefgh|ijklmnop/)],
  ['it is kept in a refusal', get('/api/nowhere', ['X-Request-Id: in-a-problem']), '404', (reply) =>
    assert.equal(reply.json.requestId, 'in-a-problem')],
  ['it is kept when the head is refused', get('/api/nowhere', ['X-Request-Id: in-a-problem', 'Expect: magic']), '417 close', (reply) =>
    assert.equal(reply.json.requestId, 'in-a-problem')],
]);

const trace = '4bf92f3577b34da6a3ce929d0e0e4736';
/** @param {string} name @param {string} sent @param {boolean} kept @returns {import('./table.mjs').Row} */
const traced = (name, sent, kept) => [name, get('/api/nowhere', [`traceparent: ${sent}`]), '404', (reply) =>
  assert.equal(reply.json.traceId === trace, kept, reply.json.traceId)];
table('a trace is continued when it is well-formed', [
  traced('a good one', `00-${trace}-00f067aa0ba902b7-01`, true),
  traced('not sampled', `00-${trace}-00f067aa0ba902b7-00`, true),
  traced('in capitals', `00-${trace.toUpperCase()}-00F067AA0BA902B7-01`, false),
  traced('a version that is none', `ff-${trace}-00f067aa0ba902b7-01`, false),
  traced('a trace of zeros', `00-${'0'.repeat(32)}-00f067aa0ba902b7-01`, false),
  traced('a parent of zeros', `00-${trace}-${'0'.repeat(16)}-01`, false),
  traced('too short', `00-${trace}-00f067aa0ba902-01`, false),
  traced('something after', `00-${trace}-00f067aa0ba902b7-01-x`, false),
  traced('not hexadecimal', `00-${'g'.repeat(32)}-00f067aa0ba902b7-01`, false),
  traced('a word', 'trace', false),
]);

const refresh = (/** @type {string[]} */ fields) => request('POST', '/api/auth/refresh', [jsonType, ...fields], '{}');
const elsewhere = '403 ORIGIN_NOT_ALLOWED open';
const nobody = '401 TOKEN_INVALID open';
table('cookies are for the shop\'s own pages', [
  ['no header tells', refresh([]), nobody],
  ['our origin', refresh([`Origin: http://${host}`]), nobody],
  ['our origin, https', refresh([`Origin: https://${host}`]), nobody],
  ['another origin', refresh(['Origin: https://evil.example']), elsewhere],
  ['an origin that begins so', refresh([`Origin: http://${host}.evil.example`]), elsewhere],
  ['an origin of another port', refresh([`Origin: http://${host}1`]), elsewhere],
  ['null', refresh(['Origin: null']), elsewhere],
  ['an empty origin', refresh(['Origin:']), elsewhere],
  ['an origin with a path', refresh([`Origin: http://${host}/`]), elsewhere],
  ['an origin with a user', refresh([`Origin: http://user@${host}`]), elsewhere],
  ['another scheme', refresh([`Origin: file://${host}`]), elsewhere],
  ['two origins', refresh([`Origin: http://${host}`, 'Origin: https://evil.example']), elsewhere],
  ['a list of origins', refresh([`Origin: http://${host} https://evil.example`]), elsewhere],
  ['Sec-Fetch-Site: cross-site', refresh(['Sec-Fetch-Site: cross-site']), elsewhere],
  ['Sec-Fetch-Site: same-site', refresh(['Sec-Fetch-Site: same-site']), elsewhere],
  ['Sec-Fetch-Site: same-origin', refresh(['Sec-Fetch-Site: same-origin']), nobody],
  ['Sec-Fetch-Site: none', refresh(['Sec-Fetch-Site: none']), nobody],
  ['signing in, too', post('/api/auth/login', '{}', ['Origin: https://evil.example']), elsewhere],
  ['registering, too', post('/api/auth/register', '{}', ['Sec-Fetch-Site: cross-site']), elsewhere],
  ['the second factor, too', post('/api/auth/login/second-factor', '{}', ['Origin: null']), elsewhere],
  ['logout, too', request('POST', '/api/auth/logout', [jsonType, 'Origin: https://evil.example'], '{}'), elsewhere],
  ['a garbled cookie', refresh(['Cookie: __Host-refresh']), nobody],
  ['two cookies that differ', refresh(['Cookie: __Host-refresh=a; __Host-refresh=b']), nobody],
  ['a cookie with a zero byte, escaped', refresh(['Cookie: __Host-refresh=a%00b']), nobody],
]);

table('what a client expects', [
  ['magic', post('/api/auth/login', '{}', ['Expect: magic']), '417 EXPECTATION_FAILED close'],
  ['two things', post('/api/auth/login', '{}', ['Expect: 100-continue, magic']), '417 close'],
  ['two things in two fields', post('/api/auth/login', '{}', ['Expect: 100-continue', 'Expect: magic']), '417 close'],
  ['to go on, when it did not wait', post('/api/auth/login', '{}', ['Expect: 100-continue']), '400 INVALID_FIELD open'],
  ['to go on, without a body', get('/api/categories', ['Expect: 100-continue']), '200 open'],
]);

table('caches are told what they may keep', [
  ['a product list', get('/api/products'), '200', (reply) => assert.match(field(reply, 'cache-control') ?? '', /^public, max-age=/)],
  ['has a strong tag', get('/api/products'), '200', (reply) => assert.match(field(reply, 'etag') ?? '', /^"[A-Za-z0-9_-]+"$/)],
  ['a cart', person.get('/api/cart'), '200', (reply) => assert.match(field(reply, 'cache-control') ?? '', /no-store/)],
  ['a wallet', person.get('/api/wallet'), '200', (reply) => assert.match(field(reply, 'cache-control') ?? '', /no-store/)],
  ['a deposit', person.deposit('{"amount":{"currencyCode":"EUR","minorUnits":"1"}}', [keyed()]), '200', (reply) =>
    assert.match(field(reply, 'cache-control') ?? '', /no-store/)],
  ['anything is known', get('/api/categories', ['If-None-Match: *']), '304'],
  ['another tag is known', get('/api/categories', ['If-None-Match: "x"']), '200'],
  ['a broken tag', get('/api/categories', ['If-None-Match: x"']), '200'],
]);

test('a tag that is known gives a 304 with the same tag', async () => {
  const wire = await Wire.open();
  wire.send(get('/api/categories'));
  const tag = field(/** @type {any} */ (await wire.receive()), 'etag');
  for (const list of [tag, `W/${tag}`, `"other", ${tag}`]) {
    wire.send(get('/api/categories', [`If-None-Match: ${list}`]));
    const reply = await wire.receive();
    assertReply(reply, '304');
    assert.equal(field(/** @type {any} */ (reply), 'etag'), tag);
    assert.equal(reply?.fields.has('content-length'), false);
  }
  wire.close();
});

test('a session cookie is guarded', async () => {
  const wire = await Wire.open();
  wire.send(post('/api/auth/login', JSON.stringify({ email: person.shopper.email, password: 'a long enough passphrase' })));
  const reply = await wire.receive();
  assertReply(reply, '200');
  const cookies = reply?.fields.get('set-cookie') ?? [];
  assert.deepEqual(cookies.map((cookie) => cookie.split('=')[0]), ['__Host-refresh', '__Host-device']);
  for (const cookie of cookies) assert.match(cookie, /^[^=]+=[^;]+; Path=\/; Max-Age=\d+; HttpOnly; Secure; SameSite=Strict$/);
  assert.deepEqual([reply?.json.refreshToken, reply?.json.device], [undefined, undefined]);
  wire.close();
});
