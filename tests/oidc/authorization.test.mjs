// The shop as a provider, for somebody else's client (npm openid-client): the authorization code flow with
// PKCE, and everything that must not get through it.

import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { before, test } from 'node:test';

import { generators, Issuer } from 'openid-client';

import { assertProblem, call, cartwright, password, query, Shopper, shopUrl } from '../integration/shop.mjs';

const origin = shopUrl.replace('127.0.0.1', 'localhost');
const back = 'https://client.example/back?from=shop';
/** @type {Issuer<import('openid-client').BaseClient>} */
let issuer;
/** @type {import('openid-client').BaseClient} */
let page;
/** @type {import('openid-client').BaseClient} */
let server;
/** @type {Shopper} */
let shopper;

before(async () => {
  await cartwright('clients', 'add', 'page', 'A Page', back, 'http://127.0.0.1:9999/back');
  const { stdout } = await cartwright('clients', 'add', 'server', 'A Server', 'https://server.example/back', '--secret');
  const secret = /shown once: (\S{43})/.exec(stdout)?.[1];
  assert.ok(secret, stdout);
  issuer = await Issuer.discover(origin);
  page = new issuer.Client({
    client_id: 'page', redirect_uris: [back], token_endpoint_auth_method: 'none', id_token_signed_response_alg: 'ES256',
  });
  server = new issuer.Client({
    client_id: 'server', client_secret: secret, redirect_uris: ['https://server.example/back'], id_token_signed_response_alg: 'ES256',
  });
  shopper = await Shopper.register();
});

/** @type {Record<string, string>} */
const names = {
  client_id: 'clientId', redirect_uri: 'redirectUri', response_type: 'responseType', scope: 'scope', state: 'state',
  nonce: 'nonce', code_challenge: 'codeChallenge', code_challenge_method: 'codeChallengeMethod', prompt: 'prompt',
  max_age: 'maxAge', asked: 'asked',
};

/** What the shop's page at this address asks the API. @param {string} url */
function parametersOf(url) {
  assert.ok(url.startsWith(`${origin}/authorize?`), url);
  return Object.fromEntries([...new URL(url).searchParams].map(([name, value]) => [names[name], value]));
}

/** A request of a client, with what its callback needs. @param {import('openid-client').BaseClient} client @param {object} [more] */
function ask(client, more = {}) {
  const [verifier, state, nonce] = [generators.codeVerifier(), generators.state(), generators.nonce()];
  const url = client.authorizationUrl({
    scope: 'openid profile email', state, nonce, code_challenge: generators.codeChallenge(verifier),
    code_challenge_method: 'S256', ...more,
  });
  return { url, checks: { code_verifier: verifier, state, nonce, response_type: 'code' } };
}

/** What the signed-in user says on that page. @param {string} url @param {boolean} [approved] */
function say(url, approved = true) {
  return call('POST', '/api/oauth/authorization', { token: shopper.token, json: { parameters: parametersOf(url), approved } });
}

/** Asks, agrees, and gives the code. @param {import('openid-client').BaseClient} client @param {object} [more] */
async function codeFor(client, more) {
  const { url, checks } = ask(client, more);
  const { status, body } = await say(url);
  assert.equal(status, 200, JSON.stringify(body));
  return { params: client.callbackParams(body.redirectTo), checks };
}

/** @param {import('openid-client').BaseClient} client */
const redirectOf = (client) => /** @type {string[]} */ (client.metadata.redirect_uris)[0];

/** The flow to its end. @param {import('openid-client').BaseClient} client @param {object} [more] */
async function tokensFor(client, more) {
  const { params, checks } = await codeFor(client, more);
  return { params, checks, tokens: await client.callback(redirectOf(client), params, checks) };
}

/** The answer to a token request. @param {Record<string, string | undefined>} form @param {Record<string, string>} [headers] */
async function exchange(form, headers = {}) {
  const body = new URLSearchParams(/** @type {Record<string, string>} */ (JSON.parse(JSON.stringify(form))));
  const response = await fetch(`${shopUrl}/api/oauth/token`, { method: 'POST', body, headers });
  assert.match(response.headers.get('cache-control') ?? '', /no-store/);
  assert.equal(response.headers.get('content-type'), 'application/json');
  return { status: response.status, headers: response.headers, body: await response.json() };
}

/** @param {import('openid-client').CallbackParamsType} params @param {{code_verifier: string}} checks */
const formOf = (params, checks) => ({
  grant_type: 'authorization_code', client_id: 'page', redirect_uri: back, code: params.code, code_verifier: checks.code_verifier,
});

