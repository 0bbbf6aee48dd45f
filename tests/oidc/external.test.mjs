// Access tokens of somebody else's provider: whose the shop takes, whom it takes them for, and what happens
// when the provider changes its keys, or is away.

import assert from 'node:assert/strict';
import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { after, before, test } from 'node:test';

import { assertProblem, call, eventually, productsInStock, query, signal, killAndAwait, Shopper, shopUrl, address } from '../integration/shop.mjs';
import { resources, TestProvider, writeProviders } from './provider.mjs';

const origin = shopUrl.replace('127.0.0.1', 'localhost');
/** @type {TestProvider} */
let provider;

before(async () => {
  provider = await new TestProvider([`${origin}/signed-in/partner`]).start();
  await writeProviders([provider.settings()]);
  await eventually('the shop takes its tokens', async () =>
    ((await me((await tokensOf('first')).access_token)).status === 200 ? true : undefined));
});
after(() => provider.end());

/** By the authorization code flow of an app. @param {string} login @param {string} [resource] @returns {Promise<any>} */
async function tokensOf(login, resource = resources.es256) {
  const verifier = randomBytes(32).toString('base64url');
  const url = new URL('/auth', provider.issuer);
  url.search = new URLSearchParams({
    client_id: 'app', redirect_uri: 'https://app.example/back', response_type: 'code', scope: 'openid shop', resource,
    code_challenge: createHash('sha256').update(verifier).digest('base64url'), code_challenge_method: 'S256',
  }).toString();
  const back = await provider.signIn(url.href, login);
  const { status, text } = await provider.request('/token', { form: {
    grant_type: 'authorization_code', code: back.searchParams.get('code') ?? '', client_id: 'app',
    redirect_uri: 'https://app.example/back', code_verifier: verifier, resource,
  } });
  assert.equal(status, 200, text);
  return JSON.parse(text);
}

/** @param {string} login @param {string} [resource] @returns {Promise<string>} */
const accessToken = async (login, resource) => (await tokensOf(login, resource)).access_token;
/** @param {string} token */
const me = (token) => call('GET', '/api/auth/me', { token });
/** @param {string} token */
const headerOf = (token) => JSON.parse(Buffer.from(token.split('.')[0], 'base64url').toString());

test('a person is one user of the shop, whichever key signs', async () => {
  const [es256, rs256] = [await accessToken('ada'), await accessToken('ada', resources.rs256)];
  assert.deepEqual([headerOf(es256).alg, headerOf(rs256).alg], ['ES256', 'RS256']);
  const [one, two, other] = [await me(es256), await me(rs256), await me(await accessToken('grace'))];
  assert.equal(one.status, 200, JSON.stringify(one.body));
  assert.deepEqual(one.body.user.roles, ['shopper']);
  assert.equal(two.body.user.id, one.body.user.id);
  assert.notEqual(other.body.user.id, one.body.user.id);
  const rows = await query(`SELECT issuer, subject FROM identity.external_identity WHERE user_id = '${one.body.user.id}'`);
  assert.deepEqual(rows, [[provider.issuer, 'ada']]);
});

test('the first tokens of a person make one account, however many come at once', async () => {
  const tokens = await Promise.all(Array.from({ length: 4 }, () => accessToken('many')));
  const replies = await Promise.all(tokens.map(me));
  assert.deepEqual(replies.map(({ status }) => status), [200, 200, 200, 200]);
  assert.equal(new Set(replies.map(({ body }) => body.user.id)).size, 1);
});

test('they shop like everybody', async () => {
  const token = await accessToken('buyer');
  const [product] = await productsInStock();
  const amount = { currencyCode: 'EUR', minorUnits: String(Number(product.price.minorUnits) + 100_000) };
  assert.equal((await call('POST', '/api/wallet/deposit', { token, key: randomUUID(), json: { amount } })).status, 200);
  assert.equal((await call('POST', '/api/cart/add', { token, json: { productId: product.id, quantity: 1 } })).status, 200);
  const order = await call('POST', '/api/checkout', { token, key: randomUUID(), json: { shippingAddress: address } });
  assert.equal(order.status, 201, JSON.stringify(order.body));
  const { body } = await me(token);
  const owner = await query(`SELECT DISTINCT user_id FROM orders.orders WHERE user_id = '${body.user.id}'`);
  assert.equal(owner.length, 1);
});

