// The request line: targets in every form, escapes, and which route they reach.

import { Wire, get, host, request } from './wire.mjs';
import { field, hostLine, raw, table } from './table.mjs';
import assert from 'node:assert/strict';
import { test } from 'node:test';

const line = (/** @type {string} */ text) => raw([text, hostLine]);

table('a path is taken as it is written', [
  ['the route', get('/api/products'), '200 open'],
  ['an empty query', get('/api/products?'), '200'],
  ['an escaped letter of a literal', get('/api/%70roducts'), '200'],
  ['an escaped letter with a small hex digit', get('/%61pi/categories'), '200'],
  ['a trailing slash', get('/api/products/'), '404 ROUTE_NOT_FOUND'],
  ['a slash doubled at the start', get('//api/products'), '404 ROUTE_NOT_FOUND'],
  ['a slash doubled within', get('/api//products'), '404 ROUTE_NOT_FOUND'],
  ['a slash doubled at the end', get('/api/products//'), '404 ROUTE_NOT_FOUND'],
  ['capitals', get('/API/products'), '404 ROUTE_NOT_FOUND'],
  ['capitals in the second segment', get('/api/Products'), '404 ROUTE_NOT_FOUND'],
  ['an escaped slash between literals', get('/api%2Fproducts'), '404 ROUTE_NOT_FOUND'],
  ['an escaped slash in an id', get('/api/products/a%2Fb'), '404 RESOURCE_NOT_FOUND'],
  ['a small escaped slash in an id', get('/api/products/a%2fb'), '404 RESOURCE_NOT_FOUND'],
  ['an escaped slash that would reach another route', get('/api/orders%2Fx'), '404 ROUTE_NOT_FOUND'],
  ['a colon in an id', get('/api/products/a:b'), '404 RESOURCE_NOT_FOUND'],
  ['a colon and a verb that nobody has', get('/api/products/a:run'), '404 RESOURCE_NOT_FOUND'],
  ['a plus in an id is a plus', get('/api/products/a+b'), '404 RESOURCE_NOT_FOUND'],
  ['a semicolon in an id', get('/api/products/a;v=1'), '404 RESOURCE_NOT_FOUND'],
  ['an id that is not a UUID', get('/api/products/nothing'), '404 RESOURCE_NOT_FOUND'],
  ['an id of 1,000 characters', get(`/api/products/${'a'.repeat(1000)}`), '404 RESOURCE_NOT_FOUND'],
  ['an escaped percent sign is decoded once', get('/api/products/%252e%252e'), '404 RESOURCE_NOT_FOUND'],
  ['UTF-8, escaped', get('/api/products/%C3%A4'), '404 RESOURCE_NOT_FOUND'],
  ['three dots are a name', get('/api/products/...'), '404 RESOURCE_NOT_FOUND'],
  ['an empty last segment is not an id', get('/api/products/?x=1'), '404 ROUTE_NOT_FOUND'],
  ['the prefix alone', get('/api'), '404 ROUTE_NOT_FOUND'],
  ['the prefix and a slash', get('/api/'), '404 ROUTE_NOT_FOUND'],
  ['nothing there', get('/api/nowhere'), '404 ROUTE_NOT_FOUND'],
  ['one segment too many', get('/api/products/a/b'), '404 ROUTE_NOT_FOUND'],
  ['the path of an RPC', get('/cartwright.catalog.v1.CatalogService/ListProducts'), '404 ROUTE_NOT_FOUND'],
  ['a post to the path of an RPC',
    request('POST', '/cartwright.catalog.v1.CatalogService/ListProducts', ['Content-Type: application/grpc'], ''), '405'],
  ['an RPC that is for services', get('/cartwright.catalog.v1.CatalogService/ReserveStock'), '404 ROUTE_NOT_FOUND'],
  ['an unknown well-known', get('/.well-known/nothing'), '404 ROUTE_NOT_FOUND'],
  ['the keys', get('/.well-known/jwks.json'), '200'],
  ['readiness is not on this port', get('/readyz'), '404 ROUTE_NOT_FOUND'],
  ['nor are metrics', get('/metrics'), '404 ROUTE_NOT_FOUND'],
]);

