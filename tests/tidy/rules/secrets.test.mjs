import assert from 'node:assert/strict';
import test from 'node:test';

import { findings } from '../findings.mjs';
import secrets from './secrets.mjs';

/** @param {string} text */
const found = (text) => findings(secrets, { 'deploy/a.yaml': `first: line\n${text}\n` });
// Put together, so that the rule does not find its own test.
const long = (/** @type {number} */ length) => 'aB3'.repeat(length).slice(0, length);
const begin = `-----${'BEGIN'}`;

test('secrets of many kinds are found', () => {
  for (const [text, what] of [
    [`${begin} PRIVATE KEY-----`, 'a private key'],
    [`  ${begin} EC PRIVATE KEY-----`, 'a private key'],
    [`key: "${begin} ENCRYPTED PRIVATE KEY-----\\n"`, 'a private key'],
    [`{"kty":"EC","d": "${long(43)}"}`, 'a private key as JWK'],
    [`token: ${['eyJ', long(20)].join('')}.${['eyJ', long(30)].join('')}.${long(40)}`, 'a token that somebody signed'],
    [`id: ${'AKIA'}${'ABCD'.repeat(4)}`, 'a key of AWS'],
    [`${'ghp'}_${long(36)}`, 'a token of GitHub'],
    [`${'glpat'}-${long(20)}`, 'a token of GitLab'],
    [`//somewhere/:${'_auth'}Token=${long(20)}`, 'a token of npm'],
    [`${'pypi'}-${long(60)}`, 'a token of PyPI'],
    [`${'xoxb'}-${long(30)}`, 'a token of Slack'],
    [`${'AIza'}${long(35)}`, 'a key of Google'],
    [`${'sk_'}live_${long(24)}`, 'a key of Stripe'],
    [`${'postgres'}://wallet:${long(12)}@db/shop`, 'a password in an address'],
    [`POSTGRES_${'PASSWORD'}=${long(20)}`, 'a password in a setting'],
  ]) {
    assert.deepEqual(found(text), [`deploy/a.yaml:2 ${what}`], text);
  }
});

test('what only speaks of them is not', () => {
  for (const text of [
    `${begin} CERTIFICATE-----`, `${begin} PUBLIC KEY-----`, '{"kty":"EC","x":"abc","y":"def"}', '{"d": "M 0 0 L 10 10"}',
    'postgres://wallet:$PASSWORD@db/shop', 'postgres://wallet:<password>@db', 'http://user@host/', 'POSTGRES_PASSWORD=$1',
    'PASSWORD=$(openssl rand -hex 32)', 'TOKEN=', 'Authorization: Bearer eyJ...', '"password": "correct-horse-battery"',
  ]) {
    assert.deepEqual(found(text), [], text);
  }
});
