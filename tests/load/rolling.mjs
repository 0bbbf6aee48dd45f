// Shoppers at two gateways, as many at once from the first request to the last, while every process of the shop
// is restarted again and again, one at a time. No request may be lost. Run by rolling.sh.

import assert from 'node:assert/strict';
import { assertNothingLost } from '../integration/invariants.mjs';
import { cartwright, shopUrl } from '../integration/shop.mjs';
import { Balancer } from './balancer.mjs';
import { Load } from './shoppers.mjs';

const wanted = Number(process.env.REQUESTS ?? 100_000);
const workers = Number(process.env.WORKERS ?? 16);

const port = Number(new URL(shopUrl).port);
const balancer = new Balancer([port, port + 20]);
const load = new Load((...call) => balancer.call(...call));
let restarts = 0;

/** Every process, one at a time, until the work is done. */
async function restartAll() {
  const { stdout } = await cartwright('status');
  const processes = [...stdout.matchAll(/^ {2}(\S+) +pid/gm)].map((match) => match[1]).filter((name) => name !== 'postgres');
  assert.equal(processes.length, 12);
  while (load.requests < wanted) {
    for (const name of processes) {
      await cartwright('restart', name);
      restarts += 1;
    }
  }
}

balancer.start();
await load.start(workers);
await restartAll();
await load.stop();
balancer.stop();
console.log(`${load.requests} requests in ${load.seconds.toFixed(0)} s, ${workers} at once, ${restarts} restarts of 12 processes: ${load.lost} lost`);
console.log(load.report());
await assertNothingLost();
process.exit(load.lost === 0 ? 0 : 1);
