// What the exhaustive mode makes fail: checkouts, cancellations, a refund and a deposit, each with an outcome
// that is known before. What fails in between may delay it, and may not change it.

import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { call, eventually, productsInStock, query, Shopper, signInAsAdministrator } from '../integration/shop.mjs';

/**
 * @typedef {object} Scenario
 * @property {string} name
 * @property {() => Promise<Attempt>} prepare everything before the part that fails
 *
 * @typedef {object} Attempt
 * @property {() => Promise<void>} act the part that fails, until its outcome is final
 * @property {() => Promise<void>} check that the outcome is the one that it must be
 */

/** Asks with the same key until the answer is one that stays. @param {Shopper} shopper @param {string} key */
function finalAnswer(shopper, key) {
  return eventually('the key has its final answer', async () => {
    const reply = await shopper.checkout(key);
    const open = reply.status >= 500 || reply.status === 202 || reply.body.reason === 'ORDER_IN_PROGRESS';
    return open ? undefined : reply;
  }, 90);
}

/** Repeats what may meet a process that is just coming back. @param {string} what @param {() => Promise<any>} send */
function insist(what, send) {
  return eventually(what, async () => {
    const reply = await send();
    return reply.status < 300 ? reply : undefined;
  });
}

/** Puts exactly these into an empty cart. @param {Shopper} shopper @param {string} productId @param {number} quantity */
async function fillCart(shopper, productId, quantity) {
  await insist('the cart is cleared', () => shopper.send('POST', '/api/cart/clear', {}));
  // A repeated addition would add up: the quantity is set.
  await insist('something is in the cart', async () => {
    const added = await shopper.send('POST', '/api/cart/add', { productId, quantity: 1 });
    if (added.status >= 300) return added;
    return shopper.send('PUT', `/api/cart/item/${productId}`, { quantity });
  });
}

/** One order or none was written under the key. @param {string} key @param {string} state of the public order */
async function assertOneOrder(key, state) {
  const rows = await query(`SELECT s.state FROM orders.orders o JOIN orders.saga s USING (order_id)
    WHERE o.idempotency_key = '${key}'`);
  assert.deepEqual(rows, [[state]], 'one order under one key');
}

/** @param {Shopper} shopper @param {number} balance */
async function assertBalance(shopper, balance) {
  const { body } = await insist('the wallet answers', () => shopper.get('/api/wallet'));
  const { balance: posted, held, available } = body.wallet;
  assert.deepEqual([posted, held, available].map((money) => Number(money.minorUnits)), [balance, 0, balance],
    'balance, held, available');
}

/**
 * A checkout that ends in `status`.
 * @param {Shopper} shopper
 * @param {{id: string, price: {minorUnits: string}}} product
 * @param {number} quantity
 * @param {{status: number, state: string, reason?: string}} expected
 * @returns {Promise<Attempt>}
 */
async function checkout(shopper, product, quantity, { status, state, reason }) {
  await fillCart(shopper, product.id, quantity);
  const { balance } = await eventually('the wallet answers', () => shopper.wallet());
  const spent = status === 201 ? quantity * Number(product.price.minorUnits) : 0;
  const key = randomUUID();
  /** @type {any} */
  let reply;
  return {
    act: async () => {
      reply = await finalAnswer(shopper, key);
    },
    check: async () => {
      assert.equal(reply.status, status, JSON.stringify(reply.body));
      assert.equal(reply.body.reason, reason);
      const again = await finalAnswer(shopper, key);
      assert.equal(again.status, status, 'the same key has the same answer for ever');
      assert.equal(again.body.id, reply.body.id);
      await assertOneOrder(key, state);
      await assertBalance(shopper, balance - spent);
    },
  };
}

/**
 * A settled order that is called off and paid back.
 * @param {Shopper} shopper @param {any} product
 * @param {(id: string, key: string) => Promise<any>} callOff
 * @returns {Promise<Attempt>}
 */
async function cancellation(shopper, product, callOff) {
  const { balance } = await eventually('the wallet answers', () => shopper.wallet());
  await fillCart(shopper, product.id, 1);
  const key = randomUUID();
  const bought = await finalAnswer(shopper, key);
  assert.equal(bought.status, 201, JSON.stringify(bought.body));
  await shopper.settled(bought.body.id);
  return {
    act: async () => {
      const cancelKey = randomUUID();
      await insist('the cancellation is accepted', () => callOff(bought.body.id, cancelKey));
      await shopper.settled(bought.body.id);
    },
    check: async () => {
      await assertOneOrder(key, 'REFUNDED');
      await assertBalance(shopper, balance);
    },
  };
}

/** The same by an administrator, who signs in each time. @param {string} id @param {string} key */
async function refund(id, key) {
  const { token } = await signInAsAdministrator();
  return call('POST', `/api/admin/orders/${id}/refund`, { token, key, json: { reason: 'late' } });
}

/** Money that comes once, however often it is sent with its key. @param {Shopper} shopper @returns {Promise<Attempt>} */
async function deposit(shopper) {
  const { balance } = await eventually('the wallet answers', () => shopper.wallet());
  const key = randomUUID();
  const send = () => insist('the deposit is accepted', () => shopper.deposit(700, key));
  return {
    act: async () => {
      await send();
    },
    check: async () => {
      await send();
      await assertBalance(shopper, balance + 700);
    },
  };
}

/** @returns {Promise<Scenario[]>} with shoppers and products of their own */
export async function makeScenarios() {
  const products = await productsInStock();
  const product = products[0];
  const scarce = products.find((/** @type {any} */ p) => p.id !== product.id && Number(p.available) < 99);
  assert.ok(scarce, 'a product with less than a cart holds');
  // Enough for any number of runs.
  await query(`WITH s AS (UPDATE catalog.stock SET on_hand = on_hand + 100000 WHERE product_id = '${product.id}' RETURNING 1)
    INSERT INTO catalog.stock_journal (product_id, delta, kind) SELECT '${product.id}', 100000, 'ADJUST' FROM s`);
  const rich = await Shopper.withMoney(1_000_000_000);
  const greedy = await Shopper.withMoney(1_000_000_000);
  const poor = await Shopper.withMoney(Number(product.price.minorUnits) - 1);
  const fickle = await Shopper.withMoney(1_000_000_000);
  const unlucky = await Shopper.withMoney(1_000_000_000);
  const saver = await Shopper.withMoney(1);
  return [
    { name: 'happy', prepare: () => checkout(rich, product, 2, { status: 201, state: 'CONFIRMED' }) },
    {
      name: 'no stock',
      prepare: () => checkout(greedy, scarce, Number(scarce.available) + 1,
        { status: 409, state: 'CANCELLED', reason: 'OUT_OF_STOCK' }),
    },
    {
      name: 'no funds',
      prepare: () => checkout(poor, product, 1, { status: 402, state: 'CANCELLED', reason: 'INSUFFICIENT_FUNDS' }),
    },
    {
      name: 'cancel',
      prepare: () => cancellation(fickle, product, (id, key) => fickle.cancel(id, key)),
    },
    { name: 'refund', prepare: () => cancellation(unlucky, product, refund) },
    { name: 'deposit', prepare: () => deposit(saver) },
  ];
}