test('discovery says what there is', () => {
  assert.equal(issuer.metadata.issuer, origin);
  assert.deepEqual(issuer.metadata.code_challenge_methods_supported, ['S256']);
  assert.deepEqual(issuer.metadata.response_types_supported, ['code']);
  assert.equal(issuer.metadata.authorization_response_iss_parameter_supported, true);
});

test('a page learns who somebody is, and nothing else', async () => {
  const { params, tokens, checks } = await tokensFor(page);
  assert.equal(params.state, checks.state);
  assert.equal(params.iss, origin);
  const claims = tokens.claims();
  assert.equal(claims.sub, shopper.id);
  assert.equal(claims.aud, 'page');
  assert.equal(claims.nonce, checks.nonce);
  assert.ok(Number(claims.auth_time) <= claims.iat && claims.exp > claims.iat);
  const person = await page.userinfo(tokens);
  assert.deepEqual(person, { sub: shopper.id, name: 'Ada', email: shopper.email, email_verified: false });
  assert.deepEqual(await page.userinfo(tokens, { method: 'POST' }), person);
  for (const token of [tokens.access_token, tokens.id_token]) {
    assertProblem(await call('GET', '/api/wallet', { token }), 401, 'TOKEN_INVALID');
  }
});

test('a server says its secret', async () => {
  const { tokens } = await tokensFor(server, { scope: 'openid' });
  assert.deepEqual(await server.userinfo(tokens), { sub: shopper.id });
  const { params, checks } = await codeFor(server);
  const form = { ...formOf(params, checks), client_id: 'server', redirect_uri: 'https://server.example/back' };
  const basic = (/** @type {string} */ secret) => ({ Authorization: `Basic ${Buffer.from(`server:${secret}`).toString('base64')}` });
  for (const [fields, headers] of /** @type {const} */ ([[form, {}], [{ ...form, client_secret: 'x' }, {}],
    [{ ...form, client_id: undefined }, basic('wrong')]])) {
    const refused = await exchange(fields, headers);
    assert.equal(refused.status, 401);
    assert.equal(refused.body.error, 'invalid_client');
    assert.equal(refused.headers.get('www-authenticate'), 'Basic realm="cartwright"');
  }
  const good = basic(String(server.metadata.client_secret));
  assert.equal((await exchange({ ...form, client_id: 'page' }, good)).body.error, 'invalid_request', 'two clients at once');
  assert.equal((await exchange({ ...form, client_id: undefined }, good)).status, 200, 'and none of that used the code');
});

test('a wrong verifier gets nothing, and uses the code up', async () => {
  const { params, checks } = await codeFor(page);
  await assert.rejects(page.callback(back, params, { ...checks, code_verifier: generators.codeVerifier() }),
    { error: 'invalid_grant' });
  await assert.rejects(page.callback(back, params, checks), { error: 'invalid_grant' });
});

test('a code that comes twice ends what it gave', async () => {
  const { params, checks, tokens } = await tokensFor(page);
  assert.equal((await page.userinfo(tokens)).sub, shopper.id);
  const again = await exchange(formOf(params, checks));
  assert.equal(again.status, 400);
  assert.equal(again.body.error, 'invalid_grant');
  assert.deepEqual(await query(`SELECT result, subject, client_address, actor, details ->> 'outcome' FROM identity.audit_event
    WHERE action = 'client.redeem' AND user_id = '${shopper.id}' ORDER BY audit_event_id DESC LIMIT 1`),
  [['FAILED', 'page', '127.0.0.1', 'gateway', 'REUSED']]);
  await assert.rejects(page.userinfo(tokens), { error: 'invalid_token' });
});

test('of two that come at once with a code, one gets something, and loses it', async () => {
  const { params, checks } = await codeFor(page);
  const both = await Promise.all([exchange(formOf(params, checks)), exchange(formOf(params, checks))]);
  assert.deepEqual(both.map(({ status }) => status).sort(), [200, 400]);
  const token = both.find(({ status }) => status === 200)?.body.access_token;
  assertProblem(await call('GET', '/api/oauth/userinfo', { token }), 401, 'TOKEN_INVALID');
});

