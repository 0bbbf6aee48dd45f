// Shoppers who shop while something happens to the shop.

import { setTimeout as pause } from 'node:timers/promises';
import { assertNothingLost } from '../integration/invariants.mjs';
import { call } from '../integration/shop.mjs';
import { Load } from '../load/shoppers.mjs';

const workers = Number(process.env.WORKERS ?? 8);

/**
 * Does something while shoppers shop, before, during and after it. Returns how many calls were lost.
 * @param {string} what
 * @param {(load: Load) => Promise<unknown>} act
 * @param {number} [shoppers] how many they are
 */
export async function underLoad(what, act, shoppers = workers) {
  const load = new Load(call);
  await load.start(shoppers);
  await more(load, 500);
  const began = performance.now();
  await act(load);
  const seconds = (performance.now() - began) / 1000;
  await more(load, 500);
  await load.stop();
  console.error(`${what}: ${seconds.toFixed(1)} s; ${load.requests} requests in ${load.seconds.toFixed(0)} s, ${load.lost} lost`);
  console.error(load.report());
  await assertNothingLost();
  return load.lost;
}

/** Lets shoppers make so many calls more. @param {Load} load @param {number} count */
export async function more(load, count) {
  for (const end = load.requests + count; load.requests < end;) await pause(100);
}
