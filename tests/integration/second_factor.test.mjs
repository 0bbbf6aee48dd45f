// A second factor, from outside: who has the password alone gets nowhere, and nothing goes past it.

import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { test } from 'node:test';

import { assertProblem, call, dataDirectory, eventually, password, query } from './shop.mjs';
import { codeOf, passTheSteps, wrongCodeOf } from './totp.mjs';

/** Everything that must be in no log. @type {Set<string>} */
const secrets = new Set();

/** @param {string} code */
function secret(code) {
  secrets.add(code);
  return code;
}

/** @param {import('./shop.mjs').Reply} reply */
function sessionOf(reply) {
  assert.ok(reply.status === 200 || reply.status === 201, JSON.stringify(reply.body));
  return { token: reply.body.accessToken, cookie: (reply.headers.get('set-cookie') ?? '').split(';')[0] };
}

/** Somebody with a second factor, no code of which was used lately. */
async function enrolled() {
  const email = `shopper-${randomUUID()}@example.com`;
  const session = sessionOf(await call('POST', '/api/auth/register', { json: { email, password, displayName: 'Ada' } }));
  const begun = await call('POST', '/api/auth/second-factor/begin', { json: { currentPassword: password }, token: session.token });
  assert.equal(begun.status, 200, JSON.stringify(begun.body));
  const { secret: shared, uri } = begun.body;
  assert.equal(new URL(uri).searchParams.get('secret'), secret(shared));
  const confirmed = await call('POST', '/api/auth/second-factor/confirm', { json: { code: codeOf(shared) }, token: session.token });
  assert.equal(confirmed.status, 200, JSON.stringify(confirmed.body));
  assert.equal(confirmed.body.recoveryCodes.length, 10);
  for (const code of confirmed.body.recoveryCodes) secret(code);
  await passTheSteps(email);
  return { email, secret: shared, recoveryCodes: confirmed.body.recoveryCodes, ...session };
}

/** @typedef {Awaited<ReturnType<typeof enrolled>>} Person */

/** The first step of a sign-in: what it waits with. @param {Person} person @param {string} [given] */
async function challengeOf({ email }, given = password) {
  const reply = await call('POST', '/api/auth/login', { json: { email, password: given } });
  assertProblem(reply, 401, 'SECOND_FACTOR_REQUIRED');
  assert.equal(reply.headers.get('set-cookie'), null);
  assert.equal(reply.body.metadata.expiresInSeconds, '300');
  return secret(reply.body.metadata.challenge);
}

/** The second step. @param {string} challenge @param {string} code */
function finish(challenge, code) {
  return call('POST', '/api/auth/login/second-factor', { json: { challenge, code } });
}

test('a sign-in needs a code, and then is the same as any other', async () => {
  const person = await enrolled();
  const status = await call('GET', '/api/auth/second-factor', { token: person.token });
  assert.equal(status.body.enabled, true);
  assert.equal(status.body.recoveryCodesLeft, 10);
  const challenge = await challengeOf(person);
  const reply = await finish(challenge, codeOf(person.secret));
  const { token, cookie } = sessionOf(reply);
  assert.match(reply.headers.get('set-cookie') ?? '', /^__Host-refresh=[^;]+;.*HttpOnly/i);
  assert.equal(reply.body.user.email, person.email);
  assert.equal((await call('GET', '/api/auth/me', { token })).status, 200);
  assert.equal((await call('POST', '/api/auth/refresh', { json: {}, headers: { Cookie: cookie } })).status, 200);
  assertProblem(await finish(challenge, codeOf(person.secret, 1)), 401, 'CHALLENGE_EXPIRED');
});

test('a code that was used is refused, the next one is not', async () => {
  const person = await enrolled();
  const code = codeOf(person.secret);
  sessionOf(await finish(await challengeOf(person), code));
  const challenge = await challengeOf(person);
  assertProblem(await finish(challenge, code), 401, 'WRONG_CODE');
  sessionOf(await finish(challenge, codeOf(person.secret, 1)));
});

test('a recovery code is good once', async () => {
  const person = await enrolled();
  const [code] = person.recoveryCodes;
  sessionOf(await finish(await challengeOf(person), code));
  assertProblem(await finish(await challengeOf(person), code), 401, 'WRONG_CODE');
  const { body } = await call('GET', '/api/auth/second-factor', { token: person.token });
  assert.equal(body.recoveryCodesLeft, 9);
});

test('guessing codes is stopped after ten, whatever the sign-in, and for nobody for ever', async () => {
  const person = await enrolled();
  let looked = 0;
  for (let tries = 0; tries < 40; tries += 1) {
    const reply = await finish(await challengeOf(person), wrongCodeOf(person.secret));
    if (reply.status === 401) looked += 1;
    else assertProblem(reply, 429, 'ACCOUNT_LOCKED');
    // Without the waits there is no telling how slow this machine is.
    await query("UPDATE identity.login_attempt SET wait_until = last_time + interval '15 min' WHERE wait_until > last_time");
  }
  assert.equal(looked, 10);
  const challenge = await challengeOf(person);
  const locked = await finish(challenge, codeOf(person.secret));
  assertProblem(locked, 429, 'ACCOUNT_LOCKED');
  assert.ok(Number(locked.headers.get('retry-after')) > 0);
  await query("UPDATE identity.login_attempt SET last_time = last_time - interval '16 min', wait_until = wait_until - interval '16 min'");
  sessionOf(await finish(challenge, codeOf(person.secret)));
});