test('a code is for one client and one redirect URI', async () => {
  const first = await codeFor(page);
  const elsewhere = { ...formOf(first.params, first.checks), redirect_uri: 'http://127.0.0.1:9999/back' };
  assert.equal((await exchange(elsewhere)).body.error, 'invalid_grant');
  const second = await codeFor(server);
  assert.equal((await exchange(formOf(second.params, second.checks))).body.error, 'invalid_grant');
});

test('a code is good for a minute', async () => {
  const { params, checks } = await codeFor(page);
  await query("UPDATE identity.authorization_code SET expire_time = expire_time - interval '60 seconds' WHERE use_time IS NULL");
  assert.equal((await exchange(formOf(params, checks))).body.error, 'invalid_grant');
});

test('nobody is sent to a place that was not registered', async () => {
  for (const uri of [`${back}&more=1`, 'https://client.example/back', 'https://client.example/Back?from=shop', 'https://evil.example/']) {
    const { url } = ask(page, { redirect_uri: uri });
    const prepared = await call('POST', '/api/oauth/authorization/prepare', { json: { parameters: parametersOf(url) } });
    assertProblem(prepared, 400, 'REDIRECT_URI_UNKNOWN');
    assertProblem(await say(url), 400, 'REDIRECT_URI_UNKNOWN');
  }
  assertProblem(await say(ask(page, { client_id: 'nobody' }).url), 400, 'CLIENT_UNKNOWN');
});

test('a request without PKCE, or with a plain one, is sent back', async () => {
  for (const [more, error] of /** @type {const} */ ([
    [{ code_challenge: undefined, code_challenge_method: undefined }, 'invalid_request'],
    [{ code_challenge_method: 'plain' }, 'invalid_request'],
    [{ code_challenge_method: undefined }, 'invalid_request'],
    [{ code_challenge: 'short' }, 'invalid_request'],
    [{ response_type: 'token' }, 'unsupported_response_type'],
    [{ scope: 'profile' }, 'invalid_scope'],
    [{ prompt: 'none' }, 'interaction_required'],
    [{ prompt: 'none login' }, 'invalid_request'],
    [{ max_age: '-1' }, 'invalid_request'],
  ])) {
    const { url, checks } = ask(page, more);
    for (const reply of [await say(url), await call('POST', '/api/oauth/authorization/prepare', { json: { parameters: parametersOf(url) } })]) {
      const target = new URL(reply.body.redirectTo);
      assert.equal(`${target.origin}${target.pathname}`, 'https://client.example/back');
      assert.equal(target.searchParams.get('error'), error, JSON.stringify(more));
      assert.equal(target.searchParams.get('state'), checks.state);
      assert.equal(target.searchParams.get('iss'), origin);
      assert.equal(target.searchParams.get('code'), null);
    }
  }
});

/** When the shop says that the client asked. @param {string} url */
async function asked(url) {
  const { body } = await call('POST', '/api/oauth/authorization/prepare', { json: { parameters: parametersOf(url) } });
  return body.asked ?? '';
}

test('a client that asks for a new sign-in gets nothing for an old one', async () => {
  assert.equal(await asked(ask(page).url), '', 'and one that does not ask is not bothered');
  for (const more of [{ prompt: 'login' }, { prompt: 'login consent' }, { max_age: 0 }]) {
    shopper = await Shopper.register();
    const { url, checks } = ask(page, more);
    const token = await asked(url);
    const dated = `${url}&asked=${encodeURIComponent(token)}`;
    assert.equal(await asked(dated), token, 'it stays the time of the first call');
    for (const early of [url, dated]) assertProblem(await say(early), 403, 'SIGN_IN_AGAIN');
    const since = Date.now();
    const login = await call('POST', '/api/auth/login', { json: { email: shopper.email, password } });
    shopper = new Shopper(shopper.email, login.body);
    assertProblem(await say(url), 403, 'SIGN_IN_AGAIN');
    const forged = `${url}&asked=${encodeURIComponent(token.replace(/^\d+/, '1'))}`;
    const others = `${ask(page, more).url}&asked=${encodeURIComponent(token)}`;
    for (const bad of [forged, others]) assertProblem(await say(bad), 403, 'SIGN_IN_AGAIN');
    const { status, body } = await say(dated);
    assert.equal(status, 200, JSON.stringify(body));
    const tokens = await page.callback(back, page.callbackParams(body.redirectTo), { ...checks, max_age: 60 });
    assert.ok(Number(tokens.claims().auth_time) >= Math.floor(since / 1000) - 1);
  }
});

