// What stands before the gateways in production, made small: it sends each call to the next gateway that is
// ready, asks each a few times a second whether it is, keeps connections open, and repeats nothing.

import { Agent, request } from 'node:http';

const period = 200;
const opsOffset = 10; // of the operators' port, from the public one
const timeout = 30_000;

/**
 * Where a shop's gateways are.
 */
export class Balancer {
  #gateways;
  #next = 0;
  /** @type {NodeJS.Timeout | undefined} */
  #timer;

  /** @param {number[]} ports public ones, on this machine */
  constructor(ports) {
    this.#gateways = ports.map((port) => ({ port, ready: true, agent: new Agent({ keepAlive: true }) }));
  }

  /** Begins to ask who is ready; until then all are. */
  start() {
    this.#timer = setInterval(() => this.#gateways.forEach((gateway) => this.#look(gateway)), period);
  }

  /** Ends it, and every connection. */
  stop() {
    clearInterval(this.#timer);
    for (const { agent } of this.#gateways) agent.destroy();
  }

  /** @param {{port: number, ready: boolean}} gateway */
  async #look(gateway) {
    const answer = await fetch(`http://127.0.0.1:${gateway.port + opsOffset}/readyz`).catch(() => undefined);
    gateway.ready = answer?.status === 200;
    await answer?.arrayBuffer();
  }

  #pick() {
    const ready = this.#gateways.filter((gateway) => gateway.ready);
    if (ready.length === 0) throw new Error('no gateway is ready');
    this.#next += 1;
    return ready[this.#next % ready.length];
  }

  /**
   * One call to one gateway. Throws when no whole answer came.
   * @param {string} method @param {string} path
   * @param {{json?: unknown, token?: string, key?: string}} [options]
   * @returns {Promise<{status: number, body: any}>}
   */
  async call(method, path, { json, token, key } = {}) {
    const { port, agent } = this.#pick();
    const body = json === undefined ? undefined : JSON.stringify(json);
    const headers = {
      ...(body === undefined ? {} : { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(body) }),
      ...(token ? { Authorization: `Bearer ${token}` } : {}),
      ...(key ? { 'Idempotency-Key': key } : {}),
    };
    return new Promise((resolve, reject) => {
      const call = request({ host: '127.0.0.1', port, agent, method, path, headers, timeout }, (answer) => {
        let text = '';
        answer.setEncoding('utf8');
        answer.on('data', (piece) => { text += piece; });
        answer.on('error', reject);
        answer.on('end', () => resolve({ status: answer.statusCode ?? 0, body: JSON.parse(text || '{}') }));
      });
      call.on('timeout', () => call.destroy(new Error('no answer in time')));
      call.on('error', reject);
      call.end(body);
    });
  }
}
