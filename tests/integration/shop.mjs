// A client of the shop that with_shop.sh started: the REST API as a shopper's browser uses it, and
// the operator's means (SQL, signals) to look behind it and to break it. Of a shop that something else
// started, SHOP is the URL and CARTWRIGHT_LAUNCHER what takes the words of ./cartwright (with_compose.sh).

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);

export let shopUrl = process.env.SHOP ?? '';
export const dataDirectory = process.env.CARTWRIGHT_DATA ?? '';
const launcher = process.env.CARTWRIGHT_LAUNCHER ?? new URL('../../cartwright', import.meta.url).pathname;
assert.ok(shopUrl, 'SHOP is not set: run by with_shop.sh');

/** From now on the shop is there. @param {string} url */
export function moveTo(url) {
  shopUrl = url;
}

/** Whether the processes run under a sanitizer, which needs several times as much memory for itself. */
export const sanitized = /^[at]san$/.test(process.env.CARTWRIGHT_PRESET ?? '');
/** What a sanitizer keeps of the memory that is freed, to see who uses it; MiB. */
export const keptBySanitizer = sanitized ? 250 : 0;

/**
 * @typedef {object} Reply
 * @property {number} status
 * @property {Headers} headers
 * @property {any} body parsed JSON; the text of anything else
 */

/**
 * One call. Throws only when no answer came.
 * @param {string} method
 * @param {string} path
 * @param {{json?: unknown, token?: string, key?: string, headers?: Record<string, string>}} [options]
 * @returns {Promise<Reply>}
 */
export async function call(method, path, { json, token, key, headers = {} } = {}) {
  const response = await fetch(shopUrl + path, {
    method,
    body: json === undefined ? undefined : JSON.stringify(json),
    headers: {
      ...(json === undefined ? {} : { 'Content-Type': 'application/json' }),
      ...(token ? { Authorization: `Bearer ${token}` } : {}),
      ...(key ? { 'Idempotency-Key': key } : {}),
      ...headers,
    },
    signal: AbortSignal.timeout(30_000),
  });
  const text = await response.text();
  const isJson = /json/.test(response.headers.get('content-type') ?? '');
  return { status: response.status, headers: response.headers, body: isJson ? JSON.parse(text) : text };
}

/**
 * Asserts that a reply is the problem that it should be (RFC 9457).
 * @param {Reply} reply
 * @param {number} status
 * @param {string} reason
 */
export function assertProblem(reply, status, reason) {
  assert.equal(reply.status, status, JSON.stringify(reply.body));
  assert.equal(reply.headers.get('content-type'), 'application/problem+json');
  assert.equal(reply.body.reason, reason);
  assert.equal(reply.body.status, status);
  assert.ok(reply.body.detail, 'a problem says something to people');
  assert.equal(reply.body.requestId, reply.headers.get('x-request-id'));
}

/** Options of a public read that the service answers itself: with a token, no cache does. */
export const pastTheCache = { token: 'none' };

export const address = {
  fullName: 'Ada Lovelace', line1: '12 Analytical Row', city: 'London', postalCode: 'N1 7AA',
  countryCode: 'GB',
};
export const password = 'a long enough passphrase';

/** Signs the administrator of the demo users in. @returns {Promise<{id: string, token: string}>} */
export async function signInAsAdministrator() {
  const json = { email: 'admin@example.com', password: 'correct-horse-battery' };
  const { status, body } = await call('POST', '/api/auth/login', { json });
  assert.equal(status, 200, JSON.stringify(body));
  return { id: body.user.id, token: body.accessToken };
}

/** One signed-in person. */
export class Shopper {
  /** @param {string} email @param {any} session an answer of register or login */
  constructor(email, session) {
    this.email = email;
    this.id = session.user.id;
    this.token = session.accessToken;
  }

  static async register() {
    const email = `shopper-${randomUUID()}@example.com`;
    const reply = await call('POST', '/api/auth/register', { json: { email, password, displayName: 'Ada' } });
    assert.equal(reply.status, 201, JSON.stringify(reply.body));
    return new Shopper(email, reply.body);
  }

  /** A shopper with money. @param {number} minorUnits */
  static async withMoney(minorUnits) {
    const shopper = await Shopper.register();
    const reply = await shopper.deposit(minorUnits);
    assert.equal(reply.status, 200, JSON.stringify(reply.body));
    return shopper;
  }

