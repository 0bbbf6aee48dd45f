// What the shop says no to, and that a no leaves nothing behind.

import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { assertNothingLost } from './invariants.mjs';
import { address, assertProblem, call, password, productsInStock, query, Shopper } from './shop.mjs';

test('a wrong password and an unknown address get the same answer', async () => {
  const shopper = await Shopper.register();
  const login = (/** @type {string} */ email, /** @type {string} */ guess) =>
    call('POST', '/api/auth/login', { json: { email, password: guess } });
  const wrong = await login(shopper.email, 'not the right password');
  const unknown = await login(`nobody-${randomUUID()}@example.com`, 'not the right password');
  assertProblem(wrong, 401, 'INVALID_CREDENTIALS');
  assertProblem(unknown, 401, 'INVALID_CREDENTIALS');
  assert.equal(wrong.body.detail, unknown.body.detail);
});

test('an address can be registered once, whatever its case', async () => {
  const shopper = await Shopper.register();
  assertProblem(
    await call('POST', '/api/auth/register',
      { json: { email: shopper.email.toUpperCase(), password, displayName: 'B' } }),
    409, 'EMAIL_TAKEN');
});

test('a bad field is named', async () => {
  const reply = await call('POST', '/api/auth/register',
    { json: { email: `a-${randomUUID()}@example.com`, password: 'short', displayName: '' } });
  assertProblem(reply, 400, 'INVALID_FIELD');
  assert.deepEqual(reply.body.violations.map((/** @type {any} */ v) => v.field).sort(), ['displayName', 'password']);
});

test('nobody gets in without a good token', async () => {
  assertProblem(await call('GET', '/api/cart'), 401, 'TOKEN_MISSING');
  assertProblem(await call('GET', '/api/cart', { token: 'not-a-token' }), 401, 'TOKEN_INVALID');
  const shopper = await Shopper.register();
  const [header, payload, signature] = shopper.token.split('.');
  const claims = JSON.parse(Buffer.from(payload, 'base64url').toString());
  const forged = Buffer.from(JSON.stringify({ ...claims, sub: randomUUID() })).toString('base64url');
  assertProblem(await call('GET', '/api/cart', { token: `${header}.${forged}.${signature}` }), 401, 'TOKEN_INVALID');
});

test('nobody can name another owner', async () => {
  const shopper = await Shopper.register();
  assertProblem(await shopper.send('POST', '/api/cart/add', { userId: randomUUID(), productId: randomUUID(), quantity: 1 }),
    400, 'UNKNOWN_FIELD');
  assertProblem(await shopper.get(`/api/wallet?userId=${randomUUID()}`), 400, 'UNKNOWN_QUERY_PARAMETER');
});

test('an order of somebody else is not there', async () => {
  const [product] = await productsInStock();
  const owner = await Shopper.withMoney(Number(product.price.minorUnits));
  await owner.add(product.id, 1);
  const { body: order } = await owner.checkout();
  assert.equal((await owner.get(`/api/orders/${order.id}`)).status, 200);
  const stranger = await Shopper.register();
  assertProblem(await stranger.get(`/api/orders/${order.id}`), 404, 'RESOURCE_NOT_FOUND');
  assertProblem(await stranger.get('/api/orders/no-such-order'), 404, 'RESOURCE_NOT_FOUND');
});

test('an empty cart cannot be bought', async () => {
  const shopper = await Shopper.withMoney(1000);
  assertProblem(await shopper.checkout(), 409, 'EMPTY_CART');
});

test('checkout needs a key and an address', async () => {
  const shopper = await Shopper.register();
  assertProblem(await call('POST', '/api/checkout', { json: { shippingAddress: address }, token: shopper.token }),
    400, 'IDEMPOTENCY_KEY_MISSING');
  const reply = await call('POST', '/api/checkout', { json: {}, token: shopper.token, key: randomUUID() });
  assertProblem(reply, 400, 'INVALID_FIELD');
  assert.deepEqual(reply.body.violations.map((/** @type {any} */ v) => v.field), ['shippingAddress']);
});

test('too little money: refused for ever under this key, nothing kept', async () => {
  const [product] = await productsInStock();
  const price = Number(product.price.minorUnits);
  const shopper = await Shopper.withMoney(price - 1);
  await shopper.add(product.id, 1);
  const key = randomUUID();
  assertProblem(await shopper.checkout(key), 402, 'INSUFFICIENT_FUNDS');
  await shopper.deposit(price);
  assertProblem(await shopper.checkout(key), 402, 'INSUFFICIENT_FUNDS');
  assert.equal((await shopper.checkout()).status, 201, 'a new key is a new attempt');
  await assertNothingLost();
});

