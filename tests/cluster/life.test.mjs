// What happens to a shop on a cluster, under a constant load of shoppers. After each of it no rule about the data is broken.
// Prints what was measured.

import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { eventually } from '../integration/shop.mjs';
import {
  allReady, get, helm, isReady, kill, kubectl, podsOf, processes, runBeside, upgrade,
} from './kubectl.mjs';
import { underLoad } from './load.mjs';

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
    "fetch('http://127.0.0.1:9100/metrics').then((answer) => answer.text()).then((text) => console.log(text))");
  const lines = text.split('\n').filter((line) => line.startsWith('rpc_server_call_duration_seconds_count'));
  return lines.reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' '))), 0);
}

test('a node is drained, and nobody notices', async () => {
  const lost = await underLoad('drain', () =>
    kubectl('drain', 'node2', '--ignore-daemonsets', '--delete-emptydir-data', '--force', '--timeout=300s'));
  await kubectl('uncordon', 'node2');
  assert.equal(lost, 0);
});
