// A new version in steps, by the commands of k8s/README.md: a good one passes all of them, a bad one is taken back by itself while
// the one before serves on. Prints what was measured.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { eventually } from '../integration/shop.mjs';
import { allReady, get, helm, isReady, kubectl, podsOf, processes, upgrade } from './kubectl.mjs';
import { underLoad } from './load.mjs';
import { commandsOf, root, shell } from './readme.mjs';

const patienceSeconds = 900;

/** What turns canaries on, and off. */
async function blocks() {
  const all = await commandsOf('Canary');
  return ['canary.enabled=true', 'canary.enabled=false'].map((what) => {
    const found = all.filter((block) => block.includes(what));
    assert.equal(found.length, 1, what);
    return found[0];
  });
}

const [turnOn, turnOff] = await blocks();

/** Runs a block with the values that the shop has. @param {string} block */
const run = (block) => shell([block.replaceAll('-f my-shop.yaml', '--reset-then-reuse-values')], root);

/** @param {string} process @returns {Promise<any>} */
const rolloutOf = (process) => get('rollout', process);

/** Waits until Rollouts have seen their newest version and are in this phase. @param {string} phase @param {string[]} names */
const reach = (phase, ...names) => eventually(`${names} are ${phase}`, async () => {
  await pause(1000);
  const { items } = await get('rollouts,deployments');
  const find = (/** @type {string} */ kind, /** @type {string} */ name) =>
    items.find((/** @type {any} */ each) => each.kind === kind && each.metadata.name === name);
  return names.every((name) => {
    const { metadata, status } = find('Rollout', name);
    return status.observedGeneration === `${metadata.generation}` && status.phase === phase &&
      status.workloadObservedGeneration === `${find('Deployment', name).metadata.generation}`;
  }) || undefined;
}, patienceSeconds);

/** What the pods of a process run. @param {string} process */
async function imagesOf(process) {
  const pods = (await podsOf(process)).filter(isReady);
  return [...new Set(pods.map((pod) => pod.spec.containers[0].image))];
}

/** Seconds until something is done. @param {() => Promise<unknown>} act */
async function secondsOf(act) {
  const began = performance.now();
  await act();
  return ((performance.now() - began) / 1000).toFixed(0);
}

test('Rollouts take the pods over, and nobody notices', async () => {
  await allReady();
  // Pods that fit twice on the nodes, short steps; and how long an answer takes is the machine's affair here.
  const small = processes.map((name) => (name === 'gateway' ? name : `services.${name}`))
    .map((path) => `${path}.resources.requests.cpu=60m,${path}.autoscaling.cpuPercent=100`);
  await upgrade('--set', ['rollout.canary.pauseSeconds=20', 'rollout.canary.intervalSeconds=15', 'rollout.canary.latency=false', ...small].join(),
    '--timeout', '8m');
  assert.equal(await underLoad('canaries turned on', async () => {
    console.error(`Rollouts are healthy after ${await secondsOf(() => run(turnOn))} s`);
    await eventually('Deployments have no pods', async () => {
      const { items } = await get('deployments');
      return items.every((/** @type {any} */ { status }) => !status.replicas) || undefined;
    }, 180);
  }), 0);
  for (const process of processes) {
    await eventually(`the budget of ${process} counts the pods of its Rollout`, async () => {
      const { spec: { replicas } } = await rolloutOf(process);
      const { status } = await get('pdb', process);
      return replicas >= 2 && status.expectedPods === replicas && status.disruptionsAllowed === 1 || undefined;
    }, 180);
  }
  await eventually('autoscalers know the Rollouts', async () => {
    const { items } = await get('hpa');
    return items.every((/** @type {any} */ { spec, status }) => spec.scaleTargetRef.kind === 'Rollout' &&
      status.conditions.every((/** @type {any} */ { type, status: is }) => type === 'ScalingLimited' || is === 'True')) || undefined;
  }, 120);
  assert.match(await helm('test', 'cartwright', '--timeout', '5m'), /Phase: +Succeeded/);
});

