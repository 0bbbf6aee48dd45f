// What the shop answers when a commit is durable here, and on no standby yet.

import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { assertNothingLost } from './invariants.mjs';
import { eventually, query, Shopper } from './shop.mjs';

/** @param {string} names of the standbys that every commit waits for */
async function waitForStandbys(names) {
  await query(`ALTER SYSTEM SET synchronous_standby_names = '${names}'`);
  await query('SELECT pg_reload_conf()');
}

/**
 * Deposits until one waits for a standby: the server takes up a new setting a moment later.
 * @param {Shopper} shopper
 */
async function waitingDeposit(shopper) {
  let count = 0;
  for (;;) {
    const key = randomUUID();
    const reply = shopper.deposit(100, key);
    count += 1;
    let answered = false;
    void reply.finally(() => { answered = true; });
    const pid = await eventually('an answer, or a wait', async () => {
      const [row] = await query(`SELECT pid FROM pg_stat_activity
        WHERE wait_event = 'SyncRep' AND usename = 'wallet_app'`);
      return row ? row[0] : answered ? 'answered' : undefined;
    });
    if (pid !== 'answered') return { key, reply, pid, count };
  }
}

test('a commit that no standby confirmed is in doubt, and the same key finds out', async () => {
  const shopper = await Shopper.withMoney(1000);
  try {
    await waitForStandbys('nobody');
    let deposits = 0;
    let key = '';
    let answer;
    do {
      const waiting = await waitingDeposit(shopper);
      // Postgres reports success now, with a warning: a failover could lose what it says was done.
      await query(`SELECT pg_cancel_backend(${waiting.pid})`);
      answer = await waiting.reply;
      deposits += waiting.count;
      key = waiting.key;
      // Whose own time was over before says nothing.
    } while (answer.status === 504);
    assert.equal(answer.status, 503, 'it is not acknowledged');
    // It is there for all to see, and could be lost all the same.
    const early = shopper.deposit(100, key);
    const pid = await eventually('the same key waits, too', async () => (await query(
      `SELECT pid FROM pg_stat_activity WHERE wait_event = 'SyncRep' AND query LIKE '%pg_logical_emit_message%'`))[0]?.[0]);
    await query(`SELECT pg_cancel_backend(${pid})`);
    assert.notEqual((await early).status, 200, 'what no standby confirmed is not acknowledged by a replay');
    await waitForStandbys('');
    const again = await eventually('the same key has an answer', async () => {
      const reply = await shopper.deposit(100, key);
      return reply.status === 200 ? reply : undefined;
    });
    assert.equal(again.headers.get('idempotent-replayed'), 'true');
    assert.equal((await shopper.wallet()).balance, 1000 + 100 * deposits);
  } finally {
    await waitForStandbys('');
  }
  await assertNothingLost();
});
