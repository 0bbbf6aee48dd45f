// ./cartwright saga and ./cartwright call: what an operator sees of sagas that stand still, and does.
// A saga stands still because a lock in Postgres keeps a participant from answering.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { assertNothingLost } from './invariants.mjs';
import { Lock } from './lock.mjs';
import {
  assertProblem, call, cartwright, eventually, killAndAwait, password, productsInStock, query, replicasOf, Shopper,
} from './shop.mjs';

const run = promisify(execFile);

/** @param {string[]} words @returns {Promise<string>} */
async function saga(...words) {
  return (await cartwright('saga', ...words)).stdout;
}

/** The command fails and says why. @param {Promise<unknown>} command @param {RegExp} why @param {number} [code] */
async function assertRefused(command, why, code = 1) {
  await assert.rejects(command, (/** @type {any} */ error) => {
    assert.match(error.stderr, why);
    assert.equal(error.code, code);
    return true;
  });
}

/** @param {string} order @param {string} columns */
async function sagaRow(order, columns) {
  return (await query(`SELECT ${columns} FROM orders.saga WHERE order_id = '${order}'`))[0]?.join(' ');
}

/** @param {string} order @param {RegExp} wanted "STATE dead" */
function reaches(order, wanted) {
  return eventually(`${order} is ${wanted}`, async () => {
    const row = await sagaRow(order, 'state, dead');
    return wanted.test(row) ? row : undefined;
  });
}

/** What operators did to an order: "COMMAND who: note". @param {string} order */
async function commandsOf(order) {
  return (await query(`SELECT command || ' ' || operator || ': ' || note FROM orders.saga_event
    WHERE order_id = '${order}' AND kind = 'OPERATOR' ORDER BY saga_event_id`)).flat();
}

/**
 * A checkout that a lock holds up; its order, and the answer of its key afterwards.
 * @param {string} sql of the lock @param {import('node:test').TestContext} t
 */
async function stall(sql, t) {
  const [product] = await productsInStock();
  const shopper = await Shopper.withMoney(2 * Number(product.price.minorUnits));
  await shopper.add(product.id, 1);
  const lock = await Lock.take(sql, t);
  const key = randomUUID();
  const checkout = shopper.checkout(key);
  const order = await eventually('the order is written', async () =>
    (await query(`SELECT order_id FROM orders.saga WHERE user_id = '${shopper.id}'`))[0]?.[0]);
  return { shopper, order, lock, replay: async () => (await checkout, shopper.checkout(key)) };
}
const stockLocked = 'LOCK TABLE catalog.reservation IN EXCLUSIVE MODE';
const moneyLocked = 'LOCK TABLE wallet.journal IN EXCLUSIVE MODE';

/** An admin: no API gives anybody the first role. */
async function admin() {
  const person = await Shopper.register();
  await query(`INSERT INTO identity.user_role (user_id, role) VALUES ('${person.id}', 'admin')`);
  const session = await call('POST', '/api/auth/login', { json: { email: person.email, password } });
  return new Shopper(person.email, session.body);
}

test('an undecided saga is listed, shown and called off', async (t) => {
  const { order, lock, replay, shopper } = await stall(stockLocked, t);
  assert.match(await saga('ls'), new RegExp(`ORDER +STATE[^]*${order} +RESERVING`));
  assert.match(await saga('ls', '--state', 'reserving'), new RegExp(order));
  assert.match(await saga('ls', '--dead'), /No sagas/);
  assert.match(await saga('show', order), /state +RESERVING[^]*WALLET +CATALOG\nstate +UNKNOWN/);
  await assertRefused(saga('force-abort', order), /--note TEXT must say why/, 64);
  assert.match(await saga('force-abort', order, '--note', 'the shelf "fell" over', '--as', 'ada'), /ABORTING/);
  assert.deepEqual(await commandsOf(order), ['FORCE_ABORT ada: the shelf "fell" over']);
  await lock.release();
  await reaches(order, /^CANCELLED f/);
  assertProblem(await replay(), 409, 'CHECKOUT_TIMED_OUT');
  assert.equal((await shopper.wallet()).held, 0);
  await assertRefused(saga('retry', order, '--note', 'again'), /SAGA_ENDED/);
  assert.match(await saga('show', order), /FORCE_ABORT +ABORTING +ada +the shelf "fell" over/);
  await assertNothingLost();
});

