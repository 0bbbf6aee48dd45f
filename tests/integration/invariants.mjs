// What must hold between the services once nothing is under way any more. Each query returns the
// rows that break a rule; the letters are those of docs/LLD.md.

import assert from 'node:assert/strict';
import { eventually, query } from './shop.mjs';

/** @type {Record<string, string>} */
const rules = {
  'W1 all balances sum to zero':
    'SELECT currency FROM wallet.account GROUP BY 1 HAVING sum(posted) <> 0',
  'W2 a balance is the sum of its postings':
    `SELECT account_id FROM wallet.account a WHERE posted <>
       coalesce((SELECT sum(amount) FROM wallet.journal WHERE credit_id = a.account_id), 0)
       - coalesce((SELECT sum(amount) FROM wallet.journal WHERE debit_id = a.account_id), 0)`,
  'W3 held is the sum of open holds':
    `SELECT account_id FROM wallet.account a WHERE held <> coalesce(
       (SELECT sum(amount) FROM wallet.hold WHERE account_id = a.account_id AND state = 'RESERVED'), 0)`,
  'C1 reserved is the sum of open reservations':
    `SELECT product_id FROM catalog.stock s WHERE reserved <> coalesce(
       (SELECT sum(quantity) FROM catalog.reservation_line l JOIN catalog.reservation r USING (order_id)
        WHERE r.state = 'RESERVED' AND l.product_id = s.product_id), 0)`,
  'C2 stock is the sum of its journal':
    `SELECT product_id FROM catalog.stock s WHERE on_hand <>
       (SELECT coalesce(sum(delta), 0) FROM catalog.stock_journal j WHERE j.product_id = s.product_id)`,
  'O2 what is confirmed is paid and off the shelf':
    `SELECT o.order_id FROM orders.saga s JOIN orders.orders o USING (order_id)
       LEFT JOIN wallet.hold h ON h.hold_id = o.hold_id
       LEFT JOIN catalog.reservation r ON r.order_id = o.order_id
     WHERE s.state = 'CONFIRMED' AND (h.state IS DISTINCT FROM 'CAPTURED'
       OR h.captured <> o.total OR h.account_id <> o.user_id OR r.state IS DISTINCT FROM 'COMMITTED')`,
  'O3 what was refused keeps nothing':
    `SELECT o.order_id FROM orders.saga s JOIN orders.orders o USING (order_id)
       LEFT JOIN wallet.hold h ON h.hold_id = o.hold_id
       LEFT JOIN catalog.reservation r ON r.order_id = o.order_id
     WHERE s.state = 'CANCELLED' AND (h.state IN ('RESERVED', 'CAPTURED')
       OR r.state IN ('RESERVED', 'COMMITTED'))`,
  'O4 what was sold is what was ordered':
    `SELECT order_id FROM
       (SELECT l.* FROM orders.order_line l JOIN orders.saga USING (order_id) WHERE state = 'CONFIRMED') o
       FULL JOIN (SELECT l.* FROM catalog.reservation_line l JOIN catalog.reservation r USING (order_id)
                  WHERE r.state = 'COMMITTED') r USING (order_id, product_id)
     WHERE o.quantity IS DISTINCT FROM r.quantity`,
  'O6 no hold and no reservation without an order':
    `SELECT h.hold_id FROM wallet.hold h LEFT JOIN orders.orders o USING (hold_id)
       WHERE o.order_id IS NULL AND h.amount > 0
     UNION ALL SELECT r.order_id FROM catalog.reservation r LEFT JOIN orders.orders o USING (order_id)
       WHERE o.order_id IS NULL AND r.state = 'RESERVED'`,
  'O8 no version of a cart was bought twice':
    `SELECT user_id FROM orders.saga WHERE state = 'CONFIRMED'
       GROUP BY user_id, cart_version HAVING count(*) > 1`,
  'no saga is dead': 'SELECT order_id FROM orders.saga WHERE dead',
};

/** Waits until every saga is at its end, then checks every rule. */
export async function assertNothingLost() {
  await eventually('every saga is at its end', async () => {
    const open = await query(`SELECT order_id FROM orders.saga
      WHERE NOT dead AND (state NOT IN ('CONFIRMED', 'CANCELLED') OR state = 'CONFIRMED' AND NOT cart_cleared)`);
    return open.length === 0 ? true : undefined;
  }, 60);
  // One query, because starting psql costs more than all of them.
  const broken = Object.entries(rules).map(([rule, sql]) => `SELECT '${rule}', q::text FROM (${sql}) q`);
  assert.deepEqual(await query(broken.join(' UNION ALL ')), [], 'rules that are broken, and where');
}
