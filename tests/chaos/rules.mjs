// The invariants of the database, read from where the services and ./cartwright audit have them: one
// text, many readers. Each query returns the rows that break its rule.

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { root } from './place.mjs';
import { Session } from './sql.mjs';

/** @typedef {{name: string, sql: string}} Rule */

/** @type {Record<string, string>} the schema of each service that has rules */
const schemas = { catalog: 'catalog', cart: 'cart', order: 'orders', wallet: 'wallet' };

/** @param {string} directory @param {string} schema @returns {Rule[]} */
function rulesIn(directory, schema) {
  if (!existsSync(directory)) return [];
  return readdirSync(directory).filter((file) => file.endsWith('.sql')).sort().map((file) => {
    const text = readFileSync(`${directory}/${file}`, 'utf8').replace(/;\s*$/, '');
    return {
      name: file.slice(0, -'.sql'.length),
      sql: `SET search_path = ${schema}; SELECT coalesce(json_agg(broken), '[]') FROM (\n${text}\n) broken`,
    };
  });
}

// What refusals and decisions have to do with each other; true at every moment.
/** @type {Rule[]} */
const own = [
  {
    name: 'R2_an_order_is_decided_once',
    sql: `SELECT order_id FROM orders.saga_event WHERE state IN ('COMMITTING', 'ABORTING')
      GROUP BY order_id HAVING count(DISTINCT state) > 1`,
  },
  {
    name: 'R3_a_hold_is_posted_once',
    sql: `SELECT hold_id FROM wallet.journal WHERE kind = 'CAPTURE' GROUP BY 1 HAVING count(*) > 1`,
  },
].map(({ name, sql }) => ({ name, sql: `SELECT coalesce(json_agg(broken), '[]') FROM (${sql}) broken` }));

const betweenServices = () => rulesIn(`${root}/deploy/audit`, 'pg_catalog');

/** True in any snapshot, whatever is under way. */
export function snapshotRules() {
  return [
    ...Object.entries(schemas).flatMap(([service, schema]) => rulesIn(`${root}/services/${service}/audit`, schema)),
    ...betweenServices().filter(({ name }) => name.startsWith('O10_')), ...own,
  ];
}

/** Those between services, true of every order that is at its end. */
export function settledRules() {
  return betweenServices().filter(({ name }) => !/^O10?_/.test(name));
}

/** Sagas that are not at their end yet: [order, state, dead]. */
export const openSagas = `SELECT coalesce(json_agg(json_build_array(order_id, state, dead, dead_reason)), '[]') FROM orders.saga
  WHERE dead OR state NOT IN ('CONFIRMED', 'CANCELLED', 'REFUNDED')
     OR state IN ('CONFIRMED', 'REFUNDED') AND NOT cart_cleared`;

/**
 * What breaks the rules now: those of any snapshot, and those between services of orders at their end.
 * @returns {Promise<string[]>}
 */
export async function brokenRules() {
  const session = await Session.start();
  try {
    const broken = [];
    for (const rule of [...snapshotRules(), ...settledRules()]) {
      const rows = await session.json(rule.sql);
      if (rows.length > 0) broken.push(`${rule.name}: ${JSON.stringify(rows.slice(0, 3))}`);
    }
    return broken;
  } finally {
    session.close();
  }
}