  /**
   * One call as this person, who signs in again when the token has expired.
   * @param {string} method @param {string} path @param {{json?: unknown, key?: string}} [options]
   */
  async #call(method, path, options = {}) {
    const reply = await call(method, path, { ...options, token: this.token });
    if (reply.body.reason !== 'TOKEN_EXPIRED') return reply;
    const session = await call('POST', '/api/auth/login', { json: { email: this.email, password } });
    if (session.status !== 200) return session;
    this.token = session.body.accessToken;
    return call(method, path, { ...options, token: this.token });
  }

  /** @param {string} path */
  get(path) {
    return this.#call('GET', path);
  }

  /** @param {string} method @param {string} path @param {unknown} [json] */
  send(method, path, json) {
    return this.#call(method, path, { json });
  }

  /** @param {number} minorUnits @param {string} [key] */
  deposit(minorUnits, key = randomUUID()) {
    const json = { amount: { currencyCode: 'EUR', minorUnits: String(minorUnits) } };
    return this.#call('POST', '/api/wallet/deposit', { json, key });
  }

  /** @param {string} productId @param {number} quantity */
  async add(productId, quantity) {
    const reply = await this.send('POST', '/api/cart/add', { productId, quantity });
    assert.equal(reply.status, 200, JSON.stringify(reply.body));
    return reply.body;
  }

  /** @param {string} [key] @param {object} [more] */
  checkout(key = randomUUID(), more = {}) {
    const json = { shippingAddress: address, ...more };
    return this.#call('POST', '/api/checkout', { json, key });
  }

  /** Calls off an order. @param {string} id @param {string} [key] */
  cancel(id, key = randomUUID()) {
    return this.#call('POST', `/api/orders/${id}/cancel`, { json: {}, key });
  }

  /** @returns {Promise<{balance: number, held: number, available: number}>} */
  async wallet() {
    const { status, body } = await this.get('/api/wallet');
    assert.equal(status, 200);
    const { balance, held, available } = body.wallet;
    return { balance: Number(balance.minorUnits), held: Number(held.minorUnits), available: Number(available.minorUnits) };
  }

  /** Waits until an order is settled. @param {string} id */
  settled(id) {
    return eventually(`order ${id} is settled`, async () => {
      const { status, body } = await this.get(`/api/orders/${id}`);
      return status === 200 && (body.settled || body.state === 'REJECTED') ? body : undefined;
    });
  }
}

/**
 * Products that can be bought, cheapest first.
 * @param {number} atLeast pieces of each
 */
export async function productsInStock(atLeast = 10) {
  const { body } = await call('GET', '/api/products?inStock=true&orderBy=price&pageSize=100', pastTheCache);
  return body.products.filter((/** @type {any} */ product) => Number(product.available) >= atLeast);
}

/**
 * Asks again and again until `look` gives something, and returns that.
 * @template T
 * @param {string} what
 * @param {() => Promise<T | undefined>} look errors count as "not yet"
 * @param {number} [seconds] after which it is a failure
 * @returns {Promise<T>}
 */
export async function eventually(what, look, seconds = 45) {
  const deadline = Date.now() + seconds * 1000;
  let last = 'no answer';
  while (Date.now() < deadline) {
    try {
      const found = await look();
      if (found !== undefined) return found;
      last = 'not yet';
    } catch (error) {
      last = String(error);
    }
    await pause(50);
  }
  throw new Error(`${what}: not within ${seconds} s (${last})`);
}

/**
 * Rows of a query as the superuser, who sees every schema.
 * @param {string} sql
 * @returns {Promise<string[][]>}
 */
export async function query(sql) {
  const { stdout } = await run(launcher, ['psql', '-d', 'cartwright', '-X', '-At', '-F', '\t',
    '-v', 'ON_ERROR_STOP=1', '-c', sql]);
  return stdout.split('\n').filter(Boolean).map((line) => line.split('\t'));
}

/** @param {string} process of the shop @returns {Promise<number>} */
export async function pidOf(process) {
  const pid = Number((await readFile(`${dataDirectory}/run/${process}.pid`, 'utf8')).split(' ')[0]);
  // Empty while it is being written; a signal to 0 would be one to ourselves.
  if (pid === 0) throw new Error(`${process} is just being started`);
  return pid;
}

/** The names of all processes of a service, as for `pidOf`. @param {string} service @returns {Promise<string[]>} */
export async function replicasOf(service) {
  const files = await readdir(`${dataDirectory}/run`);
  return files.filter((file) => new RegExp(`^${service}(-\\d+)?\\.pid$`).test(file)).map((file) => file.slice(0, -4));
}

/** @param {string} name @param {NodeJS.Signals} signal */
export async function signal(name, signal) {
  process.kill(await pidOf(name), signal);
}

/**
 * Kills a process of the shop and waits until another one has its place and all are ready. Whoever calls it may notice
 * a moment later: `peopleCanShop`.
 * @param {string} name
 */
export async function killAndAwait(name) {
  const before = await pidOf(name);
  process.kill(before, 'SIGKILL');
  await eventually(`${name} is back`, async () => {
    // First the pid: what is said before may be of the one that dies.
    if ((await pidOf(name)) === before) return undefined;
    const { stdout } = await run(launcher, ['status']);
    return stdout ? true : undefined;
  });
}

/**
 * Waits until somebody can buy something, for which every service and all that they call each other for is needed.
 * @param {number} [seconds] at most
 */
export function peopleCanShop(seconds) {
  return eventually('people can shop', async () => {
    const [product] = await productsInStock();
    const shopper = await Shopper.withMoney(Number(product.price.minorUnits));
    await shopper.add(product.id, 1);
    return (await shopper.checkout()).status === 201 ? true : undefined;
  }, seconds);
}

/** The sum over a metric's labels, of the first replica. @param {string} service @param {string} name @returns {Promise<number>} */
export async function metric(service, name) {
  const offset = 10 + ['gateway', 'identity', 'catalog', 'cart', 'order', 'wallet'].indexOf(service);
  const { port, hostname } = new URL(shopUrl);
  const text = await (await fetch(`http://${hostname}:${Number(port) + offset}/metrics`)).text();
  const lines = text.split('\n').filter((line) => line.startsWith(`${name} `) || line.startsWith(`${name}{`));
  return lines.reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' '))), 0);
}

/** @param {string[]} words of ./cartwright */
export function cartwright(...words) {
  return run(launcher, words);
}