test('a good version passes every step', async () => {
  const [before] = await imagesOf('order');
  const tag = before.endsWith(':dev') ? 'next' : 'dev';
  assert.equal(await underLoad('an upgrade in steps', async () => {
    await upgrade('--set', `image.tag=${tag},rollout.minReadySeconds=35`, '--timeout', '5m');
    console.error(`all healthy after ${await secondsOf(() => reach('Healthy', ...processes))} s`);
  }), 0);
  for (const process of processes) assert.deepEqual((await imagesOf(process)).map((image) => image.endsWith(`:${tag}`)), [true], process);
  const { items } = await get('analysisruns');
  const phases = processes.map((process) => items.filter((/** @type {any} */ { metadata }) => metadata.ownerReferences[0].name === process)
    .sort((/** @type {any} */ a, /** @type {any} */ b) => a.metadata.creationTimestamp < b.metadata.creationTimestamp ? 1 : -1)[0]?.status);
  for (const [i, status] of phases.entries()) {
    assert.equal(status?.phase, 'Successful', processes[i]);
    for (const metric of status.metricResults) assert.ok(metric.successful > 0, `${processes[i]}: ${JSON.stringify(metric)}`);
  }
});

test('a version that never gets ready is taken back', async () => {
  const before = await imagesOf('order');
  await kubectl('patch', 'rollout', 'order', '--type', 'merge', '-p', '{"spec":{"progressDeadlineSeconds":60}}');
  assert.equal(await underLoad('a version that never gets ready', async () => {
    await upgrade('--set', `image.digests.order=${process.env.BAD_DIGEST}`, '--set', 'migrations.enabled=false', '--timeout', '5m');
    console.error(`taken back after ${await secondsOf(() => reach('Degraded', 'order'))} s`);
    await eventually('the new pod is gone', async () => (await podsOf('order')).every(isReady) || undefined, 120);
    assert.deepEqual(await imagesOf('order'), before);
    await helm('rollback', 'cartwright', '--wait', '--timeout', '10m');
    console.error(`rolled back after ${await secondsOf(() => reach('Healthy', 'order'))} s`);
  }), 0);
});

test('a version that answers errors is taken back', async () => {
  const before = await imagesOf('gateway');
  let seconds = '';
  const lost = await underLoad('a version that answers errors', async () => {
    await upgrade('--set', `image.digests.gateway=${process.env.BAD_GATEWAY_DIGEST}`, '--set', 'migrations.enabled=false', '--timeout', '5m');
    seconds = await secondsOf(() => reach('Degraded', 'gateway'));
    // Those that drain still answer.
    await eventually('the new pods are gone', async () => {
      const { items } = await get('pods', '-l', 'app.kubernetes.io/name=gateway');
      return items.every((/** @type {any} */ { spec }) => before.includes(spec.containers[0].image)) || undefined;
    }, 180);
  });
  console.error(`taken back after ${seconds} s; until then ${lost} requests failed`);
  assert.ok(lost > 0, 'it answered no errors');
  const { status } = await rolloutOf('gateway');
  assert.equal(status.abort, true);
  assert.match(status.message, /RolloutAborted.*(requests|answers)-that-fail/);
  assert.equal(await underLoad('the version before', async () => {
    await helm('rollback', 'cartwright', '--wait', '--timeout', '10m');
    await reach('Healthy', ...processes);
  }), 0);
});

test('Deployments take the pods back', async () => {
  await reach('Healthy', ...processes);
  assert.equal(await underLoad('canaries turned off', () => run(turnOff)), 0);
  assert.deepEqual((await get('rollouts')).items, []);
  await allReady();
  for (const { spec } of (await get('hpa')).items) assert.equal(spec.scaleTargetRef.kind, 'Deployment');
});
