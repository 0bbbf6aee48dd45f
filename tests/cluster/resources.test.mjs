// What pods use while shoppers shop, which is what the chart's requests and limits come from. SOAK_MINUTES (2) is for how long.
// Prints what was measured.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { allReady, isReady, podsOf, processes, usage } from './kubectl.mjs';
import { underLoad } from './load.mjs';

const minutes = Number(process.env.SOAK_MINUTES ?? 2);
const sampleMs = 5000;
const mebibyte = 2 ** 20;

/** Samples what a pod uses, until `isOver`; returns thousandths of a core in each interval. @param {any} pod @param {() => boolean} isOver */
async function sample(pod, isOver) {
  const rates = [];
  for (let last = { at: performance.now(), ...await usage(pod) }; !isOver();) {
    await pause(sampleMs);
    const now = { at: performance.now(), ...await usage(pod) };
    rates.push(1e6 * (now.cpu - last.cpu) / (now.at - last.at));
    last = now;
  }
  return rates.sort((a, b) => a - b);
}

/** A limit of memory as the chart writes it, in bytes. @param {any} pod */
function limitOf(pod) {
  const [, number, unit] = /^(\d+)(Mi|Gi)$/.exec(pod.spec.containers[0].resources.limits.memory) ?? [];
  return Number(number) * (unit === 'Gi' ? 1024 : 1) * mebibyte;
}

test('every pod stays below two thirds of its memory', async () => {
  await allReady();
  const pods = (await Promise.all(processes.map(podsOf))).flat().filter(isReady);
  let over = false;
  /** @type {number[][]} */
  let rates = [];
  assert.equal(await underLoad(`${minutes} minutes`, async () => {
    const samples = Promise.all(pods.map((pod) => sample(pod, () => over)));
    await pause(minutes * 60_000);
    over = true;
    rates = await samples;
  }), 0);
  for (const [i, pod] of pods.entries()) {
    const { memory } = await usage(pod);
    const [median, high] = [0.5, 0.95].map((p) => rates[i][Math.floor(rates[i].length * p)].toFixed(0));
    console.error(`${pod.metadata.name}: at most ${(memory / mebibyte).toFixed(0)} MiB; CPU of ${sampleMs / 1000} s p50 ${median}m, p95 ${high}m`);
    assert.ok(memory * 1.5 <= limitOf(pod), `${pod.metadata.name} had ${memory} bytes of ${limitOf(pod)}`);
    assert.equal(pod.status.containerStatuses[0].lastState.terminated?.reason, undefined);
  }
});
