// For everyone: axe on every page and state in both themes, nothing wider than a small phone, and a
// whole purchase by the keyboard alone.

import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, test } from 'node:test';

import { productsInStock, Shopper, signal } from '../integration/shop.mjs';
import { assertAccessible } from './axe.mjs';
import { closeBrowser, newPage, sees } from './browser.mjs';
import { addToCart, payButton, readyToPay, signIn, signInAsAdmin } from './shopper.mjs';

/** @typedef {import('playwright-core').Page} Page */

after(closeBrowser);

const looks = [
  { name: 'light', options: { colorScheme: /** @type {const} */ ('light') } },
  { name: 'dark, 360 px', options: { colorScheme: /** @type {const} */ ('dark'), viewport: { width: 360, height: 740 } } },
];

/** @param {Page} page @param {string} where */
async function assertGood(page, where) {
  await assertAccessible(page, where);
  const overflow = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  assert.ok(overflow <= 0, `${where}: ${overflow} px too wide`);
  const titles = await page.locator('h1').count();
  assert.equal(titles, 1, `${where}: one h1`);
}

for (const { name, options } of looks) {
  test(`a guest's pages, ${name}`, async (t) => {
    const [product] = await productsInStock();
    const page = await newPage(t, options);
    await page.goto('/');
    await page.locator('article').first().waitFor();
    await assertGood(page, 'home');
    await page.goto('/products?q=oak&category=chairs');
    await page.locator('article').first().waitFor();
    await assertGood(page, 'list');
    if (name !== 'light') await page.getByRole('button', { name: /^Filters/ }).click();
    await page.getByLabel('In stock only').waitFor();
    await assertGood(page, 'list with filters');
    await page.goto('/products?q=zzzzqqqq');
    await sees(page, 'Nothing matches that');
    await assertGood(page, 'empty list');
    await page.goto('/cart');
    await sees(page, 'There is nothing in it yet');
    await assertGood(page, 'empty cart');
    await addToCart(page, product.id);
    await assertGood(page, 'product');
    await page.goto('/cart');
    await sees(page, 'Sign in and pay');
    await assertGood(page, 'guest cart');
    await page.goto('/login');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await sees(page, 'Please enter your password.');
    await assertGood(page, 'sign-in with errors');
    await page.goto('/register');
    await page.getByRole('button', { name: 'Create account' }).click();
    await sees(page, /Please use at least/);
    await assertGood(page, 'registration with errors');
    await page.goto('/no/such/page');
    await sees(page, 'There is nothing at this address');
    await assertGood(page, 'no such page');
    await page.goto('/products/no-such-product');
    await sees(page, 'No such product');
    await assertGood(page, 'no such product');
  });

  test(`a user's pages, ${name}`, async (t) => {
    const [product] = await productsInStock();
    const page = await newPage(t, options);
    await readyToPay(page, product);
    await assertGood(page, 'checkout');
    await page.getByLabel('Town').fill('');
    await payButton(page).click();
    await sees(page, 'Please enter the town.');
    await assertGood(page, 'checkout with errors');
    await page.getByLabel('Town').fill('London');
    await payButton(page).click();
    await sees(page, 'Thank you!');
    await assertGood(page, 'success');
    await page.getByRole('button', { name: 'See the order' }).click();
    await sees(page, 'Payment booked');
    await assertGood(page, 'order');
    await page.getByRole('button', { name: 'Cancel the order' }).click();
    await assertGood(page, 'cancel dialog');
    await page.getByRole('button', { name: 'Yes, cancel it' }).click();
    await sees(page, 'Refund booked, goods returned');
    await assertGood(page, 'cancelled order');
    // A page that has everything asks for nothing more.
    await page.reload();
    await page.waitForLoadState('networkidle');
    await page.goto('/orders');
    await sees(page, 'Cancelled');
    await assertGood(page, 'orders');
    await page.goto('/wallet');
    await sees(page, 'Refund');
    await page.getByRole('button', { name: 'Add money' }).click();
    await assertGood(page, 'wallet with an error');
    await page.goto('/account');
    await sees(page, 'this one');
    await assertGood(page, 'account');
    await page.goto('/admin');
    await sees(page, 'This is for administrators of the shop');
    await assertGood(page, 'administration without the role');
  });

  test(`the administration, ${name}`, async (t) => {
    const [product] = await productsInStock();
    const shopper = await Shopper.withMoney(Number(product.price.minorUnits));
    await shopper.add(product.id, 1);
    const { body: order } = await shopper.checkout();
    const page = await newPage(t, options);
    await signInAsAdmin(page);
    await page.goto('/admin');
    await page.getByRole('table').waitFor();
    await assertGood(page, 'products');
    await page.goto('/admin/products?q=zzzzqqqq');
    await sees(page, 'No such product');
    await assertGood(page, 'no products');
    await page.goto('/admin/products/new');
    await page.getByRole('button', { name: 'Put it on sale' }).click();
    await sees(page, 'Please enter a name.');
    await assertGood(page, 'new product with errors');
    await page.goto(`/admin/products/${product.id}`);
    await page.getByRole('button', { name: 'Correct the stock' }).click();
    await sees(page, 'Please say why.');
    await assertGood(page, 'product with errors');
    await page.goto('/admin/orders');
    await page.getByRole('table').waitFor();
    await assertGood(page, 'orders');
    await page.goto(`/admin/orders/${order.id}`);
    const ordered = page.getByRole('region', { name: 'What was ordered' });
    await ordered.waitFor();
    const hidden = await ordered.evaluate(({ scrollWidth, clientWidth }) => scrollWidth - clientWidth);
    assert.ok(hidden <= 0, `what was ordered: ${hidden} px are out of sight`);
    await page.getByRole('button', { name: 'Refund' }).click();
    await page.getByRole('dialog').getByRole('button', { name: /^Refund/ }).click();
    await sees(page, 'Please say why.');
    await assertGood(page, 'refund with an error');
    await page.goto('/admin/sagas');
    await page.getByLabel('Show').selectOption('ALL');
    await page.getByRole('table').waitFor();
    await assertGood(page, 'sagas');
    await page.goto(`/admin/sagas/${order.id}`);
    await page.getByRole('heading', { name: 'Events' }).waitFor();
    await assertGood(page, 'saga');
  });
}

