// Who calls too often, and who is behind a proxy. The shop runs with the limits and the trusted proxy
// of CMakeLists.txt: rates of which nothing comes back while this runs, and bursts of a few calls.

import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { assertProblem, call, password, Shopper } from './shop.mjs';

/**
 * One call that a proxy of this machine passes on.
 * @param {string} client whom it comes from
 * @param {string} method
 * @param {string} path
 * @param {{json?: unknown, token?: string}} [options]
 */
function callFrom(client, method, path, options = {}) {
  return call(method, path, { ...options, headers: { 'X-Forwarded-For': client } });
}

test('strangers are counted by the address that the proxy names', async () => {
  const ask = (/** @type {string} */ client) => callFrom(client, 'GET', '/api/categories');
  for (let left = 19; left >= 0; left--) {
    const reply = await ask(left % 2 ? '192.0.2.1' : '127.9.9.9, 192.0.2.1');
    assert.equal(reply.status, 200);
    assert.equal(reply.headers.get('ratelimit-policy'), '"anonymous";q=20;w=7200');
    assert.match(reply.headers.get('ratelimit') ?? '', new RegExp(`^"anonymous";r=${left};t=\\d+$`));
  }
  const refused = await ask('192.0.2.1');
  assertProblem(refused, 429, 'RATE_LIMITED');
  assert.match(refused.headers.get('retry-after') ?? '', /^[1-9]\d*$/);
  assert.match(refused.headers.get('ratelimit') ?? '', /^"anonymous";r=0;t=\d+$/);
  // What the client puts in front counts for nothing.
  assertProblem(await ask('198.51.100.7, 192.0.2.1'), 429, 'RATE_LIMITED');
  assert.equal((await ask('192.0.2.2')).status, 200);
});

test('a /64 is one client', async () => {
  for (let i = 0; i < 20; i++) {
    assert.equal((await callFrom(`2001:db8:7::${i}`, 'GET', '/api/categories')).status, 200);
  }
  assertProblem(await callFrom('2001:db8:7::ffff', 'GET', '/api/categories'), 429, 'RATE_LIMITED');
  assert.equal((await callFrom('2001:db8:7:1::1', 'GET', '/api/categories')).status, 200);
});

test('users are counted wherever they are, reads and writes apart', async () => {
  const shopper = await Shopper.register();
  const clear = (/** @type {number} */ i) =>
    callFrom(`192.0.2.${100 + i}`, 'POST', '/api/cart/clear', { json: {}, token: shopper.token });
  for (let i = 0; i < 10; i++) assert.equal((await clear(i)).status, 200);
  const refused = await clear(10);
  assertProblem(refused, 429, 'RATE_LIMITED');
  assert.equal(refused.headers.get('ratelimit-policy'), '"write";q=10;w=3600');
  assert.equal((await shopper.get('/api/cart')).status, 200);
  const other = await Shopper.register();
  assert.equal((await other.send('POST', '/api/cart/clear', {})).status, 200);
});

test('tokens that are no good count against the address', async () => {
  for (let i = 0; i < 20; i++) {
    assertProblem(await callFrom('192.0.2.3', 'GET', '/api/cart', { token: 'a.b.c' }), 401, 'TOKEN_INVALID');
  }
  assertProblem(await callFrom('192.0.2.3', 'GET', '/api/cart', { token: 'a.b.c' }), 429, 'RATE_LIMITED');
});

test('an account has five tries from an address, and nobody locks it for others', async () => {
  const shopper = await Shopper.register();
  const login = (/** @type {string} */ client, /** @type {string} */ email, /** @type {string} */ guess) =>
    callFrom(client, 'POST', '/api/auth/login', { json: { email, password: guess } });
  for (let i = 0; i < 5; i++) {
    const email = i % 2 ? shopper.email : shopper.email.toUpperCase();
    assertProblem(await login('192.0.2.4', email, 'not the right password'), 401, 'INVALID_CREDENTIALS');
  }
  const sixth = await login('192.0.2.4', shopper.email, password);
  assertProblem(sixth, 429, 'RATE_LIMITED');
  assert.equal(sixth.headers.get('ratelimit-policy'), '"auth";q=5;w=3600');
  const other = await login('192.0.2.4', `nobody-${randomUUID()}@example.com`, 'not the right password');
  assertProblem(other, 401, 'INVALID_CREDENTIALS');
  assert.equal((await login('192.0.2.5', shopper.email, password)).status, 200);
});
