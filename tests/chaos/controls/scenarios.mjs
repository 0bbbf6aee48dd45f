// The negative controls: eleven deliberate bugs, and for each the shortest story in which it does harm. The
// story alone must end well; with the bug it must not, and a judge must say so.

import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { Buying } from '../buying.mjs';
import { resendLate, readOrders } from '../late.mjs';
import { eventually, killWholePostgres, pause, portOf, postgresWorker, signal, signalPid } from '../place.mjs';
import { Session, execute } from '../sql.mjs';
import { failOver } from './failover.mjs';

/**
 * @typedef {import('./bench.mjs').Bench} Bench
 * @typedef {import('../people.mjs').Person} Person
 * @typedef {object} Control
 * @property {string} bug
 * @property {string} [patch] a file of SQL
 * @property {string} [program] another build of the order service
 * @property {RegExp} judges of which at least one must speak
 * @property {(bench: Bench, person: Person, broken: boolean) => Promise<void>} story
 */

/**
 * Does what a story stands on until it is acknowledged: processes that have just started may not have found each
 * other yet. @param {string} what @param {() => Promise<{type: string}>} act
 */
function insist(what, act) {
  return eventually(what, async () => ((await act()).type === 'ok' ? true : undefined), 30);
}

/** @param {Bench} bench @param {Person} person @param {number} which of the products @param {number} quantity */
function putIn({ operations, products }, person, which, quantity) {
  return insist('the cart takes it', () => operations.add(person, products[which], quantity));
}

/** Puts money and goods together. @param {Bench} bench @param {Person} person @param {number} quantity */
async function prepare(bench, person, quantity) {
  const key = randomUUID();
  await insist('the money comes', () => bench.operations.deposit(person, key, 100_000));
  await putIn(bench, person, 0, quantity);
}

/** An order that is refused for want of stock: its hold is released before it was ever reserved.
 * @param {Bench} bench @param {Person} person */
async function refusedOrder(bench, person) {
  await prepare(bench, person, 80);
  const reading = await bench.operations.checkout(person, randomUUID());
  assert.equal(reading?.result.reason, 'OUT_OF_STOCK', 'the story needs an order that was refused');
  await bench.settle();
}

/** Sends old calls again. @param {Bench} bench @param {Person} person */
async function resend(bench, person) {
  const { sent, wrong } = await resendLate(bench.random, [person.id]);
  assert.ok(sent > 0, 'the story needs calls that arrive');
  bench.violations.push(...wrong.map((line) => `late: ${line}`));
}

/** Takes locks until it is closed. @param {string} sql */
async function locked(sql) {
  const session = await Session.start();
  await session.lines(`BEGIN; ${sql}`);
  return session;
}

/** The order of a checkout that is under way. @param {Person} person */
function orderOf(person) {
  return eventually('the order is written', async () => (await readOrders([person.id]))[0], 10);
}

/** The wallet's own sweeper has found what is overdue, asked the order service, and kept it. */
async function sweptOnce() {
  const operationsPort = (await portOf('wallet')) + 10;
  await eventually('the sweeper kept an overdue hold', async () => {
    const response = await fetch(`http://127.0.0.1:${operationsPort}/metrics`);
    return /^cartwright_holds_overdue [1-9]/m.test(await response.text()) ? true : undefined;
  }, 15);
}

/** Twenty deposits, all acknowledged. @param {Bench} bench @param {Person} person */
async function depositALot({ operations }, person) {
  for (let count = 0; count < 20; count++) {
    const { type } = /** @type {any} */ (await operations?.deposit(person, randomUUID(), 1000 + count));
    assert.equal(type, 'ok', 'the story needs deposits that were acknowledged');
  }
}

