// Who reaches whom on the cluster is what the protos say: every other connection is refused by the network, before mutual TLS
// has a word in it.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { allReady, isReady, podsOf, processes, runBeside, services } from './kubectl.mjs';

const database = 'cartwright-db-rw:5432';
const api = 'kubernetes.default.svc:443';
const calls = services.map((name) => `${name}:9000`);
const operations = processes.map((name) => `${name}:9100`);
const targets = [...calls, ...operations, 'gateway:80', database, api];

/** Whom each process may call. */
async function edges() {
  const text = await readFile(new URL('../../k8s/chart/files/call-graph.yaml', import.meta.url), 'utf8');
  const lines = [...text.matchAll(/^(\w+): \[(.*)\]$/gm)];
  assert.deepEqual(lines.map(([, callee]) => callee).sort(), [...services].sort());
  return (/** @type {string} */ caller) => lines.filter(([, , callers]) => callers.split(', ').includes(caller)).map(([, callee]) => `${callee}:9000`);
}

/**
 * Which of the targets a process reaches from its pod. Whatever has no address there is a failure, not a refusal.
 * @param {string} process @returns {Promise<string[]>}
 */
async function reached(process) {
  const [pod] = (await podsOf(process)).filter(isReady);
  const answers = JSON.parse(await runBeside(pod.metadata.name, `
    const connect = (target) => new Promise((resolve) => {
      const [host, port] = target.split(':');
      const socket = require('node:net').connect({ host, port, timeout: 5000 });
      const say = (what) => { socket.destroy(); resolve([target, what]); };
      socket.on('connect', () => say('open')).on('timeout', () => say('silent')).on('error', ({ code }) => say(code));
    });
    Promise.all(${JSON.stringify(targets)}.map(connect)).then((all) => console.log(JSON.stringify(all)));`));
  for (const [target, answer] of answers) {
    assert.match(answer, /^(open|silent|ECONNREFUSED|EHOSTUNREACH|ENETUNREACH|EACCES)$/, `${process} to ${target}`);
  }
  return answers.filter(([, answer]) => answer === 'open').map(([target]) => target).sort();
}

test('every process reaches those whom it calls and its database, and nobody else', async () => {
  await allReady();
  const callees = await edges();
  const found = await Promise.all(processes.map(async (process) => [process, await reached(process)]));
  const allowed = processes.map((process) =>
    [process, [...callees(process), ...(process === 'gateway' ? [] : [database])].sort()]);
  console.error(`network: ${processes.length * targets.length} pairs tried, ${found.flatMap(([, open]) => open).length} open`);
  assert.deepEqual(Object.fromEntries(found), Object.fromEntries(allowed));
});

// The control: it is the policies that keep processes from the way out, and each callee's own that keep strangers from it.
test('a pod without a policy gets out, and to no process', async () => {
  assert.deepEqual(await reached('postgres'), [database, api].sort());
});
