// Who asks: signed-in shoppers and their requests.

import { randomUUID } from 'node:crypto';
import { Shopper, productsInStock } from '../integration/shop.mjs';
import { get, post, request } from './wire.mjs';

/** @param {string} token */
export const bearer = (token) => `Authorization: Bearer ${token}`;
/** @param {string} [key] */
export const keyed = (key = randomUUID()) => `Idempotency-Key: ${key}`;

/** A shopper who has a token and enough money, and requests in this shopper's name. */
export class Person {
  /** @param {Shopper} shopper */
  constructor(shopper) {
    this.shopper = shopper;
    this.token = shopper.token;
    this.id = shopper.id;
    this.auth = bearer(shopper.token);
  }

  static async make() {
    return new Person(await Shopper.withMoney(1_000_000_00));
  }

  /** @param {string} target @param {string[]} [fields] */
  get(target, fields = []) {
    return get(target, [this.auth, ...fields]);
  }

  /** @param {string} target @param {string | Buffer} body @param {string[]} [fields] */
  post(target, body, fields = []) {
    return post(target, body, [this.auth, ...fields]);
  }

  /** @param {string} target @param {string} body */
  put(target, body) {
    return request('PUT', target, [this.auth, 'Content-Type: application/json'], body);
  }

  /** @param {string} body @param {string[]} [fields] */
  deposit(body, fields = [keyed()]) {
    return this.post('/api/wallet/deposit', body, fields);
  }
}

export const person = process.env.SHOP ? await Person.make() : /** @type {any} */ (undefined);
export const product = process.env.SHOP ? (await productsInStock(1))[0] : undefined;
