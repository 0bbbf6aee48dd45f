// The audit across services: silent after orders of every kind, and each rule speaks when it alone is
// broken. (Those of one service have their negative controls beside the service.)

import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { before, test } from 'node:test';
import { assertNothingLost } from './invariants.mjs';
import { Shopper, call, cartwright, productsInStock, query } from './shop.mjs';

const rules = new URL('../../deploy/audit/', import.meta.url);
/** @type {string} an order that was bought */
let bought;
/** @type {string} one that was refused */
let refused;

before(async () => {
  const [product] = await productsInStock();
  const shopper = await Shopper.withMoney(10_000_000);
  await shopper.add(product.id, 2);
  bought = await order(shopper, 201);
  const poor = await Shopper.register();
  await poor.add(product.id, 1);
  refused = await order(poor, 402);
  const fickle = await Shopper.withMoney(10_000_000);
  await fickle.add(product.id, 1);
  const path = `/api/orders/${await order(fickle, 201)}/cancel`;
  assert.equal((await call('POST', path, { json: {}, token: fickle.token, key: randomUUID() })).status, 200);
  await assertNothingLost();
});

/** Checks out, with this outcome, and waits for the end; the order's id. @param {Shopper} shopper @param {number} status */
async function order(shopper, status) {
  const reply = await shopper.checkout();
  assert.equal(reply.status, status, JSON.stringify(reply.body));
  const [[id]] = await query(`SELECT order_id FROM orders.orders WHERE user_id = '${shopper.id}'`);
  await shopper.settled(id);
  return id;
}

/** Runs SQL past all triggers and foreign keys. @param {string} sql */
const plant = (sql) => query(`SET session_replication_role = replica; ${sql}`);

test('a broken rule is told with its rows, and ends with status 1', async () => {
  const sound = await cartwright('audit');
  assert.match(sound.stdout, /^0 sagas are under way or dead/m);
  assert.match(sound.stdout, /^0 violations, \d+ rules, /m);
  const account = `kind = 'WORLD' AND seq = (SELECT max(seq) FROM wallet.account WHERE kind = 'WORLD')`;
  const [[id]] = await query(`SELECT account_id FROM wallet.account WHERE ${account}`);
  await plant(`UPDATE wallet.account SET held = held + 1 WHERE account_id = '${id}'`);
  await assert.rejects(cartwright('audit'), (/** @type {any} */ { code, stdout }) => {
    assert.equal(code, 1);
    assert.match(stdout, /^W3 is broken by 1 rows: what an account has set aside/m);
    assert.match(stdout, new RegExp(id));
    assert.match(stdout, /^1 violations, /m);
    return true;
  });
  await plant(`UPDATE wallet.account SET held = held - 1 WHERE account_id = '${id}'`);
  await cartwright('audit');
});

test('an order under way is no violation, unless all should be at their end', async () => {
  const [[steps]] = await query(`SELECT count(*) FROM orders.saga_event WHERE order_id = '${bought}'`);
  await plant(`UPDATE orders.saga SET dead = true, dead_reason = 'test', state = 'COMMITTING'
    WHERE order_id = '${bought}'; DELETE FROM orders.saga_event WHERE order_id = '${bought}' AND state = 'CONFIRMED'`);
  assert.match((await cartwright('audit')).stdout, /^1 sagas are under way or dead/m);
  await assert.rejects(cartwright('audit', '--quiescent'), { stdout: /^O1 is broken by 1 rows/m });
  await plant(`UPDATE orders.saga SET dead = false, dead_reason = NULL, state = 'CONFIRMED'
    WHERE order_id = '${bought}'; INSERT INTO orders.saga_event (order_id, state, lease_owner, lease_epoch)
    VALUES ('${bought}', 'CONFIRMED', 'test', 1000)`);
  assert.deepEqual(await query(`SELECT count(*) FROM orders.saga_event WHERE order_id = '${bought}'`), [[steps]]);
  await assertNothingLost();
});

test('what is no option is refused', async () => {
  await assert.rejects(cartwright('audit', '--quick'), /audit takes --quiescent, --anchor FILE or nothing/);
});

test('each rule speaks when it alone is broken', async () => {
  const ofBought = `WHERE order_id = '${bought}'`;
  const orders = `orders.saga SET state =`;
  /** @type {Record<string, string>} */
  const plants = {
    O1: `UPDATE orders.saga SET dead = true, dead_reason = 'test' ${ofBought}`,
    O2: `UPDATE wallet.hold SET account_id = gen_random_uuid() ${ofBought}`,
    O3: `UPDATE catalog.reservation SET state = 'RESERVED', decide_time = NULL WHERE order_id = '${refused}'`,
    O4: `UPDATE catalog.reservation_line SET quantity = quantity + 1 ${ofBought}`,
    O6: `UPDATE wallet.hold SET order_id = gen_random_uuid() ${ofBought}`,
    O7: `UPDATE wallet.journal SET amount = amount + 1 ${ofBought}`,
    O9: `DELETE FROM cart.removed_order ${ofBought}`,
    O17: `UPDATE wallet.hold SET state = 'RELEASED' WHERE order_id = '${refused}'`,
    O18: `UPDATE wallet.hold SET amount = amount + 1 ${ofBought}`,
    O10: `UPDATE ${orders} 'COMMITTING', reason = NULL WHERE order_id = '${refused}'`,
  };
  const files = await readdir(rules);
  assert.deepEqual(files.map((name) => name.split('_')[0]).sort(), Object.keys(plants).sort());
  for (const [id, sql] of Object.entries(plants)) {
    assert.deepEqual(await brokenAfter(sql, files), id === 'O10' ? ['O1', 'O10'] : [id], sql);
  }
});

/** Ids of the rules that are broken after a plant, of which nothing stays. @param {string} sql @param {string[]} files */
async function brokenAfter(sql, files) {
  const checks = await Promise.all(files.map(async (name) => {
    const rule = (await readFile(new URL(name, rules), 'utf8')).trim().replace(/;$/, '');
    return `SELECT 'broken ${name.split('_')[0]}' WHERE EXISTS (${rule}\n);`;
  }));
  const rows = await plant(`BEGIN; ${sql};\n${checks.join('\n')}\nROLLBACK;`);
  return rows.flatMap(([line]) => (line.startsWith('broken ') ? [line.slice(7)] : [])).sort();
}
