// Rows 38 to 40 of the fault matrix, end to end: what is overdue is freed only after the order service
// has made durable that the order is called off.
// The shop runs with CARTWRIGHT_EXPIRY_SWEEP_MS=100, see CMakeLists.txt.

import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { eventually, metric, peopleCanShop, productsInStock, query, Shopper, signal } from './shop.mjs';

const one = async (sql) => (await query(sql))[0]?.[0];

/** A hold and a reservation of an order, overdue at once, as a checkout would have left them. */
async function setAside(order) {
  const hold = randomUUID();
  const user = randomUUID();
  const product = await one('SELECT product_id FROM catalog.stock WHERE on_hand - reserved > 5 LIMIT 1');
  await query(`SET search_path = wallet;
    SELECT deposit('${user}', 'k', 'f', 'EUR', 1000);
    SELECT reserve_hold('${hold}', '${user}', '${order}', 'EUR', 600, interval '0', true);
    SET search_path = catalog;
    SELECT reserve_stock('${order}', '{${product}}', '{2}', 'f', interval '0')`);
  return {
    hold: () => one(`SELECT state FROM wallet.hold WHERE hold_id = '${hold}'`),
    stock: () => one(`SELECT state FROM catalog.reservation WHERE order_id = '${order}'`),
    held: () => one(`SELECT held FROM wallet.account WHERE account_id = '${user}'`),
  };
}

test('what is overdue of an order that nobody knows is freed, and the order can never come', async () => {
  const order = randomUUID();
  const aside = await setAside(order);
  await eventually('the hold is freed', async () => (await aside.hold()) === 'EXPIRED' || undefined);
  await eventually('the stock is freed', async () => (await aside.stock()) === 'EXPIRED' || undefined);
  assert.equal(await aside.held(), '0');
});

test('while the order service is down all is kept, and freed when it is back', async () => {
  // Stopped, so that the launcher does not start another one; it neither answers nor refuses.
  await signal('order', 'SIGSTOP');
  const order = randomUUID();
  const aside = await setAside(order);
  for (const [service, alarm] of [['wallet', 'hold_overdue'], ['catalog', 'reservation_overdue']]) {
    await eventually(`${service} says that it could not ask`, async () =>
      (await readFile(`${process.env.CARTWRIGHT_DATA}/log/${service}.log`, 'utf8')).includes(alarm) || undefined);
  }
  assert.equal(await aside.hold(), 'RESERVED');
  assert.equal(await aside.stock(), 'RESERVED');
  await signal('order', 'SIGCONT');
  await eventually('the hold is freed', async () => (await aside.hold()) === 'EXPIRED' || undefined);
  await eventually('the stock is freed', async () => (await aside.stock()) === 'EXPIRED' || undefined);
  await peopleCanShop();
});

/** Lets what was set aside for an order be overdue at once; its own triggers would forbid that. @param {string} order */
const beOverdue = (order) => query(`SET session_replication_role = replica;
  UPDATE wallet.hold SET expire_time = clock_timestamp() WHERE order_id = '${order}';
  UPDATE catalog.reservation SET expire_time = clock_timestamp() WHERE order_id = '${order}'`);

/** Somebody who asks for an order, whose saga cannot go past what `refuse` takes away. */
async function stalled(refuse, restore, state) {
  const [product] = await productsInStock();
  const shopper = await Shopper.withMoney(5 * Number(product.price.minorUnits));
  const before = await shopper.wallet();
  await shopper.add(product.id, 2);
  await query(refuse);
  const answer = shopper.checkout().catch(() => undefined);
  const order = await eventually('money is held', () => one(`SELECT order_id FROM wallet.hold JOIN orders.saga
    USING (order_id) WHERE saga.user_id = '${shopper.id}' AND hold.state = 'RESERVED' AND saga.state = '${state}'`));
  return { shopper, before, order, product, answer, goOn: () => query(restore) };
}

test('what is overdue of an undecided order is freed after the order was called off, never before', async () => {
  // The order service can abort, but not decide for the order.
  const { shopper, before, order, answer, goOn } = await stalled(
    'REVOKE EXECUTE ON FUNCTION orders.decide_saga FROM order_app',
    'GRANT EXECUTE ON FUNCTION orders.decide_saga TO order_app', 'RESERVING');
  await beOverdue(order);
  await eventually('the order is called off', () =>
    one(`SELECT 1 FROM orders.saga WHERE order_id = '${order}' AND state IN ('ABORTING', 'CANCELLED')`));
  await goOn();
  await answer;
  assert.equal((await shopper.settled(order)).state, 'REJECTED');
  assert.deepEqual(await shopper.wallet(), before);
  const [[holdAfter, stockAfter]] = await query(`SELECT hold.decide_time >= called_off, reservation.decide_time >= called_off
    FROM wallet.hold JOIN catalog.reservation USING (order_id)
      JOIN (SELECT order_id, min(create_time) AS called_off FROM orders.saga_event
            WHERE state = 'ABORTING' GROUP BY order_id) AS event USING (order_id) WHERE order_id = '${order}'`);
  assert.deepEqual([holdAfter, stockAfter], ['t', 't']);
});

test('what is overdue of an order that is decided stays, until it is captured', async () => {
  const { shopper, before, order, answer, goOn } = await stalled(
    `REVOKE EXECUTE ON FUNCTION wallet.capture_holds FROM wallet_app;
     REVOKE EXECUTE ON FUNCTION catalog.commit_stock FROM catalog_app`,
    `GRANT EXECUTE ON FUNCTION wallet.capture_holds TO wallet_app;
     GRANT EXECUTE ON FUNCTION catalog.commit_stock TO catalog_app`, 'COMMITTING');
  await beOverdue(order);
  // They count what they asked about and had to keep.
  for (const [service, noun] of [['wallet', 'hold'], ['catalog', 'reservation']]) {
    await eventually(`${service} keeps it`, async () =>
      (await metric(service, `cartwright_${noun}s_overdue`)) === 1 || undefined);
  }
  assert.deepEqual(await query(`SELECT hold.state, reservation.state FROM wallet.hold JOIN catalog.reservation
    USING (order_id) WHERE order_id = '${order}'`), [['RESERVED', 'RESERVED']]);
  await goOn();
  await answer;
  const bought = await shopper.settled(order);
  assert.equal(bought.state, 'CONFIRMED');
  assert.equal((await shopper.wallet()).balance, before.balance - Number(bought.total.minorUnits));
});
