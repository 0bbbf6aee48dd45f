// Signing in to the shop with somebody else's provider, and to somebody else's application with the shop.

import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import http from 'node:http';
import { after, before, test } from 'node:test';

import { call, cartwright, eventually, Shopper, shopUrl } from '../integration/shop.mjs';
import { TestProvider, writeProviders } from '../oidc/provider.mjs';
import { assertAccessible } from './axe.mjs';
import { closeBrowser, newPage, newVisit, origin, sees } from './browser.mjs';
import { fillSignIn, signedIn } from './shopper.mjs';

/** @typedef {import('playwright-core').Page} Page */

/** The provider's certificate is its own. */
const options = { ignoreHTTPSErrors: true };
/** @type {TestProvider} */
let provider;
/** Somebody's application. */
const application = http.createServer((_, response) => response.end('<h1>The application</h1>'));
let back = '';

before(async () => {
  provider = await new TestProvider([`${origin}/signed-in/partner`]).start();
  const secretFile = `${provider.caFile}.secret`;
  await writeFile(secretFile, 'a secret: of the shop & the provider\n');
  await writeProviders([provider.settings({ clientId: 'shop', clientSecretFile: secretFile })]);
  await eventually('the provider is there', async () => {
    const { status } = await call('POST', '/api/auth/providers/partner/start', { json: {}, headers: { Origin: shopUrl } });
    return status === 200 ? true : undefined;
  });
  application.listen(0, '127.0.0.1');
  await once(application, 'listening');
  back = `http://127.0.0.1:${/** @type {import('node:net').AddressInfo} */ (application.address()).port}/back`;
  await cartwright('clients', 'add', 'app', 'The Application', back);
});
after(async () => {
  await closeBrowser();
  application.close();
  application.closeAllConnections();
  await provider.end();
});

/** On the pages of the provider. @param {Page} page @param {string} login */
async function signInThere(page, login) {
  await page.waitForURL((url) => url.origin === provider.issuer);
  await page.locator('input[name=login]').fill(login);
  await page.locator('input[name=password]').fill('any');
  await page.getByRole('button', { name: 'Sign-in' }).click();
  await page.getByRole('button', { name: 'Continue' }).click();
}

test('a guest signs in with the provider, goes on where they were, and stays signed in', async (t) => {
  const page = await newPage(t, options);
  await page.goto('/account');
  await page.getByRole('button', { name: 'Sign in with Partner' }).waitFor();
  await assertAccessible(page, 'sign-in with a provider');
  await page.getByRole('button', { name: 'Sign in with Partner' }).click();
  await signInThere(page, 'ada');
  await page.waitForURL(`${origin}/account`);
  await signedIn(page);
  await sees(page, 'ada of the provider');
  await page.reload();
  await sees(page, 'ada of the provider');
  const stored = await page.evaluate(() => JSON.stringify({ ...localStorage, ...sessionStorage }));
  assert.doesNotMatch(stored, /eyJ|return-to/);
  // Those of the provider are there, too: to cookies, all ports of localhost are one host.
  const cookies = (await page.context().cookies(origin)).filter(({ name }) => name.startsWith('__Host-'));
  assert.deepEqual(cookies.map(({ name }) => name), ['__Host-refresh']);
  assert.ok(cookies.every(({ httpOnly, secure, sameSite }) => httpOnly && secure && sameSite === 'Strict'));
});

test('the answer of the provider is of no use in another browser, nor twice', async (t) => {
  const page = await newPage(t, options);
  await page.goto('/login');
  /** @type {string[]} */
  const seen = [];
  page.on('request', (request) => {
    if (request.url().startsWith(`${origin}/signed-in/partner?`)) seen.push(request.url());
  });
  const finish = '**/api/auth/providers/finish';
  await page.route(finish, (route) => route.abort());
  await page.getByRole('button', { name: 'Sign in with Partner' }).click();
  await signInThere(page, 'grace');
  await sees(page, 'Back to the sign-in');
  assert.equal(seen.length, 1);
  const other = await newPage(t, options);
  await other.goto(seen[0]);
  await sees(other, 'Please start again');
  await page.unroute(finish);
  await page.goto(seen[0]);
  await signedIn(page);
  const third = await page.context().newPage();
  await third.goto(seen[0]);
  await sees(third, 'Please start again');
});

