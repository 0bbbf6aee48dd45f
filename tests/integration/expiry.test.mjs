// Rows 38 to 40 of the fault matrix, end to end: what is overdue is freed only after the order service
// has made durable that the order is called off.
// The shop runs with CARTWRIGHT_EXPIRY_SWEEP_MS=100, see CMakeLists.txt.

import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { eventually, query, signal } from './shop.mjs';

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
});