const malformed = '400 MALFORMED_URI open';
table('a target that can be read in two ways is refused', [
  ['a dot segment', get('/api/./products'), malformed],
  ['two dots', get('/api/../api/products'), malformed],
  ['two dots at the end', get('/api/products/..'), malformed],
  ['a dot at the end', get('/api/products/.'), malformed],
  ['escaped dots', get('/api/%2e%2e/products'), malformed],
  ['half escaped dots', get('/api/.%2E/products'), malformed],
  ['an escaped dot', get('/%2e/api'), malformed],
  ['dots at the root', get('/..'), malformed],
  ['dots before a file', get('/../../etc/passwd'), malformed],
  ['a zero byte, escaped', get('/api/products/a%00b'), malformed],
  ['a zero byte alone', get('/%00'), malformed],
  ['a zero byte in the query', get('/api/products?query=%00'), malformed],
  ['a broken escape', get('/api/products/%zz'), malformed],
  ['half an escape', get('/api/products/%2'), malformed],
  ['a lone percent sign', get('/api/products/%'), malformed],
  ['a broken escape in the query', get('/api/products?query=%zz'), malformed],
  ['a broken escape in a name', get('/api/products?%z=1'), malformed],
  ['bytes that are not UTF-8', get('/api/products/%ff'), malformed],
  ['UTF-8 that is too long', get('/api/products/%C0%AF'), malformed],
  ['a surrogate in UTF-8', get('/api/products/%ED%A0%80'), malformed],
  ['bytes in the query that are not UTF-8', get('/api/products?query=%C3'), malformed],
  ['a backslash', get('/api\\products'), malformed],
  ['a caret', get('/api/^'), malformed],
  ['braces', get('/api/products/{id}'), malformed],
  ['brackets', get('/api/products/[1]'), malformed],
  ['a quote', get('/api/"'), malformed],
  ['angle brackets', get('/api/<script>'), malformed],
  ['a bar', get('/api/a|b'), malformed],
  ['a fragment', get('/api/products#top'), malformed],
  ['a fragment in the query', get('/api/products?query=a#b'), malformed],
  ['raw UTF-8', get('/api/products/\xc3\xa4'), '400'],
  ['raw Latin-1', get('/api/products/\xe4'), '400'],
  ['no slash', get('api/products'), malformed],
  ['only a query', get('?query=a'), malformed],
  ['another scheme', get('ftp://shop/api/products'), malformed],
  ['a scheme without an authority', get('http:///api/products'), malformed],
  ['a user in the authority', get(`http://user@${host}/api/products`), malformed],
  ['a user that hides the host', get(`http://evil@${host}:80/api/products`), malformed],
  ['a scheme and nothing', get('http://'), malformed],
  ['authority form with GET', get(host), malformed],
  ['a javascript target', get('javascript:alert(1)'), malformed],
]);

table('the other forms of a target', [
  ['absolute', get(`http://${host}/api/categories`), '200 open'],
  ['absolute, https', get(`https://${host}/api/categories`), '200'],
  ['absolute, scheme in capitals', get(`HTTP://${host}/api/categories`), '200'],
  ['absolute with a query', get(`http://${host}/api/products?pageSize=1`), '200'],
  ['absolute without a path', get(`http://${host}`), '200'],
  ['absolute with a query and no path', get(`http://${host}?a=1`), '400 MALFORMED_URI'],
  ['absolute, another authority', get('http://elsewhere.example/api/categories'), '421 MISDIRECTED_REQUEST'],
  ['absolute, another port', get(`http://${host}1/api/categories`), '421 MISDIRECTED_REQUEST'],
  ['absolute with dots', get(`http://${host}/api/../x`), malformed],
  ['an asterisk with OPTIONS', request('OPTIONS', '*'), '204'],
  ['an asterisk with GET', get('*'), '405 METHOD_NOT_ALLOWED'],
  ['an asterisk and more', request('OPTIONS', '*/api'), malformed],
  ['CONNECT', request('CONNECT', host), '405 METHOD_NOT_ALLOWED'],
  ['CONNECT elsewhere', request('CONNECT', 'example.com:443'), '405 METHOD_NOT_ALLOWED'],
]);

