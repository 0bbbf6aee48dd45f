// What is built and how it loads: the contract that types are made of is the gateway's, the first
// page is small and does not jump, and nothing secret is in a storage.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, test } from 'node:test';
import { brotliCompressSync } from 'node:zlib';

import { assertProblem, call, eventually, metric, productsInStock } from '../integration/shop.mjs';
import { closeBrowser, newVisit } from './browser.mjs';
import { register } from './shopper.mjs';

after(closeBrowser);

const budgetBytes = 130 * 1024;
const layoutShiftLimit = 0.02;

test('the storefront is built from the contract that the gateway serves', async () => {
  const snapshot = await readFile(new URL('../../web/openapi.json', import.meta.url), 'utf8');
  const { body } = await call('GET', '/openapi.json');
  assert.deepEqual(
    JSON.parse(snapshot), body,
    'web/openapi.json is old: curl -s "$SHOP/openapi.json" | jq . >web/openapi.json',
  );
});

for (const path of ['/', '/products', '/products/:id', '/cart']) {
  test(`${path} is small and does not jump`, async (t) => {
    const [product] = await productsInStock();
    const { context } = await newVisit(t);
    const page = await context.newPage();
    /** @type {Promise<Buffer>[]} */
    const scripts = [];
    page.on('response', (response) => {
      if (response.request().resourceType() === 'script') scripts.push(response.body());
    });
    await page.addInitScript(() => {
      /** @type {any} */ (window).shift = 0;
      new PerformanceObserver((list) => {
        for (const entry of list.getEntries()) {
          const { value, hadRecentInput } = /** @type {any} */ (entry);
          if (!hadRecentInput) /** @type {any} */ (window).shift += value;
        }
      }).observe({ type: 'layout-shift', buffered: true });
    });
    await page.goto(path.replace(':id', product.id));
    await page.locator('h1').waitFor();
    await page.waitForLoadState('networkidle');
    const bodies = await Promise.all(scripts);
    const bytes = bodies.reduce((sum, body) => sum + brotliCompressSync(body).length, 0);
    assert.ok(bytes < budgetBytes, `${bytes} bytes of scripts`);
    const shift = await page.evaluate(() => /** @type {any} */ (window).shift);
    assert.ok(shift < layoutShiftLimit, `layout shift of ${shift}`);
    t.diagnostic(`${path}: ${bytes} bytes of scripts, layout shift ${shift.toFixed(4)}`);
    const unsized = await page.locator('img:not([width][height])').count();
    assert.equal(unsized, 0, 'pictures have their dimensions');
  });
}

test('a visit is measured, without a word about who it was', async (t) => {
  const [product] = await productsInStock();
  const { context } = await newVisit(t);
  const page = await context.newPage();
  // The body of a beacon is not shown to who watches the network.
  await page.addInitScript(() => {
    const send = navigator.sendBeacon.bind(navigator);
    navigator.sendBeacon = (url, body) => {
      /** @type {any} */ (window).beacon = /** @type {Blob} */ (body).text();
      return send(url, body);
    };
  });
  const before = await metric('catalog', 'cartwright_web_vital_ratings_total');
  await page.goto(`/products/${product.id}`);
  await page.getByRole('button', { name: 'Add to cart' }).click();
  await page.waitForLoadState('networkidle');
  const sent = page.waitForRequest('**/api/rum');
  // As when another tab comes to the front.
  await page.evaluate(() => {
    Object.defineProperty(document, 'visibilityState', { value: 'hidden' });
    document.dispatchEvent(new Event('visibilitychange', { bubbles: true }));
  });
  await sent;
  const { page: route, measurements, ...rest } = JSON.parse(await page.evaluate('window.beacon'));
  assert.equal(route, '/products/:id');
  assert.deepEqual(rest, {});
  const byName = Object.fromEntries(measurements.map((/** @type {any} */ one) => [one.metric, one]));
  for (const name of ['LCP', 'FCP', 'TTFB', 'CLS']) assert.ok(byName[name], `${name} is measured`);
  for (const one of measurements) assert.deepEqual(Object.keys(one), ['metric', 'rating', 'value']);
  t.diagnostic(JSON.stringify(byName));
  await eventually('it is counted', async () =>
    ((await metric('catalog', 'cartwright_web_vital_ratings_total')) - before >= measurements.length ? true : undefined));
});

test('a beacon that is none is refused, and a good one has an empty answer', async () => {
  const good = { page: '/cart', measurements: [{ metric: 'LCP', rating: 'GOOD', value: '900' }] };
  const reply = await call('POST', '/api/rum', { json: good });
  assert.equal(reply.status, 204);
  assert.equal(reply.body, '');
  assert.equal(reply.headers.get('content-type'), null);
  assertProblem(await call('POST', '/api/rum', { json: { ...good, page: '/products/7' } }), 400, 'INVALID_FIELD');
  assertProblem(await call('POST', '/api/rum', { json: { ...good, user: 'ada' } }), 400, 'UNKNOWN_FIELD');
  assertProblem(await call('POST', '/api/rum', { json: { ...good, page: 'x'.repeat(2000) } }), 413, 'PAYLOAD_TOO_LARGE');
});

test('no token is in a storage or in reach of scripts', async (t) => {
  const { context } = await newVisit(t);
  const page = await context.newPage();
  /** @type {string[]} */
  const tokens = [];
  page.on('response', async (response) => {
    if (!/\/api\/auth\/(register|refresh)$/.test(response.url())) return;
    const body = await response.json().catch(() => ({}));
    if (body.accessToken) tokens.push(body.accessToken);
  });
  await register(page);
  await page.reload();
  await page.locator('header summary').waitFor();
  const stored = await page.evaluate(() => JSON.stringify([
    Object.entries(localStorage), Object.entries(sessionStorage), document.cookie,
  ]));
  assert.equal(tokens.length, 2);
  for (const token of tokens) assert.ok(!stored.includes(token));
  const [cookie] = (await context.cookies()).filter(({ name }) => name === '__Host-refresh');
  assert.ok(cookie.httpOnly && cookie.secure && cookie.sameSite === 'Strict');
});
