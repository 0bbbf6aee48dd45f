// What a platform engineer asks of the cluster that deploy/chart/cluster/check.sh has made.

import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { eventually } from '../integration/shop.mjs';

const run = promisify(execFile);
const namespace = process.env.NAMESPACE ?? 'shop';
const root = new URL('../../', import.meta.url).pathname;

export const services = ['identity', 'catalog', 'cart', 'order', 'wallet'];
export const processes = [...services, 'gateway'];

/** What kubectl prints. @param {string[]} words */
export async function kubectl(...words) {
  const { stdout } = await run('kubectl', ['-n', namespace, ...words], { maxBuffer: 1 << 26 });
  return stdout;
}

/** An answer of kubectl as an object. @param {string[]} words @returns {Promise<any>} */
export async function get(...words) {
  return JSON.parse(await kubectl('get', ...words, '-o', 'json'));
}

/** What helm prints. @param {string[]} words */
export async function helm(...words) {
  const { stdout } = await run(process.env.HELM ?? 'helm', ['-n', namespace, ...words], { maxBuffer: 1 << 26, cwd: root });
  return stdout;
}

/** Upgrades the shop, with these values beside those that it has. @param {string[]} words */
export function upgrade(...words) {
  return helm('upgrade', 'cartwright', 'k8s/chart', '--reset-then-reuse-values', '--wait', ...words);
}

/** Pods of a process that are not about to end. @param {string} process @returns {Promise<any[]>} */
export async function podsOf(process) {
  const { items } = await get('pods', '-l', `app.kubernetes.io/name=${process}`);
  return items.filter((/** @type {any} */ pod) => !pod.metadata.deletionTimestamp);
}

/** @param {any} pod */
export const isReady = (pod) =>
  (pod.status.conditions ?? []).some((/** @type {any} */ each) => each.type === 'Ready' && each.status === 'True');

/**
 * Waits until every process has as many ready pods as it should, and returns the seconds that it took.
 * @param {number} [seconds] after which it is a failure
 */
export async function allReady(seconds = 180) {
  const began = performance.now();
  await eventually('all pods are ready', async () => {
    const { items } = await get('deployments');
    return items.every((/** @type {any} */ { metadata, spec, status }) => status.observedGeneration === metadata.generation &&
      status.readyReplicas === spec.replicas && status.updatedReplicas === spec.replicas &&
      status.replicas === spec.replicas) || undefined;
  }, seconds);
  return (performance.now() - began) / 1000;
}

/** The certificate of a process, and whom it trusts. @param {string} process @returns {Promise<{ca: string, cert: string, key: string}>} */
export async function identityOf(process) {
  const { data } = await get('secret', `${process}-tls`);
  const [ca, cert, key] = ['ca.crt', 'tls.crt', 'tls.key'].map((name) => Buffer.from(data[name], 'base64').toString());
  return { ca, cert, key };
}

/**
 * The control group of a pod, by the names of all of its files in one hierarchy.
 * @param {any} pod @param {string} hierarchy
 */
async function groupOf(pod, hierarchy) {
  const node = `/sys/fs/cgroup/${hierarchy}/${process.env.CLUSTER_GROUP}/${pod.spec.nodeName}/kubepods`;
  const name = `pod${pod.metadata.uid}`;
  for (const place of [node, `${node}/burstable`, `${node}/besteffort`]) {
    if ((await readdir(place)).includes(name)) return `${place}/${name}`;
  }
  throw new Error(`${pod.metadata.name} has no control group`);
}

/** What a pod has used until now: the most memory at any moment, in bytes, and seconds of CPU. @param {any} pod */
export async function usage(pod) {
  const memory = await readFile(`${await groupOf(pod, 'memory')}/memory.max_usage_in_bytes`, 'utf8');
  const cpu = await readFile(`${await groupOf(pod, 'cpuacct')}/cpuacct.usage`, 'utf8');
  return { memory: Number(memory), cpu: Number(cpu) / 1e9 };
}

/** Ends a pod as the loss of its node would: nobody tells its processes. @param {any} pod */
export async function kill(pod) {
  const group = await groupOf(pod, 'pids');
  const containers = (await readdir(group, { withFileTypes: true })).filter((entry) => entry.isDirectory());
  for (const { name } of containers) {
    const pids = (await readFile(`${group}/${name}/cgroup.procs`, 'utf8')).split('\n').filter(Boolean);
    for (const pid of pids) {
      try {
        process.kill(Number(pid), 'SIGKILL');
      } catch (error) {
        // It ended with another one.
        if (/** @type {NodeJS.ErrnoException} */ (error).code !== 'ESRCH') throw error;
      }
    }
  }
  await kubectl('delete', 'pod', pod.metadata.name, '--grace-period=0', '--force', '--wait=false');
}

/**
 * Runs a script of node in a pod's network, as one more container of it, and returns what it printed.
 * @param {string} pod
 * @param {string} script
 * @param {number} [seconds] that it may take
 * @param {string} [where] the namespace of a pod that is not the shop's
 * @returns {Promise<string>}
 */
export async function runBeside(pod, script, seconds = 90, where = namespace) {
  const name = `probe-${Date.now().toString(36)}`;
  await kubectl('debug', '-n', where, pod, `--image=${process.env.TESTS_IMAGE}`, '--profile=restricted', '--attach=false',
    '--image-pull-policy=Never', '-c', name, '--', 'node', '-e', script);
  await eventually(`${name} in ${pod} has ended`, async () => {
    const { status } = await get('pod', '-n', where, pod);
    const probe = (status.ephemeralContainerStatuses ?? []).find((/** @type {any} */ each) => each.name === name);
    return probe?.state.terminated;
  }, seconds);
  return kubectl('logs', '-n', where, pod, '-c', name);
}
