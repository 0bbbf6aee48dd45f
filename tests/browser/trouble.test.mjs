// Everything that can go wrong while somebody pays. Whatever does, one order is made at most, and the
// page says what is going on and goes on by itself.

import assert from 'node:assert/strict';
import { after, test } from 'node:test';

import { eventually, killAndAwait, productsInStock, query, Shopper, shopUrl, signal } from '../integration/shop.mjs';
import { closeBrowser, newPage, newVisit, sees } from './browser.mjs';
import { fillAddress, fillSignIn, ordersOf, payButton, readyToPay } from './shopper.mjs';

after(closeBrowser);

/**
 * The shop answers the next refreshes, and nobody hears of it: the browser keeps the cookie that it had.
 * @param {import('playwright-core').BrowserContext} context @param {number} count @param {(string | undefined)[]} [keys]
 */
async function loseRefreshes(context, count, keys = []) {
  await context.route('**/api/auth/refresh', async (route) => {
    const request = route.request();
    const headers = await request.allHeaders();
    keys.push(headers['idempotency-key']);
    if (keys.length > count) return route.continue();
    // Not by route.fetch(), which would put the new cookie into the browser.
    await fetch(shopUrl + '/api/auth/refresh', {
      method: 'POST', body: '{}', headers: {
        'Content-Type': 'application/json', Cookie: headers.cookie ?? '', 'Idempotency-Key': headers['idempotency-key'] ?? '',
      },
    });
    return route.abort('connectionreset');
  });
}

/** @param {import('playwright-core').Page} page */
async function bought(page) {
  await sees(page, 'Thank you!');
}

/** @param {Shopper} shopper */
async function assertOneOrder(shopper) {
  const orders = await ordersOf(shopper);
  assert.deepEqual(orders.map(({ state }) => state), ['CONFIRMED']);
}

/** Somebody else is faster. @param {number} rest @param {any} product */
async function buyAllBut(rest, product) {
  const pieces = Number(product.available) - rest;
  const rival = await Shopper.withMoney(pieces * Number(product.price.minorUnits));
  await rival.add(product.id, pieces);
  assert.equal((await rival.checkout()).status, 201);
}

test('a double click on Pay buys once', async (t) => {
  const [product] = await productsInStock();
  const page = await newPage(t);
  const shopper = await readyToPay(page, product);
  const keys = new Set();
  page.on('request', (request) => {
    if (request.url().endsWith('/api/checkout')) keys.add(request.headers()['idempotency-key']);
  });
  await payButton(page).dblclick();
  await bought(page);
  assert.equal(keys.size, 1);
  await assertOneOrder(shopper);
});

test('Pay in two tabs at once buys once, with one key, and both show the order', async (t) => {
  const [product] = await productsInStock();
  const { context } = await newVisit(t);
  const one = await context.newPage();
  const shopper = await readyToPay(one, product);
  const two = await context.newPage();
  await two.goto('/checkout');
  await fillAddress(two);
  await payButton(two).waitFor();
  const keys = new Set();
  context.on('request', (request) => {
    if (request.url().endsWith('/api/checkout')) keys.add(request.headers()['idempotency-key']);
  });
  // However slow the second tab is, to click or to hear of the first one's payment, that has no answer yet.
  /** @type {Promise<unknown>} */
  let begun = Promise.resolve();
  await context.route('**/api/checkout', async (route) => {
    await begun;
    await route.continue();
  });
  // At one moment in both, which no two commands to the browser are.
  const moment = Date.now() + 2000;
  const clicked = Promise.all([one, two].map((page) => page.evaluate((at) => new Promise((resolve) => {
    const pay = () => {
      const button = [...document.querySelectorAll('button')].find(({ textContent }) => textContent?.startsWith('Pay '));
      while (Date.now() < at);
      button?.click();
      resolve(undefined);
    };
    setTimeout(pay, at - Date.now() - 50);
  }), moment)));
  begun = clicked.then(() => Promise.all([one, two].map((page) =>
    page.waitForFunction(() => Object.keys(localStorage).some((name) => name.startsWith('cartwright.attempts/'))))));
  await begun;
  await Promise.all([bought(one), bought(two)]);
  assert.equal(keys.size, 1, 'one key');
  await assertOneOrder(shopper);
  const [{ id }] = await ordersOf(shopper);
  for (const page of [one, two]) {
    await page.getByRole('button', { name: 'See the order' }).click();
    await page.waitForURL(`**/orders/${id}`);
  }
});