test('a decided saga is not called off; the database refuses it', async (t) => {
  const { order, lock, replay, shopper } = await stall(moneyLocked, t);
  await reaches(order, /^COMMITTING/);
  await assertRefused(saga('force-abort', order, '--note', 'no'), /SAGA_DECIDED/);
  await assert.rejects(query(`UPDATE orders.saga SET state = 'ABORTING', reason = 'OUT_OF_STOCK'
    WHERE order_id = '${order}'`));
  await lock.release();
  await reaches(order, /^CONFIRMED f/);
  assert.equal((await replay()).status, 201);
  assert.deepEqual(await commandsOf(order), []);
  assert.equal((await shopper.settled(order)).state, 'CONFIRMED');
});

test('a dead saga is revived', async (t) => {
  const { order, lock } = await stall(stockLocked, t);
  // As if one process after the other had died of it, the one that drives it now included: no process
  // takes itself for dead.
  await query(`UPDATE orders.saga SET crash_count = 9, lease_epoch = lease_epoch + 1,
    lease_until = clock_timestamp(), next_attempt = 'infinity' WHERE order_id = '${order}'`);
  await Promise.all((await replicasOf('order')).map(killAndAwait));
  await query(`UPDATE orders.saga SET next_attempt = clock_timestamp() WHERE order_id = '${order}'`);
  await reaches(order, /^RESERVING t/);
  assert.match(await saga('ls', '--dead'), new RegExp(`${order} +RESERVING \\(dead\\).*every process that drove it died`));
  await lock.release();
  assert.match(await saga('retry', order, '--note', 'mended'), /RESERVING/);
  await reaches(order, /^(CONFIRMED|CANCELLED) f/);
  assert.match((await commandsOf(order)).join(), /^RETRY .*: mended$/);
  await assertNothingLost();
});

test('a split decision takes two people', async (t) => {
  const { order, lock, shopper } = await stall(moneyLocked, t);
  await lock.release();
  await reaches(order, /^CONFIRMED f/);
  await shopper.settled(order);
  // As after a failover that lost all since the order was placed, and an abort of what was left: an
  // undecided saga that nobody drove. Money and stock have moved.
  await query(`SET session_replication_role = replica;
    DELETE FROM orders.saga_event WHERE order_id = '${order}' AND state <> 'RESERVING';
    UPDATE orders.saga SET state = 'ABORTING', reason = 'CHECKOUT_TIMED_OUT', cart_cleared = false,
      lease_epoch = lease_epoch + 1, lease_until = clock_timestamp(), next_attempt = clock_timestamp()
      WHERE order_id = '${order}';
    INSERT INTO orders.saga_event (order_id, state, reason, lease_owner, lease_epoch)
      SELECT order_id, state, reason, lease_owner, lease_epoch FROM orders.saga WHERE order_id = '${order}'`);
  await reaches(order, /^ABORTING t/);
  assert.match(await saga('show', order), /dead because +aborting, but[^]*state +CAPTURED +COMMITTED/);
  const forward = (/** @type {string} */ who) =>
    saga('resolve', order, 'roll-forward', '--note', 'both have it', '--as', who);
  await assertRefused(saga('resolve', order, 'backward', '--note', 'x'), /roll-forward/, 64);
  assert.match(await forward('ada'), /ABORTING \(dead\)\nRecorded/);
  await assertRefused(forward('ada'), /SECOND_OPERATOR_NEEDED/);
  assert.match(await forward('grace'), /COMMITTING/);
  await reaches(order, /^CONFIRMED f/);
  assert.deepEqual(await commandsOf(order),
    ['PROPOSE_ROLL_FORWARD ada: both have it', 'ROLL_FORWARD grace: both have it']);
  await assertRefused(forward('linus'), /SAGA_NOT_SPLIT/);
  await assertNothingLost();
});

