// What ends with a session: its access tokens, on every gateway.

import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { assertProblem, call, eventually, password, shopUrl, signal } from './shop.mjs';

const replicas = Number(process.env.REPLICAS ?? 1);
const base = Number(new URL(shopUrl).port);

/** @param {string} token @returns {Promise<Response[]>} of every gateway */
function askAll(token) {
  return Promise.all(Array.from({ length: replicas }, (_, i) =>
    fetch(`http://127.0.0.1:${base + 20 * i}/api/auth/me`, { headers: { Authorization: `Bearer ${token}` } })));
}

/** @param {import('./shop.mjs').Reply} reply of register or login */
function sessionOf(reply) {
  assert.ok(reply.status === 200 || reply.status === 201, JSON.stringify(reply.body));
  const cookie = (reply.headers.get('set-cookie') ?? '').split(';')[0];
  return { token: reply.body.accessToken, cookie };
}

/** Somebody with two sessions. */
async function twoSessions() {
  const email = `shopper-${randomUUID()}@example.com`;
  const one = sessionOf(await call('POST', '/api/auth/register', { json: { email, password, displayName: 'Ada' } }));
  const two = sessionOf(await call('POST', '/api/auth/login', { json: { email, password } }));
  for (const { token } of [one, two]) {
    for (const reply of await askAll(token)) assert.equal(reply.status, 200);
  }
  return [one, two];
}

/** @param {string} what @param {string} token */
async function isRefusedEverywhere(what, token) {
  const start = Date.now();
  await eventually(`the token is refused after ${what}`, async () =>
    ((await askAll(token)).every((reply) => reply.status === 401) ? true : undefined));
  console.log(`refused ${Date.now() - start} ms after ${what}`);
  const [reply] = await askAll(token);
  const body = await reply.json();
  assert.equal(body.reason, 'TOKEN_INVALID');
  assert.equal(reply.headers.get('www-authenticate'), 'Bearer realm="cartwright", error="invalid_token"');
}

/** @param {string} token */
async function isGood(token) {
  for (const reply of await askAll(token)) assert.equal(reply.status, 200);
}

test('a logout ends the access tokens of its session, and of no other', async () => {
  const [one, two] = await twoSessions();
  assert.equal((await call('POST', '/api/auth/logout', { json: {}, headers: { Cookie: one.cookie } })).status, 200);
  await isRefusedEverywhere('a logout', one.token);
  await isGood(two.token);
  assertProblem(await call('POST', '/api/auth/refresh', { json: {}, headers: { Cookie: one.cookie } }), 401, 'TOKEN_INVALID');
});

test('so does a session that is revoked from another one', async () => {
  const [one, two] = await twoSessions();
  const { body } = await call('GET', '/api/auth/sessions', { token: two.token });
  const other = body.sessions.find((/** @type {any} */ session) => !session.current);
  assert.equal((await call('DELETE', `/api/auth/sessions/${other.id}`, { token: two.token })).status, 200);
  await isRefusedEverywhere('a revocation', one.token);
  await isGood(two.token);
});

test('so do all other sessions when the password is changed', async () => {
  const [one, two] = await twoSessions();
  const json = { currentPassword: password, newPassword: 'another long passphrase' };
  assert.equal((await call('POST', '/api/auth/password', { json, token: two.token })).status, 200);
  await isRefusedEverywhere('a change of the password', one.token);
  await isGood(two.token);
});

/** Refreshes behind services that stand still, and goes before they go on; then asks again. */
async function refreshLeftAndAskedAgain() {
  const [one] = await twoSessions();
  const refresh = (/** @type {AbortSignal} */ aborted) => fetch(`${shopUrl}/api/auth/refresh`, {
    method: 'POST', body: '{}', headers: { 'Content-Type': 'application/json', Cookie: one.cookie }, signal: aborted,
  });
  /** Calls whose client had gone. */
  const abandoned = async () => {
    const text = await (await fetch(`http://127.0.0.1:${base + 10}/metrics`)).text();
    const lines = text.split('\n').filter((line) =>
      line.startsWith('http_server_request_duration_seconds_count{') && line.includes('"/api/auth/refresh"') && line.includes('"499"'));
    return lines.reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' '))), 0);
  };
  const before = await abandoned();
  const replicasOf = Array.from({ length: replicas }, (_, i) => (i === 0 ? 'identity' : `identity-${i + 1}`));
  for (const name of replicasOf) await signal(name, 'SIGSTOP');
  try {
    await assert.rejects(refresh(AbortSignal.timeout(500)));
    await eventually('the gateway has given the call up', async () =>
      ((await abandoned()) > before ? true : undefined));
  } finally {
    for (const name of replicasOf) await signal(name, 'SIGCONT');
  }
  return eventually('the same cookie is answered', async () => {
    const reply = await refresh(AbortSignal.timeout(20_000));
    return reply.status < 500 ? reply : undefined;
  });
}

test('a refresh whose client has gone before it began does not use the token up', async () => {
  // That the gateway has told the service is not to be seen; where it has not yet, the call does begin.
  for (let turn = 1; turn <= 3; turn += 1) {
    const again = await refreshLeftAndAskedAgain();
    if (again.status === 409 && turn < 3) continue;
    assert.equal(again.status, 200, await again.text());
    return;
  }
});
