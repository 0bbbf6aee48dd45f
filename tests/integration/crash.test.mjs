// Kills with SIGKILL at every step of a checkout, then at random under load. A step is held open by
// a lock in Postgres, so that the process dies exactly there, in the binary that is shipped.

import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { Random } from '../chaos/random.mjs';
import { assertNothingLost } from './invariants.mjs';
import { Lock } from './lock.mjs';
import { call, eventually, killAndAwait, peopleCanShop, pidOf, productsInStock, query, Shopper } from './shop.mjs';

/** Waits until a query has a row, and returns it. @param {string} what @param {string} sql */
function row(what, sql) {
  return eventually(what, async () => (await query(sql))[0]);
}

/** A shopper whose cart holds two of something affordable, and the key of the checkout to come. */
async function readyShopper() {
  const [product] = await productsInStock();
  const price = Number(product.price.minorUnits);
  const shopper = await Shopper.withMoney(5 * price);
  await shopper.add(product.id, 2);
  return { shopper, key: randomUUID() };
}

/** @param {string} order @param {string} state */
const reservation = (order, state) =>
  `SELECT 1 FROM catalog.reservation WHERE order_id = '${order}' AND state = '${state}'`;
/** @param {string} order @param {string} state */
const hold = (order, state) =>
  `SELECT 1 FROM wallet.hold WHERE order_id = '${order}' AND state = '${state}'`;
/** No saga goes from one state to the next. Its row stays free: who parked it could not take it up again otherwise. */
const nothingHappens = 'LOCK TABLE orders.saga_event IN EXCLUSIVE MODE';

/** @param {Shopper} shopper */
async function orderOf(shopper) {
  const [order] = await row('the order is written', `SELECT order_id FROM orders.saga WHERE user_id = '${shopper.id}'`);
  return order;
}

/**
 * Each case stalls the checkout of `shopper` somewhere and returns how to let go of it.
 * @type {Record<string, (shopper: Shopper, start: () => void, t: import('node:test').TestContext) => Promise<Lock[]>>}
 */
const points = {
  'while T1 is under way': async (_shopper, start, t) => {
    const locks = [await Lock.take('LOCK TABLE orders.saga IN SHARE ROW EXCLUSIVE MODE', t)];
    start();
    // The recovery of sagas waits for the same table.
    await row('T1 waits', `SELECT 1 FROM pg_locks JOIN pg_stat_activity USING (pid)
      WHERE NOT granted AND relation = 'orders.saga'::regclass AND query LIKE '%place_order(%'`);
    return locks;
  },
  'after T1': async (shopper, start, t) => {
    const locks = [await Lock.take('LOCK TABLE catalog.reservation IN EXCLUSIVE MODE', t)];
    start();
    await orderOf(shopper);
    return locks;
  },
  'after the stock was reserved': async (shopper, start, t) => {
    const locks = [await Lock.take('LOCK TABLE wallet.hold IN EXCLUSIVE MODE', t)];
    start();
    await row('stock is reserved', reservation(await orderOf(shopper), 'RESERVED'));
    return locks;
  },
  'while T2 is under way': async (shopper, start, t) => {
    const before = await Lock.take('LOCK TABLE wallet.hold IN EXCLUSIVE MODE', t);
    start();
    const order = await orderOf(shopper);
    const locks = [await Lock.take(nothingHappens, t)];
    await before.release();
    await row('money is held', hold(order, 'RESERVED'));
    return locks;
  },
  'after T2': async (shopper, start, t) => {
    const locks = [await Lock.take('LOCK TABLE wallet.journal IN EXCLUSIVE MODE', t)];
    start();
    await row('it is decided',
      `SELECT 1 FROM orders.saga WHERE order_id = '${await orderOf(shopper)}' AND state = 'COMMITTING'`);
    return locks;
  },
  'before T3': async (shopper, start, t) => {
    const before = await Lock.take('LOCK TABLE wallet.journal IN EXCLUSIVE MODE', t);
    start();
    const order = await orderOf(shopper);
    await row('it is decided', `SELECT 1 FROM orders.saga WHERE order_id = '${order}' AND state = 'COMMITTING'`);
    const locks = [await Lock.take(nothingHappens, t)];
    await before.release();
    await row('money is captured', hold(order, 'CAPTURED'));
    await row('stock is committed', reservation(order, 'COMMITTED'));
    return locks;
  },
};