test('too little stock: refused, the money stays', async () => {
  const [product] = (await productsInStock()).filter((p) => Number(p.available) < 99);
  const wanted = Number(product.available) + 1;
  const shopper = await Shopper.withMoney(wanted * Number(product.price.minorUnits));
  await shopper.add(product.id, wanted);
  const { body: cart } = await shopper.get('/api/cart');
  assert.deepEqual(cart.items[0].problems, ['OUT_OF_STOCK']);
  const refused = await shopper.checkout();
  assertProblem(refused, 409, 'OUT_OF_STOCK');
  assert.equal(refused.body.metadata.productId, product.id);
  assert.equal(refused.body.metadata.available, product.available);
  const { held } = await shopper.wallet();
  assert.equal(held, 0);
  await assertNothingLost();
});

test('a price that changed is shown and must be agreed to', async () => {
  const [, , , product] = await productsInStock();
  const price = Number(product.price.minorUnits);
  const shopper = await Shopper.withMoney(10 * price + 1000);
  const seen = await shopper.add(product.id, 1);
  await query(`UPDATE catalog.product SET price = price + 100 WHERE product_id = '${product.id}'`);
  const { body: cart } = await shopper.get('/api/cart');
  assert.deepEqual(cart.items[0].problems, ['PRICE_CHANGED']);
  assert.equal(cart.items[0].addedPrice.minorUnits, String(price));
  assert.equal(cart.items[0].unitPrice.minorUnits, String(price + 100));
  assertProblem(await shopper.checkout(randomUUID(), { expectedTotal: seen.subtotal }), 409, 'PRICE_CHANGED');
  const bought = await shopper.checkout(randomUUID(), { expectedTotal: cart.subtotal });
  assert.equal(bought.status, 201, JSON.stringify(bought.body));
});

test('a cart that changed since it was seen is not bought', async () => {
  const [product] = await productsInStock();
  const shopper = await Shopper.withMoney(10 * Number(product.price.minorUnits));
  const seen = await shopper.add(product.id, 1);
  await shopper.add(product.id, 1);
  assertProblem(await shopper.checkout(randomUUID(), { cartVersion: seen.version }), 409, 'CART_CHANGED');
});

test('a key means one payload', async () => {
  const [product] = await productsInStock();
  const shopper = await Shopper.withMoney(10 * Number(product.price.minorUnits));
  await shopper.add(product.id, 1);
  const key = randomUUID();
  assert.equal((await shopper.checkout(key)).status, 201);
  assertProblem(await shopper.checkout(key, { cartVersion: 'another' }), 422, 'IDEMPOTENCY_KEY_REUSED');

  assert.equal((await shopper.deposit(100, key)).status, 200, 'a key belongs to one method');
  const replay = await shopper.deposit(100, key);
  assert.equal(replay.headers.get('idempotent-replayed'), 'true');
  assertProblem(await shopper.deposit(101, key), 422, 'IDEMPOTENCY_KEY_REUSED');
});

test('lines and carts have their limits', async () => {
  const shopper = await Shopper.register();
  const [product] = await productsInStock();
  await shopper.add(product.id, 99);
  assertProblem(await shopper.send('POST', '/api/cart/add', { productId: product.id, quantity: 1 }), 409, 'LINE_LIMIT');
  const zero = await shopper.send('POST', '/api/cart/add', { productId: product.id, quantity: 0 });
  assertProblem(zero, 400, 'INVALID_FIELD');
  assert.equal(zero.body.violations[0].field, 'quantity');
  assertProblem(await shopper.send('POST', '/api/cart/add', { productId: randomUUID(), quantity: 1 }),
    404, 'RESOURCE_NOT_FOUND');
});

test('HTTP itself is checked', async () => {
  assertProblem(await call('GET', '/api/nowhere'), 404, 'ROUTE_NOT_FOUND');
  const wrong = await call('DELETE', '/api/products');
  assertProblem(wrong, 405, 'METHOD_NOT_ALLOWED');
  assert.match(wrong.headers.get('allow') ?? '', /GET/);
  const reply = await fetch(`${process.env.SHOP}/api/auth/login`,
    { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: '{"email":' });
  assert.equal(reply.status, 400);
  assert.equal((await reply.json()).reason, 'INVALID_JSON');
});
