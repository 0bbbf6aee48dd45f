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
 * Which of the targets a process reaches from its pod, at each of their addresses but the pod's own, which no policy can keep
 * from it. Whatever has no address there is a failure, not a refusal; the DNS remembers for half a minute that there was none.
 * @param {string} process @returns {Promise<string[]>}
 */
async function reached(process) {
  const [pod] = (await podsOf(process)).filter(isReady);
  const answers = JSON.parse(await runBeside(pod.metadata.name, `
    const own = Object.values(require('node:os').networkInterfaces()).flat().map(({ address }) => address);
    const connect = (host, port) => new Promise((resolve) => {
      const socket = require('node:net').connect({ host, port, timeout: 5000 });
      const say = (what) => { socket.destroy(); resolve(what); };
      socket.on('connect', () => say('open')).on('timeout', () => say('silent')).on('error', ({ code }) => say(code));
    });
    const addressesOf = (name, tries = 60) => require('node:dns/promises').lookup(name, { all: true }).catch((error) => {
      if (!tries) throw error;
      return new Promise((resolve) => setTimeout(resolve, 1000)).then(() => addressesOf(name, tries - 1));
    });
    const ask = async (target) => {
      const [name, port] = target.split(':');
      const found = await addressesOf(name);
      const others = found.map(({ address }) => address).filter((address) => !own.includes(address));
      return Promise.all(others.map(async (address) => [target, await connect(address, port)]));
    };
    Promise.all(${JSON.stringify(targets)}.map(ask)).then((all) => console.log(JSON.stringify(all.flat())));`));
  const targetsWhere = (/** @type {(answer: string) => boolean} */ fits) =>
    [...new Set(answers.filter(([, answer]) => fits(answer)).map(([target]) => target))].sort();
  for (const [target, answer] of answers) {
    assert.match(answer, /^(open|silent|ECONNREFUSED|EHOSTUNREACH|ENETUNREACH|EACCES)$/, `${process} to ${target}`);
  }
  assert.deepEqual(targetsWhere(() => true), [...targets].sort(), `${process} has tried`);
  const open = targetsWhere((answer) => answer === 'open');
  const refused = targetsWhere((answer) => answer !== 'open');
  assert.deepEqual(open.filter((target) => refused.includes(target)), [], `${process} reaches some pods of them`);
  return open;
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