test('neither a new password nor a refresh goes past it', async () => {
  const person = await enrolled();
  const change = { currentPassword: password, newPassword: 'another long passphrase' };
  const { token, cookie } = person;
  assertProblem(await call('POST', '/api/auth/password', { json: change, token }), 401, 'SECOND_FACTOR_REQUIRED');
  const wrong = { ...change, code: wrongCodeOf(person.secret) };
  assertProblem(await call('POST', '/api/auth/password', { json: wrong, token }), 401, 'WRONG_CODE');
  const waiting = await challengeOf(person);
  const right = { ...change, code: codeOf(person.secret) };
  assert.equal((await call('POST', '/api/auth/password', { json: right, token })).status, 200);
  await passTheSteps(person.email);
  assertProblem(await finish(waiting, codeOf(person.secret)), 401, 'CHALLENGE_EXPIRED');
  // A session goes on, and makes no sign-in easier.
  assert.equal((await call('POST', '/api/auth/refresh', { json: {}, headers: { Cookie: cookie } })).status, 200);
  sessionOf(await finish(await challengeOf(person, change.newPassword), codeOf(person.secret)));
});

test('a challenge is no token', async () => {
  const person = await enrolled();
  const challenge = await challengeOf(person);
  assertProblem(await call('GET', '/api/auth/me', { token: challenge }), 401, 'TOKEN_INVALID');
  const Cookie = `__Host-refresh=${challenge}`;
  assertProblem(await call('POST', '/api/auth/refresh', { json: {}, headers: { Cookie } }), 401, 'TOKEN_INVALID');
});

test('the factor is changed by the password and a code, and other sessions end with that', async () => {
  const person = await enrolled();
  const other = sessionOf(await finish(await challengeOf(person), person.recoveryCodes[0]));
  const { token } = person;
  const json = { currentPassword: password, code: codeOf(person.secret) };
  for (const path of ['recovery-codes', 'disable']) {
    const without = { currentPassword: password };
    const noCode = await call('POST', `/api/auth/second-factor/${path}`, { json: without, token });
    assertProblem(noCode, 400, 'INVALID_FIELD');
    assert.equal(noCode.body.violations[0].field, 'code');
    const noPassword = await call('POST', `/api/auth/second-factor/${path}`, { json: { ...json, currentPassword: 'not this one' }, token });
    assertProblem(noPassword, 401, 'INVALID_CREDENTIALS');
  }
  const fresh = await call('POST', '/api/auth/second-factor/recovery-codes', { json, token });
  assert.equal(fresh.status, 200, JSON.stringify(fresh.body));
  for (const code of fresh.body.recoveryCodes) secret(code);
  assertProblem(await finish(await challengeOf(person), person.recoveryCodes[1]), 401, 'WRONG_CODE');
  await eventually('the other session has ended', async () =>
    ((await call('GET', '/api/auth/me', { token: other.token })).status === 401 ? true : undefined));
  const off = await call('POST', '/api/auth/second-factor/disable', { json: { ...json, code: fresh.body.recoveryCodes[9] }, token });
  assert.equal(off.status, 200, JSON.stringify(off.body));
  sessionOf(await call('POST', '/api/auth/login', { json: { email: person.email, password } }));
});

test('all other sessions are ended by one call', async () => {
  const email = `shopper-${randomUUID()}@example.com`;
  const { token } = sessionOf(await call('POST', '/api/auth/register', { json: { email, password, displayName: 'Ada' } }));
  const other = sessionOf(await call('POST', '/api/auth/login', { json: { email, password } }));
  const reply = await call('DELETE', '/api/auth/sessions', { token });
  assert.deepEqual([reply.status, reply.body], [200, { revoked: 1 }]);
  const refused = await call('POST', '/api/auth/refresh', { json: {}, headers: { Cookie: other.cookie } });
  assertProblem(refused, 401, 'TOKEN_INVALID');
  assert.equal((await call('GET', '/api/auth/sessions', { token })).body.sessions.length, 1);
});

test('who does not know the password learns nothing about the factor', async () => {
  const person = await enrolled();
  const answers = await Promise.all([person.email, `nobody-${randomUUID()}@example.com`].map(async (email) => {
    const { status, body } = await call('POST', '/api/auth/login', { json: { email, password: 'not the password' } });
    return { status, ...body, requestId: '', traceId: '' };
  }));
  assert.deepEqual(answers[0], answers[1]);
});

test('the database has no secret and no code as it is, and no log has any', async () => {
  const person = await enrolled();
  secret(await challengeOf(person));
  const [row] = await query(`SELECT encode(sealed, 'escape') FROM identity.second_factor LIMIT 1`);
  assert.ok(row, 'there is a factor');
  const directory = `${dataDirectory}/log`;
  const names = await readdir(directory);
  assert.ok(names.some((name) => name.startsWith('identity')), names.join());
  let events = 0;
  for (const name of names) {
    const text = await readFile(`${directory}/${name}`, 'utf8');
    for (const one of secrets) assert.ok(!text.includes(one), `${name} has one of them`);
    events += text.match(/"authn_login_lock"|"user_updated"/g)?.length ?? 0;
  }
  assert.ok(events > 1, 'what happened is there');
});
