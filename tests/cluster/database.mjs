// The database of CloudNativePG that deploy/chart/cluster/operators.sh has installed.

import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { get, kubectl } from './kubectl.mjs';

const run = promisify(execFile);

/** Pods of a database that are not about to end. @param {string} cluster @returns {Promise<any[]>} */
export async function instancesOf(cluster) {
  const { items } = await get('pods', '-l', `cnpg.io/cluster=${cluster},cnpg.io/podRole=instance`);
  return items.filter((/** @type {any} */ pod) => !pod.metadata.deletionTimestamp);
}

/** @param {string} cluster @returns {Promise<any>} */
export async function primaryOf(cluster) {
  const { status } = await get('cluster', cluster);
  return get('pod', status.currentPrimary);
}

/** Waits until a database has all of its instances. @param {string} cluster */
export const healthy = (cluster) => kubectl('wait', `cluster/${cluster}`, '--for=condition=Ready', '--timeout=300s');

/** What a command in a pod of a database prints. @param {string} pod @param {string[]} words */
export const inDatabase = (pod, ...words) => kubectl('exec', pod, '-c', 'postgres', '--', ...words);

/** What a statement gives in an instance, as its superuser. @param {string} pod @param {string} sql */
export async function ask(pod, sql) {
  return (await inDatabase(pod, 'psql', '-XAt', '-v', 'ON_ERROR_STOP=1', '-d', 'cartwright', '-c', sql)).trim();
}

/** Files in the store of backups. @returns {Promise<string[]>} */
export async function filesInStore() {
  const { stdout } = await run('kubectl', ['-n', 'store', 'exec', 'deployment/store', '--', 'find', '/data', '-type', 'f']);
  return stdout.split('\n').filter(Boolean);
}
