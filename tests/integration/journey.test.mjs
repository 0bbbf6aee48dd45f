// The main job, from the first page to the settled order, as a shopper does it.

import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { assertNothingLost } from './invariants.mjs';
import { address, assertProblem, call, password, pastTheCache, productsInStock, Shopper } from './shop.mjs';

test('a shopper registers, browses, fills a cart, tops up and checks out', async () => {
  const shopper = await Shopper.register();
  const [product, other] = await productsInStock();

  const empty = await shopper.get('/api/cart');
  assert.deepEqual([empty.body.items, empty.body.itemCount, empty.body.stale], [[], 0, false]);
  await shopper.add(product.id, 1);
  await shopper.add(product.id, 2);
  const cart = await shopper.add(other.id, 1);
  assert.equal(cart.itemCount, 4);
  const total = 3 * Number(product.price.minorUnits) + Number(other.price.minorUnits);
  assert.deepEqual(cart.subtotal, { currencyCode: 'EUR', minorUnits: String(total) });
  assert.deepEqual(cart.items.map((/** @type {any} */ line) => line.quantity), [3, 1]);

  const deposit = await shopper.deposit(total + 500);
  assert.equal(deposit.body.transaction.type, 'DEPOSIT');

  const key = randomUUID();
  const bought = await shopper.checkout(key, { cartVersion: cart.version, expectedTotal: cart.subtotal });
  assert.equal(bought.status, 201, JSON.stringify(bought.body));
  assert.equal(bought.body.state, 'CONFIRMED');
  assert.equal(bought.body.total.minorUnits, String(total));
  assert.deepEqual(bought.body.shippingAddress.countryCode, address.countryCode);

  const settled = await shopper.settled(bought.body.id);
  assert.equal(settled.state, 'CONFIRMED');
  assert.deepEqual(await shopper.wallet(), { balance: 500, held: 0, available: 500 });
  const { body: wallet } = await shopper.get('/api/wallet');
  assert.deepEqual(wallet.transactions.map((/** @type {any} */ t) => [t.type, t.amount.minorUnits]),
    [['PURCHASE', String(-total)], ['DEPOSIT', String(total + 500)]]);
  assert.equal(wallet.transactions[0].orderId, bought.body.id);
  assert.equal((await shopper.get('/api/cart')).body.itemCount, 0);
  const after = await call('GET', `/api/products/${product.id}`, pastTheCache);
  assert.equal(Number(after.body.available), Number(product.available) - 3);

  const replay = await shopper.checkout(key, { cartVersion: cart.version, expectedTotal: cart.subtotal });
  assert.equal(replay.status, 201);
  assert.equal(replay.body.id, bought.body.id);
  assert.equal(replay.headers.get('idempotent-replayed'), 'true');

  const { body: orders } = await shopper.get('/api/orders');
  assert.deepEqual(orders.orders.map((/** @type {any} */ order) => order.id), [bought.body.id]);
  assert.equal(orders.nextPageToken, '');
  await assertNothingLost();
});

