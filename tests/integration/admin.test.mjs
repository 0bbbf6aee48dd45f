// The administration through the gateway: products, stock, everybody's orders and their refund. What
// an administrator changes, shoppers see within moments; what it was before stays written down.

import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { before, test } from 'node:test';
import { assertNothingLost } from './invariants.mjs';
import { Lock } from './lock.mjs';
import { assertProblem, call, eventually, productsInStock, Shopper, signInAsAdministrator } from './shop.mjs';

/** The administrator of the demo users. @type {{id: string, token: string}} */
let admin;

before(async () => {
  admin = await signInAsAdministrator();
});

/** One call of the administrator. @param {string} method @param {string} path @param {object} [json] @param {string} [key] */
const manage = (method, path, json, key) => call(method, `/api/admin${path}`, { json, token: admin.token, key });

/** @param {string} id */
async function recordOf(id) {
  const { status, body } = await manage('GET', `/products/${id}`);
  assert.equal(status, 200, JSON.stringify(body));
  return body;
}

/** What anybody reads, from the gateway's cache or not. @param {string} id @param {(reply: import('./shop.mjs').Reply) => boolean} isSeen */
function shoppersSee(id, isSeen) {
  return eventually(`shoppers see the change of ${id}`, async () => {
    const reply = await call('GET', `/api/products/${id}`);
    return isSeen(reply) ? reply : undefined;
  });
}

const newProduct = {
  name: `Ash bench ${randomUUID()}`, description: 'Sits three.', category: 'chairs',
  price: { currencyCode: 'EUR', minorUnits: '19900' }, imageUrl: '/media/chairs/none.svg', stock: '30',
};

test('only administrators get in', async () => {
  const shopper = await Shopper.register();
  const id = randomUUID();
  for (const [method, path, json] of /** @type {[string, string, object?][]} */ ([
    ['GET', '/products'], ['GET', `/products/${id}`], ['POST', '/products', newProduct],
    ['PATCH', `/products/${id}`, { etag: 'x' }], ['POST', `/products/${id}/archive`, {}],
    ['POST', `/products/${id}/unarchive`, {}], ['POST', `/products/${id}/stock`, { delta: 1, reason: 'x' }],
    ['GET', '/orders'], ['GET', `/orders/${id}`], ['POST', `/orders/${id}/refund`, { reason: 'x' }],
  ])) {
    const options = { json, key: randomUUID() };
    const url = `/api/admin${path}`;
    assertProblem(await call(method, url, options), 401, 'TOKEN_MISSING');
    assertProblem(await call(method, url, { ...options, token: shopper.token }), 403, 'INSUFFICIENT_SCOPE');
  }
});

test('a product is made once, sold, archived and put on sale again', async () => {
  assertProblem(await manage('POST', '/products', newProduct), 400, 'IDEMPOTENCY_KEY_MISSING');
  const key = randomUUID();
  const made = await manage('POST', '/products', newProduct, key);
  assert.equal(made.status, 201, JSON.stringify(made.body));
  const { product } = made.body;
  assert.equal(product.available, '30');
  const again = await manage('POST', '/products', newProduct, key);
  assert.equal(again.body.product.id, product.id);
  assert.equal(again.headers.get('idempotent-replayed'), 'true');
  assertProblem(await manage('POST', '/products', { ...newProduct, stock: '31' }, key), 422, 'IDEMPOTENCY_KEY_REUSED');

  const shopper = await Shopper.withMoney(100_000);
  await shopper.add(product.id, 2);
  const { body: order } = await shopper.checkout();
  assert.equal((await shopper.settled(order.id)).state, 'CONFIRMED');

  await shopper.add(product.id, 1);
  assert.equal((await manage('POST', `/products/${product.id}/archive`, {})).body.active, false);
  await shoppersSee(product.id, ({ status }) => status === 404);
  assert.deepEqual((await shopper.get('/api/cart')).body.items[0].problems, ['NOT_AVAILABLE']);
  assertProblem(await shopper.checkout(), 409, 'OUT_OF_STOCK');
  const found = await manage('GET', `/products?filter=ARCHIVED&query=${encodeURIComponent(newProduct.name.toUpperCase())}`);
  assert.deepEqual(found.body.records.map((/** @type {any} */ record) => record.product.id), [product.id]);
  assert.equal((await manage('POST', `/products/${product.id}/unarchive`, {})).body.active, true);
  await shoppersSee(product.id, ({ status }) => status === 200);
  const { changes } = await recordOf(product.id);
  assert.deepEqual(changes.map((/** @type {any} */ change) => [change.kind, change.operator]),
    [['UNARCHIVE', admin.id], ['ARCHIVE', admin.id], ['CREATE', admin.id]]);
});

