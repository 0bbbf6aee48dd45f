// Many at once for the last of something: exactly as many win as there is.

import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { assertNothingLost } from './invariants.mjs';
import { Lock } from './lock.mjs';
import {
  assertProblem, call, eventually, pastTheCache, productsInStock, query, sanitized, Shopper,
} from './shop.mjs';

/** Leaves exactly `units` of a product. @param {string} id @param {number} units */
async function stockOf(id, units) {
  await query(`WITH s AS (UPDATE catalog.stock SET on_hand = reserved + ${units} FROM
      (SELECT product_id AS id, on_hand AS before FROM catalog.stock WHERE product_id = '${id}') b
      WHERE product_id = b.id RETURNING product_id, on_hand - before AS delta)
    INSERT INTO catalog.stock_journal (product_id, delta, kind)
      SELECT product_id, delta, 'ADJUST' FROM s WHERE delta <> 0`);
}

test('50 buyers for 7 pieces: exactly 7 are sold', async () => {
  const [product] = await productsInStock();
  await stockOf(product.id, 7);
  const price = Number(product.price.minorUnits);
  const buyers = [];
  // Registration costs a password hash each: a few at a time, and fewer where everything is slow.
  const together = sanitized ? 2 : 10;
  while (buyers.length < 50) {
    buyers.push(...await Promise.all(
      Array.from({ length: together }, () => Shopper.withMoney(price)),
    ));
  }
  await Promise.all(buyers.map((buyer) => buyer.add(product.id, 1)));
  const replies = await Promise.all(buyers.map((buyer) => buyer.checkout()));
  // An undecided order is followed to its end.
  const states = await Promise.all(replies.map(async (reply, at) => {
    if (reply.status !== 202) return reply.status === 201 ? 'CONFIRMED' : reply.body.reason;
    const order = await buyers[at].settled(reply.body.id);
    return order.state === 'CONFIRMED' ? 'CONFIRMED' : order.failure.reason;
  }));
  assert.equal(states.filter((state) => state === 'CONFIRMED').length, 7, JSON.stringify(states));
  assert.equal(states.filter((state) => state === 'OUT_OF_STOCK').length, 43, JSON.stringify(states));
  await assertNothingLost();
  const { body } = await call('GET', `/api/products/${product.id}`, pastTheCache);
  assert.equal(body.available, '0');
});

test('one key sent ten times at once: one order, one answer', async () => {
  const [, product] = await productsInStock();
  const shopper = await Shopper.withMoney(100 * Number(product.price.minorUnits));
  await shopper.add(product.id, 1);
  const key = randomUUID();
  const replies = await Promise.all(Array.from({ length: 10 }, () => shopper.checkout(key)));
  for (const reply of replies) assert.ok([201, 202].includes(reply.status), JSON.stringify(reply.body));
  assert.equal(new Set(replies.map((reply) => reply.body.id)).size, 1);
  await assertNothingLost();
  const { body } = await shopper.get('/api/orders');
  assert.equal(body.orders.length, 1);
});

test('ten keys at once for one cart: it is bought once', async () => {
  const [, product] = await productsInStock();
  const shopper = await Shopper.withMoney(100 * Number(product.price.minorUnits));
  await shopper.add(product.id, 1);
  const replies = await Promise.all(Array.from({ length: 10 }, () => shopper.checkout()));
  const bought = replies.filter((reply) => reply.status < 300);
  assert.equal(bought.length, 1, JSON.stringify(replies.map((reply) => [reply.status, reply.body.reason])));
  for (const reply of replies) {
    assert.ok(reply.status < 300 || ['CART_ALREADY_ORDERED', 'EMPTY_CART', 'ORDER_IN_PROGRESS'].includes(reply.body.reason),
      reply.body.reason);
  }
  await assertNothingLost();
});

test('one deposit key sent ten times at once: the money comes once', async () => {
  const shopper = await Shopper.register();
  const replies = await Promise.all(Array.from({ length: 10 }, () => shopper.deposit(700, 'once')));
  assert.deepEqual(replies.map((reply) => reply.status), Array(10).fill(200));
  assert.equal(new Set(replies.map((reply) => reply.body.transaction.id)).size, 1);
  assert.equal((await shopper.wallet()).balance, 700);
});

test('the last money is spent once', async () => {
  const [, product] = await productsInStock();
  const shopper = await Shopper.withMoney(Number(product.price.minorUnits));
  await shopper.add(product.id, 1);
  const first = await shopper.checkout();
  assert.equal(first.status, 201);
  await shopper.settled(first.body.id);
  await shopper.add(product.id, 1);
  assertProblem(await shopper.checkout(), 402, 'INSUFFICIENT_FUNDS');
  await assertNothingLost();
});

test('a checkout that is held up does not buy what another one has bought meanwhile', async () => {
  const [, product, other] = await productsInStock();
  const shopper = await Shopper.withMoney(100 * (Number(product.price.minorUnits) + Number(other.price.minorUnits)));
  await shopper.add(product.id, 2);
  // An uncommitted order with the key of the slow checkout holds up its T1, after it read the cart.
  const key = randomUUID();
  const lock = await Lock.take(`INSERT INTO orders.orders (order_id, user_id, user_seq, idempotency_key, fingerprint,
      hold_id, cart_version, currency, total, shipping_address)
    VALUES (gen_random_uuid(), '${shopper.id}', 1000000, '${key}', '', gen_random_uuid(), 'none', 'EUR', 1, '{}')`);
  const slow = shopper.checkout(key);
  await eventually('T1 waits', async () => (await query(
    `SELECT 1 FROM pg_stat_activity WHERE usename = 'order_app' AND wait_event_type = 'Lock'`))[0]);
  await shopper.add(other.id, 1);
  const quick = await shopper.checkout();
  assert.equal(quick.status, 201, JSON.stringify(quick.body));
  await shopper.settled(quick.body.id);
  await lock.release();
  const late = await slow;
  assert.notEqual(late.status, 201, JSON.stringify(late.body));
  await assertNothingLost();
  const { body } = await shopper.get('/api/orders');
  assert.deepEqual(body.orders.map((/** @type {any} */ order) => order.id), [quick.body.id]);
});
