// Orders that are called off: everything goes back, once, whoever dies meanwhile.

import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { assertNothingLost } from './invariants.mjs';
import { Lock } from './lock.mjs';
import { assertProblem, call, eventually, peopleCanShop, pidOf, productsInStock, query, Shopper } from './shop.mjs';

/** @param {Shopper} shopper @param {string} id @param {string} [key] @param {object} [json] */
function cancel(shopper, id, key = randomUUID(), json = {}) {
  return call('POST', `/api/orders/${id}/cancel`, { json, token: shopper.token, key });
}

/** Pieces of a product that are there. @param {string} id */
async function onHand(id) {
  return Number((await query(`SELECT on_hand FROM catalog.stock WHERE product_id = '${id}'`))[0][0]);
}

/** A shopper who bought two of something, and what there was before. */
async function bought() {
  const [product] = await productsInStock();
  const shopper = await Shopper.withMoney(5 * Number(product.price.minorUnits));
  const before = { wallet: await shopper.wallet(), stock: await onHand(product.id) };
  await shopper.add(product.id, 2);
  const { body } = await shopper.checkout();
  const order = await shopper.settled(body.id);
  assert.equal(order.state, 'CONFIRMED');
  return { shopper, order, product, before };
}

/** Waits until an order's money is back. @param {Shopper} shopper @param {string} id */
function paidBack(shopper, id) {
  return eventually('the money is back', async () => {
    const { body } = await shopper.get(`/api/orders/${id}`);
    return body.state === 'CANCELLED' && body.settled ? body : undefined;
  });
}

test('a cancelled order is paid back to the cent and its goods are on the shelf again', async () => {
  const { shopper, order, product, before } = await bought();
  const key = randomUUID();
  const reply = await cancel(shopper, order.id, key, { reason: 'It is too big.' });
  assert.equal(reply.status, 200, JSON.stringify(reply.body));
  assert.equal(reply.body.state, 'CANCELLED');
  assert.equal(reply.headers.get('idempotent-replayed'), null);
  await paidBack(shopper, order.id);
  await assertNothingLost();
  assert.deepEqual(await shopper.wallet(), before.wallet);
  assert.equal(await onHand(product.id), before.stock);
  const { body } = await shopper.get('/api/wallet');
  assert.equal(body.transactions[0].type, 'REFUND');
  assert.equal(body.transactions[0].orderId, order.id);
  assert.equal(body.transactions[0].amount.minorUnits, order.total.minorUnits);
  assert.equal(Number(body.transactions[0].balanceAfter.minorUnits), before.wallet.balance);

  const replay = await cancel(shopper, order.id, key, { reason: 'It is too big.' });
  assert.equal(replay.status, 200);
  assert.equal(replay.headers.get('idempotent-replayed'), 'true');
  assert.equal(replay.body.settled, true);
  assert.equal((await cancel(shopper, order.id)).status, 200);
  assertProblem(await cancel(shopper, order.id, key, { reason: 'Another one.' }), 422, 'IDEMPOTENCY_KEY_REUSED');
  assert.deepEqual(await shopper.wallet(), before.wallet, 'it is paid back once');
});

test('cancelling needs a key, and is for the buyer', async () => {
  const { shopper, order } = await bought();
  const stranger = await Shopper.register();
  assertProblem(await cancel(stranger, order.id), 404, 'RESOURCE_NOT_FOUND');
  assertProblem(await cancel(shopper, randomUUID()), 404, 'RESOURCE_NOT_FOUND');
  const bare = await call('POST', `/api/orders/${order.id}/cancel`, { json: {}, token: shopper.token });
  assertProblem(bare, 400, 'IDEMPOTENCY_KEY_MISSING');
  assert.equal((await shopper.settled(order.id)).state, 'CONFIRMED');
});

test('a rejected order cannot be cancelled', async () => {
  const [product] = await productsInStock();
  const shopper = await Shopper.register();
  await shopper.add(product.id, 1);
  const refused = await shopper.checkout();
  assertProblem(refused, 402, 'INSUFFICIENT_FUNDS');
  assertProblem(await cancel(shopper, refused.body.metadata.orderId), 409, 'ORDER_NOT_CANCELLABLE');
  await assertNothingLost();
});

test('ten cancellations at once pay back once', async () => {
  const { shopper, order, before } = await bought();
  const replies = await Promise.all(Array.from({ length: 10 }, () => cancel(shopper, order.id)));
  assert.deepEqual(replies.map((reply) => reply.status), Array(10).fill(200));
  await paidBack(shopper, order.id);
  await assertNothingLost();
  assert.deepEqual(await shopper.wallet(), before.wallet);
});

// The refund is held open by a lock, so that the process dies after the decision and before its end.
for (const victim of ['order', 'wallet', 'catalog']) {
  test(`the ${victim} service is killed after a cancellation was decided: it is paid back once`, async (t) => {
    const { shopper, order, product, before } = await bought();
    const lock = await Lock.take(victim === 'catalog'
      ? 'LOCK TABLE catalog.stock_journal IN EXCLUSIVE MODE'
      : 'LOCK TABLE wallet.journal IN EXCLUSIVE MODE', t);
    const key = randomUUID();
    const first = cancel(shopper, order.id, key).catch(() => undefined);
    await eventually('it is decided', async () =>
      (await query(`SELECT 1 FROM orders.saga WHERE order_id = '${order.id}' AND state = 'REFUNDING'`))[0]);
    process.kill(await pidOf(victim), 'SIGKILL');
    await lock.release();
    await first;

    const again = await eventually('the same key gets an answer', async () => {
      const reply = await cancel(shopper, order.id, key);
      return reply.status < 500 ? reply : undefined;
    });
    assert.equal(again.status, 200, JSON.stringify(again.body));
    assert.equal(again.body.state, 'CANCELLED');
    await paidBack(shopper, order.id);
    await assertNothingLost();
    // The gateway may still miss the wallet, and others whom they call next.
    assert.deepEqual(await eventually('the wallet is shown', () => shopper.wallet()), before.wallet);
    assert.equal(await onHand(product.id), before.stock);
    await peopleCanShop();
  });
}
