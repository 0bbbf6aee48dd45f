// Shoppers who do what shoppers do, as many at once from the first request to the last. Each call has to be answered:
// no answer, a 5xx or a 429 is a request that was lost. Nothing here repeats a call.

import { randomUUID } from 'node:crypto';
import { address, password, productsInStock, Shopper } from '../integration/shop.mjs';

const tokenLifeMs = 300_000; // half of what it is
const roundsPerOrder = 10;

/**
 * A constant load, and what became of it.
 */
export class Load {
  /** @type {number[]} */
  #latencies = [];
  /** @type {Map<string, {times: number, first: string}>} what was lost, and of the first of them when it was and what was said */
  #lost = new Map();
  #ended = false;
  /** @type {Promise<void>[]} */
  #work = [];
  #began = 0;

  /**
   * @param {(method: string, path: string, options?: object) => Promise<{status: number, body: any}>} call
   *   how one request is sent; throws when no whole answer came
   */
  constructor(call) {
    this.call = call;
    this.seconds = 0;
  }

  /** Begins. @param {number} workers as many calls are under way at any moment */
  async start(workers) {
    const products = await productsInStock(50);
    // One after the other: to hash many passwords at once is no part of this load, and takes longer than a call may.
    const shoppers = [];
    while (shoppers.length < workers) shoppers.push(await Shopper.withMoney(100_000_000));
    this.#began = performance.now();
    this.#work = shoppers.map((shopper) => this.#shopOn(shopper, products));
  }

  /** How many calls were made until now. */
  get requests() {
    return this.#latencies.length;
  }

  /** How many of them were lost. */
  get lost() {
    return [...this.#lost.values()].reduce((sum, { times }) => sum + times, 0);
  }

  /** Ends when every call that is under way has its answer. */
  async stop() {
    this.#ended = true;
    await Promise.all(this.#work);
    this.seconds = (performance.now() - this.#began) / 1000;
  }

  /** What happened, in lines of text. */
  report() {
    this.#latencies.sort((a, b) => a - b);
    const percentile = (/** @type {number} */ p) => this.#latencies[Math.floor(this.#latencies.length * p)]?.toFixed(0);
    return [`p50 ${percentile(0.5)} ms, p99 ${percentile(0.99)} ms, p99.9 ${percentile(0.999)} ms`,
      ...[...this.#lost].map(([what, { times, first }]) => `  ${times} x ${what} (${first})`)].join('\n');
  }

  /** One call that counts. @param {string} method @param {string} path @param {object} [options] */
  async #ask(method, path, options) {
    const began = performance.now();
    const reply = await this.call(method, path, options)
      .catch((error) => ({ status: 0, body: { reason: String(error.cause ?? error) } }));
    this.#latencies.push(performance.now() - began);
    if (reply.status === 0 || reply.status === 429 || reply.status >= 500) {
      const what = `${method} ${path.replace(/[0-9a-f-]{36}/, '{id}')} ${reply.status} ${reply.body?.reason}`;
      const lost = this.#lost.get(what) ?? { times: 0, first: `${new Date().toISOString()} ${reply.body?.detail ?? ''}`.trim() };
      this.#lost.set(what, { ...lost, times: lost.times + 1 });
    }
    return reply;
  }

  /** @param {Shopper} shopper @param {any[]} products */
  async #shopOn(shopper, products) {
    let signedIn = Date.now();
    while (!this.#ended) {
      if (Date.now() - signedIn > tokenLifeMs) {
        const session = await this.#ask('POST', '/api/auth/login', { json: { email: shopper.email, password } });
        if (session.status === 200) shopper.token = session.body.accessToken;
        signedIn = Date.now();
      }
      await this.#buy(shopper, products);
    }
  }

  /** What one shopper does, from one order to the next. @param {Shopper} shopper @param {any[]} products */
  async #buy({ token }, products) {
    const any = () => products[Math.floor(Math.random() * products.length)];
    for (let i = 0; i < roundsPerOrder && !this.#ended; i += 1) {
      await this.#ask('GET', '/api/products?pageSize=20');
      await this.#ask('GET', `/api/products/${any().id}`, { token });
      await this.#ask('PUT', `/api/cart/item/${any().id}`, { token, json: { quantity: 1 + (i % 3) } });
      await this.#ask('GET', '/api/cart', { token });
      await this.#ask('GET', '/api/wallet', { token });
      const amount = { currencyCode: 'EUR', minorUnits: '100' };
      await this.#ask('POST', '/api/wallet/deposit', { token, key: randomUUID(), json: { amount } });
    }
    await this.#ask('POST', '/api/cart/clear', { token, json: {} });
    await this.#ask('POST', '/api/cart/add', { token, json: { productId: any().id, quantity: 1 } });
    const order = await this.#ask('POST', '/api/checkout', { token, key: randomUUID(), json: { shippingAddress: address } });
    if (order.status === 201 || order.status === 202) await this.#ask('GET', `/api/orders/${order.body.id}`, { token });
  }
}
