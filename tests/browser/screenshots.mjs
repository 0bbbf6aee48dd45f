// Pictures of every page at three widths in both themes, to look at after a change of the look:
//
//   tests/integration/with_shop.sh node tests/browser/screenshots.mjs DIRECTORY [WIDTH,... [THEME,...]]
//
// docs/screenshots has some of them.

import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';

import { chromium } from 'playwright-core';

import { call, eventually, password, Shopper } from '../integration/shop.mjs';
import { executablePath, origin } from './browser.mjs';

/** @typedef {import('playwright-core').Page} Page */

const [directory, widths = '360,768,1440', themes = 'light,dark'] = process.argv.slice(2);
assert.ok(directory, 'into which directory?');
const quality = 80;

/** Somebody with a cart, and with orders that were bought and cancelled. */
async function customer() {
  const { body } = await call('GET', '/api/products?inStock=true&orderBy=newest&pageSize=50');
  const dear = body.products.filter((/** @type {any} */ { price, available }) =>
    Number(price.minorUnits) < 60_000 && Number(available) > 5);
  const shopper = await Shopper.withMoney(500_000);
  const ids = [];
  for (const product of dear.slice(4, 7)) {
    await shopper.add(product.id, 1);
    const order = await eventually('it is bought', async () => {
      const { status, body } = await shopper.checkout();
      return status === 201 ? body : undefined;
    });
    ids.push(order.id);
    await shopper.settled(order.id);
  }
  await call('POST', `/api/orders/${ids[0]}/cancel`, { json: {}, token: shopper.token, key: 'for-a-picture' });
  await shopper.settled(ids[0]);
  for (const product of dear.slice(8, 11)) await shopper.add(product.id, 1);
  return { shopper, order: ids[0], product: dear[20] };
}

/** @param {Page} page @param {string} email @param {string} secret */
async function signIn(page, email, secret) {
  await page.goto('/login');
  await page.getByLabel('E-mail address').fill(email);
  await page.getByLabel('Password').fill(secret);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.locator('header summary').waitFor();
}

/** @param {Page} page @param {string} file @param {boolean} isLong */
async function picture(page, file, isLong) {
  const size = page.viewportSize();
  assert.ok(size);
  if (isLong) {
    // Tall enough for all of it, so that lazy pictures come too.
    const height = await page.evaluate(() => document.documentElement.scrollHeight);
    await page.setViewportSize({ ...size, height });
    await page.waitForFunction(() => [...document.images].every((image) => image.complete));
  }
  const devtools = await page.context().newCDPSession(page);
  const { data } = await devtools.send('Page.captureScreenshot', { format: 'webp', quality });
  await devtools.detach();
  await writeFile(file, Buffer.from(data, 'base64'));
  await page.setViewportSize(size);
}

/** @param {Page} page @param {Record<string, string>} paths */
async function pictures(page, paths) {
  for (const theme of themes.split(',')) {
    await page.emulateMedia({ colorScheme: /** @type {'light' | 'dark'} */ (theme), reducedMotion: 'reduce' });
    for (const width of widths.split(',').map(Number)) {
      await page.setViewportSize({ width, height: width < 500 ? 740 : 900 });
      for (const [name, path] of Object.entries(paths)) {
        await page.goto(path);
        await page.locator('h1').waitFor();
        await page.waitForLoadState('networkidle');
        await picture(page, `${directory}/${name}-${width}-${theme}.webp`, name !== 'products');
      }
    }
  }
}

await mkdir(directory, { recursive: true });
const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
const visit = () => browser.newPage({ baseURL: origin, locale: 'en-GB' });
const { shopper, order, product } = await customer();

const guest = await visit();
await pictures(guest, { login: '/login', register: '/register', 'empty-cart': '/cart', 'not-found': '/nothing' });
const user = await visit();
await signIn(user, shopper.email, password);
await pictures(user, {
  home: '/', products: '/products', product: `/products/${product.id}`, cart: '/cart', checkout: '/checkout',
  orders: '/orders', order: `/orders/${order}`, wallet: '/wallet', account: '/account',
});
const admin = await visit();
await signIn(admin, 'admin@example.com', 'correct-horse-battery');
await pictures(admin, {
  'admin-products': '/admin/products', 'admin-product': `/admin/products/${product.id}`,
  'admin-new-product': '/admin/products/new', 'admin-orders': '/admin/orders',
  'admin-order': `/admin/orders/${order}`, saga: `/admin/sagas/${order}`,
});
await browser.close();
