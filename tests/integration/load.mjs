// People who shop, one call after the other, for as long as a test changes something behind them.

import { randomUUID } from 'node:crypto';
import { call, eventually, pastTheCache, productsInStock, Shopper, signInAsAdministrator } from './shop.mjs';

const people = 3;

/** Shoppers that go on until they are stopped. Whatever they are answered but a success is a lost call. */
export class Load {
  /** @type {string[]} */
  #lost = [];
  #stopped = false;
  /** Rounds that each person has made. @type {number[]} */
  #rounds = Array(people).fill(0);
  /** @type {Promise<void>[]} */
  #work = [];
  calls = 0;

  static async start() {
    const load = new Load();
    const [product] = await productsInStock();
    await Load.#fill(product.id);
    for (let i = 0; i < people; i++) {
      const shopper = await Shopper.withMoney(100_000_000);
      load.#work.push(load.#shop(i, shopper, product.id));
    }
    return load;
  }

  /** More of it than anybody buys, however long they go on. @param {string} id */
  static async #fill(id) {
    const { token } = await signInAsAdministrator();
    const filled = await call('POST', `/api/admin/products/${id}/stock`,
      { json: { delta: '100000', reason: 'load' }, token, key: randomUUID() });
    if (filled.status !== 200) throw new Error(JSON.stringify(filled.body));
  }

  /** Waits until each person has made `n` more rounds. @param {number} n */
  async turns(n) {
    const goal = this.#rounds.map((done) => done + n);
    await eventually(`${n} rounds`, async () => (this.#rounds.every((done, i) => done >= goal[i]) ? true : undefined), 120);
  }

  /** What was lost. @returns {Promise<string[]>} */
  async stop() {
    this.#stopped = true;
    await Promise.all(this.#work);
    return this.#lost;
  }

  /** @param {string} what @param {() => Promise<import('./shop.mjs').Reply>} ask @returns {Promise<import('./shop.mjs').Reply | undefined>} */
  async #ask(what, ask) {
    this.calls++;
    try {
      const reply = await ask();
      if (reply.status < 300) return reply;
      this.#lost.push(`${what}: ${reply.status} ${reply.body?.reason}`);
    } catch (error) {
      this.#lost.push(`${what}: ${error}`);
    }
    return undefined;
  }

  /** @param {number} me @param {Shopper} shopper @param {string} productId */
  async #shop(me, shopper, productId) {
    while (!this.#stopped) {
      await this.#ask('read products', () => call('GET', '/api/products?pageSize=3', pastTheCache));
      await this.#ask('who am I', () => shopper.get('/api/auth/me'));
      await this.#ask('put money in', () => shopper.deposit(1000));
      await this.#ask('add', () => shopper.send('POST', '/api/cart/add', { productId, quantity: 1 }));
      const order = await this.#ask('check out', () => shopper.checkout(randomUUID()));
      if (order) await this.#ask('look at the order', () => shopper.settled(order.body.id).then(() => shopper.get(`/api/orders/${order.body.id}`)));
      this.#rounds[me]++;
    }
  }
}
