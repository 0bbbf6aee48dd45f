// What is built and how it loads: the contract that types are made of is the gateway's, the first
// page is small and does not jump, and nothing secret is in a storage.

import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { get } from 'node:http';
import { after, test } from 'node:test';
import { brotliCompressSync, brotliDecompressSync, gunzipSync, gzipSync } from 'node:zlib';

import { assertProblem, call, eventually, metric, productsInStock, Shopper, shopUrl } from '../integration/shop.mjs';
import { closeBrowser, newVisit } from './browser.mjs';
import { register, signIn, signInAsAdmin } from './shopper.mjs';

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

/** Before a page is opened. @param {import('playwright-core').Page} page */
async function measureShift(page) {
  await page.addInitScript(() => {
    /** @type {any} */ (window).shift = 0;
    /** @type {any} */ (window).moved = [];
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) {
        const { value, hadRecentInput, sources } = /** @type {any} */ (entry);
        if (hadRecentInput) continue;
        /** @type {any} */ (window).shift += value;
        for (const { node, previousRect, currentRect } of sources) {
          const name = `${node?.nodeName} ${node?.textContent?.slice(0, 30)}`;
          /** @type {any} */ (window).moved.push(`${name}: ${previousRect.top} to ${currentRect.top}`);
        }
      }
    }).observe({ type: 'layout-shift', buffered: true });
  });
}

/** The network may be idle before the last answer is drawn. @param {import('playwright-core').Page} page */
const complete = (page) => page.locator('main .skeleton').first().waitFor({ state: 'detached' });

/** Of a page that is complete. @param {import('playwright-core').Page} page @returns {Promise<number>} */
async function assertStill(page) {
  const { shift, moved } = await page.evaluate(() => {
    const { shift, moved } = /** @type {any} */ (window);
    return { shift, moved };
  });
  assert.ok(shift < layoutShiftLimit, `layout shift of ${shift}: ${moved.join('; ')}`);
  return shift;
}

for (const path of ['/', '/products', '/products/:id', '/cart']) {
  test(`${path} is small and does not jump`, async (t) => {
    const [product] = await productsInStock();
    const { context } = await newVisit(t);
    const page = await context.newPage();
    /** @type {import('playwright-core').Request[]} */
    const scripts = [];
    page.on('requestfinished', (request) => {
      // What measures the visit is loaded behind everything else, and nobody waits for it.
      if (/\.js$/.test(request.url()) && !request.url().includes('report-web-vitals')) scripts.push(request);
    });
    await measureShift(page);
    await page.goto(path.replace(':id', product.id));
    await page.locator('h1').waitFor();
    await page.waitForLoadState('networkidle');
    // As they came over the line, not as they could have.
    const sizes = await Promise.all(scripts.map((request) => request.sizes()));
    const bytes = sizes.reduce((sum, { responseBodySize }) => sum + responseBodySize, 0);
    assert.ok(scripts.length > 1 && bytes > budgetBytes / 2, 'the scripts were seen');
    assert.ok(bytes < budgetBytes, `${bytes} bytes of scripts`);
    const shift = await assertStill(page);
    t.diagnostic(`${path}: ${bytes} bytes of scripts, layout shift ${shift.toFixed(4)}`);
    const unsized = await page.locator('img:not([width][height])').count();
    assert.equal(unsized, 0, 'pictures have their dimensions');
  });
}