test('a role counts that the provider may give', async () => {
  assert.equal((await call('GET', '/api/admin/products', { token: await accessToken('chief') })).status, 200);
  assertProblem(await call('GET', '/api/admin/products', { token: await accessToken('ada') }), 403, 'INSUFFICIENT_SCOPE');
});

test('an address of somebody here gives nothing of theirs', async () => {
  const shopper = await Shopper.register();
  const { status, body } = await me(await accessToken(shopper.email));
  assert.equal(status, 200);
  assert.notEqual(body.user.id, shopper.id);
  assert.equal((await shopper.get('/api/auth/me')).body.user.id, shopper.id);
});

test('a token is good for an hour, however long its provider lets it live', async () => {
  const claims = JSON.parse(Buffer.from((await accessToken('long')).split('.')[1], 'base64url').toString());
  assert.equal(claims.exp - claims.iat, 20 * 3600);
  assert.equal((await me(await accessToken('long'))).status, 200);
  assertProblem(await me(await accessToken('longAgo')), 401, 'TOKEN_EXPIRED');
});

test('who signs out of them ends all that were issued before, at every call', async () => {
  const [shown, kept] = [await accessToken('leaver'), await accessToken('leaver')];
  const { body } = await call('GET', '/api/auth/sessions', { token: shown });
  assert.deepEqual(body.sessions.map((/** @type {any} */ { userAgent, current }) => [userAgent, current]), [['Partner', true]]);
  const path = `/api/auth/sessions/${body.sessions[0].id}`;
  assertProblem(await call('DELETE', path, { token: await accessToken('grace') }), 404, 'RESOURCE_NOT_FOUND');
  assert.equal((await call('DELETE', path, { token: shown })).status, 200);
  await eventually('the gateway has heard of it', async () => ((await me(shown)).status === 401 ? true : undefined));
  const amount = { currencyCode: 'EUR', minorUnits: '100' };
  for (const token of [shown, kept]) {
    assertProblem(await call('POST', '/api/wallet/deposit', { token, key: randomUUID(), json: { amount } }), 401, 'TOKEN_INVALID');
  }
  await eventually('a token of later is good', async () =>
    ((await me(await accessToken('leaver'))).status === 200 ? true : undefined));
  assertProblem(await me(kept), 401, 'TOKEN_INVALID');
});

test('what is not for the shop is refused', async () => {
  const tokens = await tokensOf('eve');
  assertProblem(await me(tokens.id_token), 401, 'TOKEN_INVALID');
  assertProblem(await me(await accessToken('eve', resources.other)), 401, 'TOKEN_INVALID');
  assertProblem(await me(await accessToken('elsewhere')), 401, 'TOKEN_INVALID');
  assertProblem(await me(await accessToken('late')), 401, 'TOKEN_EXPIRED');
  const [header, payload, signature] = tokens.access_token.split('.');
  const claims = JSON.parse(Buffer.from(payload, 'base64url').toString());
  const forged = Buffer.from(JSON.stringify({ ...claims, sub: 'ada' })).toString('base64url');
  assertProblem(await me([header, forged, signature].join('.')), 401, 'TOKEN_INVALID');
  const none = Buffer.from(JSON.stringify({ ...headerOf(tokens.access_token), alg: 'none' })).toString('base64url');
  assertProblem(await me([none, payload, ''].join('.')), 401, 'TOKEN_INVALID');
  assert.equal((await me(tokens.access_token)).status, 200, 'and the good one is good');
});

test('a provider that is away is not missed while its keys are known', async () => {
  const [seen, fresh] = [await accessToken('away'), await accessToken('away')];
  assert.equal((await me(seen)).status, 200);
  await provider.stop();
  assert.equal((await me(seen)).status, 200);
  assert.equal((await me(fresh)).status, 200, 'verified with the keys that are known');
  await provider.start();
});

test('after a change of keys the new ones are found, and the old ones are not trusted', async () => {
  const old = await accessToken('rotated');
  provider.rotate();
  const token = await accessToken('rotated');
  await eventually('the new key is found', async () => ((await me(token)).status === 200 ? true : undefined));
  assertProblem(await me(old), 401, 'TOKEN_INVALID');
});

