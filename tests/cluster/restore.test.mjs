// The database is restored to a moment, beside itself, and the shop moves to it, by the commands of k8s/README.md as they stand
// there.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assertNothingLost } from '../integration/invariants.mjs';
import { eventually, peopleCanShop, productsInStock, Shopper } from '../integration/shop.mjs';
import { ask, primaryOf } from './database.mjs';
import { allReady, get } from './kubectl.mjs';
import { underLoad } from './load.mjs';
import { commandsOf, shell } from './readme.mjs';

const desk = process.env.DESK ?? '';
const tables = ['orders.orders', 'orders.order_line', 'orders.saga_event', 'wallet.account', 'wallet.journal',
  'wallet.hold', 'catalog.stock_journal', 'identity.users'];

/** A hash over all rows of what is sold, paid and signed in with. @param {string} pod */
const digest = (pod) => ask(pod, tables.map((table) =>
  `SELECT '${table} ' || count(*) || ' ' || coalesce(md5(string_agg(t::text, '|' ORDER BY t::text)), '') FROM ${table} t`).join(' UNION ALL '));

/** Somebody buys something, to the end of the order. */
async function buy() {
  const shopper = await Shopper.withMoney(1_000_000);
  const [product] = await productsInStock();
  await shopper.add(product.id, 1);
  const { status, body } = await shopper.checkout();
  assert.equal(status, 201, JSON.stringify(body));
  await shopper.settled(body.id);
}

test('a restore is the moment that was asked for, and the shop moves to it', async () => {
  await allReady();
  await underLoad('before the moment', async () => {});
  const { metadata: { name: old } } = await primaryOf('cartwright-db');
  const before = await digest(old);
  const moment = await ask(old, "SELECT to_char(clock_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US') || '+00:00'");
  assert.equal(await digest(old), before, 'nothing moves any more');
  await buy();
  assert.notEqual(await digest(old), before);
  const segment = await ask(old, 'SELECT pg_walfile_name(pg_switch_wal())');
  await eventually('it is archived', async () =>
    (await ask(old, 'SELECT last_archived_wal FROM pg_stat_archiver')) >= segment || undefined, 120);

  const [restore, move] = await commandsOf('Restore');
  const dated = restore.replace(/(?<=targetTime=')[^']*/, moment);
  assert.ok(dated.includes(moment));
  const began = performance.now();
  await shell([dated], desk);
  console.error(`restored to ${moment} after ${((performance.now() - began) / 1000).toFixed(0)} s`);
  const { metadata: { name: next } } = await primaryOf('cartwright-db-2');
  assert.equal(await digest(next), before);

  await shell([move], desk);
  await allReady(400);
  await peopleCanShop();
  assert.notEqual(await digest(next), before, 'the shop writes there');
  assert.equal((await get('cluster', 'cartwright-db-2')).status.readyInstances, 2);
  await assertNothingLost();
  assert.equal(await underLoad('on the restored database', async () => {}), 0);
});
