// Where the shop under test is: its directory, its ports and its processes.

import { execFile } from 'node:child_process';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);

export const root = new URL('../..', import.meta.url).pathname.replace(/\/$/, '');
export const dataDirectory = process.env.CARTWRIGHT_DATA ?? '';
const services = ['identity', 'catalog', 'cart', 'order', 'wallet'];
const portsPerReplica = 20;

/** @param {string} name @returns {string} order-2 is an order */
export const kindOf = (name) => name.replace(/-\d+$/, '');

/** The first of the shop's ports: that of its first gateway. */
export async function firstPort() {
  return Number(await readFile(`${dataDirectory}/run/port`, 'utf8'));
}

export async function postgresPort() {
  return (await firstPort()) + 19;
}

/** Where a process listens: gRPC of a service, HTTP of a gateway. @param {string} name */
export async function portOf(name) {
  const kind = kindOf(name);
  const replica = Number(/-(\d+)$/.exec(name)?.[1] ?? 1);
  const place = kind === 'gateway' ? 0 : 1 + services.indexOf(kind);
  return (await firstPort()) + portsPerReplica * (replica - 1) + place;
}

/** Names of all processes of the shop but Postgres: order, order-2, ..., gateway. */
export function processNames() {
  return readdirSync(`${dataDirectory}/run`)
    .filter((file) => file.endsWith('.pid'))
    .map((file) => file.slice(0, -'.pid'.length))
    .filter((name) => [...services, 'gateway'].includes(kindOf(name)))
    .sort();
}

/** The living process of that name, if any. @param {string} name @returns {number | undefined} */
export function pidOf(name) {
  try {
    const [pid, start] = readFileSync(`${dataDirectory}/run/${name}.pid`, 'utf8').trim().split(' ');
    return statOf(Number(pid))?.start === start ? Number(pid) : undefined;
  } catch {
    return undefined;
  }
}

/** @param {number} pid @returns {{parent: number, start: string} | undefined} */
function statOf(pid) {
  try {
    // The second field is the name in brackets and may hold spaces.
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').replace(/^.*\) /s, '').split(' ');
    return fields[0] === 'Z' ? undefined : { parent: Number(fields[1]), start: fields[19] };
  } catch {
    return undefined;
  }
}

/** When a living process started, as pid files have it. @param {number} pid */
export const startOf = (pid) => statOf(pid)?.start;

/** Sends a signal; false when there is nobody to get it. @param {string} name @param {NodeJS.Signals} signal */
export function signal(name, signal) {
  return signalPid(pidOf(name), signal);
}

/** @param {number | undefined} pid @param {NodeJS.Signals} signal */
export function signalPid(pid, signal) {
  try {
    if (pid !== undefined) process.kill(pid, signal);
    return pid !== undefined;
  } catch {
    return false;
  }
}

/** Postgres and everything that works for it, the postmaster first. */
export function postgresPids() {
  const postmaster = pidOf('postgres');
  if (postmaster === undefined) return [];
  const children = readdirSync('/proc').filter((name) => /^\d+$/.test(name)).map(Number)
    .filter((pid) => statOf(pid)?.parent === postmaster);
  return [postmaster, ...children];
}

/** @param {string} role such as walwriter or walreceiver @param {number[]} [among] */
export function postgresWorker(role, among = postgresPids()) {
  return among.find((pid) => {
    try {
      return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(role);
    } catch {
      return false;
    }
  });
}

/** Kills Postgres as a power cut would: what is only in its memory is gone. */
export function killWholePostgres() {
  const pids = postgresPids();
  // First all of them stand still, so that none of them can write down what another left behind.
  for (const pid of pids) signalPid(pid, 'SIGSTOP');
  for (const pid of pids) signalPid(pid, 'SIGKILL');
  return pids.length > 0;
}

/** @param {string} directory that processes work in */
export function pidsWorkingIn(directory) {
  return readdirSync('/proc').filter((name) => /^\d+$/.test(name)).map(Number).filter((pid) => {
    try {
      return readlinkSync(`/proc/${pid}/cwd`) === directory;
    } catch {
      return false;
    }
  });
}

/** @param {string[]} words of ./cartwright */
export function cartwright(...words) {
  return run(`${root}/cartwright`, words);
}

/** @param {number} ms */
export function pause(ms) {
  return new Promise((resolve) => { setTimeout(resolve, ms); });
}

/**
 * Asks again and again until `look` gives something.
 * @template T
 * @param {string} what
 * @param {() => Promise<T | undefined> | T | undefined} look errors count as "not yet"
 * @param {number} [seconds] after which it is a failure
 * @returns {Promise<T>}
 */
export async function eventually(what, look, seconds = 60) {
  const deadline = performance.now() + seconds * 1000;
  let last = 'not yet';
  while (performance.now() < deadline) {
    try {
      const found = await look();
      if (found !== undefined) return found;
    } catch (error) {
      last = String(error);
    }
    await pause(50);
  }
  throw new Error(`${what}: not within ${seconds} s (${last})`);
}

/** Waits until every process says that it is ready: of `./cartwright status`, without its cost. */
export function allReady(seconds = 60) {
  return eventually('every process is ready', async () => {
    const replies = await Promise.all(processNames().map(async (name) => {
      const response = await fetch(`http://127.0.0.1:${(await portOf(name)) + 10}/readyz`, { signal: AbortSignal.timeout(2000) });
      await response.text();
      return pidOf(name) !== undefined && response.ok;
    }));
    return replies.every(Boolean) && pidOf('postgres') !== undefined ? true : undefined;
  }, seconds);
}