for (const width of [360, 1440]) {
  test(`pages for which one signs in do not jump, ${width} px wide`, async (t) => {
    const [product] = await productsInStock();
    const { context } = await newVisit(t, { viewport: { width, height: width < 400 ? 740 : 900 } });
    const shopper = await Shopper.withMoney(10 * Number(product.price.minorUnits) + 100_000);
    await shopper.add(product.id, 1);
    const { body: order } = await shopper.checkout();
    await shopper.add(product.id, 1);
    const page = await context.newPage();
    await signIn(page, shopper.email);
    await page.close();
    const paths = ['/orders', `/orders/${order.id}`, '/checkout', '/wallet', '/account'];
    await assertAllStill(t, context, paths);
  });

  test(`pages of the administration do not jump, ${width} px wide`, async (t) => {
    const { context } = await newVisit(t, { viewport: { width, height: width < 400 ? 740 : 900 } });
    const [product] = await productsInStock();
    const shopper = await Shopper.withMoney(Number(product.price.minorUnits));
    await shopper.add(product.id, 1);
    const { body: order } = await shopper.checkout();
    const page = await context.newPage();
    await signInAsAdmin(page);
    await page.close();
    const lists = ['/admin/products', '/admin/orders', '/admin/sagas'];
    const single = [`/admin/products/${product.id}`, `/admin/orders/${order.id}`, `/admin/sagas/${order.id}`];
    await assertAllStill(t, context, [...lists, '/admin/products/new', ...single]);
  });
}

/**
 * Opens each of these, as from a bookmark.
 * @param {import('node:test').TestContext} t
 * @param {import('playwright-core').BrowserContext} context
 * @param {string[]} paths
 */
async function assertAllStill(t, context, paths) {
  for (const path of paths) {
    await t.test(path, async (t) => {
      const page = await context.newPage();
      await measureShift(page);
      // No answer is so quick that what waits for it is never drawn.
      await page.route('**/api/**', async (route) => {
        await page.evaluate(() => new Promise((resolve) => {
          requestAnimationFrame(() => requestAnimationFrame(resolve));
        }));
        await route.continue();
      });
      await page.goto(path);
      await page.locator('main h1').waitFor();
      await page.waitForLoadState('networkidle');
      await complete(page);
      t.diagnostic(`${path}: layout shift ${(await assertStill(page)).toFixed(4)}`);
      await page.close();
    });
  }
}

test('a page that says what it waits for does not jump', async (t) => {
  const { context } = await newVisit(t, { viewport: { width: 360, height: 740 } });
  const page = await context.newPage();
  await register(page);
  await measureShift(page);
  for (const [path, answer] of [['/account', '**/api/auth/refresh']]) {
    let isHeld = false;
    await page.route(answer, async (route) => {
      isHeld = true;
      await page.getByText('This takes longer than usual').waitFor();
      await route.continue();
    });
    await page.goto(path);
    await page.waitForLoadState('networkidle');
    await complete(page);
    assert.ok(isHeld, `${path} has waited for ${answer}`);
    await assertStill(page);
    await page.unroute(answer);
  }
});

test('of a product that is unknown, every answer is read to its end', async (t) => {
  const { context } = await newVisit(t);
  const page = await context.newPage();
  await page.goto(`/products/${randomUUID()}`);
  await page.getByRole('heading', { level: 1, name: 'No such product' }).waitFor();
  // Which it never is while one is open.
  await page.waitForLoadState('networkidle');
});

// What is seen of each page before a script has run, and what the page has in its place.
const seenFirst = [
  ['/', '.headline', 'main h1'],
  ['/products', '.headline', 'main h1'],
  ['/products', '[data-picture] img', 'main article img'],
  ['/products/:id', '[data-picture] img', 'main article img'],
  ['/cart', '.headline', 'main h1'],
];

for (const width of [360, 1280]) {
  for (const [path, early, late] of seenFirst) {
    test(`${path} shows ${early} before its scripts are there, where ${late} will be, ${width} px wide`, async (t) => {
      const [product] = await productsInStock();
      const { context } = await newVisit(t, { viewport: { width, height: 800 } });
      const page = await context.newPage();
      let release = () => {};
      const isReleased = new Promise((resolve) => { release = () => resolve(undefined); });
      await context.route('**/assets/*.js', async (route) => {
        await isReleased;
        await route.continue();
      });
      await page.goto(path.replace(':id', product.id), { waitUntil: 'commit' });
      const place = async (/** @type {string} */ selector) => {
        const box = await page.locator(selector).filter({ visible: true }).first().boundingBox();
        return box && [box.x, box.y, box.height].map(Math.round);
      };
      await page.locator(early).filter({ visible: true }).first().waitFor();
      await page.evaluate(() => document.fonts.ready);
      const before = await place(early);
      assert.equal(await page.locator('main').count(), 0, 'no script has run');
      release();
      await page.locator(late).first().waitFor();
      assert.deepEqual(await place(late), before);
    });
  }
}

