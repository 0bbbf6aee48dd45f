// The load: so many calls a second, whether or not the shop keeps up (an open loop), until a bound of
// calls that are under way; what is beyond it is counted and not sent.

import { signIn } from './people.mjs';
import { pause } from './place.mjs';

/**
 * @typedef {import('./people.mjs').Person} Person
 * @typedef {import('./operations.mjs').Operations} Operations
 */

const maxUnderWay = 1200;
const tickMs = 20;
const fullCart = 5;
// Checkouts of one person that are under way: more of them only queue behind each other.
const atOnce = 4;

/** Shops at a steady rate with everybody it is given. */
export class Load {
  /**
   * @param {Operations} operations
   * @param {{people: Person[], products: string[], random: import('./random.mjs').Random, perSecond: number}} options
   */
  constructor(operations, { people, products, random, perSecond }) {
    this.operations = operations;
    this.people = people;
    this.products = products;
    this.random = random;
    this.perSecond = perSecond;
    this.offered = 0;
    this.sent = 0;
    this.answered = 0;
    this.underWay = 0;
    this.seconds = 0;
    this.stopped = false;
  }

  /** Runs until `stop`; resolves when every call has ended. */
  async run() {
    const start = performance.now();
    while (!this.stopped) {
      this.seconds = (performance.now() - start) / 1000;
      const due = Math.floor(this.seconds * this.perSecond);
      for (; this.offered < due; this.offered++) {
        if (this.underWay < maxUnderWay) this.#start();
      }
      await pause(tickMs);
    }
    while (this.underWay > 0) await pause(tickMs);
  }

  stop() {
    this.stopped = true;
  }

  #start() {
    const person = this.random.pick(this.people);
    const operation = this.#choose(person);
    this.#track(person, operation());
  }

  /** @param {Person} person @param {Promise<import('./operations.mjs').Reading>} call */
  #track(person, call) {
    this.sent++;
    this.underWay++;
    void call.then((reading) => {
      if (reading.type !== 'info') this.answered++;
      if (reading.result?.status === 401) return signIn(this.operations.client, person);
      return undefined;
    }).catch(() => {}).finally(() => { this.underWay--; });
  }

  /** @param {Person} person @returns {() => Promise<import('./operations.mjs').Reading>} */
  #choose(person) {
    const { random, operations } = this;
    const die = random.below(100);
    if (die < 12) return this.#deposit(person);
    if (die < 50 && person.pieces < fullCart) return this.#add(person);
    if (die < 50 && person.checkingOut < atOnce) return this.#checkout(person);
    if (die >= 50 && die < 54 && person.orders.length > 0) return this.#cancel(person);
    if (die < 68) return () => operations.wallet(person);
    if (die < 82 && person.orders.length > 0) {
      const order = random.pick(person.orders.slice(-20));
      return () => operations.order(person, order);
    }
    if (die < 88) return () => operations.look('orders', '/api/orders', person);
    if (die < 92) return () => operations.look('cart', '/api/cart', person);
    const product = random.pick(this.products);
    return () => operations.look('product', `/api/products/${product}`);
  }

  /** @param {Person} person */
  #deposit(person) {
    const { random, operations } = this;
    // A third of the time somebody asks again with a key whose answer may have been lost.
    const deposit = random.chance(0.33) && person.deposits.length > 0
      ? random.pick(person.deposits)
      : { key: random.token(), units: person.poor ? random.between(10, 100) : random.between(200, 1500) };
    if (!person.deposits.includes(deposit)) person.deposits.push(deposit);
    return () => operations.deposit(person, deposit.key, deposit.units);
  }

  /** @param {Person} person */
  #add(person) {
    const product = this.random.pick(this.products);
    const quantity = this.random.between(1, 3);
    // What is under way counts, or everybody fills the cart at once.
    person.pieces += quantity;
    return () => this.operations.add(person, product, quantity);
  }

  /** @param {Person} person */
  #checkout(person) {
    const { random, operations } = this;
    const die = random.below(100);
    if (die < 25 && person.checkouts.length > 0) {
      const { key } = random.pick(person.checkouts.slice(-30));
      return () => operations.checkout(person, key);
    }
    const key = random.token();
    person.checkouts.push({ key, body: {} });
    if (die < 40) {
      // One key twice at once, or two keys for one cart.
      const other = die < 33 ? key : random.token();
      if (other !== key) person.checkouts.push({ key: other, body: {} });
      this.offered++;
      this.#track(person, operations.checkout(person, other));
    }
    return () => operations.checkout(person, key);
  }

  /** @param {Person} person */
  #cancel(person) {
    const { random, operations } = this;
    const order = random.pick(person.orders.slice(-20));
    const key = random.token();
    return () => operations.cancel(person, order, key);
  }
}
