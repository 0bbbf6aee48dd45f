// Rows 45, 53 and 57 of the fault matrix: sagas that stand still because of what they need, while the
// processes that drive them are killed, or in spite of all their patience.
// The shop runs with short leases and a long time to decide, see CMakeLists.txt.

import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { assertNothingLost } from './invariants.mjs';
import { Lock } from './lock.mjs';
import { cartwright, eventually, killAndAwait, pidOf, productsInStock, query, Shopper, signal } from './shop.mjs';

/** A shopper with two of something in the cart. */
async function readyShopper() {
  const [product] = await productsInStock();
  const shopper = await Shopper.withMoney(5 * Number(product.price.minorUnits));
  await shopper.add(product.id, 2);
  return { shopper, before: await shopper.wallet() };
}

/** The order of a shopper, once a query about its saga and hold has a row. @param {Shopper} shopper @param {string} where */
async function orderWhere(shopper, where) {
  const [order] = await eventually(where, async () => (await query(`SELECT order_id FROM orders.saga
    LEFT JOIN wallet.hold USING (order_id) WHERE saga.user_id = '${shopper.id}' AND ${where}`))[0]);
  return order;
}

test('45: Postgres ends between T1 and T2: the order is bought once, or was never placed', async (t) => {
  const { shopper, before } = await readyShopper();
  const key = randomUUID();
  const lock = await Lock.take('LOCK TABLE wallet.hold IN EXCLUSIVE MODE', t);
  const first = shopper.checkout(key).catch(() => undefined);
  const order = await orderWhere(shopper, `saga.state = 'RESERVING'`);
  // It takes the lock along.
  await killAndAwait('postgres');
  await lock.release();
  await first;
  const reply = await eventually('the same key gets an answer', async () => {
    const answer = await shopper.checkout(key);
    return answer.status < 500 ? answer : undefined;
  });
  const settled = await shopper.settled(order);
  const spent = settled.state === 'CONFIRMED' ? Number(settled.total.minorUnits) : 0;
  if (spent > 0) assert.equal(reply.body.id, order);
  assert.equal((await shopper.wallet()).balance, before.balance - spent);
  await assertNothingLost();
});

test('53: the wallet is out of reach until the time to decide is over: called off, and freed later', async (t) => {
  const { shopper, before } = await readyShopper();
  const lock = await Lock.take('LOCK TABLE wallet.hold IN EXCLUSIVE MODE', t);
  const answer = shopper.checkout().catch(() => undefined);
  const order = await orderWhere(shopper, `saga.state = 'RESERVING'`);
  await signal('wallet', 'SIGSTOP');
  try {
    await lock.release();
    // As if it had been so for long. Its own triggers would forbid that.
    await query(`SET session_replication_role = replica;
      UPDATE orders.saga SET create_time = create_time - interval '1 hour' WHERE order_id = '${order}'`);
    await orderWhere(shopper, `saga.state = 'ABORTING' AND saga.reason = 'CHECKOUT_TIMED_OUT'`);
  } finally {
    await signal('wallet', 'SIGCONT');
  }
  await answer;
  assert.equal((await shopper.settled(order)).state, 'REJECTED');
  // The reserve that was under way had its effect before or after the release: neither holds anything.
  await assertNothingLost();
  assert.deepEqual(await shopper.wallet(), before);
});

test('57: a saga under which five processes died is left to a person, and others go on', async (t) => {
  const { shopper, before } = await readyShopper();
  const hold = await Lock.take('LOCK TABLE wallet.hold IN EXCLUSIVE MODE', t);
  const answer = shopper.checkout().catch(() => undefined);
  const order = await orderWhere(shopper, `saga.state = 'RESERVING'`);
  // The row stays free: who parked the saga could not take it up again otherwise.
  const events = await Lock.take('LOCK TABLE orders.saga_event IN EXCLUSIVE MODE', t);
  await hold.release();
  await orderWhere(shopper, `hold.state = 'RESERVED'`);
  // From here on it is decided, and cannot be captured: whoever drives it waits for this row.
  const account = await Lock.take(`SELECT 1 FROM wallet.account WHERE account_id = '${shopper.id}' FOR UPDATE`, t);
  await events.release();
  await orderWhere(shopper, `saga.state = 'COMMITTING'`);
  for (let crashes = 0; crashes < 5; crashes++) {
    // Killed as soon as it has claimed: a call that fails by itself is no crash.
    await orderWhere(shopper, `saga.crash_count >= ${crashes}`);
    process.kill(await pidOf('order'), 'SIGKILL');
  }
  await answer;
  await orderWhere(shopper, `saga.dead AND saga.state = 'COMMITTING'`);

  const alive = await pidOf('order');
  const other = await readyShopper();
  const bought = await eventually('another order is bought', async () => {
    const reply = await other.shopper.checkout();
    return reply.status === 201 ? reply.body : undefined;
  });
  assert.equal((await other.shopper.settled(bought.id)).state, 'CONFIRMED');
  assert.equal(await pidOf('order'), alive);

  await account.release();
  await cartwright('saga', 'retry', order, '--note', 'the row is free again');
  const settled = await shopper.settled(order);
  assert.equal(settled.state, 'CONFIRMED');
  assert.equal((await shopper.wallet()).balance, before.balance - Number(settled.total.minorUnits));
  await assertNothingLost();
});
