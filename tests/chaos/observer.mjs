// Looks at the database once a second while everything else goes on: all accounts and the length and
// digest of every list that may only grow, in one snapshot; and every rule that holds in any snapshot.

import { pause } from './place.mjs';
import { Session } from './sql.mjs';

/**
 * @typedef {object} Look
 * @property {bigint} start before which everything acknowledged must be visible
 * @property {[string, string, number, number][]} accounts id, kind, posted, held
 * @property {[string, number, string][]} journal account, length, digest of its postings
 * @property {[string, number, string][]} orders user, length, digest of the order ids
 */

/** @param {string[]} users */
const lookAt = (users) => {
  const list = users.map((user) => `'${user}'`).join(', ');
  return `SELECT json_build_object(
    'accounts', (SELECT json_agg(json_build_array(account_id, kind, posted, held)) FROM wallet.account),
    'journal', (SELECT coalesce(json_agg(json_build_array(account, n, digest)), '[]') FROM (
      SELECT account, count(*) AS n, md5(string_agg(id || ':' || amount, ',' ORDER BY seq)) AS digest FROM (
        SELECT debit_id AS account, debit_seq AS seq, journal_id AS id, amount FROM wallet.journal WHERE debit_id IN (${list})
        UNION ALL SELECT credit_id, credit_seq, journal_id, amount FROM wallet.journal WHERE credit_id IN (${list})) e GROUP BY 1) j),
    'orders', (SELECT coalesce(json_agg(json_build_array(user_id, n, digest)), '[]') FROM (
      SELECT user_id, count(*) AS n, md5(string_agg(order_id::text, ',' ORDER BY user_seq)) AS digest
      FROM orders.orders WHERE user_id IN (${list}) GROUP BY 1) o))`;
};

/** Observes until it is stopped. A database that is down is asked again later. */
export class Observer {
  /** @param {string[]} users @param {import('./rules.mjs').Rule[]} rules @param {number} [periodMs] */
  constructor(users, rules, periodMs = 1000) {
    this.query = lookAt(users);
    this.rules = rules;
    this.periodMs = periodMs;
    /** @type {Look[]} */
    this.looks = [];
    /** @type {string[]} */
    this.violations = [];
    this.missed = 0;
    this.stopped = false;
  }

  async run() {
    /** @type {Session | undefined} */
    let session;
    while (!this.stopped) {
      const due = performance.now() + this.periodMs;
      try {
        session ??= await Session.start();
        await this.#look(session);
      } catch {
        this.missed++;
        session?.close();
        session = undefined;
      }
      await pause(Math.max(50, due - performance.now()));
    }
    session?.close();
  }

  /** @param {Session} session */
  async #look(session) {
    const start = process.hrtime.bigint();
    this.looks.push({ start, ...await session.json(this.query) });
    for (const rule of this.rules) {
      const rows = await session.json(rule.sql);
      if (rows.length > 0) this.violations.push(`${rule.name}: ${JSON.stringify(rows.slice(0, 3))}`);
    }
  }

  stop() {
    this.stopped = true;
  }
}
