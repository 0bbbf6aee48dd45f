// Who shops and what there is to buy: few users, few products, little money and little stock, so that
// refusals are real and everybody is in everybody's way.

import { randomUUID } from 'node:crypto';
import { execute, readJson } from './sql.mjs';

const password = 'a long enough passphrase';

/**
 * @typedef {object} Person
 * @property {string} id
 * @property {string} email
 * @property {string} token
 * @property {boolean} poor whoever pays in so little that refusals for want of money are sure
 * @property {boolean} signingIn
 * @property {number} pieces in the cart, as far as is known
 * @property {number} checkingOut calls that are under way
 * @property {{key: string, body: object}[]} checkouts keys that were used
 * @property {{key: string, units: number}[]} deposits
 * @property {string[]} orders that were seen
 */

/** @param {import('./client.mjs').Client} client @param {boolean} [poor] @returns {Promise<Person>} */
export async function register(client, poor = false) {
  const email = `shopper-${randomUUID()}@example.com`;
  const reply = await client.call('POST', '/api/auth/register', { json: { email, password, displayName: 'Ada' } });
  if (reply.status !== 201) throw new Error(`no account: ${JSON.stringify(reply.body)}`);
  return {
    id: reply.body.user.id, email, token: reply.body.accessToken, poor, signingIn: false, pieces: 0, checkingOut: 0, checkouts: [], deposits: [], orders: [],
  };
}

/** A new token, when the old one is too old. @param {import('./client.mjs').Client} client @param {Person} person */
export async function signIn(client, person) {
  // One at a time: a login costs the shop more than any other call.
  if (person.signingIn) return;
  person.signingIn = true;
  try {
    const reply = await client.call('POST', '/api/auth/login', { json: { email: person.email, password } });
    if (reply.status === 200) person.token = reply.body.accessToken;
  } finally {
    person.signingIn = false;
  }
}

/**
 * Takes products out of the catalog, with prices that the users' money is tight for.
 * @param {number} count
 * @param {number} units of each on the shelf
 * @returns {Promise<string[]>} their ids
 */
export async function stockProducts(count, units) {
  /** @type {string[]} */
  const products = await readJson(
    `SELECT json_agg(product_id) FROM (SELECT product_id FROM catalog.product WHERE active ORDER BY product_id LIMIT ${count}) p`);
  for (const [at, product] of products.entries()) {
    await execute(`UPDATE catalog.product SET price = ${250 + 170 * at} WHERE product_id = '${product}'`);
    await execute(setStock(product, `reserved + ${units} - on_hand`));
  }
  return products;
}

/** The statement that changes a product's stock, journal included. @param {string} product @param {string} delta */
export function setStock(product, delta) {
  return `WITH before AS (SELECT product_id, on_hand FROM catalog.stock WHERE product_id = '${product}' FOR NO KEY UPDATE),
    changed AS (UPDATE catalog.stock s SET on_hand = s.on_hand + (${delta.replaceAll('on_hand', 's.on_hand').replaceAll('reserved', 's.reserved')})
      FROM before b WHERE s.product_id = b.product_id RETURNING s.product_id, s.on_hand - b.on_hand AS delta)
    INSERT INTO catalog.stock_journal (product_id, delta, kind) SELECT product_id, delta, 'ADJUST' FROM changed WHERE delta <> 0`;
}