test('made-up key ids do not make the shop ask the provider again and again', async () => {
  const token = await accessToken('flood');
  const [, payload, signature] = token.split('.');
  const before = provider.requests;
  for (let i = 0; i < 50; i += 1) {
    const header = Buffer.from(JSON.stringify({ ...headerOf(token), kid: `made-up-${i}` })).toString('base64url');
    assertProblem(await me([header, payload, signature].join('.')), 401, 'TOKEN_INVALID');
  }
  // A look takes two requests, and one may fall due every five seconds.
  assert.ok(provider.requests - before <= 20, `${provider.requests - before} requests`);
});

test('who was let in stays so while identity is away', async () => {
  const token = await accessToken('patient');
  const [product] = await productsInStock();
  assert.equal((await call('POST', '/api/cart/add', { token, json: { productId: product.id, quantity: 1 } })).status, 200);
  await signal('identity', 'SIGSTOP');
  try {
    assert.equal((await call('GET', '/api/cart', { token })).status, 200);
  } finally {
    await signal('identity', 'SIGCONT');
  }
});

test('after a restart the accounts are the same', async () => {
  const token = await accessToken('ada');
  const { body } = await me(token);
  await killAndAwait('identity');
  const again = await eventually('identity knows the provider', async () => {
    const reply = await me(await accessToken('ada'));
    return reply.status === 200 ? reply : undefined;
  });
  assert.equal(again.body.user.id, body.user.id);
});

test('an answer that came back for another provider is refused, and leaves a row', async () => {
  const clientSecretFile = `${provider.caFile}.secret`;
  await writeFile(clientSecretFile, 'a secret: of the shop & the provider\n');
  await writeProviders([provider.settings({ clientId: 'shop', clientSecretFile })]);
  const headers = { Origin: shopUrl };
  const started = await eventually('people can sign in with it', async () => {
    const reply = await call('POST', '/api/auth/providers/partner/start', { json: {}, headers });
    return reply.status === 200 ? reply : undefined;
  });
  const url = new URL(started.body.authorizationUrl);
  assert.equal(url.searchParams.get('redirect_uri'), `${origin}/signed-in/partner`);
  const back = await provider.signIn(url.href, 'mixed');
  assert.equal(`${back.origin}${back.pathname}`, `${origin}/signed-in/partner`);
  const answer = { code: back.searchParams.get('code'), state: back.searchParams.get('state'), issuer: back.searchParams.get('iss') };
  const cookie = (started.headers.get('set-cookie') ?? '').split(';')[0];
  const finish = (/** @type {object} */ more) => call('POST', '/api/auth/providers/finish',
    { json: { ...answer, provider: 'partner', ...more }, headers: { ...headers, Cookie: cookie } });
  const refusals = () => query(`SELECT subject, client_address, actor FROM identity.audit_event
    WHERE action = 'session.login' AND result = 'FAILED' ORDER BY audit_event_id`);
  const before = (await refusals()).length;
  assertProblem(await finish({ provider: 'other' }), 403, 'LOGIN_NOT_STARTED');
  assertProblem(await finish({ issuer: 'https://other.example' }), 403, 'LOGIN_NOT_STARTED');
  assertProblem(await finish({ issuer: '' }), 403, 'LOGIN_NOT_STARTED');
  assertProblem(await finish({ state: 'other' }), 403, 'LOGIN_NOT_STARTED');
  const theirs = [provider.issuer, '127.0.0.1', 'gateway'];
  assert.deepEqual((await refusals()).slice(before), [['nobody', '127.0.0.1', 'gateway'], theirs, theirs, theirs]);
  assert.equal((await finish({})).status, 200);
  assertProblem(await finish({}), 401, 'PROVIDER_REFUSED');
  assert.deepEqual((await refusals()).slice(before + 4), [theirs]);
});

test('a provider that is taken out of the settings is nobody', async () => {
  await writeProviders([]);
  // A new token each time: what was let in before is asked about again after a minute.
  await eventually('it is refused', async () =>
    ((await me(await accessToken('last'))).status === 401 ? true : undefined));
});