test('pages that wait for identity have their heading', async (t) => {
  const { email } = await Shopper.register();
  const page = await newPage(t);
  await signIn(page, email);
  await signal('identity', 'SIGSTOP');
  t.after(() => signal('identity', 'SIGCONT'));
  const order = `/orders/${randomUUID()}`;
  for (const path of ['/checkout', '/orders', order, '/wallet', '/account', '/admin/products']) {
    await page.goto(path);
    await sees(page, /This takes longer than usual|is taking a break/);
    await assertGood(page, path);
  }
});

test('the API reference is no wider than a small phone', async (t) => {
  const page = await newPage(t, looks[1].options);
  await page.goto('/docs');
  const operation = page.locator('.opblock', { hasText: '/api/wallet/deposit' });
  await assertNoWider(page, operation, 'closed');
  await operation.getByRole('button').first().click();
  await operation.getByText('Idempotency-Key').first().waitFor();
  await assertNoWider(page, operation, 'open');
});

/** @param {Page} page @param {import('playwright-core').Locator} shown @param {string} where */
async function assertNoWider(page, shown, where) {
  await shown.waitFor();
  const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  assert.ok(overflow <= 0, `${where}: ${overflow} px too wide`);
}

/** Moves on with Tab until what has the focus is called so, and sees that the focus is shown. @param {Page} page @param {RegExp} name */
async function tabTo(page, name) {
  for (let step = 0; step < 120; step += 1) {
    await page.keyboard.press('Tab');
    const focused = await page.evaluate(() => {
      const element = document.activeElement;
      if (!(element instanceof HTMLElement) || element === document.body) return undefined;
      const label = 'labels' in element ? [.../** @type {any} */ (element.labels ?? [])].map((one) => one.textContent).join(' ') : '';
      const style = getComputedStyle(element);
      return { name: `${label} ${element.textContent}`, isShown: style.outlineStyle !== 'none' && style.outlineWidth !== '0px' };
    });
    if (focused && name.test(focused.name)) {
      assert.ok(focused.isShown, `${name} shows that it has the focus`);
      return;
    }
  }
  assert.fail(`Tab does not come to ${name}`);
}

test('a purchase by the keyboard alone', async (t) => {
  const [product] = await productsInStock();
  const shopper = await Shopper.withMoney(10 * Number(product.price.minorUnits));
  const page = await newPage(t);
  await signIn(page, shopper.email);
  await page.goto('/');
  await tabTo(page, /Skip to the content/);
  await tabTo(page, /Search products/);
  await page.keyboard.type(product.name);
  await page.waitForURL(/q=/);
  await page.locator('article').first().waitFor();
  await tabTo(page, new RegExp(`^ ${product.name}`));
  await page.keyboard.press('Enter');
  const heading = page.getByRole('heading', { level: 1, name: product.name });
  await heading.waitFor();
  // The focus follows a moment after the page.
  await page.waitForFunction(() => document.activeElement?.tagName === 'H1');
  await tabTo(page, /^ Add to cart/);
  await page.keyboard.press('Enter');
  await tabTo(page, /Go to the cart/);
  await page.keyboard.press('Enter');
  await page.waitForURL('**/cart');
  await page.getByRole('heading', { level: 1, name: 'Your cart' }).waitFor();
  await tabTo(page, /To the checkout/);
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { level: 1, name: 'Checkout' }).waitFor();
  await payButton(page).waitFor();
  for (const [label, text] of [['Full name', ''], ['Street', '12 Analytical Row'], ['Postal', 'N1 7AA'], ['Town', 'London']]) {
    await tabTo(page, new RegExp(`^${label}`));
    if (text) await page.keyboard.type(text);
  }
  await tabTo(page, /^Country/);
  await page.keyboard.type('United Kingdom');
  await tabTo(page, /^ Pay /);
  await page.keyboard.press('Enter');
  await sees(page, 'Thank you!');
  await page.waitForFunction(() => document.activeElement?.closest('dialog'));
  await tabTo(page, /See the order/);
  await page.keyboard.press('Enter');
  await sees(page, 'Payment booked');
  await tabTo(page, /Cancel the order/);
  await page.keyboard.press('Enter');
  await page.waitForFunction(() => document.activeElement?.closest('dialog'));
  await page.keyboard.press('Escape');
  await page.waitForFunction(() => document.activeElement?.textContent === 'Cancel the order');
  await page.keyboard.press('Enter');
  await tabTo(page, /Yes, cancel it/);
  await page.keyboard.press('Enter');
  await sees(page, 'Refund booked, goods returned');
  // The button that opened the dialog has gone.
  await page.waitForFunction(() => document.activeElement?.tagName === 'H1');
});