test('a new price is seen by whoever has the old one in the cache or in the cart', async () => {
  const [product] = await productsInStock();
  const shopper = await Shopper.withMoney(1_000_000);
  await shopper.add(product.id, 1);
  await shoppersSee(product.id, ({ headers }) => /hit/.test(headers.get('cache-status') ?? ''));
  const { record } = await recordOf(product.id);
  const minorUnits = String(Number(product.price.minorUnits) + 700);
  const change = { etag: record.product.etag, price: { currencyCode: 'EUR', minorUnits } };
  const updated = await manage('PATCH', `/products/${product.id}`, change);
  assert.equal(updated.status, 200, JSON.stringify(updated.body));
  assert.equal(updated.body.product.name, product.name);
  await shoppersSee(product.id, ({ body }) => body.price.minorUnits === minorUnits);
  const [line] = (await shopper.get('/api/cart')).body.items;
  assert.equal(line.unitPrice.minorUnits, minorUnits);
  assert.equal(line.addedPrice.minorUnits, product.price.minorUnits);
  assert.deepEqual(line.problems, ['PRICE_CHANGED']);
  assertProblem(await shopper.checkout(randomUUID(), { expectedTotal: product.price }), 409, 'PRICE_CHANGED');
  const { changes } = await recordOf(product.id);
  assert.deepEqual(changes.slice(0, 2).map((/** @type {any} */ { price }) => price.minorUnits),
    [minorUnits, product.price.minorUnits]);
  assert.deepEqual(changes[0].fields, ['price']);

  const late = await manage('PATCH', `/products/${product.id}`, { ...change, name: 'Another name' });
  assertProblem(late, 409, 'PRODUCT_CHANGED');
  assert.equal(late.body.metadata.etag, updated.body.product.etag);
});

test('bad values are named', async () => {
  const [product] = await productsInStock();
  for (const [field, json] of /** @type {[string, object][]} */ ([
    ['name', { ...newProduct, name: '' }], ['category', { ...newProduct, category: 'no-such-category' }],
    ['price.minorUnits', { ...newProduct, price: { currencyCode: 'EUR', minorUnits: '0' } }],
    ['price.currencyCode', { ...newProduct, price: { currencyCode: 'USD', minorUnits: '5' } }],
    ['imageUrl', { ...newProduct, imageUrl: 'javascript:alert(1)' }], ['stock', { ...newProduct, stock: '-1' }],
  ])) {
    const reply = await manage('POST', '/products', json, randomUUID());
    assertProblem(reply, 400, 'INVALID_FIELD');
    assert.equal(reply.body.violations[0].field, field);
  }
  for (const [field, json] of /** @type {[string, object][]} */ ([
    ['delta', { delta: '0', reason: 'x' }], ['delta', { delta: '1000001', reason: 'x' }], ['reason', { delta: '1' }],
  ])) {
    const reply = await manage('POST', `/products/${product.id}/stock`, json, randomUUID());
    assertProblem(reply, 400, 'INVALID_FIELD');
    assert.equal(reply.body.violations[0].field, field);
  }
  const named = await manage('POST', '/products', { ...newProduct, operator: randomUUID() }, randomUUID());
  assertProblem(named, 400, 'UNKNOWN_FIELD');
});