test('a sign-in may be as old as the client says', async () => {
  shopper = await Shopper.register();
  const { params, checks } = await codeFor(page, { max_age: 3600 });
  await page.callback(back, params, { ...checks, max_age: 3600 });
  await query(`SET session_replication_role = replica;
    UPDATE identity.session SET create_time = create_time - interval '61 minutes' WHERE user_id = '${shopper.id}'`);
  assertProblem(await say(ask(page, { max_age: 3600 }).url), 403, 'SIGN_IN_AGAIN');
  await codeFor(page, { max_age: 3700 });
});

test('who refuses sends back no code', async () => {
  const { url, checks } = ask(page);
  const { body } = await say(url, false);
  await assert.rejects(page.callback(back, page.callbackParams(body.redirectTo), checks), { error: 'access_denied' });
});

test('what a client has ends with the session', async () => {
  const { tokens } = await tokensFor(page);
  const pending = await codeFor(page);
  const { body } = await shopper.get('/api/auth/sessions');
  const current = body.sessions.find((/** @type {any} */ session) => session.current);
  assert.equal((await shopper.send('DELETE', `/api/auth/sessions/${current.id}`)).status, 200);
  await assert.rejects(page.userinfo(tokens), { error: 'invalid_token' });
  assert.equal((await exchange(formOf(pending.params, pending.checks))).body.error, 'invalid_grant');
  shopper = await Shopper.register();
});

test('a token request that is none is refused in the words of OAuth', async () => {
  const { params, checks } = await codeFor(page);
  const form = formOf(params, checks);
  for (const [fields, error] of /** @type {const} */ ([
    [{ ...form, grant_type: undefined }, 'invalid_request'], [{ ...form, grant_type: 'password' }, 'unsupported_grant_type'],
    [{ ...form, code: undefined }, 'invalid_request'], [{ ...form, code_verifier: undefined }, 'invalid_request'],
    [{ ...form, redirect_uri: undefined }, 'invalid_request'], [{ ...form, client_id: undefined }, 'invalid_request'],
    [{ ...form, client_secret: 'x' }, 'invalid_client'], [{ ...form, client_id: 'nobody' }, 'invalid_client'],
  ])) assert.equal((await exchange(fields)).body.error, error, JSON.stringify(fields));
  const send = async (/** @type {string} */ body, type = 'application/x-www-form-urlencoded') => (await fetch(`${shopUrl}/api/oauth/token`, {
    method: 'POST', body, headers: { 'Content-Type': type } })).json();
  const text = new URLSearchParams(/** @type {Record<string, string>} */ (form)).toString();
  assert.equal((await send(`${text}&code=x`)).error, 'invalid_request', 'a parameter twice');
  assert.equal((await send('%zz=%')).error, 'invalid_request');
  assert.equal((await send(JSON.stringify(form), 'application/json')).error, 'invalid_request');
  assert.equal((await exchange(form)).status, 200, 'and none of that used the code');
});

test('nothing of what was issued is in the database', async () => {
  const { params, tokens } = await tokensFor(page);
  const rows = await query('SELECT to_jsonb(c)::text || to_jsonb(t)::text FROM identity.authorization_code c JOIN identity.oauth_token t USING (code_hash)');
  for (const secret of [params.code, tokens.access_token]) {
    const hex = Buffer.from(String(secret)).toString('hex');
    assert.ok(rows.length > 0 && !rows.some(([row]) => row.includes(String(secret)) || row.includes(hex)));
  }
});

test('an operator sees the clients and takes one away', async () => {
  const id = `client-${randomUUID()}`;
  await assert.rejects(cartwright('clients', 'add', id, 'Bad', 'javascript:alert(1)'), /redirectUris/);
  await assert.rejects(cartwright('clients', 'add', id, 'Bad', 'http://client.example/back'), /redirectUris/);
  await assert.rejects(cartwright('clients', 'add', id, 'Bad', 'https://client.example/back#x'), /redirectUris/);
  await cartwright('clients', 'add', id, 'For a while', 'https://client.example/back');
  await assert.rejects(cartwright('clients', 'add', id, 'Twice', 'https://client.example/back'), /CLIENT_EXISTS|already/);
  assert.match((await cartwright('clients', 'ls')).stdout, new RegExp(`${id} +public .*For a while`));
  await cartwright('clients', 'rm', id);
  await assert.rejects(cartwright('clients', 'rm', id), /RESOURCE_NOT_FOUND|exist/);
  assert.doesNotMatch((await cartwright('clients', 'ls')).stdout, new RegExp(id));
});
