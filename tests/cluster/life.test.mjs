// What happens to a shop on a cluster, under a constant load of shoppers. After each of it no rule about the data is broken.
// Prints what was measured.

import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { assertNothingLost } from '../integration/invariants.mjs';
import { call, eventually } from '../integration/shop.mjs';
import { Load } from '../load/shoppers.mjs';
import {
  allReady, get, helm, isReady, kill, kubectl, podsOf, processes, runBeside, upgrade, usage,
} from './kubectl.mjs';

const workers = Number(process.env.WORKERS ?? 8);

/**
 * Does something while shoppers shop, before, during and after it. Returns how many calls were lost.
 * @param {string} what
 * @param {() => Promise<unknown>} act
 */
async function underLoad(what, act) {
  const load = new Load(call);
  await load.start(workers);
  await more(load, 500);
  const began = performance.now();
  await act();
  const seconds = (performance.now() - began) / 1000;
  await more(load, 500);
  await load.stop();
  console.error(`${what}: ${seconds.toFixed(1)} s; ${load.requests} requests in ${load.seconds.toFixed(0)} s, ${load.lost} lost`);
  console.error(load.report());
  await assertNothingLost();
  return load.lost;
}

/** Lets shoppers make so many calls more. @param {Load} load @param {number} count */
async function more(load, count) {
  for (const end = load.requests + count; load.requests < end;) await pause(100);
}

/** What every process runs. */
async function images() {
  const { items } = await get('deployments');
  return items.map((/** @type {any} */ { spec }) => spec.template.spec.containers[0].image);
}

/** The tag that is not running. */
async function otherTag() {
  return (await images())[0].endsWith(':dev') ? 'next' : 'dev';
}

beforeEach(() => allReady());

test('the test of the chart passes', async () => {
  assert.match(await helm('test', 'cartwright', '--timeout', '5m'), /Phase: +Succeeded/);
});

test('every autoscaler knows its workload', async () => {
  const { items } = await get('hpa');
  assert.deepEqual(items.map((/** @type {any} */ { metadata }) => metadata.name).sort(), [...processes].sort());
  for (const { metadata, status } of items) {
    const able = status.conditions.find((/** @type {any} */ { type }) => type === 'AbleToScale');
    assert.equal(able?.status, 'True', `${metadata.name}: ${JSON.stringify(status)}`);
  }
});

test('an upgrade loses nothing', async () => {
  const tag = await otherTag();
  const lost = await underLoad('upgrade', () => upgrade('--set', `image.tag=${tag}`, '--timeout', '10m'));
  for (const image of await images()) assert.equal(image.slice(-tag.length), tag);
  assert.equal(lost, 0);
});

test('an upgrade to what never gets ready changes nothing for shoppers, and is rolled back', async () => {
  const before = await images();
  const lost = await underLoad('bad upgrade and rollback', async () => {
    await assert.rejects(upgrade('--set', `image.digests.order=${process.env.BAD_DIGEST}`, '--set', 'migrations.enabled=false',
      '--timeout', '45s'));
    await helm('rollback', 'cartwright', '--wait', '--timeout', '10m');
  });
  assert.deepEqual(await images(), before);
  assert.equal(lost, 0);
});

test('an upgrade whose image is nowhere stops at its migrations', async () => {
  const before = await images();
  await assert.rejects(upgrade('--set', 'image.tag=nowhere', '--timeout', '20s'), /pre-upgrade/);
  assert.deepEqual(await images(), before);
  await helm('rollback', 'cartwright', '--wait', '--timeout', '10m');
  await kubectl('delete', 'job', '-l', 'app.kubernetes.io/component=migration', '--ignore-not-found');
});

test('half of the pods die at once, and come back', async () => {
  let seconds = 0;
  await underLoad('half of the pods', async () => {
    const victims = (await Promise.all(processes.map(podsOf))).map((pods) => pods.filter(isReady)[0]);
    await Promise.all(victims.map(kill));
    seconds = await allReady();
  });
  console.error(`all ready again after ${seconds.toFixed(1)} s`);
});

test('a third replica takes its share', async () => {
  const lost = await underLoad('a third replica', async () => {
    await upgrade('--set', 'services.catalog.autoscaling.minReplicas=3', '--timeout', '5m');
    const pods = await eventually('there are three', async () => {
      const found = (await podsOf('catalog')).filter(isReady);
      return found.length === 3 ? found : undefined;
    }, 120);
    await eventually('each has a fourth at least', async () => {
      const first = await Promise.all(pods.map(callsOf));
      await pause(5000);
      const calls = (await Promise.all(pods.map(callsOf))).map((count, i) => count - first[i]);
      const all = calls.reduce((sum, each) => sum + each, 0);
      return all > 100 && Math.min(...calls) >= all / 4 ? true : undefined;
    }, 240);
  });
  assert.equal(lost, 0);
  await upgrade('--set', 'services.catalog.autoscaling.minReplicas=2', '--timeout', '5m');
  await kubectl('scale', 'deployment/catalog', '--replicas=2');
});

/** How many calls a pod has answered. @param {any} pod */
async function callsOf(pod) {
  const text = await runBeside(pod.metadata.name,
    "fetch('http://localhost:9100/metrics').then((answer) => answer.text()).then((text) => console.log(text))");
  const lines = text.split('\n').filter((line) => line.startsWith('rpc_server_call_duration_seconds_count'));
  return lines.reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' '))), 0);
}

test('a node is drained, and nobody notices', async () => {
  const lost = await underLoad('drain', () =>
    kubectl('drain', 'node2', '--ignore-daemonsets', '--delete-emptydir-data', '--force', '--timeout=300s'));
  await kubectl('uncordon', 'node2');
  assert.equal(lost, 0);
});

test('who has no business with the wallet cannot reach it', { skip: process.env.NOT_ENFORCED }, async () => {
  const [cart] = (await podsOf('cart')).filter(isReady);
  const reach = (/** @type {string} */ host, /** @type {number} */ port) => runBeside(cart.metadata.name,
    `const socket = require('node:net').connect({ host: '${host}', port: ${port}, timeout: 5000 });
     const say = (what) => { console.log(what); process.exit(); };
     socket.on('connect', () => say('open')).on('timeout', () => say('closed')).on('error', () => say('closed'));`);
  assert.equal((await reach('catalog', 9000)).trim(), 'open');
  for (const [host, port] of /** @type {[string, number][]} */ ([['wallet', 9000], ['identity', 9000], ['order', 9000], ['catalog', 9100]])) {
    assert.equal((await reach(host, port)).trim(), 'closed', `${host}:${port}`);
  }
});

test('every pod stays within what it has asked for', async () => {
  for (const process of processes) {
    for (const pod of (await podsOf(process)).filter(isReady)) {
      const { memory, cpu } = await usage(pod);
      const age = (Date.now() - Date.parse(pod.status.startTime)) / 1000;
      console.error(`${pod.metadata.name}: at most ${(memory / 2 ** 20).toFixed(0)} MiB, ${(1000 * cpu / age).toFixed(0)}m CPU in ${age.toFixed(0)} s`);
      assert.equal(pod.status.containerStatuses[0].lastState.terminated?.reason, undefined);
    }
  }
});
