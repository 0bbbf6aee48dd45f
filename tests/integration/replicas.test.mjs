// A shop with two of everything (REPLICAS=2).

import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { test } from 'node:test';
import { EventStream } from './event_stream.mjs';
import { heldOrder } from './held_order.mjs';
import { assertNothingLost } from './invariants.mjs';
import { cartwright, eventually, killAndAwait, pidOf, productsInStock, shopUrl, Shopper } from './shop.mjs';

const data = process.env.CARTWRIGHT_DATA ?? '';
const base = Number(new URL(shopUrl).port);

/**
 * A proxy in front of a port of this machine, that counts connections.
 * @param {number} port
 * @returns {Promise<{port: number, count: () => number, close: () => void}>}
 */
async function proxyTo(port) {
  let count = 0;
  const server = createServer((client) => {
    count++;
    const backend = connect(port, '127.0.0.1');
    for (const [one, other] of [[client, backend], [backend, client]]) {
      one.pipe(other);
      one.on('error', () => other.destroy());
      one.on('close', () => other.destroy());
    }
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)));
  server.unref();
  const address = /** @type {import('node:net').AddressInfo} */ (server.address());
  return { port: address.port, count: () => count, close: () => server.close() };
}

test('status knows both of each, and the second gateway sells too', async () => {
  const { stdout } = await cartwright('status');
  assert.equal(stdout.match(/ ready/g)?.length, 13, stdout);
  assert.match(stdout, /order-2 .*grpc :\d+/);
  const reply = await fetch(`http://127.0.0.1:${base + 20}/api/products?pageSize=1`);
  assert.equal((await reply.json()).products.length, 1);
});

test('a replica is restarted and followed by its name', async () => {
  const [first, second] = [await pidOf('order'), await pidOf('order-2')];
  await cartwright('restart', 'order-2');
  assert.equal(await pidOf('order'), first);
  assert.notEqual(await pidOf('order-2'), second);
  assert.match((await cartwright('logs', 'order-2')).stdout, /drain/);
});

test('callers take both replicas in turn', async () => {
  const calls = async (/** @type {number} */ ops) => {
    const text = await (await fetch(`http://127.0.0.1:${ops}/metrics`)).text();
    const found = /^rpc_server_call_duration_seconds_count\{[^}]*ListProducts[^}]*\} (\d+)/m.exec(text);
    return Number(found?.[1] ?? 0);
  };
  const ports = [base + 12, base + 32];
  const before = await Promise.all(ports.map(calls));
  await eventually('both catalogs served', async () => {
    await productsInStock();
    const now = await Promise.all(ports.map(calls));
    return now.every((count, index) => count > before[index]) ? true : undefined;
  });
});

test('an event stream that one gateway began goes on at the other, without a gap', async (t) => {
  const { shopper, order, release } = await heldOrder(t);
  const first = await EventStream.open(order, shopper.token);
  const events = [await first.next(), await first.next()];
  await killAndAwait('gateway');
  await first.rest();
  const second = await EventStream.open(order, shopper.token, {
    after: events[0]?.id, origin: `http://127.0.0.1:${base + 20}`,
  });
  assert.equal(second.status, 200);
  assert.deepEqual(await second.next(), events[1], 'what the first gateway told already');
  await release();
  events.push(...await second.rest());
  assert.deepEqual(events.map((event) => event?.data.state), ['PENDING', 'CONFIRMED', 'CONFIRMED']);
  assert.equal(events.at(-1)?.data.settled, true);
});

test('DATA/routes puts something between one process and another, Postgres included', async () => {
  const wallet = await proxyTo(base + 5);
  const postgres = await proxyTo(base + 19);
  const routes = `order-2 wallet 127.0.0.1:${wallet.port}\norder-2 postgres 127.0.0.1:${postgres.port}\n`;
  try {
    writeFileSync(`${data}/routes`, routes);
    await cartwright('restart', 'order-2', 'order');
    const command = (/** @type {number} */ pid) => readFileSync(`/proc/${pid}/cmdline`, 'utf8');
    assert.match(command(await pidOf('order-2')),
      new RegExp(`wallet=127.0.0.1:${wallet.port}\\+127.0.0.1:${base + 25}\0`));
    assert.match(command(await pidOf('order')),
      new RegExp(`wallet=127.0.0.1:${base + 5}\\+127.0.0.1:${base + 25}\0`));
    const [product] = await productsInStock();
    const shopper = await Shopper.withMoney(10 * Number(product.price.minorUnits));
    await eventually('a checkout took both ways', async () => {
      await shopper.add(product.id, 1);
      const reply = await shopper.checkout();
      assert.ok([201, 202].includes(reply.status), JSON.stringify(reply.body));
      await shopper.settled(reply.body.id);
      return wallet.count() && postgres.count() ? true : undefined;
    });
  } finally {
    writeFileSync(`${data}/routes`, '');
    await cartwright('restart', 'order-2');
    wallet.close();
    postgres.close();
  }
  await assertNothingLost();
});