test('a tab that pays for what another tab has bought is led to that order', async (t) => {
  const [product] = await productsInStock();
  const { context } = await newVisit(t);
  const one = await context.newPage();
  const shopper = await readyToPay(one, product);
  const two = await context.newPage();
  await two.goto('/checkout');
  await fillAddress(two);
  await payButton(two).waitFor();
  // It does not hear that the cart is another one now.
  await two.route('**/api/cart', (route) => route.abort('connectionreset'));
  await payButton(one).click();
  await bought(one);
  await payButton(two).click();
  const [{ id }] = await ordersOf(shopper);
  await two.waitForURL(`**/orders/${id}`);
  await sees(two, 'This cart is ordered already, and was paid for once');
  await assertOneOrder(shopper);
});

test('an answer that is lost is asked for again, with the same key', async (t) => {
  const [product] = await productsInStock();
  const page = await newPage(t);
  const shopper = await readyToPay(page, product);
  const keys = [];
  await page.route('**/api/checkout', async (route) => {
    keys.push(route.request().headers()['idempotency-key']);
    if (keys.length > 2) return route.continue();
    // The shop has done it; nobody hears of it.
    await route.fetch();
    return route.abort('connectionreset');
  });
  await payButton(page).click();
  await sees(page, 'We are finding out whether your payment arrived');
  await bought(page);
  assert.equal(keys.length, 3);
  assert.equal(new Set(keys).size, 1);
  await assertOneOrder(shopper);
});

test('the network is cut during Pay, and comes back', async (t) => {
  const [product] = await productsInStock();
  const { context } = await newVisit(t);
  const page = await context.newPage();
  const shopper = await readyToPay(page, product);
  await context.setOffline(true);
  await payButton(page).click();
  await sees(page, /Your order is kept here/);
  assert.deepEqual(await ordersOf(shopper), []);
  await context.setOffline(false);
  await bought(page);
  await assertOneOrder(shopper);
});

test('a reload during Pay goes on with the same payment', async (t) => {
  const [product] = await productsInStock();
  const page = await newPage(t);
  const shopper = await readyToPay(page, product);
  const keys = new Set();
  await page.route('**/api/checkout', async (route) => {
    keys.add(route.request().headers()['idempotency-key']);
    if (keys.size === 1 && !done) await route.fetch();
    return done ? route.continue() : route.abort('connectionreset');
  });
  let done = false;
  await payButton(page).click();
  await sees(page, 'We are finding out whether your payment arrived');
  // Elsewhere, a notice leads back to it.
  await page.goto('/products');
  await sees(page, 'We do not know yet whether your last payment arrived');
  done = true;
  await page.getByRole('link', { name: 'Find out' }).click();
  await bought(page);
  assert.equal(keys.size, 1);
  await assertOneOrder(shopper);
});

test('a reload after the thanks leads to what was bought', async (t) => {
  const [product] = await productsInStock();
  const page = await newPage(t);
  const shopper = await readyToPay(page, product);
  await payButton(page).click();
  await bought(page);
  await page.reload();
  await sees(page, 'There is nothing to pay');
  await page.locator('main').getByRole('link', { name: 'Your orders' }).click();
  await sees(page, product.name);
  await assertOneOrder(shopper);
});

