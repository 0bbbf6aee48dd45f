// Monitors and autoscalers at work: Prometheus finds every pod by the chart's ServiceMonitor and reads it through the chart's
// policies, every autoscaler has its metrics, and more work brings more replicas, which go again. Prints what was measured.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { eventually } from '../integration/shop.mjs';
import { allReady, get, isReady, kubectl, podsOf, processes, runBeside, upgrade } from './kubectl.mjs';
import { more, underLoad } from './load.mjs';
import { prometheus, query } from './monitoring.mjs';

const targetPercent = 15;

test('Prometheus reads every pod, and knows it by its process', async () => {
  await allReady();
  const pods = (await Promise.all(processes.map(podsOf))).flat().filter(isReady);
  await eventually('every pod is up', async () => {
    const up = (await query('up{namespace="shop"} == 1')).map(({ metric }) => `${metric.job} ${metric.pod}`);
    const wanted = pods.map(({ metadata }) => `${metadata.labels['app.kubernetes.io/name']} ${metadata.name}`);
    return wanted.every((each) => up.includes(each)) || undefined;
  }, 120);
});

test('Prometheus evaluates every rule of the chart', async () => {
  const text = await readFile(new URL('../../k8s/chart/files/alerts/cartwright.yaml', import.meta.url), 'utf8');
  const wanted = [...text.matchAll(/- alert: (\w+)/g)].map(([, name]) => name);
  await eventually('all rules are well', async () => {
    const { groups } = await prometheus('rules');
    const healthy = groups.flatMap((/** @type {any} */ { rules }) => rules)
      .filter((/** @type {any} */ rule) => rule.health === 'ok').map((/** @type {any} */ rule) => rule.name);
    return wanted.every((name) => healthy.includes(name)) || undefined;
  }, 120);
});

/** Which ports of a gateway and an order service a pod elsewhere reaches. @param {string} namespace @param {string} labels */
async function reachedFrom(namespace, labels) {
  const { items: [from] } = await get('pods', '-n', namespace, '-l', labels);
  const addresses = await Promise.all(['gateway', 'order'].map(async (name) => (await podsOf(name)).filter(isReady)[0].status.podIP));
  const targets = [[addresses[0], 8080], [addresses[0], 9100], [addresses[1], 9000], [addresses[1], 9100]];
  return JSON.parse(await runBeside(from.metadata.name, `
    const connect = ([host, port]) => new Promise((resolve) => {
      const socket = require('node:net').connect({ host, port, timeout: 5000 });
      const say = (open) => { socket.destroy(); resolve(open ? [port] : []); };
      socket.on('connect', () => say(true)).on('timeout', () => say(false)).on('error', () => say(false));
    });
    Promise.all(${JSON.stringify(targets)}.map(connect)).then((all) => console.log(JSON.stringify(all.flat())));`, 90, namespace));
}

test('who scrapes reaches the operations ports and no other; elsewhere nobody reaches any', async () => {
  assert.deepEqual(await reachedFrom('monitoring', 'app=prometheus-adapter'), [9100, 9100]);
  assert.deepEqual(await reachedFrom('kube-system', 'k8s-app=kube-dns'), []);
});

test('every autoscaler has its metrics', async () => {
  const scalers = await eventually('all are active', async () => {
    const { items } = await get('hpa');
    return items.every((/** @type {any} */ { spec, status }) =>
      status.conditions?.some((/** @type {any} */ { type, status: is }) => type === 'ScalingActive' && is === 'True') &&
      (status.currentMetrics ?? []).filter((/** @type {any} */ { type }) => type).length === spec.metrics.length) ? items : undefined;
  }, 180);
  assert.deepEqual(scalers.map((/** @type {any} */ { metadata }) => metadata.name).sort(), [...processes].sort());
  for (const { metadata, status: { currentMetrics } } of scalers) {
    const [cpu, work] = ['Resource', 'Pods'].map((kind) => currentMetrics.find((/** @type {any} */ { type }) => type === kind));
    assert.ok(Number.isInteger(cpu.resource.current.averageUtilization), JSON.stringify(currentMetrics));
    assert.equal(work.pods.metric.name, metadata.name === 'gateway' ? 'cartwright_gateway_in_flight' : 'cartwright_db_queue_depth');
    console.error(`${metadata.name}: CPU ${cpu.resource.current.averageUtilization} %, ${work.pods.metric.name} ${work.pods.current.averageValue}`);
  }
});

// Shoppers who do not pause take what the machine has, one of them nearly as much as five: so it is from rest that they come. The
// target is far above rest and far below them.
test('work brings more gateways, which go when it is done', async () => {
  /** @type {number[]} */
  const seen = [];
  const watch = async () => {
    const { spec: { replicas } } = await get('deployment', 'gateway');
    if (seen.at(-1) !== replicas) seen.push(replicas);
    return replicas;
  };
  await upgrade('--set', `gateway.autoscaling.cpuPercent=${targetPercent}`, '--timeout', '5m');
  await eventually('at rest there are two', async () => (await pause(1000), await watch()) === 2 || undefined, 400);
  const start = performance.now();
  const say = (/** @type {string} */ what) => console.error(`${what} after ${((performance.now() - start) / 1000).toFixed(0)} s`);
  const lost = await underLoad('more work', async (load) => {
    await eventually('there are more', async () => (await pause(1000), await watch()) > 2 || undefined, 240);
    say('more gateways asked for');
    await eventually('and they are ready', async () => (await podsOf('gateway')).filter(isReady).length > 2 || undefined, 240);
    say('a third gateway ready');
    await more(load, 2000);
  });
  assert.equal(lost, 0);
  const began = performance.now();
  // The chart waits for five minutes; the way back is the same.
  await waitBeforeFewer(15);
  await eventually('there are two again', async () => (await pause(1000), await watch()) === 2 || undefined, 300);
  console.error(`two again after ${((performance.now() - began) / 1000).toFixed(0)} s; replicas: ${seen.join(', ')}`);
  await waitBeforeFewer(300);
  await upgrade('--set', 'gateway.autoscaling.cpuPercent=70', '--timeout', '5m');
});

/** @param {number} seconds for which there must be less to do before replicas go */
const waitBeforeFewer = (seconds) => kubectl('patch', 'hpa', 'gateway', '--type', 'merge',
  '-p', `{"spec":{"behavior":{"scaleDown":{"stabilizationWindowSeconds":${seconds}}}}}`);
