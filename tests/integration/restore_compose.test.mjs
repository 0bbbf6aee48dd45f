// The shop of docker-compose.yml is lost in several ways and comes back from its backups: run by with_compose.sh.
// What comes back is compared with what was seen before, row by row.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { assertNothingLost } from './invariants.mjs';
import { cartwright, eventually, moveTo, peopleCanShop, productsInStock, query, Shopper } from './shop.mjs';

const run = promisify(execFile);
const repository = '/var/lib/cartwright/backups';
const data = '/var/lib/cartwright/postgres/data';

/** @param {string[]} words of Compose, whichever there is @returns {Promise<{stdout: string, stderr: string}>} */
function compose(...words) {
  return run('bash', ['-c', 'source deploy/compose/lib.sh; "${COMPOSE[@]}" "$@"', 'bash', ...words]);
}

/** A command in the container that makes the backups. @param {string[]} words */
async function inBackup(...words) {
  return (await compose('exec', '-T', 'backup', ...words)).stdout;
}

/** What a command says that has to fail. @param {Promise<unknown>} command */
async function failure(command) {
  const { stdout, stderr } = await command.then(() => assert.fail('it has to fail'), (error) => error);
  return stdout + stderr;
}

/** A purchase that is settled, once processes that have just started know of each other. */
async function somebodyBuys() {
  await peopleCanShop();
  const [product] = await productsInStock();
  const shopper = await Shopper.withMoney(Number(product.price.minorUnits) + 100);
  await shopper.add(product.id, 1);
  const { status, body } = await shopper.checkout();
  assert.equal(status, 201, JSON.stringify(body));
  assert.equal((await shopper.settled(body.id)).state, 'CONFIRMED');
  return shopper;
}

/** A line for each table that says what was bought, with the hash of all of its rows. */
function books() {
  const tables = ['identity.users', 'catalog.stock', 'catalog.stock_journal', 'orders.orders', 'orders.order_line',
    'orders.saga', 'orders.saga_event', 'wallet.account', 'wallet.hold', 'wallet.journal', 'wallet.operation'];
  return query(tables.map((table) =>
    `SELECT '${table}', count(*), md5(string_agg(t::text, chr(10) ORDER BY t::text)) FROM ${table} t`).join(' UNION ALL '));
}

/** @param {string} email */
async function isKnown(email) {
  return (await query(`SELECT 1 FROM identity.users WHERE email = '${email}'`)).length === 1;
}

async function findShop() {
  const { stdout } = await compose('port', 'gateway', '8080');
  moveTo(`http://${stdout.trim().replace('0.0.0.0', '127.0.0.1')}`);
}

/** @param {string[]} words the moment, or nothing */
async function restore(...words) {
  const { stdout } = await cartwright('restore', ...words);
  const [away] = /The shop was away for \d+ s/.exec(stdout) ?? [];
  assert.ok(away, stdout);
  console.log(away);
  await findShop();
}

/** Until the state of backups and archive is what a pattern says. @param {RegExp} pattern */
function backupsAre(pattern) {
  return eventually(`backups are ${pattern}`, async () => {
    const line = await inBackup('/src/deploy/compose/backup.sh', 'health').catch(({ stdout }) => stdout);
    return pattern.test(line) ? line : undefined;
  }, 180);
}

test('the first backup is made without being asked for, and another one when asked', async () => {
  await backupsAre(/^backups: good;/);
  const { stdout } = await cartwright('backup');
  assert.match(stdout, /^backups: \d{8}-\d{6}F was made$/m);
  assert.match((await cartwright('backups')).stdout, /^Back to any moment from .+ to .+, UTC\.$/m);
});

/** Within what the first restore goes back behind. */
let leftBehind = { moment: '', email: '' };

test('a table that was dropped is back, and all books are as they were at that moment', async () => {
  const early = await somebodyBuys();
  const before = await books();
  const [[moment]] = await query('SELECT clock_timestamp()');
  const late = await somebodyBuys();
  leftBehind = { moment: (await query('SELECT clock_timestamp()'))[0][0], email: late.email };
  await query('DROP TABLE wallet.journal CASCADE');
  await restore(moment);
  assert.deepEqual(await books(), before);
  assert.deepEqual([await isKnown(early.email), await isKnown(late.email)], [true, false]);
  await assertNothingLost();
  await somebodyBuys();
  assert.equal((await compose('ps', '--all', '--quiet', 'seed')).stdout, '', 'no demo users come with a restore');
});

