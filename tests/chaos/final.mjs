// The end of a run, as the database has it, in one snapshot.

import { readJson } from './sql.mjs';

/**
 * @typedef {object} Final
 * @property {{user: string, key: string, journal: number, units: number}[]} deposits
 * @property {{account: string, seq: number, id: number, amount: number}[]} journal of users, by account and seq
 * @property {{id: string, user: string, key: string, state: string, reason: string | null, cart_cleared: boolean}[]} orders
 *   by user and number
 * @property {{order: string, user: string, product: string, quantity: number}[]} lines
 * @property {{user: string, product: string, quantity: number}[]} carts
 */

/** @param {string[]} users @returns {Promise<Final>} */
export function readFinal(users) {
  const list = users.map((user) => `'${user}'`).join(', ');
  /** @param {string} rows */
  const all = (rows) => `(SELECT coalesce(json_agg(r), '[]') FROM (${rows}) r)`;
  return readJson(`SELECT json_build_object(
    'deposits', ${all(`SELECT user_id AS "user", idempotency_key AS key, o.journal_id AS journal, j.amount AS units
      FROM wallet.operation o LEFT JOIN wallet.journal j USING (journal_id)
      WHERE o.kind = 'DEPOSIT' AND user_id IN (${list})`)},
    'journal', ${all(`SELECT account, seq, id, amount FROM (
      SELECT debit_id AS account, debit_seq AS seq, journal_id AS id, amount FROM wallet.journal
      UNION ALL SELECT credit_id, credit_seq, journal_id, amount FROM wallet.journal) e
      WHERE account IN (${list}) ORDER BY account, seq`)},
    'orders', ${all(`SELECT order_id AS id, o.user_id AS "user", idempotency_key AS key, state, reason, cart_cleared
      FROM orders.orders o LEFT JOIN orders.saga USING (order_id) WHERE o.user_id IN (${list}) ORDER BY o.user_id, user_seq`)},
    'lines', ${all(`SELECT order_id AS "order", user_id AS "user", product_id AS product, quantity
      FROM orders.order_line JOIN orders.orders USING (order_id) WHERE user_id IN (${list})`)},
    'carts', ${all(`SELECT user_id AS "user", product_id AS product, quantity FROM cart.line WHERE user_id IN (${list})`)})`);
}
