// Each service away for a while, one after the other: the pages say so in words, show what they know,
// and go on by themselves when it is back.

import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, test } from 'node:test';

import { productsInStock, Shopper, signal } from '../integration/shop.mjs';
import { closeBrowser, newPage, sees } from './browser.mjs';
import { ordersOf, payButton, readyToPay, signIn } from './shopper.mjs';

after(closeBrowser);

const isAway = 'This part of the shop is taking a break';

/**
 * A service that neither answers nor dies, until the test ends at the latest.
 * @param {import('node:test').TestContext} t @param {string} service
 * @returns {Promise<() => Promise<void>>} brings it back
 */
async function takeAway(t, service) {
  let isStopped = true;
  await signal(service, 'SIGSTOP');
  const bringBack = async () => {
    if (isStopped) await signal(service, 'SIGCONT');
    isStopped = false;
  };
  t.after(bringBack);
  return bringBack;
}

/** Somebody with money and one piece of a product in the cart, signed in. @param {import('node:test').TestContext} t */
async function visit(t) {
  const [product] = await productsInStock();
  const shopper = await Shopper.withMoney(10 * Number(product.price.minorUnits));
  await shopper.add(product.id, 1);
  const page = await newPage(t);
  await signIn(page, shopper.email);
  await page.getByRole('link', { name: /^Cart, 1 piece/ }).waitFor();
  return { page, product, shopper };
}

/** Fails the test when anything but the service's return mends the page. @param {import('playwright-core').Page} page */
async function staysWithoutReload(page) {
  await page.evaluate(() => { /** @type {any} */ (window).isThisPage = true; });
  return async () => assert.ok(await page.evaluate(() => /** @type {any} */ (window).isThisPage));
}

test('without the wallet', async (t) => {
  const { page } = await visit(t);
  const bringBack = await takeAway(t, 'wallet');
  await page.goto('/wallet');
  await sees(page, isAway);
  const assertSamePage = await staysWithoutReload(page);
  // The rest of the shop goes on.
  await page.getByRole('link', { name: 'Products', exact: true }).first().click();
  await page.locator('article').first().waitFor();
  await page.getByRole('link', { name: /^Cart, 1 piece/ }).click();
  await page.getByRole('link', { name: 'To the checkout' }).click();
  await sees(page, 'Your wallet cannot be shown at the moment');
  for (const heading of ['Your cart', 'Products', 'Your wallet']) {
    await page.goBack();
    await page.getByRole('heading', { level: 1, name: heading }).waitFor();
  }
  await sees(page, isAway);
  await bringBack();
  await sees(page, 'History');
  await page.getByText(isAway).first().waitFor({ state: 'detached' });
  await sees(page, 'Deposit');
  await assertSamePage();
});

test('without the cart', async (t) => {
  const { page, product } = await visit(t);
  await page.goto(`/products/${product.id}`);
  await page.getByRole('link', { name: /^Cart, 1 piece/ }).waitFor();
  const bringBack = await takeAway(t, 'cart');
  await page.getByRole('button', { name: 'Add to cart' }).click();
  await sees(page, /The cart is as it was/);
  await page.getByRole('link', { name: /^Cart, 1 piece/ }).waitFor();
  await page.goto('/cart');
  await sees(page, isAway);
  const assertSamePage = await staysWithoutReload(page);
  await bringBack();
  await page.getByRole('link', { name: 'To the checkout' }).waitFor();
  await page.getByText(isAway).first().waitFor({ state: 'detached' });
  await assertSamePage();
});

test('without identity, whoever is signed in stays so', async (t) => {
  const { page, shopper } = await visit(t);
  const bringBack = await takeAway(t, 'identity');
  // The token is good for minutes: what needs no new one goes on.
  await page.getByRole('link', { name: /^Cart, 1 piece/ }).click();
  await page.getByRole('link', { name: 'To the checkout' }).waitFor();
  // A new page needs a new token.
  await page.goto('/orders');
  // Long before anybody gives up.
  await sees(page, 'This takes longer than usual');
  await sees(page, isAway);
  const assertSamePage = await staysWithoutReload(page);
  const cart = await page.context().newPage();
  await cart.goto('/cart');
  await sees(cart, 'This takes longer than usual');
  const other = await newPage(t);
  await other.goto('/login');
  await other.getByLabel('E-mail address').fill(shopper.email);
  await other.getByLabel('Password').fill('a long enough passphrase');
  await other.getByRole('button', { name: 'Sign in' }).click();
  await sees(other, isAway);
  await bringBack();
  await sees(page, 'No orders yet');
  await cart.getByRole('link', { name: 'To the checkout' }).waitFor();
  await assertSamePage();
  await signIn(other, shopper.email);
});

test('without the orders, a payment waits and is made once', async (t) => {
  const [product] = await productsInStock();
  const page = await newPage(t);
  const shopper = await readyToPay(page, product);
  const bringBack = await takeAway(t, 'order');
  await payButton(page).click();
  await sees(page, 'We are finding out whether your payment arrived');
  const list = await page.context().newPage();
  await list.goto('/orders');
  await sees(list, isAway);
  // Whatever is missing, a page says which it is.
  const unknown = await page.context().newPage();
  await unknown.goto(`/orders/${randomUUID()}`);
  await sees(unknown, isAway);
  await unknown.getByRole('heading', { level: 1, name: /^Order / }).waitFor();
  const assertSamePage = await staysWithoutReload(list);
  await bringBack();
  await sees(page, 'Thank you!');
  await list.getByText(isAway).first().waitFor({ state: 'detached' });
  await assertSamePage();
  await unknown.getByRole('heading', { level: 1, name: 'No such order' }).waitFor();
  assert.deepEqual((await ordersOf(shopper)).map(({ state }) => state), ['CONFIRMED']);
});

test('without the catalog, the cart shows what it knows and the product page waits', async (t) => {
  const { page, product } = await visit(t);
  const bringBack = await takeAway(t, 'catalog');
  await page.goto('/cart');
  await sees(page, product.name);
  await sees(page, 'Prices and stock may be out of date');
  const assertSamePage = await staysWithoutReload(page);
  const unknown = await newPage(t);
  await unknown.goto('/products?q=nobody+has+asked+for+this');
  await sees(unknown, isAway);
  await bringBack();
  await sees(unknown, 'Nothing matches that');
  await page.getByText('Prices and stock may be out of date').waitFor({ state: 'detached' });
  await assertSamePage();
});

test('a page whose scripts do not come opens by itself when they do, each time', async (t) => {
  const page = await newPage(t);
  await page.goto('/');
  await page.getByRole('link', { name: 'See everything' }).waitFor();
  for (const [link, script, heading] of [
    [/^Cart,/, /\/assets\/cart-|robots\.txt/, 'Your cart'],
    ['Sign in', /\/assets\/login-|robots\.txt/, 'Sign in'],
  ]) {
    await page.route(script, (route) => route.abort('connectionrefused'));
    await page.getByRole('link', { name: link }).first().click();
    await sees(page, 'It opens by itself as soon as the shop answers.');
    await page.unroute(script);
    await page.getByRole('heading', { level: 1, name: heading }).waitFor();
  }
});
