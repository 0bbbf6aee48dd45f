// The whole way of a purchase, as a shopper would go it: look, search, filter, choose as a guest,
// register, be told what was merged, put money into the wallet, pay, follow the order, cancel it
// and see the refund.

import assert from 'node:assert/strict';
import { after, test } from 'node:test';

import { productsInStock } from '../integration/shop.mjs';
import { closeBrowser, newPage, newVisit, sees } from './browser.mjs';
import { addToCart, fillAddress, fillRegistration, fillSignIn, newEmail, payButton, readyToPay, register } from './shopper.mjs';

after(closeBrowser);

test('a guest browses, registers, pays, cancels and sees the refund', async (t) => {
  const page = await newPage(t);
  await page.goto('/');
  await page.getByRole('link', { name: 'See everything' }).click();
  await page.waitForURL('**/products');

  await page.getByRole('searchbox').fill('desk lamp');
  await page.waitForURL(/q=desk/);
  await page.getByRole('heading', { level: 1, name: '“desk lamp”' }).waitFor();
  await page.getByLabel('In stock only').check();
  await page.waitForURL(/stock=yes/);
  const first = page.locator('article').first();
  const name = (await first.getByRole('link').textContent()) ?? '';
  await first.getByRole('button', { name: /^Add/ }).click();
  await first.getByRole('link').click();
  await page.getByRole('heading', { level: 1, name }).waitFor();
  await page.getByRole('button', { name: 'Add to cart' }).click();
  await sees(page, '2 in your cart.');
  await page.reload();
  await sees(page, '2 in your cart.');

  await page.getByRole('link', { name: /^Cart, 2 pieces/ }).click();
  await page.getByRole('link', { name: 'Sign in and pay' }).click();
  await page.getByRole('link', { name: 'Create an account' }).click();
  await fillRegistration(page, newEmail());
  await page.waitForURL('**/checkout');
  await sees(page, '1 product that you had chosen before is in your cart');

  await sees(page, /are missing in your wallet/);
  await page.getByRole('button', { name: '€1,000' }).click();
  await page.getByRole('button', { name: 'Add money' }).click();
  await fillAddress(page);
  await payButton(page).click();
  await sees(page, 'Thank you!');
  await page.getByRole('button', { name: 'See the order' }).click();

  await page.getByRole('heading', { level: 1, name: /^Order / }).waitFor();
  await sees(page, 'Payment booked');
  await page.getByRole('link', { name: /^Cart, 0 pieces/ }).waitFor();
  await page.getByRole('button', { name: 'Cancel the order' }).click();
  await page.getByRole('button', { name: 'Yes, cancel it' }).click();
  await sees(page, 'Refund booked, goods returned');
  await page.getByRole('link', { name: 'See the refund in the wallet' }).click();
  await sees(page, 'Refund');
  const header = page.getByRole('banner').getByText('€1,000.00');
  await header.waitFor();
  await page.getByRole('link', { name: 'Orders', exact: true }).first().click();
  await sees(page, 'Cancelled');
});

test('the list keeps its place on Back, with all its pages', async (t) => {
  const page = await newPage(t);
  await page.goto('/products');
  await page.getByRole('button', { name: 'Show more' }).click();
  const link = page.locator('article h3 a').nth(40);
  await link.scrollIntoViewIfNeeded();
  const name = (await link.textContent()) ?? '';
  const before = await page.evaluate(() => scrollY);
  assert.ok(before > 0);
  await link.click();
  await page.getByRole('heading', { level: 1, name }).waitFor();
  await page.goBack();
  await page.locator('article h3 a').nth(40).waitFor();
  await page.waitForFunction((y) => Math.abs(scrollY - y) < 5, before);
});

test('two tabs show one cart, and one sign-out', async (t) => {
  const [product, other] = await productsInStock();
  const { context } = await newVisit(t);
  const one = await context.newPage();
  await addToCart(one, product.id);
  const two = await context.newPage();
  await two.goto('/cart');
  await sees(two, product.name);
  await addToCart(one, other.id);
  await sees(two, other.name);
  await register(two);
  await one.locator('header summary').waitFor();
  await one.getByRole('link', { name: /^Cart, 2 pieces/ }).waitFor();
  await two.goto('/cart');
  await two.getByRole('button', { name: `Remove ${product.name}` }).click();
  await one.getByRole('link', { name: /^Cart, 1 piece/ }).waitFor();

  const ofAPerson = ['cartwright.address', 'cartwright.ordered', 'cartwright.signed-in'];
  await one.evaluate((names) => names.forEach((name) => localStorage.setItem(name, '{}')), ofAPerson);
  await one.locator('header summary').click();
  await one.getByRole('button', { name: 'Sign out' }).click();
  await two.getByRole('link', { name: 'Sign in' }).first().waitFor();
  const kept = await one.evaluate(() => Object.keys(localStorage));
  assert.deepEqual(kept.filter((name) => ofAPerson.includes(name)), []);
});

test('a cart whose session has ended is not said to be empty', async (t) => {
  const [product] = await productsInStock();
  const { context } = await newVisit(t);
  const page = await context.newPage();
  const shopper = await readyToPay(page, product);
  await context.clearCookies();
  await page.goto('/cart');
  await sees(page, 'Your session has ended');
  assert.equal(await page.getByText('There is nothing in it yet').count(), 0);
  await page.locator('main').getByRole('link', { name: 'Sign in' }).click();
  await fillSignIn(page, shopper.email);
  await page.waitForURL('**/cart');
  await sees(page, product.name);
});