test('after the sign-in nobody is led to another site', async (t) => {
  const { context } = await newVisit(t, options);
  const page = await context.newPage();
  await page.goto('/login');
  await page.getByRole('button', { name: 'Sign in with Partner' }).click();
  await page.waitForURL((url) => url.origin === provider.issuer);
  const evil = await context.newPage();
  await evil.goto('/');
  await evil.evaluate(() => localStorage.setItem('cartwright.return-to', '"//evil.example"'));
  await evil.close();
  await signInThere(page, 'linus');
  await signedIn(page);
  await page.waitForURL(`${origin}/`);
});

test('who says no there is told so here', async (t) => {
  const page = await newPage(t, options);
  await page.goto('/signed-in/partner?error=access_denied&state=x');
  await sees(page, 'You are not signed in');
  await page.getByRole('link', { name: 'Back to the sign-in' }).click();
  await page.getByRole('button', { name: 'Sign in', exact: true }).waitFor();
});

const verifier = randomBytes(32).toString('base64url');
/** @param {Record<string, string>} [more] */
const request = (more = {}) => `/authorize?${new URLSearchParams({
  client_id: 'app', redirect_uri: back, response_type: 'code', scope: 'openid profile', state: 'mine',
  code_challenge: createHash('sha256').update(verifier).digest('base64url'), code_challenge_method: 'S256', ...more,
})}`;

test('somebody signs in to an application with the shop', async (t) => {
  const shopper = await Shopper.register();
  const page = await newPage(t, options);
  await page.goto(request());
  await fillSignIn(page, shopper.email);
  await sees(page, 'The Application');
  await sees(page, 'your name, Ada');
  await assertAccessible(page, 'consent');
  await page.getByRole('button', { name: 'Continue' }).click();
  await page.waitForURL((url) => url.href.startsWith(back));
  const answer = new URL(page.url()).searchParams;
  assert.equal(answer.get('state'), 'mine');
  const body = new URLSearchParams({
    grant_type: 'authorization_code', client_id: 'app', redirect_uri: back, code_verifier: verifier, code: answer.get('code') ?? '',
  });
  const tokens = await (await fetch(`${shopUrl}/api/oauth/token`, { method: 'POST', body })).json();
  const { body: person } = await call('GET', '/api/oauth/userinfo', { token: tokens.access_token });
  assert.deepEqual(person, { sub: shopper.id, name: 'Ada' });
  await page.goto(request());
  await page.getByRole('button', { name: 'Cancel' }).click();
  await page.waitForURL((url) => url.href.startsWith(back));
  assert.equal(new URL(page.url()).searchParams.get('error'), 'access_denied');
});

test('an application may ask that people sign in again', async (t) => {
  const shopper = await Shopper.register();
  const page = await newPage(t, options);
  await page.goto('/login');
  await fillSignIn(page, shopper.email);
  await signedIn(page);
  await page.goto(request({ prompt: 'login' }));
  await page.getByRole('button', { name: 'Continue' }).click();
  await sees(page, 'asks that you sign in again');
  assert.equal(new URL(page.url()).origin, origin);
  await page.getByRole('button', { name: 'Sign in again' }).click();
  await fillSignIn(page, shopper.email);
  await sees(page, 'The Application');
  await page.getByRole('button', { name: 'Continue' }).click();
  await page.waitForURL((url) => url.href.startsWith(back));
  assert.ok(new URL(page.url()).searchParams.get('code'));
});

test('an application with a mistake in its request is told, and a strange one is not', async (t) => {
  const page = await newPage(t, options);
  await page.goto(request({ code_challenge_method: 'plain' }));
  await page.waitForURL((url) => url.href.startsWith(back));
  assert.equal(new URL(page.url()).searchParams.get('error'), 'invalid_request');
  await page.goto(request({ redirect_uri: 'https://evil.example/' }));
  await sees(page, 'has not registered where it wants you back');
  await page.goto(`${request()}&redirect_uri=https://evil.example/`);
  await sees(page, 'This request cannot be read');
  assert.equal(new URL(page.url()).origin, origin);
});