test('what was there before a restore is kept, and is put back', async () => {
  const restored = await books();
  assert.match(await failure(cartwright('put-back')), /The audit finds fault with these data/);
  assert.match(await failure(query('SELECT 1 FROM wallet.journal')), /"wallet.journal" does not exist/);
  await cartwright('put-back');
  await findShop();
  assert.deepEqual(await books(), restored);
  await somebodyBuys();
});

test('a moment that a restore has left behind can be gone back to', async () => {
  const after = await somebodyBuys();
  await restore(leftBehind.moment);
  assert.deepEqual([await isKnown(leftBehind.email), await isKnown(after.email)], [true, false]);
  await assertNothingLost();
});

test('a restore that cannot be done changes nothing', async () => {
  const before = await books();
  assert.match(await failure(cartwright('restore', '2001-01-01')), /The data are as they were/);
  await compose('up', '--detach', '--no-build');
  await findShop();
  assert.deepEqual(await books(), before);
});

test('a shop that has lost the volume of its database does not begin anew, and is back with a restore', async () => {
  await somebodyBuys();
  const before = await books();
  // A volume that is gone takes with it what was not archived, which is a minute at most.
  const [[segment]] = await query('SELECT pg_walfile_name(pg_switch_wal())');
  await eventually('the log is archived', async () =>
    ((await query(`SELECT 1 FROM pg_stat_archiver WHERE last_archived_wal >= '${segment}'`)).length ? true : undefined), 90);
  await compose('kill', 'postgres');
  await compose('down', '--timeout', '60');
  await run('docker', ['volume', 'rm', `${process.env.COMPOSE_PROJECT_NAME}_database`]);

  await compose('up', '--detach', '--no-build', '--no-deps', 'postgres');
  await eventually('Postgres says what to do', async () =>
    (/operate.sh restore' brings the shop back/.test((await compose('logs', 'postgres')).stdout) ? true : undefined));
  await restore();
  assert.deepEqual(await books(), before);
  await assertNothingLost();
  await somebodyBuys();
});

test('without a place for its archive the shop sells, and says that it has none', async () => {
  await backupsAre(/^backups: good;/);
  await inBackup('chmod', '-R', 'a-w', `${repository}/archive`);
  try {
    await somebodyBuys();
    await query('SELECT pg_switch_wal()');
    await backupsAre(/^backups: the write-ahead log is not archived;.* [1-9]\d* segments wait/);
    await somebodyBuys();
  } finally {
    await inBackup('chmod', '-R', 'u+w', `${repository}/archive`);
  }
  await query('SELECT pg_switch_wal()');
  await backupsAre(/^backups: good;.* 0 segments wait/);
});

test('nobody reads a backup without its key', async () => {
  const mark = `mark-${randomUUID()}`;
  await query(`CREATE TABLE public.mark AS SELECT '${mark}' AS mark`);
  await query('CHECKPOINT');
  await cartwright('backup');
  const holders = (/** @type {string} */ place) => inBackup('bash', '-c', `grep -rl ${mark} ${place} || true`);
  assert.notEqual(await holders(`${data}/base`), '', 'the data have the mark');
  assert.equal(await holders(repository), '');
  // Compression would hide it, too: every file begins with the words of a cipher.
  const files = await inBackup('bash', '-c', `find ${repository} -type f -exec sh -c 'head -c 8 "$1" && echo' sh {} ';'`);
  assert.deepEqual([...new Set(files.trim().split('\n'))], ['Salted__']);
  const withKey = (/** @type {string} */ key) =>
    compose('exec', '-T', '-e', `PGBACKREST_REPO1_CIPHER_PASS=${key}`, 'backup', 'pgbackrest', 'repo-get', 'backup/shop/backup.info');
  assert.match(await failure(withKey('another')), /ERROR: \[095\]/); // a CryptoError
  assert.match(await inBackup('pgbackrest', 'repo-get', 'backup/shop/backup.info'), /backup-timestamp-stop/);
});
