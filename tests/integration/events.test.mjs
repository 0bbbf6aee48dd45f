// The event stream of an order, from the saga's table to a shopper: live, resumed, and over the death
// of the processes between. A checkout is held open by a lock in Postgres where a test needs it.

import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { EventStream } from './event_stream.mjs';
import { heldOrder } from './held_order.mjs';
import {
  assertProblem, call, eventually, keptBySanitizer, killAndAwait, pidOf, productsInStock, query, Shopper,
} from './shop.mjs';

/** What the table has, the law for every stream. @param {string} order */
async function idsOf(order) {
  return (await query(`SELECT saga_event_id FROM orders.saga_event WHERE order_id = '${order}' ORDER BY 1`)).flat();
}

/** @param {import('./event_stream.mjs').StreamEvent[]} events */
const shown = (events) => events.map(({ data }) => `${data.state}${data.settled ? ', settled' : ''}`);
const wholeLife = ['PENDING', 'CONFIRMED', 'CONFIRMED, settled'];

/**
 * Reads on and connects again, as an EventSource does, until the stream is over.
 * @param {EventStream} stream
 * @param {string} order
 * @param {Shopper} shopper
 * @param {import('./event_stream.mjs').StreamEvent[]} events that came already; grows
 */
async function follow(stream, order, shopper, events) {
  for (;;) {
    for (const event of await stream.rest()) if (event.event !== 'error') events.push(event);
    const after = events.at(-1)?.id;
    stream = await eventually('the stream goes on', async () => {
      const next = await EventStream.open(order, shopper.token, { after });
      return next.status < 500 ? next : undefined;
    });
    if (stream.status === 204) return events;
    assert.equal(stream.status, 200);
  }
}

test('a shopper sees each step of a checkout when it happens', async (t) => {
  const { shopper, order, release } = await heldOrder(t);
  const stream = await EventStream.open(order, shopper.token);
  assert.equal(stream.response.headers.get('content-type'), 'text/event-stream');
  assert.match(stream.response.headers.get('cache-control') ?? '', /no-store/);
  const events = await stream.take(2);
  const [[state]] = await query(`SELECT state FROM orders.saga WHERE order_id = '${order}'`);
  assert.equal(state, 'COMMITTING', 'what comes now comes live');
  await release();
  events.push(...await stream.rest());
  assert.deepEqual(shown(events), wholeLife);
  assert.deepEqual(events.map((event) => event.id), await idsOf(order));
  for (const { id, data } of events) {
    assert.equal(data.id, id);
    assert.equal(data.orderId, order);
    assert.ok(Date.parse(data.createTime));
  }
});

test('a stream goes on after any event, without a gap and without a duplicate', async (t) => {
  const { shopper, order, release } = await heldOrder(t);
  await release();
  await shopper.settled(order);
  const all = await (await EventStream.open(order, shopper.token)).rest();
  assert.deepEqual(shown(all), wholeLife);
  for (const [index, { id }] of all.entries()) {
    const stream = await EventStream.open(order, shopper.token, { after: id });
    assert.deepEqual(await stream.rest(), all.slice(index + 1));
    assert.equal(stream.status, index + 1 < all.length ? 200 : 204);
  }
  for (const after of ['garbage', '-1', '999999999']) {
    assert.deepEqual(await (await EventStream.open(order, shopper.token, { after })).rest(), all, after);
  }
});

test('a refused order says why', async () => {
  const [product] = await productsInStock();
  const shopper = await Shopper.withMoney(1);
  await shopper.add(product.id, 1);
  const refused = await shopper.checkout();
  assert.equal(refused.status, 402);
  const events = await (await EventStream.open(refused.body.metadata.orderId, shopper.token)).rest();
  assert.deepEqual(shown(events), ['PENDING', 'REJECTED', 'REJECTED, settled']);
  assert.equal(events[2].data.reason, 'INSUFFICIENT_FUNDS');
});

for (const victim of ['gateway', 'order']) {
  test(`${victim} is killed in mid-stream: the client resumes and has missed nothing`, async (t) => {
    const { shopper, order, release } = await heldOrder(t);
    const stream = await EventStream.open(order, shopper.token);
    const events = await stream.take(2);
    await killAndAwait(victim);
    const followed = follow(stream, order, shopper, events);
    await release();
    await followed;
    assert.deepEqual(shown(events), wholeLife);
    assert.deepEqual(events.map((event) => event.id), await idsOf(order));
  });
}

test('who may not see an order sees no stream, and others get lines of JSON', async (t) => {
  const { shopper, order, release } = await heldOrder(t);
  await release();
  await shopper.settled(order);
  const path = `/api/orders/${order}/events`;
  const headers = { Accept: 'text/event-stream' };
  assertProblem(await call('GET', path, { headers }), 401, 'TOKEN_MISSING');
  const stranger = await Shopper.register();
  assertProblem(await call('GET', path, { headers, token: stranger.token }), 404, 'RESOURCE_NOT_FOUND');
  for (const id of [randomUUID(), 'x']) {
    assertProblem(await call('GET', `/api/orders/${id}/events`, { headers, token: shopper.token }), 404, 'RESOURCE_NOT_FOUND');
  }
  const lines = await fetch(process.env.SHOP + path, { headers: { Authorization: `Bearer ${shopper.token}` } });
  assert.equal(lines.headers.get('content-type'), 'application/x-ndjson');
  const events = (await lines.text()).trimEnd().split('\n').map((line) => ({ data: JSON.parse(line) }));
  assert.deepEqual(shown(events), wholeLife);
});

/** @param {string} name of a process */
async function descriptorsOf(name) {
  return (await readdir(`/proc/${await pidOf(name)}/fd`)).length;
}

/** Resident memory in MiB. @param {string} name of a process */
async function memoryOf(name) {
  const status = await readFile(`/proc/${await pidOf(name)}/status`, 'utf8');
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) / 1024;
}

test('200 watchers see the same, and leave nothing behind when they vanish', async (t) => {
  const { shopper, order, release } = await heldOrder(t);
  const watch = () => Promise.all(Array.from({ length: 200 }, async () => {
    const stream = await EventStream.open(order, shopper.token);
    assert.equal(stream.status, 200);
    return { stream, events: await stream.take(2) };
  }));
  const before = await descriptorsOf('gateway');
  let memory = 0;
  // The first round is what a process needs once; the others must not add to it.
  for (let round = 0; round < 4; round++) {
    const vanishing = await watch();
    // Some of them came over connections that were open before.
    assert.ok(await descriptorsOf('gateway') >= before + 150);
    for (const { stream } of vanishing) stream.close();
    await eventually('the gateway has let go of them', async () =>
      (await descriptorsOf('gateway') <= before + 10 ? true : undefined));
    if (round === 0) memory = await memoryOf('gateway');
  }
  const grown = await memoryOf('gateway') - memory;
  console.log(`the gateway grew by ${grown.toFixed(1)} MiB over 600 streams`);
  assert.ok(grown < 20 + keptBySanitizer, `${grown} MiB`);

  const staying = await watch();
  await release();
  await shopper.settled(order);
  const ids = await idsOf(order);
  for (const { stream, events } of staying) {
    events.push(...await stream.rest());
    assert.deepEqual(shown(events), wholeLife);
    assert.deepEqual(events.map((event) => event.id), ids);
  }
});
