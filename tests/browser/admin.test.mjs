// What administrators do in the storefront, and what shoppers see of it.

import assert from 'node:assert/strict';
import { after, test } from 'node:test';

import { eventually, productsInStock, Shopper } from '../integration/shop.mjs';
import { closeBrowser, newPage, newVisit, sees } from './browser.mjs';
import { addToCart, fillAddress, ordersOf, payButton, signIn, signInAsAdmin } from './shopper.mjs';

after(closeBrowser);

test('an administrator edits a price, and the shopper sees it before paying', async (t) => {
  const [, product] = await productsInStock();
  const shopper = await Shopper.withMoney(10 * Number(product.price.minorUnits) + 100_000);
  const { context } = await newVisit(t);
  const page = await context.newPage();
  await signIn(page, shopper.email);
  await addToCart(page, product.id);

  const admin = await newPage(t);
  await signInAsAdmin(admin);
  await admin.goto('/admin/products');
  await admin.getByLabel('Search by name or id').fill(product.name);
  await admin.getByRole('link', { name: product.name, exact: true }).click();
  await admin.getByRole('heading', { level: 1, name: product.name }).waitFor();
  const minorUnits = Number(product.price.minorUnits) + 1234;
  const amount = (minorUnits / 100).toFixed(2);
  await admin.getByLabel('Price in EUR').fill(amount);
  await admin.getByRole('button', { name: 'Save' }).click();
  await sees(admin, 'Saved; shoppers see it within two seconds');
  await sees(admin, 'Changed: price');

  const shown = new Intl.NumberFormat('en-GB', { style: 'currency', currency: 'EUR' }).format(Number(amount));
  await eventually('the product page has the new price', async () => {
    await page.reload();
    await page.getByRole('button', { name: 'Add to cart' }).waitFor();
    return await page.locator('main').getByText(shown).first().isVisible() || undefined;
  });
  await page.goto('/cart');
  await sees(page, /The price has changed: it was/);
  await sees(page, shown);
  await page.getByRole('link', { name: 'To the checkout' }).click();
  await fillAddress(page);
  const consent = page.getByRole('checkbox', { name: /new prices/ });
  await consent.waitFor();
  assert.ok(await payButton(page).isDisabled());
  await consent.check();
  await payButton(page).click();
  await sees(page, 'Thank you!');
  const [order] = await ordersOf(shopper);
  assert.equal(order.total.minorUnits, String(minorUnits));
});

test('a product is added, stocked, taken off sale and put on sale again', async (t) => {
  const page = await newPage(t);
  await signInAsAdmin(page);
  await page.goto('/admin/products');
  await page.getByRole('link', { name: 'New product' }).click();
  await page.getByRole('button', { name: 'Put it on sale' }).click();
  await sees(page, 'Please enter a name.');
  const name = `Ash bench ${Date.now()}`;
  await page.getByLabel('Name').fill(name);
  await page.getByLabel('Description').fill('Sits three.');
  await page.getByLabel('Category').selectOption({ index: 1 });
  await page.getByLabel('Price in EUR').fill('199.90');
  await page.getByRole('button', { name: 'Choose a picture' }).click();
  await page.getByRole('dialog').getByRole('button', { name: /^Picture of/ }).first().click();
  await page.waitForFunction(() => /** @type {any} */ (document.querySelector('form img'))?.naturalWidth > 0);
  await page.getByLabel('Pieces in stock').fill('12');
  await page.getByRole('button', { name: 'Put it on sale' }).click();
  await page.getByRole('heading', { level: 1, name }).waitFor();

  await page.getByLabel('Pieces that come or go').fill('-20');
  await page.getByLabel('Why').fill('Counted again.');
  await page.getByRole('button', { name: 'Correct the stock' }).click();
  await sees(page, 'Reserved by open orders');
  await page.getByLabel('Pieces that come or go').fill('-5');
  await page.getByRole('button', { name: 'Correct the stock' }).click();
  await sees(page, 'There are 7 pieces now');
  await sees(page, 'Counted again.');

  await page.getByRole('link', { name: 'See it in the shop' }).click();
  await page.getByRole('button', { name: 'Add to cart' }).waitFor();
  await page.goBack();
  await page.getByRole('button', { name: 'Take off sale' }).click();
  await sees(page, 'It is off sale');
  await page.goto(`/admin/products?show=ARCHIVED&q=${encodeURIComponent(name)}`);
  await page.getByRole('link', { name }).click();
  await page.getByRole('button', { name: 'Put on sale again' }).click();
  await sees(page, 'It is on sale again');
});

test('an order is found and refunded, its buyer sees the money, and is signed out', async (t) => {
  const [product] = await productsInStock();
  const shopper = await Shopper.withMoney(2 * Number(product.price.minorUnits));
  await shopper.add(product.id, 1);
  const { body: order } = await shopper.checkout();
  await shopper.settled(order.id);
  const page = await newPage(t);
  await signInAsAdmin(page);
  await page.goto('/admin/orders');
  await page.getByLabel('Buyer').fill('nobody-at-all@example.com');
  await sees(page, 'Nobody has this address.');
  await page.getByLabel('Buyer').fill(shopper.email);
  await page.getByRole('cell', { name: shopper.email }).waitFor();
  await page.getByLabel('State').selectOption('CONFIRMED');
  await page.getByRole('link', { name: order.id }).click();
  await sees(page, new RegExp(shopper.email));
  await page.getByRole('button', { name: 'Refund' }).click();
  await page.getByRole('dialog').getByRole('button', { name: /^Refund/ }).click();
  await sees(page, 'Please say why.');
  await page.getByLabel('Why').fill('It broke on the way.');
  await page.getByRole('dialog').getByRole('button', { name: /^Refund/ }).click();
  await sees(page, 'The order is called off');
  await sees(page, /^REFUND by/);
  await sees(page, 'It broke on the way.');
  await shopper.settled(order.id);
  const buyer = await newPage(t);
  await signIn(buyer, shopper.email);
  await buyer.goto(`/orders/${order.id}`);
  await sees(buyer, 'Refund booked, goods returned');
  await page.getByRole('button', { name: 'Sign the buyer out' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Sign out everywhere' }).click();
  await sees(page, /^Signed the buyer out of/);
  await buyer.reload();
  await buyer.waitForURL(/\/login/);
});
