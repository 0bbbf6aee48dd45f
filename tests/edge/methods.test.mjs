// Methods: what each path has, HEAD, OPTIONS, and what HTTP does not know.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { field, hostLine, raw, table } from './table.mjs';
import { Wire, get, jsonType, request } from './wire.mjs';

const id = '0190b6a2-0000-7000-8000-000000000000';

/** @param {string} method @param {string} target */
const send = (method, target) =>
  request(method, target, [], ['POST', 'PUT', 'PATCH'].includes(method) ? '' : undefined);

/** What every path has, and who may ask. */
const paths = [
  ['/api/products', 'GET'], [`/api/products/${id}`, 'GET'], ['/api/categories', 'GET'],
  ['/api/cart', 'GET'], ['/api/cart/add', 'POST'], ['/api/cart/clear', 'POST'], ['/api/cart/merge', 'POST'],
  [`/api/cart/item/${id}`, 'DELETE,PUT'], ['/api/checkout', 'POST'], ['/api/orders', 'GET'],
  [`/api/orders/${id}`, 'GET'], [`/api/orders/${id}/cancel`, 'POST'], [`/api/orders/${id}/events`, 'GET'],
  ['/api/wallet', 'GET'], ['/api/wallet/deposit', 'POST'], ['/api/auth/register', 'POST'],
  ['/api/auth/login', 'POST'], ['/api/auth/refresh', 'POST'], ['/api/auth/logout', 'POST'],
  ['/api/auth/me', 'GET'], ['/api/auth/sessions', 'DELETE,GET'], [`/api/auth/sessions/${id}`, 'DELETE'],
  ['/api/auth/password', 'POST'], ['/.well-known/jwks.json', 'GET'],
  ['/.well-known/openid-configuration', 'GET'],
];

/** @param {string} methods */
const allowOf = (methods) =>
  [...methods.split(','), ...(methods.includes('GET') ? ['HEAD'] : []), 'OPTIONS'].sort().join(',');

table('a method that a path lacks is a 405 that says which it has', paths.flatMap(([path, methods]) =>
  ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'TRACE']
    .filter((method) => !methods.split(',').includes(method))
    .map((method) => /** @type {import('./table.mjs').Row} */ ([
      `${method} ${path}`, send(method, path), `405 METHOD_NOT_ALLOWED allow=${allowOf(methods)}`]))));

table('OPTIONS says what a path has', [
  ...paths.map(([path, methods]) => /** @type {import('./table.mjs').Row} */ (
    [path, request('OPTIONS', path), `204 allow=${allowOf(methods)}`])),
  ['a file', request('OPTIONS', '/index.html'), '204 allow=GET,HEAD,OPTIONS'],
  ['no such path', request('OPTIONS', '/api/nowhere'), '404 ROUTE_NOT_FOUND'],
  ['a preflight from nowhere known', request('OPTIONS', '/api/cart',
    ['Origin: https://evil.example', 'Access-Control-Request-Method: GET']), '204', (reply) =>
    assert.equal(field(reply, 'access-control-allow-origin'), undefined)],
]);

table('a method that HTTP has and no path does', [
  ['CONNECT', Buffer.from('CONNECT a:1 HTTP/1.1\r\nHost: a:1\r\n\r\n'), '405 METHOD_NOT_ALLOWED'],
  ['TRACE', request('TRACE', '/api/products'), '405 METHOD_NOT_ALLOWED allow=GET,HEAD,OPTIONS'],
  ['QUERY', request('QUERY', '/api/products'), '405 METHOD_NOT_ALLOWED allow=GET,HEAD,OPTIONS'],
]);

const unknown = '501 METHOD_UNKNOWN open';
table('a method that HTTP does not have', [
  ['an invention', request('FROB', '/api/products'), unknown],
  ['an invention on no path', request('FROB', '/api/nowhere'), unknown],
  ['small letters', request('get', '/api/products'), unknown],
  ['a capital first', request('Get', '/api/products'), unknown],
  ['of WebDAV', request('PROPFIND', '/api/products'), unknown],
  ['of caches', request('PURGE', '/api/products'), unknown],
  ['of a debugger', request('DEBUG', '/'), unknown],
  ['a method and a verb in one', request('GETcancel', '/api/orders/x'), unknown],
  ['all letters of a token', request("!#$%&'*+-.^_`|~", '/api/products'), unknown],
  ['one letter', request('G', '/api/products'), unknown],
  ['a longer GET', request('GETX', '/api/products'), unknown],
  ['60 letters', request('A'.repeat(60), '/api/products'), unknown],
]);

table('a method is not taken from elsewhere', [
  ['an override header', request('POST', '/api/products', ['X-HTTP-Method-Override: GET'], ''), '405'],
  ['an override parameter', request('POST', '/api/products?_method=GET', [], ''), '405'],
  ['an override of a GET', get('/api/categories', ['X-HTTP-Method-Override: DELETE', 'X-Method: POST']), '200'],
]);

test('HEAD has the head of its GET and no body', async (t) => {
  const targets = ['/api/products?pageSize=1', `/api/products/${id}`, '/api/nowhere', '/', '/openapi.json', '/healthz',
    '/api/cart', '/api/products?pageSize=0', '/api/products?nothing=1', '/.well-known/jwks.json'];
  for (const target of targets) {
    await t.test(target, async () => {
      const wire = await Wire.open();
      wire.send(Buffer.concat([get(target), request('HEAD', target), get('/healthz')]));
      const full = await wire.receive();
      const head = await wire.receive(true);
      const after = await wire.receive();
      wire.close();
      assert.ok(full && head, 'both are answered');
      assert.equal(head.status, full.status);
      const names = ['content-type', 'content-length', 'etag', 'cache-control', 'www-authenticate', 'vary'];
      // Two problems have two request ids, of one length.
      for (const name of names) assert.equal(field(head, name), field(full, name), name);
      assert.equal(after?.body.toString(), 'ok\n', 'nothing of a body was sent');
    });
  }
});

table('HEAD is where GET is', [
  ['not on a POST', request('HEAD', '/api/checkout'), '405 head allow=OPTIONS,POST'],
  ['not on a missing path', request('HEAD', '/api/nowhere'), '404 head'],
  ['with a body', request('HEAD', '/api/categories', [jsonType], '{}'), '400 head'],
  ['without a token', request('HEAD', '/api/wallet'), '401 head'],
  ['HTTP/1.0', raw(['HEAD /api/categories HTTP/1.0', hostLine]), '200 head close'],
]);