test('a session lives on its cookie: refreshed, rotated, ended', async () => {
  const email = `cookie-${randomUUID()}@example.com`;
  const registered = await call('POST', '/api/auth/register', { json: { email, password, displayName: 'Grace' } });
  assert.equal(registered.body.tokenType, 'Bearer');
  assert.equal(typeof registered.body.expiresIn, 'number');
  const cookie = registered.headers.get('set-cookie') ?? '';
  assert.match(cookie, /^__Host-[^=]+=[^;]+;/);
  for (const attribute of [/HttpOnly/i, /Secure/i, /SameSite=Strict/i, /Path=\//i]) assert.match(cookie, attribute);
  assert.equal(registered.body.refreshToken, undefined, 'the refresh token is in the cookie alone');

  const me = await call('GET', '/api/auth/me', { token: registered.body.accessToken });
  assert.equal(me.body.user.email, email);
  assert.deepEqual(me.body.user.roles, ['shopper']);

  const refresh = (/** @type {string} */ value) =>
    call('POST', '/api/auth/refresh', { json: {}, headers: { Cookie: value.split(';')[0] } });
  const refreshed = await refresh(cookie);
  assert.equal(refreshed.status, 200, JSON.stringify(refreshed.body));
  const rotated = refreshed.headers.get('set-cookie') ?? '';
  assert.notEqual(rotated.split(';')[0], cookie.split(';')[0]);

  const out = await call('POST', '/api/auth/logout', { json: {}, headers: { Cookie: rotated.split(';')[0] } });
  assert.equal(out.status, 200);
  assertProblem(await refresh(rotated), 401, 'TOKEN_INVALID');
});

test('a guest cart is merged at login, and what cannot be is told', async () => {
  const shopper = await Shopper.register();
  const [product] = await productsInStock();
  await shopper.add(product.id, 98);
  const ghost = randomUUID();
  const merged = await shopper.send('POST', '/api/cart/merge',
    { items: [{ productId: product.id, quantity: 5 }, { productId: ghost, quantity: 1 }] });
  assert.equal(merged.status, 200, JSON.stringify(merged.body));
  assert.equal(merged.body.cart.itemCount, 99);
  assert.deepEqual(
    merged.body.adjustments.map((/** @type {any} */ a) => [a.productId, a.requested, a.granted, a.reason]).sort(),
    [[product.id, 5, 1, 'LINE_LIMIT'], [ghost, 1, 0, 'NOT_AVAILABLE']].sort());
});

test('a cart line is changed, removed, and the cart is cleared', async () => {
  const shopper = await Shopper.register();
  const [product, other] = await productsInStock();
  await shopper.add(product.id, 2);
  const first = await shopper.add(other.id, 1);
  const changed = await shopper.send('PUT', `/api/cart/item/${product.id}`, { quantity: 5 });
  assert.equal(changed.body.itemCount, 6);
  assert.notEqual(changed.body.version, first.version);
  const removed = await shopper.send('DELETE', `/api/cart/item/${other.id}`);
  assert.equal(removed.body.itemCount, 5);
  const zero = await shopper.send('PUT', `/api/cart/item/${product.id}`, { quantity: 0 });
  assert.equal(zero.body.itemCount, 0);
  await shopper.add(other.id, 1);
  const cleared = await shopper.send('POST', '/api/cart/clear', {});
  assert.deepEqual(cleared.body.items, []);
});

test('the catalog is searched, filtered, ordered and paged', async () => {
  const { body: categories } = await call('GET', '/api/categories');
  assert.ok(categories.categories.length >= 12);
  const seen = new Set();
  let token = '';
  do {
    const { status, body } = await call('GET', `/api/products?pageSize=17&orderBy=price&pageToken=${encodeURIComponent(token)}`);
    assert.equal(status, 200);
    for (const product of body.products) {
      assert.ok(!seen.has(product.id), 'no product is on two pages');
      seen.add(product.id);
    }
    token = body.nextPageToken;
  } while (token);
  const total = categories.categories.reduce((/** @type {number} */ sum, /** @type {any} */ c) => sum + c.productCount, 0);
  assert.equal(seen.size, total);

  const { body: listed } = await call('GET', '/api/products?pageSize=1');
  assert.equal(listed.totalSize, total);
  const word = listed.products[0].name.split(' ').find((/** @type {string} */ w) => w.length > 4);
  const { body: found } = await call('GET', `/api/products?query=${encodeURIComponent(word)}`);
  assert.ok(found.totalSize >= 1, `a search for ${word} finds something`);
  const category = categories.categories[0].id;
  const { body: filtered } = await call('GET', `/api/products?category=${category}&maxPrice=10000000`);
  assert.ok(filtered.products.every((/** @type {any} */ p) => p.category === category));

  const elsewhere = await call('GET', '/api/products?pageSize=17');
  assertProblem(
    await call('GET', `/api/products?pageSize=17&query=oak&pageToken=${encodeURIComponent(elsewhere.body.nextPageToken)}`),
    400, 'PAGE_TOKEN_INVALID');
});

test('every product has a picture that can be seen, and ETags save work', async () => {
  const { body } = await call('GET', '/api/products?pageSize=100');
  for (const product of body.products.slice(0, 20)) {
    const picture = await call('GET', product.imageUrl);
    assert.equal(picture.status, 200, product.imageUrl);
    assert.match(picture.headers.get('content-type') ?? '', /^image\/svg\+xml/);
    assert.match(picture.body, /^<svg/);
  }
  const first = await call('GET', `/api/products/${body.products[0].id}`);
  const etag = first.headers.get('etag');
  assert.ok(etag);
  const again = await call('GET', `/api/products/${body.products[0].id}`, { headers: { 'If-None-Match': etag } });
  assert.equal(again.status, 304);
});

test('the shop describes itself', async () => {
  const openapi = await call('GET', '/openapi.json');
  assert.equal(openapi.body.openapi.slice(0, 3), '3.1');
  for (const path of ['/api/auth/register', '/api/products', '/api/cart/add', '/api/checkout', '/api/wallet/deposit']) {
    assert.ok(openapi.body.paths[path], path);
  }
  const page = await call('GET', '/', { headers: { Accept: 'text/html' } });
  assert.equal(page.status, 200);
  assert.match(page.headers.get('content-security-policy') ?? '', /default-src/);
  const keys = await call('GET', '/.well-known/jwks.json');
  assert.equal(keys.body.keys[0].alg, 'ES256');
});