const bad = '400 MALFORMED_REQUEST close';
table('a request line has three parts and single spaces', [
  ['two spaces after the method', line('GET  /api/categories HTTP/1.1'), bad],
  ['two spaces before the version', line('GET /api/categories  HTTP/1.1'), bad],
  ['a space in the target', line('GET /api/a b HTTP/1.1'), bad],
  ['a tab after the method', line('GET\t/api/categories HTTP/1.1'), bad],
  ['a tab before the version', line('GET /api/categories\tHTTP/1.1'), bad],
  ['a space at the start', line(' GET /api/categories HTTP/1.1'), bad],
  ['a space at the end', line('GET /api/categories HTTP/1.1 '), bad],
  ['no version (HTTP/0.9)', line('GET /api/categories'), bad],
  ['HTTP/0.9 and nothing else', 'GET /\r\n', bad],
  ['a method alone', line('GET'), bad],
  ['a method and a version', line('GET HTTP/1.1'), bad],
  ['another protocol', line('GET /api/categories ICAP/1.0'), bad],
  ['small letters in the version', line('GET /api/categories http/1.1'), bad],
  ['a method with a bracket', line('G(T /api/categories HTTP/1.1'), bad],
  ['a method with a colon', line('GET: /api/categories HTTP/1.1'), bad],
  ['a zero byte in the target', line('GET /api/\0 HTTP/1.1'), '400'],
  ['a control character in the target', line('GET /api/\x01 HTTP/1.1'), '400'],
  ['DEL in the target', line('GET /api/\x7f HTTP/1.1'), '400'],
  ['a form feed between', line('GET /api/categories\fHTTP/1.1'), bad],
  ['a TLS handshake', Buffer.from('160301020001', 'hex') + '\r\n\r\n', bad],
  ['a line of spaces', '   \r\n\r\n', bad],
]);

const version = '505 VERSION_NOT_SUPPORTED close';
table('HTTP/1.1 and 1.0 are spoken', [
  ['the preface of HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', version],
  ['HTTP/2.0', line('GET /api/categories HTTP/2.0'), version],
  ['HTTP/1.2', line('GET /api/categories HTTP/1.2'), version],
  ['HTTP/0.9 by name', line('GET /api/categories HTTP/0.9'), version],
  ['HTTP/1.10', line('GET /api/categories HTTP/1.10'), version],
  ['HTTP/3', line('GET /api/categories HTTP/3'), version],
  ['HTTP/1.0 closes', raw(['GET /api/categories HTTP/1.0']), '200 close'],
  ['HTTP/1.0 with a Host', raw(['GET /api/categories HTTP/1.0', hostLine]), '200 close'],
  ['an upgrade to HTTP/2 is not taken up',
    get('/api/categories', ['Connection: Upgrade, HTTP2-Settings', 'Upgrade: h2c', 'HTTP2-Settings: AAMAAABkAAQAAP__']), '200'],
  ['an upgrade to a web socket is not taken up',
    get('/api/categories', ['Connection: Upgrade', 'Upgrade: websocket', 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==']), '200'],
]);

// What a page of the shop may do, in full: whoever loosens it does so here as well.
const pagePolicy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; "
  + "object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; require-trusted-types-for 'script'";

table('outside the API there are files', [
  ['the page', get('/'), '200', (reply) => assert.equal(field(reply, 'content-security-policy'), pagePolicy)],
  ['the page by name', get('/index.html'), '200'],
  ['no such file', get('/nothing.txt'), '404 ROUTE_NOT_FOUND'],
  ['a page of the storefront', get('/cart', ['Accept: text/html']), '200'],
  ['not for who wants JSON', get('/cart', ['Accept: application/json']), '404 ROUTE_NOT_FOUND'],
  ['not below the API', get('/api/cartography', ['Accept: text/html']), '404 ROUTE_NOT_FOUND'],
  ['a hidden file', get('/.git/config'), '404 ROUTE_NOT_FOUND'],
  ['an escaped slash out of the directory', get('/..%2f..%2fetc%2fpasswd'), '404 ROUTE_NOT_FOUND'],
  ['an escaped backslash out of the directory', get('/..%5c..%5cetc'), '404 ROUTE_NOT_FOUND'],
  ['the directory of pictures', get('/media/'), '404 ROUTE_NOT_FOUND'],
  ['the directory of pictures without the slash', get('/media'), '404 ROUTE_NOT_FOUND'],
  ['pictures have no page', get('/media/x', ['Accept: text/html']), '404 ROUTE_NOT_FOUND'],
  ['a post', request('POST', '/', [], ''), '405 METHOD_NOT_ALLOWED allow=GET,HEAD,OPTIONS'],
  ['the document of the API', get('/openapi.json'), '200'],
]);

test('empty lines before a request', async (t) => {
  await t.test('one is forgiven', async () => {
    const wire = await Wire.open();
    wire.send(`\r\n${get('/healthz')}`);
    assert.equal((await wire.receive())?.status, 200);
    wire.close();
  });
  await t.test('and between two requests', async () => {
    const wire = await Wire.open();
    wire.send(`${get('/healthz')}\r\n${get('/healthz')}`);
    assert.equal((await wire.receive())?.status, 200);
    assert.equal((await wire.receive())?.status, 200);
    wire.close();
  });
});