/** @type {Control[]} */
export const controls = [
  {
    bug: 'the ON CONFLICT claim of a key is dropped', patch: 'claim.sql', judges: /^(acknowledged|W8)/,
    async story({ operations }, person) {
      const key = randomUUID();
      await operations?.deposit(person, key, 700);
      await operations?.deposit(person, key, 700);
    },
  },
  {
    bug: 'a hung action is told that it succeeded', patch: 'hung_action.sql', judges: /^late/,
    async story(bench, person) {
      await refusedOrder(bench, person);
      await resend(bench, person);
    },
  },
  {
    bug: 'a release leaves no tombstone', patch: 'no_tombstone.sql', judges: /^(late|O3)/,
    async story(bench, person) {
      await refusedOrder(bench, person);
      await resend(bench, person);
    },
  },
  {
    bug: 'coordinated holds expire unilaterally', judges: /^(O2|O10)/,
    async story(bench, person, broken) {
      await prepare(bench, person, 1);
      // Decided, but not captured: the journal is closed.
      const lock = await locked('LOCK TABLE wallet.journal IN EXCLUSIVE MODE');
      await bench.operations.checkout(person, randomUUID());
      await execute(`SET session_replication_role = replica;
        UPDATE wallet.hold SET expire_time = clock_timestamp() - interval '1 hour' WHERE account_id = '${person.id}' AND state = 'RESERVED'`);
      if (broken) await execute(readFileSync(new URL('unilateral_expiry.sql', import.meta.url), 'utf8'));
      else await sweptOnce();
      lock.close();
      await bench.settle();
    },
  },
  {
    bug: 'a lease without epoch and state guard', patch: 'unfenced_decision.sql', judges: /^(R2|O10|O13)/,
    story: decideTwice,
  },
  {
    bug: 'UNAVAILABLE is read as a refusal', program: 'controls/cartwright-order-unavailable-is-refusal', judges: /^O17/,
    async story(bench, person) {
      await prepare(bench, person, 1);
      signal('wallet', 'SIGSTOP');
      const checkout = bench.operations.checkout(person, randomUUID());
      await orderOf(person);
      // Longer than one call waits for its answer.
      await pause(1200);
      signal('wallet', 'SIGCONT');
      await checkout;
      await bench.settle();
    },
  },
  {
    bug: 'UNIQUE(hold_id) and the state check are dropped', patch: 'second_capture.sql', judges: /^(R3|O7|W5)/,
    async story(bench, person) {
      await prepare(bench, person, 1);
      await bench.operations.checkout(person, randomUUID());
      await bench.settle();
      await resend(bench, person);
    },
  },
  {
    bug: 'synchronous_commit = off, and Postgres loses its memory', patch: 'lost_wal.sql', judges: /^acknowledged/,
    async story(bench, person) {
      // Open sessions hear of the setting with their next statement.
      await bench.usable();
      const walwriter = postgresWorker('walwriter');
      signalPid(walwriter, 'SIGSTOP');
      await depositALot(bench, person);
      killWholePostgres();
      await bench.usable();
    },
  },
  {
    bug: 'failover to an asynchronous standby', judges: /^acknowledged/,
    async story(bench, person, broken) {
      const buying = Buying.start(bench, person);
      try {
        await failOver(bench, broken, () => buying.acknowledged(10));
        await buying.acknowledged(3);
      } finally {
        await buying.stop();
      }
      // A lease may have gone with the primary.
      await bench.settle(30);
    },
  },
  {
    bug: 'the cart is cleared by its user', patch: 'clear_by_user.sql', judges: /^carts/,
    async story(bench, person) {
      await prepare(bench, person, 1);
      const lock = await locked('LOCK TABLE cart.removed_order IN EXCLUSIVE MODE');
      await bench.operations.checkout(person, randomUUID());
      await putIn(bench, person, 1, 2);
      lock.close();
      await bench.settle();
    },
  },
  {
    bug: 'a second removal from the cart takes what came since', patch: 'removed_twice.sql', judges: /^carts/,
    async story(bench, person) {
      await prepare(bench, person, 1);
      await bench.operations.checkout(person, randomUUID());
      await bench.settle();
      await putIn(bench, person, 0, 2);
      await resend(bench, person);
    },
  },
];

/**
 * The decision of a driver that slept too long meets that of the peer who took over.
 * @param {Bench} bench @param {Person} person
 */
async function decideTwice(bench, person) {
  await prepare(bench, person, 1);
  const before = await locked('LOCK TABLE wallet.hold IN EXCLUSIVE MODE');
  const checkout = bench.operations.checkout(person, randomUUID());
  const order = await orderOf(person);
  const peer = await locked(`SELECT 1 FROM orders.saga WHERE order_id = '${order.order_id}' FOR UPDATE`);
  before.close();
  await eventually('the decision waits', async () => (await execute(
    `SELECT 1 FROM pg_stat_activity WHERE usename = 'order_app' AND wait_event_type = 'Lock'`))[0], 10);
  await peer.lines(`UPDATE orders.saga SET state = 'ABORTING', reason = 'CHECKOUT_TIMED_OUT', lease_epoch = lease_epoch + 1,
    lease_owner = 'peer', lease_until = clock_timestamp() WHERE order_id = '${order.order_id}'; COMMIT`);
  peer.close();
  await bench.participants.releaseStock(order);
  await bench.participants.releaseHold(order);
  await checkout;
  await bench.settle();
}
