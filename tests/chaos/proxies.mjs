// The proxy process from outside: which edges there are, and what is wrong with them.

import { fork } from 'node:child_process';
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { allReady, cartwright, dataDirectory, kindOf, portOf, postgresPort, processNames, root } from './place.mjs';

/** Whom each kind of process calls. @type {Record<string, string[]>} */
const peers = {
  gateway: ['identity', 'catalog', 'cart', 'order', 'wallet'],
  cart: ['catalog'],
  order: ['cart', 'catalog', 'wallet'],
  catalog: ['order'],
  wallet: ['order'],
  identity: [],
};

/** All proxies of one shop, one for each edge between two of its processes. */
export class Proxies {
  /** @param {import('node:child_process').ChildProcess} child @param {Record<string, number>} ports */
  constructor(child, ports) {
    this.child = child;
    this.ports = ports;
    this.edges = Object.keys(ports);
    this.asked = 0;
    /** @type {Map<number, () => void>} */
    this.waiting = new Map();
    child.on('message', (/** @type {any} */ { done }) => {
      this.waiting.get(done)?.();
      this.waiting.delete(done);
    });
  }

  /** @param {Record<string, number>} edges the port behind each edge @returns {Promise<Proxies>} */
  static start(edges) {
    const child = fork(new URL('proxy.mjs', import.meta.url).pathname);
    child.send({ edges });
    return new Promise((resolve, reject) => {
      child.once('message', (/** @type {any} */ { ports }) => resolve(new Proxies(child, ports)));
      child.once('exit', () => reject(new Error('the proxy process ended')));
    });
  }

  /** @param {string[]} names @param {string} mode @returns {Promise<void>} */
  set(names, mode) {
    const id = this.asked++;
    this.child.send({ names, mode, id });
    return new Promise((resolve) => { this.waiting.set(id, () => resolve()); });
  }

  heal() {
    return this.set(this.edges, 'pass');
  }

  stop() {
    this.child.removeAllListeners('exit');
    this.child.disconnect();
  }
}

/** Whether the launcher can be told to put something between its processes. */
export function canRoute() {
  return existsSync(`${root}/deploy/local/lib/routes.sh`);
}

/** Puts a proxy on every edge of the running shop, and starts its processes again so that they use it. */
export async function proxyEverything() {
  const names = processNames();
  /** @type {Record<string, number>} */
  const behind = {};
  for (const from of names) {
    for (const to of names.filter((name) => peers[kindOf(from)].includes(kindOf(name)))) {
      behind[`${from} ${to}`] = await portOf(to);
    }
    if (kindOf(from) !== 'gateway') behind[`${from} postgres`] = await postgresPort();
  }
  const proxies = await Proxies.start(behind);
  const lines = Object.entries(proxies.ports).map(([edge, port]) => `${edge} 127.0.0.1:${port}\n`);
  await writeFile(`${dataDirectory}/routes`, lines.join(''));
  await cartwright('restart');
  await allReady();
  return proxies;
}
