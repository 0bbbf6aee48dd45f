// What happens to a database of CloudNativePG, while shoppers shop. Prints what was measured.

import assert from 'node:assert/strict';
import { randomBytes, randomUUID } from 'node:crypto';
import { beforeEach, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { assertNothingLost } from '../integration/invariants.mjs';
import { eventually, Shopper } from '../integration/shop.mjs';
import { ask, filesInStore, healthy, inDatabase, instancesOf, primaryOf } from './database.mjs';
import { allReady, get, kill, kubectl, runBeside } from './kubectl.mjs';
import { underLoad } from './load.mjs';
import { commandsOf, shell } from './readme.mjs';

const cluster = 'cartwright-db';
const desk = process.env.DESK ?? '';

beforeEach(async () => {
  await healthy(cluster);
  await allReady();
});

/** Which of these targets, `host:port`, a script finds open. @param {string[]} targets */
const knocking = (targets) => `
  const knock = (target) => new Promise((resolve) => {
    const [host, port] = target.split(':');
    const socket = require('node:net').connect({ host, port, timeout: 5000 });
    const end = (open) => { socket.destroy(); resolve(open ? [target] : []); };
    socket.on('connect', () => end(true)).on('timeout', () => end(false)).on('error', () => end(false));
  });
  Promise.all(${JSON.stringify(targets)}.map(knock)).then((all) => console.log(JSON.stringify(all.flat())));`;

test('a stranger in the namespace reaches no port of the database', async () => {
  const pods = await instancesOf(cluster);
  const targets = pods.flatMap(({ status }) => [5432, 8000, 9187].map((port) => `${status.podIP}:${port}`));
  const securityContext = { runAsNonRoot: true, runAsUser: 65532, seccompProfile: { type: 'RuntimeDefault' } };
  const container = { name: 'stranger', image: process.env.TESTS_IMAGE, imagePullPolicy: 'Never',
    command: ['node', '-e', knocking([...targets, 'store.store:443'])],
    securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } } };
  await kubectl('run', 'stranger', `--image=${process.env.TESTS_IMAGE}`, '--restart=Never',
    `--overrides=${JSON.stringify({ spec: { securityContext, containers: [container] } })}`);
  await kubectl('wait', 'pod/stranger', '--for=jsonpath={.status.phase}=Succeeded', '--timeout=60s');
  // The control: it reaches what no policy keeps from it.
  assert.deepEqual(JSON.parse(await kubectl('logs', 'stranger')), ['store.store:443']);
  await kubectl('delete', 'pod', 'stranger');
});

test('an instance reaches its peers, the API and the store, and nobody else', async () => {
  const [one, other] = await instancesOf(cluster);
  const allowed = [`${other.status.podIP}:5432`, `${other.status.podIP}:8000`, 'kubernetes.default.svc:443', 'store.store:443'];
  const denied = ['gateway:80', 'wallet:9100', `${other.status.podIP}:9187`];
  assert.deepEqual(JSON.parse(await runBeside(one.metadata.name, knocking([...allowed, ...denied]))), allowed);
});

test('metrics that the alerts are made of are there', async () => {
  const { metadata } = await primaryOf(cluster);
  const text = await eventually('there are metrics', async () => {
    const found = await runBeside(metadata.name, "fetch('http://127.0.0.1:9187/metrics').then((answer) => answer.text()).then(console.log)");
    return /^cnpg_pg_replication_lag/m.test(found) ? found : undefined;
  });
  assert.match(text, /^cnpg_pg_stat_archiver_seconds_since_last_archival \d/m);
  assert.match(text, /^cnpg_collector_last_collection_error 0$/m);
});

test('a base backup and the write-ahead log are in the store', async () => {
  await eventually('a backup is complete', async () => {
    const { items } = await get('backup');
    return items.some((/** @type {any} */ { status }) => status?.phase === 'completed') || undefined;
  }, 300);
  const { metadata } = await primaryOf(cluster);
  const segment = await ask(metadata.name, 'SELECT pg_walfile_name(pg_switch_wal())');
  await eventually(`${segment} is in the store`, async () =>
    (await filesInStore()).some((file) => file.includes(`/${cluster}/wals/`) && file.includes(segment)) || undefined, 120);
  assert.ok((await filesInStore()).some((file) => /\/cartwright-db\/base\/[^/]+\/data\.tar\.gz$/.test(file)));
});

test('a password is replaced, and no call is lost', async () => {
  const secret = async () => Buffer.from((await get('secret', 'wallet-database')).data.password, 'base64').toString();
  const old = await secret();
  const { metadata } = await primaryOf(cluster);
  const signsIn = (/** @type {string} */ password) => inDatabase(metadata.name, 'env', `PGPASSWORD=${password}`, 'psql', '-XAtc', 'SELECT 1',
    `host=${cluster}-rw user=wallet_app dbname=cartwright sslmode=require`).then((text) => text.trim() === '1', () => false);
  assert.ok(await signsIn(old));
  const block = (await commandsOf('Operators')).find((each) => /wallet-database/.test(each)) ?? '';
  const lost = await underLoad('a password', async () => {
    await shell([block], desk);
    const next = await secret();
    assert.notEqual(next, old);
    await eventually('the database has it', async () => await signsIn(next) && !(await signsIn(old)) || undefined, 120);
    // Everybody signs in anew.
    await kubectl('rollout', 'restart', 'deployment/wallet');
    await kubectl('rollout', 'status', 'deployment/wallet', '--timeout=300s');
  });
  assert.equal(lost, 0);
  assert.equal(await signsIn(randomBytes(8).toString('hex')), false);
});

test('the primary dies: what was acknowledged is there, and once', async (context) => {
  const shoppers = await Promise.all(Array.from({ length: 4 }, () => Shopper.withMoney(1)));
  let over = false;
  context.after(() => {
    over = true;
  });
  const answers = [performance.now()];
  const deposits = shoppers.map(async (shopper) => {
    let sum = 1;
    for (; !over; sum += 1) {
      for (const key = randomUUID(); (await shopper.deposit(1, key).catch(() => undefined))?.status !== 200;) await pause(100);
      answers.push(performance.now());
    }
    return sum;
  });
  const more = (/** @type {number} */ count) => {
    const end = answers.length + count;
    return eventually('deposits are made', async () => answers.length >= end || undefined, 300);
  };
  await more(200);
  const victim = await primaryOf(cluster);
  const killed = performance.now();
  await kill(victim);
  await eventually('another is primary', async () => {
    const { status } = await get('cluster', cluster);
    return status.currentPrimary !== victim.metadata.name || undefined;
  }, 120);
  const promoted = performance.now();
  await more(200);
  over = true;
  const sums = await Promise.all(deposits);
  for (const [i, shopper] of shoppers.entries()) assert.equal((await shopper.wallet()).balance, sums[i]);
  await healthy(cluster);
  const whole = performance.now();
  const gap = Math.max(...answers.slice(1).map((at, i) => at - answers[i]));
  const seconds = (/** @type {number} */ ms) => (ms / 1000).toFixed(1);
  console.error(`primary killed: another after ${seconds(promoted - killed)} s, nobody could pay in for ${seconds(gap)} s, ` +
    `both instances again after ${seconds(whole - killed)} s; ${sums.reduce((all, sum) => all + sum, 0)} deposits`);
  await assertNothingLost();
});