test('what is sold out while paying is said, and can be mended', async (t) => {
  const product = (await productsInStock(6)).find(({ available }) => Number(available) < 90);
  const page = await newPage(t);
  const shopper = await readyToPay(page, product, { quantity: 3 });
  await buyAllBut(2, product);
  await payButton(page).click();
  await sees(page, 'Not enough in stock');
  await sees(page, 'Something cannot be delivered');
  await page.getByRole('link', { name: 'Mend it in the cart' }).click();
  await page.getByRole('button', { name: 'Take 2' }).click();
  await page.getByRole('link', { name: 'To the checkout' }).click();
  await payButton(page).click();
  await bought(page);
  const states = (await ordersOf(shopper)).map(({ state }) => state);
  assert.deepEqual(states, ['CONFIRMED', 'REJECTED']);
});

test('a price that changes while paying is shown, and paid only with consent', async (t) => {
  const [, , product] = await productsInStock();
  const page = await newPage(t);
  const shopper = await readyToPay(page, product);
  const price = Number(product.price.minorUnits);
  await query(`UPDATE catalog.product SET price = ${price + 700} WHERE product_id = '${product.id}'`);
  t.after(() => query(`UPDATE catalog.product SET price = ${price} WHERE product_id = '${product.id}'`));
  await payButton(page).click();
  await sees(page, 'A price has changed');
  const consent = page.getByRole('checkbox', { name: /new prices/ });
  await consent.waitFor();
  assert.ok(await payButton(page).isDisabled());
  await consent.check();
  await payButton(page).click();
  await bought(page);
  const [order] = await ordersOf(shopper);
  assert.equal(order.total.minorUnits, String(price + 700));
});

test('a session that ends while paying asks to sign in, and goes on with the payment', async (t) => {
  const [product] = await productsInStock();
  const { context } = await newVisit(t);
  const page = await context.newPage();
  const shopper = await readyToPay(page, product);
  // The access token is refused, and the session behind the cookie is gone.
  await context.clearCookies();
  let refused = 0;
  await page.route('**/api/checkout', async (route) => {
    const problem = { status: 401, reason: 'TOKEN_EXPIRED', detail: 'It is too old.' };
    if (refused++ > 0) return route.continue();
    return route.fulfill({ status: 401, contentType: 'application/problem+json', json: problem });
  });
  await payButton(page).click();
  await sees(page, 'Your session has ended');
  await fillSignIn(page, shopper.email);
  await bought(page);
  await assertOneOrder(shopper);
});

test('an access token that ran out is renewed without a word', async (t) => {
  const [product] = await productsInStock();
  const page = await newPage(t);
  const shopper = await readyToPay(page, product);
  let refused = 0;
  await page.route('**/api/checkout', (route) => {
    const problem = { status: 401, reason: 'TOKEN_EXPIRED', detail: 'It is too old.' };
    if (refused++ > 0) return route.continue();
    return route.fulfill({ status: 401, contentType: 'application/problem+json', json: problem });
  });
  await payButton(page).click();
  await bought(page);
  assert.equal(refused, 2);
  await assertOneOrder(shopper);
});

test('a refresh whose answer is lost is asked for again, and nobody is signed out', async (t) => {
  const [product] = await productsInStock();
  const { context } = await newVisit(t);
  const page = await context.newPage();
  const shopper = await readyToPay(page, product);
  /** @type {string[]} */
  const keys = [];
  await loseRefreshes(context, 1, keys);
  await page.goto('/orders');
  await sees(page, 'No orders yet');
  assert.equal(keys.length, 2, 'asked for twice');
  assert.equal(keys[0], keys[1], 'with one key');
  // The cookie of the answer that came is good.
  await context.unroute('**/api/auth/refresh');
  await page.goto('/checkout');
  await fillAddress(page);
  await payButton(page).click();
  await bought(page);
  await assertOneOrder(shopper);
});