for (const [point, stall] of Object.entries(points)) {
  test(`the order service is killed ${point}: the order is bought once`, async (t) => {
    const { shopper, key } = await readyShopper();
    const { balance } = await shopper.wallet();
    /** @type {Promise<unknown>} */
    let first = Promise.resolve();
    let stalled = true;
    t.after(() => { stalled = false; });
    // No call waits for a lock for long: it is made again until it was seen to wait.
    const start = () => {
      first = eventually('a checkout comes to its end', async () => {
        await shopper.checkout(key).catch(() => undefined);
        return stalled ? undefined : true;
      }, 120);
    };
    const locks = await stall(shopper, start, t);
    const victim = await pidOf('order');
    process.kill(victim, 'SIGKILL');
    stalled = false;
    for (const lock of locks) await lock.release();
    await first;

    const bought = await eventually('the same key gets an answer', async () => {
      const reply = await shopper.checkout(key);
      return reply.status < 500 ? reply : undefined;
    });
    assert.ok([201, 202].includes(bought.status), JSON.stringify(bought.body));
    const order = await shopper.settled(bought.body.id);
    assert.equal(order.state, 'CONFIRMED');
    await assertNothingLost();
    assert.deepEqual(await shopper.wallet(), {
      balance: balance - Number(order.total.minorUnits), held: 0, available: balance - Number(order.total.minorUnits),
    });
    const { body } = await shopper.get('/api/orders');
    assert.equal(body.orders.length, 1);
  });
}

test('what a killed Postgres leaves behind does not keep the next one out', async () => {
  const [[checkpointer]] = await query("SELECT pid FROM pg_stat_activity WHERE backend_type = 'checkpointer'");
  // It stands for whatever does not see that its postmaster is gone.
  process.kill(Number(checkpointer), 'SIGSTOP');
  try {
    await killAndAwait('postgres');
    await eventually('Postgres answers', () => query('SELECT 1'));
  } finally {
    try {
      process.kill(Number(checkpointer), 'SIGKILL');
    } catch {
      // It is gone, as it should be.
    }
  }
  // Each process finds out by itself that it can serve again.
  await peopleCanShop();
});

const victims = ['gateway', 'identity', 'catalog', 'cart', 'order', 'wallet', 'postgres'];

/**
 * Buys again and again until told to stop; a lost answer is asked for again with the same key.
 * @param {Shopper} shopper
 * @param {string} productId
 * @param {{stopped: boolean, acknowledged: Map<string, {id: string, status: number}>, bought: () => void}} run
 */
async function buyOn(shopper, productId, run) {
  while (!run.stopped) {
    await eventually('something is in the cart', async () => {
      const cart = await shopper.get('/api/cart');
      if (cart.status === 200 && cart.body.itemCount > 0) return true;
      const added = await shopper.send('POST', '/api/cart/add', { productId, quantity: 1 });
      return added.status === 200 ? true : undefined;
    });
    const key = randomUUID();
    const reply = await eventually('a checkout gets an answer', async () => {
      const answer = await shopper.checkout(key);
      // The order before may wait for a process that was killed; nothing is recorded for this key yet.
      return answer.status < 500 && answer.body.reason !== 'ORDER_IN_PROGRESS' ? answer : undefined;
    });
    if (reply.status === 201 || reply.status === 202) {
      run.acknowledged.set(key, { id: reply.body.id, status: reply.status });
      run.bought();
    } else {
      // The cart of the order before may not be cleared yet; a participant may have been away too long.
      assert.ok(['CART_ALREADY_ORDERED', 'EMPTY_CART', 'CHECKOUT_TIMED_OUT'].includes(reply.body.reason),
        JSON.stringify(reply.body));
    }
  }
}