/**
 * A file as it is sent, in the coding that it is sent in.
 * @param {string} path @param {Record<string, string>} headers
 * @returns {Promise<{status?: number, headers: import('node:http').IncomingHttpHeaders, body: Buffer}>}
 */
function sent(path, headers) {
  return new Promise((resolve, reject) => {
    const request = get(shopUrl + path, { headers }, (response) => {
      /** @type {Buffer[]} */
      const chunks = [];
      response.on('data', (chunk) => chunks.push(chunk));
      response.on('end', () => resolve({ status: response.statusCode, headers: response.headers, body: Buffer.concat(chunks) }));
      response.on('error', reject);
    });
    request.on('error', reject);
  });
}

// What the libraries of two builds may differ in.
const slackBytes = 64;

test('files are sent as small as the build can make them, in the coding that is asked for', async (t) => {
  const namedIn = async (/** @type {string} */ page) =>
    [...(await sent(page, {})).body.toString().matchAll(/(?:src|href)="(\/assets\/[^"]+\.(?:js|css))"/g)].map(([, path]) => path);
  const paths = [...await namedIn('/'), ...await namedIn('/docs')];
  assert.ok(paths.some((path) => path.endsWith('.js')) && paths.some((path) => /docs.*\.css$/.test(path)), paths.join());
  for (const path of paths) {
    const plain = await sent(path, {});
    if (plain.body.length < 1024) continue;
    const brotli = await sent(path, { 'Accept-Encoding': 'gzip, br' });
    const gzip = await sent(path, { 'Accept-Encoding': 'gzip' });
    assert.equal(plain.headers['content-encoding'], undefined);
    assert.equal(brotli.headers['content-encoding'], 'br', path);
    assert.equal(gzip.headers['content-encoding'], 'gzip', path);
    assert.deepEqual(brotliDecompressSync(brotli.body), plain.body);
    assert.deepEqual(gunzipSync(gzip.body), plain.body);
    const best = brotliCompressSync(plain.body).length;
    assert.ok(brotli.body.length <= best + slackBytes, `${path}: ${brotli.body.length} bytes, could be ${best}`);
    assert.ok(gzip.body.length <= gzipSync(plain.body, { level: 9 }).length + slackBytes, path);
    for (const { headers } of [plain, brotli, gzip]) assert.equal(headers.vary, 'Accept-Encoding');
    const etags = [plain, brotli, gzip].map(({ headers }) => headers.etag ?? '');
    assert.equal(new Set(etags).size, 3, `each form has its tag: ${etags}`);
    const again = await sent(path, { 'Accept-Encoding': 'gzip, br', 'If-None-Match': etags[1] });
    assert.equal(again.status, 304);
    assert.equal(again.headers.etag, etags[1]);
    t.diagnostic(`${path}: ${plain.body.length} bytes, br ${brotli.body.length}, gzip ${gzip.body.length}`);
  }
});

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
  // Read behind the page's back, which may be quicker; and a reload throws away what is not read yet.
  const known = (/** @type {number} */ count) => eventually(`${count} tokens`, async () => tokens.length === count || undefined);
  await register(page);
  await known(1);
  await page.reload();
  await page.locator('header summary').waitFor();
  await known(2);
  const stored = await page.evaluate(() => JSON.stringify([
    Object.entries(localStorage), Object.entries(sessionStorage), document.cookie,
  ]));
  for (const token of tokens) assert.ok(!stored.includes(token));
  const [cookie] = (await context.cookies()).filter(({ name }) => name === '__Host-refresh');
  assert.ok(cookie.httpOnly && cookie.secure && cookie.sameSite === 'Strict');
});