test('who was away for too long signs in again, and page, cart and payment are there', async (t) => {
  const [product] = await productsInStock();
  const { context } = await newVisit(t);
  const page = await context.newPage();
  const shopper = await readyToPay(page, product);
  // A payment that has been made, of which nobody has heard.
  await page.route('**/api/checkout', async (route) => {
    await route.fetch();
    await route.abort('connectionreset');
  });
  await payButton(page).click();
  await sees(page, 'We are finding out whether your payment arrived');
  // The last answer of the session is lost, and it was too long ago to be given again.
  await loseRefreshes(context, Infinity);
  await page.reload();
  await sees(page, 'No answer from the shop');
  await query(`UPDATE identity.refresh_token SET use_time = use_time - interval '11 s'
    WHERE use_time IS NOT NULL AND session_id IN
      (SELECT session_id FROM identity.session WHERE user_id = '${shopper.id}')`);
  await context.unroute('**/api/auth/refresh');
  await page.unroute('**/api/checkout');
  await sees(page, 'Your session has ended');
  await fillSignIn(page, shopper.email);
  await bought(page);
  await assertOneOrder(shopper);
});

test('a cart that was paid for on another device leads to the orders', async (t) => {
  const [product] = await productsInStock();
  const page = await newPage(t);
  const shopper = await readyToPay(page, product);
  await page.route('**/api/cart', (route) => route.abort('connectionreset'));
  const { status, body: order } = await shopper.checkout();
  assert.equal(status, 201);
  await shopper.settled(order.id);
  await payButton(page).click();
  await page.getByRole('link', { name: 'Your orders' }).click();
  await page.waitForURL('**/orders');
  await assertOneOrder(shopper);
});

test('a refused change of the cart is taken back, and said', async (t) => {
  const [product] = await productsInStock();
  const shopper = await Shopper.register();
  await shopper.add(product.id, 2);
  const page = await newPage(t);
  await page.goto('/login');
  await fillSignIn(page, shopper.email);
  await page.goto('/cart');
  await page.getByRole('link', { name: /^Cart, 2 pieces/ }).waitFor();
  await page.route('**/api/cart/item/*', (route) => route.abort('connectionreset'));
  await page.getByRole('button', { name: 'One more' }).click();
  await sees(page, 'No answer from the shop');
  await page.getByRole('link', { name: /^Cart, 2 pieces/ }).waitFor();
});

test('without the catalog, what was seen is shown, and the page recovers by itself', async (t) => {
  const { context } = await newVisit(t);
  // The gateway would answer from its cache for minutes; who has a deadline of their own is not.
  await context.setExtraHTTPHeaders({ 'Request-Timeout': '1500' });
  const page = await context.newPage();
  // The browser's own cache would hide the outage for a minute, which is as it should be.
  const devtools = await context.newCDPSession(page);
  await devtools.send('Network.enable');
  await devtools.send('Network.setCacheDisabled', { cacheDisabled: true });
  await page.goto('/products');
  const card = page.locator('article h3').first();
  const name = (await card.textContent()) ?? '';
  await signal('catalog', 'SIGSTOP');
  let stopped = true;
  const go = async () => {
    if (stopped) await signal('catalog', 'SIGCONT');
    stopped = false;
  };
  t.after(go);
  await page.reload();
  await sees(page, 'These products may be out of date');
  await sees(page, name);
  await go();
  await page.getByText('These products may be out of date').waitFor({ state: 'detached' });
});

test('the order is followed live over the death of the gateway and the order service', async (t) => {
  const [product] = await productsInStock();
  const page = await newPage(t);
  const shopper = await readyToPay(page, product);
  await payButton(page).click();
  await bought(page);
  await page.getByRole('button', { name: 'See the order' }).click();
  await sees(page, 'Payment booked');
  await killAndAwait('order');
  await killAndAwait('gateway');
  await page.getByRole('button', { name: 'Cancel the order' }).click();
  await page.getByRole('button', { name: 'Yes, cancel it' }).click();
  await sees(page, 'Refund booked, goods returned');
  const [order] = await eventually('it is settled', async () => {
    const orders = await ordersOf(shopper);
    return orders[0]?.settled ? orders : undefined;
  });
  assert.equal(order.state, 'CANCELLED');
});