test('every process is killed again and again under load: nothing acknowledged is lost', async () => {
  const seed = Number(process.env.CARTWRIGHT_SEED ?? Math.floor(Math.random() * 2 ** 31));
  console.log(`CARTWRIGHT_SEED=${seed}`);
  const random = new Random(seed);
  const [product] = (await productsInStock()).filter((p) => Number(p.price.minorUnits) < 100_000);
  await query(`WITH s AS (UPDATE catalog.stock SET on_hand = on_hand + 100000 WHERE product_id = '${product.id}' RETURNING 1)
    INSERT INTO catalog.stock_journal (product_id, delta, kind) SELECT '${product.id}', 100000, 'ADJUST' FROM s`);
  const shoppers = await Promise.all(Array.from({ length: 6 }, () => Shopper.withMoney(1_000_000_000)));
  /** @type {() => void} */
  let wake = () => {};
  const run = { stopped: false, acknowledged: new Map(), bought: () => wake() };
  const loops = Promise.all(shoppers.map((shopper) => buyOn(shopper, product.id, run)));
  // A loop that fails must end the test, not hang it.
  const failed = loops.then(() => undefined);
  const rounds = [...victims, ...victims].map((victim) => ({ victim, order: random.next() }))
    .sort((a, b) => a.order - b.order);
  try {
    for (const { victim } of rounds) {
      const some = 1 + random.below(8);
      for (let count = 0; count < some; count++) {
        await Promise.race([failed, new Promise((resolve) => { wake = () => resolve(undefined); })]);
      }
      await killAndAwait(victim);
    }
  } finally {
    run.stopped = true;
  }
  await loops;
  console.log(`${run.acknowledged.size} orders were acknowledged over ${rounds.length} kills`);

  await peopleCanShop();
  await assertNothingLost();
  const answers = [...run.acknowledged]
    .map(([key, { id, status }]) => `('${key}', '${id}'::uuid, ${status})`).join(', ');
  const missing = await query(`SELECT a.key FROM (VALUES ${answers}) AS a (key, id, status)
    LEFT JOIN orders.orders o ON o.idempotency_key = a.key AND o.order_id = a.id
    LEFT JOIN orders.saga s ON s.order_id = o.order_id
    WHERE s.state IS NULL OR a.status = 201 AND s.state <> 'CONFIRMED'`);
  assert.deepEqual(missing, [], 'every acknowledged order is there under its key, and 201 means confirmed');
  for (const shopper of shoppers) {
    const [[spent]] = await query(`SELECT coalesce(sum(total), 0) FROM orders.orders JOIN orders.saga USING (order_id)
      WHERE orders.user_id = '${shopper.id}' AND state = 'CONFIRMED'`);
    assert.deepEqual(await shopper.wallet(), {
      balance: 1_000_000_000 - Number(spent), held: 0, available: 1_000_000_000 - Number(spent),
    });
  }
});

test('everything is killed at once: the shop comes back whole', async () => {
  const { shopper, key } = await readyShopper();
  const reply = await shopper.checkout(key);
  assert.equal(reply.status, 201);
  for (const name of victims) process.kill(await pidOf(name), 'SIGKILL');
  await eventually('the shop is back', async () =>
    ((await call('GET', '/api/products?pageSize=1')).status === 200 ? true : undefined), 60);
  const again = await eventually('the order is there', async () => {
    const answer = await shopper.checkout(key);
    return answer.status === 201 ? answer : undefined;
  });
  assert.equal(again.body.id, reply.body.id);
  await assertNothingLost();
});