test('stock is corrected, never below what orders have reserved, and the page shows it', async (t) => {
  const { body } = await manage('POST', '/products', { ...newProduct, name: 'Ash stool' }, randomUUID());
  const { id } = body.product;
  await shoppersSee(id, ({ headers }) => /hit/.test(headers.get('cache-status') ?? ''));
  const key = randomUUID();
  const correction = { delta: '70', reason: 'A delivery came.' };
  assert.equal((await manage('POST', `/products/${id}/stock`, correction, key)).body.onHand, '100');
  assert.equal((await manage('POST', `/products/${id}/stock`, correction, key)).body.onHand, '100');
  // Far from its end, where a sale would not be told.
  await shoppersSee(id, (reply) => reply.body.available === '100');
  // An order that stands still between its stock and its money.
  const shopper = await Shopper.withMoney(1_000_000);
  await shopper.add(id, 9);
  const lock = await Lock.take('LOCK TABLE wallet.hold IN EXCLUSIVE MODE', t);
  const paying = shopper.checkout();
  await eventually('9 are reserved', async () => ((await recordOf(id)).record.reserved === '9' ? true : undefined));
  const refused = await manage('POST', `/products/${id}/stock`, { delta: '-92', reason: 'Lost.' }, randomUUID());
  assertProblem(refused, 409, 'STOCK_RESERVED');
  assert.deepEqual(refused.body.metadata, { onHand: '100', reserved: '9' });
  assert.equal((await manage('POST', `/products/${id}/stock`, { delta: '-91', reason: 'Lost.' }, randomUUID())).status, 200);
  const { record, adjustments } = await recordOf(id);
  assert.deepEqual([record.onHand, record.reserved, record.product.available], ['9', '9', '0']);
  assert.deepEqual(adjustments.map((/** @type {any} */ one) => [one.delta, one.reason, one.operator]),
    [['-91', 'Lost.', admin.id], ['70', 'A delivery came.', admin.id]]);
  await lock.release();
  assert.ok([201, 202].includes((await paying).status));
});

test('an order of anybody is found and refunded, with who did it', async () => {
  const [product] = await productsInStock();
  const shopper = await Shopper.withMoney(1_000_000);
  const wallet = await shopper.wallet();
  await shopper.add(product.id, 2);
  const { body: { id } } = await shopper.checkout();
  await shopper.settled(id);
  const ids = async (/** @type {string} */ wanted) =>
    (await manage('GET', `/orders?${wanted}`)).body.records.map((/** @type {any} */ record) => record.order.id);
  assert.deepEqual(await ids(`userId=${shopper.id}`), [id]);
  assert.deepEqual(await ids(`userId=${shopper.id}&state=CANCELLED`), []);
  assert.ok((await ids('state=CONFIRMED')).includes(id));
  const record = await manage('GET', `/orders/${id}`);
  assert.equal(record.body.record.userId, shopper.id);
  assert.equal(record.body.cancellation, undefined);

  const key = randomUUID();
  const json = { reason: 'It broke on the way.' };
  const refund = await manage('POST', `/orders/${id}/refund`, json, key);
  assert.equal(refund.status, 200, JSON.stringify(refund.body));
  assert.equal(refund.body.order.state, 'CANCELLED');
  await shopper.settled(id);
  await assertNothingLost();
  assert.deepEqual(await shopper.wallet(), wallet);
  const replay = await manage('POST', `/orders/${id}/refund`, json, key);
  assert.equal(replay.headers.get('idempotent-replayed'), 'true');
  const { body } = await manage('GET', `/orders/${id}`);
  assert.deepEqual([body.cancellation.operator, body.cancellation.reason], [admin.id, json.reason]);
  const commands = body.events.filter((/** @type {any} */ event) => event.kind === 'OPERATOR');
  assert.deepEqual(commands.map((/** @type {any} */ e) => [e.command, e.operator, e.note]), [['REFUND', admin.id, json.reason]]);
  assert.ok((await ids('state=CANCELLED')).includes(id));
  assertProblem(await manage('POST', `/orders/${randomUUID()}/refund`, json, randomUUID()), 404, 'RESOURCE_NOT_FOUND');
});