test('only the operator, and over REST only an admin', async (t) => {
  const { order, lock } = await stall(stockLocked, t);
  const shopper = await Shopper.register();
  for (const [method, path, json] of /** @type {[string, string, any][]} */ ([
    ['GET', '', undefined], ['GET', `/${order}`, undefined], ['POST', `/${order}/retry`, { note: 'x' }],
    ['POST', `/${order}/force-abort`, { note: 'x' }],
    ['POST', `/${order}/resolve`, { note: 'x', direction: 'ROLL_FORWARD' }],
  ])) {
    assertProblem(await shopper.send(method, `/api/admin/sagas${path}`, json), 403, 'INSUFFICIENT_SCOPE');
    assertProblem(await call(method, `/api/admin/sagas${path}`, { json }), 401, 'TOKEN_MISSING');
  }
  const boss = await admin();
  const listed = await boss.get('/api/admin/sagas');
  assert.equal(listed.status, 200);
  assert.ok(listed.body.sagas.some((/** @type {any} */ one) => one.orderId === order));
  const abort = (/** @type {object} */ json) => boss.send('POST', `/api/admin/sagas/${order}/force-abort`, json);
  assertProblem(await abort({ note: 'x', operator: 'somebody else' }), 400, 'UNKNOWN_FIELD');
  assertProblem(await abort({}), 400, 'INVALID_FIELD');
  const aborted = await abort({ note: 'by hand' });
  assert.equal(aborted.status, 200);
  assert.equal(aborted.body.state, 'ABORTING');
  assertProblem(await abort({ note: 'by hand' }), 409, 'SAGA_DECIDED');
  assert.deepEqual(await commandsOf(order), [`FORCE_ABORT ${boss.id}: by hand`]);
  assertProblem(await boss.get(`/api/admin/sagas/${randomUUID()}`), 404, 'RESOURCE_NOT_FOUND');
  await lock.release();
});

test('any RPC can be called, by those who may', async () => {
  const { stdout } = await cartwright('call', 'order', 'ListSagas', '{"filter": "ALL", "pageSize": 1}');
  assert.equal(JSON.parse(stdout).sagas.length, 1);
  await assertRefused(cartwright('call', 'order', 'GetSaga', `{"orderId": "${randomUUID()}"}`), /^RESOURCE_NOT_FOUND: /);
  await assertRefused(cartwright('call', 'order', 'ListSagas', '{"pageSize": 1000}'), /^INVALID_FIELD: [^]*pageSize must be/);
  await assertRefused(cartwright('call', 'order', 'ListSagas', '{"nothing": 1}'), /^INVALID_ARGUMENT: .*nothing/);
  await assertRefused(cartwright('call', 'order', 'NoSuchThing'), /order has no method NoSuchThing/);
  await assertRefused(cartwright('call', 'wallet', 'GetHold', `{"holdId": "${randomUUID()}"}`), /^CALLER_NOT_ALLOWED: /);
  assert.match((await cartwright('call', 'list')).stdout, /SagaService\/RetrySaga +ADMIN +callers: gateway, operator\n/);
  assert.match((await cartwright('call', 'describe', 'RetrySaga')).stdout, /message RetrySagaRequest \{/);
});

test('a certificate of another process is not the operator', async () => {
  const { stdout } = await cartwright('call', 'list');
  assert.ok(stdout);
  const tls = `${process.env.CARTWRIGHT_DATA}/tls`;
  const port = Number(new URL(/** @type {string} */ (process.env.SHOP)).port) + 4;
  const root = new URL('../..', import.meta.url).pathname;
  const build = `${root}build/${process.env.CARTWRIGHT_PRESET ?? 'release'}`;
  const as = (/** @type {string} */ name) => run(`${build}/bin/cartwright-call`, [
    `--descriptor_set=${build}/cartwright.descriptors.binpb`, '--service=order', `--address=127.0.0.1:${port}`,
    `--tls_cert_file=${tls}/${name}.crt`, `--tls_key_file=${tls}/${name}.key`, `--tls_ca_file=${tls}/ca.crt`,
    'ListSagas']);
  await as('operator');
  await assertRefused(as('wallet'), /^CALLER_NOT_ALLOWED: /);
});
