// Text that people and administrators write, and that is markup or script where somebody forgets to escape it: every
// page shows it as text. What runs sets window.ran; what breaks the content security policy fails the visit.

import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, test } from 'node:test';

import { address, call, password, productsInStock, Shopper } from '../integration/shop.mjs';
import { closeBrowser, newVisit, sees } from './browser.mjs';
import { signIn, signInAsAdmin } from './shopper.mjs';

after(closeBrowser);

const texts = [
  '<img src=x onerror="window.ran=1">',
  '<script>window.ran=1</script>',
  '<svg/onload=window.ran=1><a href="javascript:window.ran=1">x</a>',
  '"><iframe srcdoc="<script>parent.ran=1</script>">',
  "'-(window.ran=1)-' onmouseover=window.ran=1 x='",
  '</title></textarea><script>window.ran=1</script>',
  '{{constructor.constructor("window.ran=1")()}} ${window.ran=1}',
  '<style>@import"//elsewhere.example/x"</style><base href="//elsewhere.example">',
];

/** @type {{token: string, products: any[], shopper: Shopper, order: any}} */
let scene;

/** @param {string} method @param {string} path @param {any} json @param {string} token */
async function made(method, path, json, token) {
  const { status, body } = await call(method, path, { json, token, key: randomUUID() });
  assert.ok(status < 300, `${path}: ${status} ${JSON.stringify(body)}`);
  return body;
}

before(async () => {
  const admin = { email: 'admin@example.com', password: 'correct-horse-battery' };
  const token = (await made('POST', '/api/auth/login', admin, '')).accessToken;
  const [{ imageUrl, category }] = await productsInStock();
  const products = [];
  for (const text of texts) {
    const json = { name: text, description: text, category, imageUrl, stock: '5', price: { currencyCode: 'EUR', minorUnits: '100' } };
    products.push((await made('POST', '/api/admin/products', json, token)).product);
  }
  const email = `browser-${randomUUID()}@example.com`;
  const session = await made('POST', '/api/auth/register', { email, password, displayName: texts[0] }, '');
  const shopper = new Shopper(email, session);
  await call('POST', '/api/auth/login', { json: { email, password }, headers: { 'User-Agent': texts[1] } });
  await shopper.deposit(10_000);
  for (const { id } of products) await shopper.add(id, 1);
  const shippingAddress = { ...address, fullName: texts[0], line1: texts[1], line2: texts[3], city: texts[2] };
  const { status, body: order } = await shopper.checkout(randomUUID(), { shippingAddress });
  assert.equal(status, 201, JSON.stringify(order));
  await shopper.settled(order.id);
  await made('POST', `/api/orders/${order.id}/cancel`, { reason: texts[5] }, shopper.token);
  for (const { id } of products) await shopper.add(id, 1);
  scene = { token, products, shopper, order };
});

/**
 * Nothing of the texts has become an element, and none of them ran.
 * @param {import('playwright-core').Page} page
 * @param {string} path
 * @param {string} text which the page shows
 */
async function isText(page, path, text) {
  await page.goto(path);
  await sees(page, text);
  const found = await page.evaluate(() => ({
    // @ts-ignore: what the texts set
    ran: window.ran,
    elements: [...document.querySelectorAll('img[src="x"], img[onerror], svg[onload], iframe, base, [onmouseover], a[href^="javascript:"]')]
      .map((element) => element.outerHTML),
  }));
  assert.deepEqual(found, { ran: undefined, elements: [] }, path);
}

/** @param {import('playwright-core').Page} page */
function noDialogs(page) {
  page.on('dialog', (dialog) => { void dialog.dismiss(); assert.fail(`a dialog: ${dialog.message()}`); });
}

test('what an administrator writes is text to shoppers', async (t) => {
  const { context } = await newVisit(t);
  const page = await context.newPage();
  noDialogs(page);
  for (const [at, { id }] of scene.products.entries()) await isText(page, `/products/${id}`, texts[at]);
  for (const text of texts) await isText(page, `/products?q=${encodeURIComponent(text)}`, text);
});

test('what a shopper writes is text to this shopper', async (t) => {
  const { context } = await newVisit(t);
  const page = await context.newPage();
  noDialogs(page);
  await signIn(page, scene.shopper.email);
  await isText(page, '/cart', texts[0]);
  await isText(page, '/account', texts[0]);
  await isText(page, `/orders/${scene.order.id}`, texts[1]);
  await isText(page, '/checkout', texts[0]);
});

test('what a shopper writes is text to administrators', async (t) => {
  const { context } = await newVisit(t);
  const page = await context.newPage();
  noDialogs(page);
  await signInAsAdmin(page);
  await isText(page, `/admin/orders/${scene.order.id}`, texts[1]);
  for (const { id, name } of scene.products) await isText(page, `/admin/products/${id}`, name);
});
