// The access log has a line for each request, and no log has a secret.

import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { call, dataDirectory, eventually, Shopper } from './shop.mjs';

/** The line about a request. @param {string} id @returns {Promise<any>} */
function lineOf(id) {
  return eventually(`the line about ${id} is there`, async () => {
    const log = await readFile(`${dataDirectory}/log/gateway.log`, 'utf8');
    const lines = log.split('\n').filter((line) => line.includes(id)).map((line) => JSON.parse(line));
    return lines.find((line) => line['event.name'] === 'http.request');
  });
}

test('what a shopper does is in the log, and no secret of it', { timeout: 120_000 }, async () => {
  const email = `secretive-${randomUUID()}@example.com`;
  const passwords = [`first passphrase ${randomUUID()}`, `wrong passphrase ${randomUUID()}`];
  const registered = await call('POST', '/api/auth/register', {
    json: { email, password: passwords[0], displayName: 'Ada' },
  });
  assert.equal(registered.status, 201, JSON.stringify(registered.body));
  const wrong = await call('POST', '/api/auth/login', { json: { email, password: passwords[1] } });
  assert.equal(wrong.status, 401);
  const login = await call('POST', '/api/auth/login', { json: { email, password: passwords[0] } });
  assert.equal(login.status, 200);
  const shopper = new Shopper(email, login.body);
  const key = randomUUID();
  assert.equal((await shopper.deposit(12_345, key)).status, 200);
  const cookie = login.headers.get('set-cookie')?.split(';')[0] ?? '';
  assert.match(cookie, /=.{16}/);
  const refreshed = await call('POST', '/api/auth/refresh', { headers: { Cookie: cookie } });
  assert.equal(refreshed.status, 200, JSON.stringify(refreshed.body));
  const seen = await call('GET', `/api/wallet?pageToken=${passwords[1]}`, { token: refreshed.body.accessToken });
  const last = await call('GET', '/api/wallet', {
    token: refreshed.body.accessToken, headers: { 'X-Request-Id': `log-${key}` },
  });
  assert.equal(last.status, 200);

  const line = await lineOf(`log-${key}`);
  assert.equal(line['http.route'], '/api/wallet');
  assert.equal(line['http.response.status_code'], 200);
  assert.equal(line['user.id'], shopper.id);
  assert.equal(line.backend, 'wallet');
  assert.equal(line.attempts, 1);
  assert.ok(line.upstream_ms > 0 && line.upstream_ms <= line.duration_ms);
  for (const reply of [registered, wrong, login, refreshed, seen]) {
    assert.equal((await lineOf(reply.headers.get('x-request-id') ?? '')).flags, '');
  }

  const secrets = [
    ...passwords, registered.body.accessToken, login.body.accessToken, refreshed.body.accessToken,
    login.body.accessToken.split('.')[2], cookie.split('=')[1],
  ];
  for (const name of await readdir(`${dataDirectory}/log`)) {
    const text = await readFile(`${dataDirectory}/log/${name}`, 'utf8');
    for (const secret of secrets) assert.ok(!text.includes(secret), `${name} has a secret`);
  }
});
