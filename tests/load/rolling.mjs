// Shoppers at two gateways, as many at once from the first request to the last, while every process of the shop
// is restarted again and again, one at a time. Each call has to be answered: no answer, a 5xx or a 429 is a
// request that was lost. Nothing here repeats a call. Run by rolling.sh.

import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { assertNothingLost } from '../integration/invariants.mjs';
import { address, cartwright, password, productsInStock, shopUrl, Shopper } from '../integration/shop.mjs';
import { Balancer } from './balancer.mjs';

const wanted = Number(process.env.REQUESTS ?? 100_000);
const workers = Number(process.env.WORKERS ?? 16);
const tokenLifeMs = 300_000; // half of what it is
const callsPerOrder = 60;

const port = Number(new URL(shopUrl).port);
const balancer = new Balancer([port, port + 20]);
/** @type {number[]} */
const latencies = [];
/** @type {Map<string, number>} */
const lost = new Map();
let restarts = 0;
let roundsDone = 0;

/** One call that counts. @param {string} method @param {string} path @param {object} [options] */
async function ask(method, path, options) {
  const began = performance.now();
  const reply = await balancer.call(method, path, options).catch((error) => ({ status: 0, body: { reason: String(error) } }));
  latencies.push(performance.now() - began);
  if (reply.status === 0 || reply.status === 429 || reply.status >= 500) {
    const what = `${method} ${path.replace(/[0-9a-f-]{36}/, '{id}')} ${reply.status} ${reply.body?.reason}`;
    lost.set(what, (lost.get(what) ?? 0) + 1);
  }
  return reply;
}

const isOver = () => latencies.length >= wanted && roundsDone > 0;

/** What one shopper does, from one order to the next. @param {Shopper} shopper @param {any[]} products */
async function shop(shopper, products) {
  const any = () => products[Math.floor(Math.random() * products.length)];
  const { token } = shopper;
  for (let i = 0; i < callsPerOrder / 6 && !isOver(); i += 1) {
    await ask('GET', '/api/products?pageSize=20');
    await ask('GET', `/api/products/${any().id}`, { token });
    await ask('PUT', `/api/cart/item/${any().id}`, { token, json: { quantity: 1 + (i % 3) } });
    await ask('GET', '/api/cart', { token });
    await ask('GET', '/api/wallet', { token });
    const amount = { currencyCode: 'EUR', minorUnits: '100' };
    await ask('POST', '/api/wallet/deposit', { token, key: randomUUID(), json: { amount } });
  }
  await ask('POST', '/api/cart/clear', { token, json: {} });
  await ask('POST', '/api/cart/add', { token, json: { productId: any().id, quantity: 1 } });
  const order = await ask('POST', '/api/checkout', { token, key: randomUUID(), json: { shippingAddress: address } });
  if (order.status === 201 || order.status === 202) await ask('GET', `/api/orders/${order.body.id}`, { token });
}

/** @param {Shopper} shopper @param {any[]} products */
async function work(shopper, products) {
  let signedIn = Date.now();
  while (!isOver()) {
    if (Date.now() - signedIn > tokenLifeMs) {
      const session = await ask('POST', '/api/auth/login', { json: { email: shopper.email, password } });
      if (session.status === 200) shopper.token = session.body.accessToken;
      signedIn = Date.now();
    }
    await shop(shopper, products);
  }
}

/** Every process, one at a time, until the work is done. */
async function restartAll() {
  const { stdout } = await cartwright('status');
  const processes = [...stdout.matchAll(/^ {2}(\S+) +pid/gm)].map((match) => match[1]).filter((name) => name !== 'postgres');
  assert.equal(processes.length, 12);
  while (!isOver()) {
    for (const name of processes) {
      await cartwright('restart', name);
      restarts += 1;
    }
    roundsDone += 1;
  }
}

const products = await productsInStock(50);
// One after the other: to hash many passwords at once is no load of this test's, and takes longer than a call may.
const shoppers = [];
while (shoppers.length < workers) shoppers.push(await Shopper.withMoney(100_000_000));
const began = performance.now();
balancer.start();
await Promise.all([restartAll(), ...shoppers.map((shopper) => work(shopper, products))]);
const seconds = (performance.now() - began) / 1000;
balancer.stop();
latencies.sort((a, b) => a - b);
const percentile = (/** @type {number} */ p) => latencies[Math.floor(latencies.length * p)].toFixed(0);
const count = [...lost.values()].reduce((sum, each) => sum + each, 0);
console.log(`${latencies.length} requests in ${seconds.toFixed(0)} s, ${workers} at once, ${restarts} restarts of 12 processes: ${count} lost`);
console.log(`p50 ${percentile(0.5)} ms, p99 ${percentile(0.99)} ms, p99.9 ${percentile(0.999)} ms`);
for (const [what, times] of lost) console.log(`  ${times} x ${what}`);
await assertNothingLost();
process.exit(count === 0 ? 0 : 1);
