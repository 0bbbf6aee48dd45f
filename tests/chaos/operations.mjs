// The calls that the load is made of: each is recorded, and its answer read as ok, a definite no
// (fail), or nothing known (info).

/**
 * @typedef {import('./history.mjs').History} History
 * @typedef {import('./client.mjs').Client} Client
 * @typedef {import('./client.mjs').Reply} Reply
 * @typedef {import('./people.mjs').Person} Person
 * @typedef {{type: 'ok' | 'fail' | 'info', result: any}} Reading
 */

const address = {
  fullName: 'Ada Lovelace', line1: '12 Analytical Row', city: 'London', postalCode: 'N1 7AA', countryCode: 'GB',
};
export const checkoutBody = { shippingAddress: address };
// Refusals that are the answer of the key's own order, for ever.
const refusals = new Set(['INSUFFICIENT_FUNDS', 'OUT_OF_STOCK', 'CHECKOUT_TIMED_OUT', 'ORDER_CANCELLED',
  'ABORTED_BY_OPERATOR']);

/** Reads whatever is no success. @param {Reply} reply @returns {Reading} */
function refusal(reply) {
  const result = { status: reply.status, reason: reply.body?.reason, order: reply.body?.metadata?.orderId };
  return { type: reply.status >= 500 || reply.status === 0 ? 'info' : 'fail', result };
}

/** What a person does to the shop, on record. */
export class Operations {
  /** @param {Client} client @param {History} history */
  constructor(client, history) {
    this.client = client;
    this.history = history;
    /** @type {Map<string, number>} */
    this.counts = new Map();
  }

  /**
   * @param {string} f @param {string} key @param {any} value
   * @param {() => Promise<Reply>} send
   * @param {(reply: Reply) => Reading} read
   * @returns {Promise<Reading>}
   */
  async record(f, key, value, send, read) {
    const operation = this.history.invoke(f, key, value);
    /** @type {Reading} */
    let reading;
    try {
      reading = read(await send());
    } catch (error) {
      // Refused connections carry nothing; whatever else broke may have carried the call.
      const { code, message } = /** @type {any} */ (error);
      reading = { type: code === 'ECONNREFUSED' ? 'fail' : 'info', result: { error: code ?? message } };
    }
    this.history.complete(operation, reading.type, reading.result);
    const name = `${f} ${reading.type} ${reading.result?.reason ?? reading.result?.outcome ?? reading.result?.error ?? reading.result?.status ?? ''}`;
    this.counts.set(name, (this.counts.get(name) ?? 0) + 1);
    return reading;
  }

  /** @param {Person} person @param {string} key @param {number} units */
  deposit(person, key, units) {
    const json = { amount: { currencyCode: 'EUR', minorUnits: String(units) } };
    return this.record('deposit', key, { user: person.id, units },
      () => this.client.call('POST', '/api/wallet/deposit', { json, token: person.token, key }),
      (reply) => (reply.status === 200 ? { type: 'ok', result: { transaction: reply.body.transaction.id } } : refusal(reply)));
  }

  /** @param {Person} person @param {string} productId @param {number} quantity */
  async add(person, productId, quantity) {
    const reading = await this.record('add', `${person.id} ${productId}`, { user: person.id, product: productId, quantity },
      () => this.client.call('POST', '/api/cart/add', { json: { productId, quantity }, token: person.token }),
      (reply) => (reply.status === 200 ? { type: 'ok', result: { pieces: reply.body.itemCount } } : refusal(reply)));
    if (reading.type === 'ok') person.pieces = reading.result.pieces;
    return reading;
  }

  /** @param {Person} person @param {string} key @param {object} [body] */
  async checkout(person, key, body = checkoutBody) {
    const reading = await this.record('checkout', key, { user: person.id },
      () => this.client.call('POST', '/api/checkout', { json: body, token: person.token, key }), readCheckout);
    if (reading.type === 'ok') person.orders.push(reading.result.order);
    if (reading.result?.outcome === 'CONFIRMED' || reading.result?.reason === 'EMPTY_CART') person.pieces = 0;
    return reading;
  }

  /** @param {Person} person @param {string} order @param {string} key */
  cancel(person, order, key) {
    return this.record('cancel', key, { user: person.id, order },
      () => this.client.call('POST', `/api/orders/${order}/cancel`, { json: {}, token: person.token, key }),
      (reply) => (reply.status === 200 ? { type: 'ok', result: { order: reply.body.id, state: reply.body.state } } : refusal(reply)));
  }

  /** @param {Person} person @param {string} order */
  order(person, order) {
    return this.record('order', order, { user: person.id },
      () => this.client.call('GET', `/api/orders/${order}`, { token: person.token }),
      (reply) => (reply.status === 200 ? { type: 'ok', result: { order, state: reply.body.state } } : refusal(reply)));
  }

  /** @param {Person} person */
  wallet(person) {
    return this.record('wallet', person.id, { user: person.id },
      () => this.client.call('GET', '/api/wallet', { token: person.token }), (reply) => {
        if (reply.status !== 200) return refusal(reply);
        const { balance, held, available } = reply.body.wallet;
        const units = [balance, held, available].map((money) => Number(money.minorUnits));
        return { type: 'ok', result: { balance: units[0], held: units[1], available: units[2] } };
      });
  }

  /** Any other read. @param {string} f @param {string} path @param {Person} [person] */
  look(f, path, person) {
    return this.record(f, path, {}, () => this.client.call('GET', path, { token: person?.token }),
      (reply) => (reply.status === 200
        ? { type: 'ok', result: f === 'orders' ? { orders: reply.body.orders.map((/** @type {any} */ order) => order.id) } : {} }
        : refusal(reply)));
  }
}

/** @param {Reply} reply @returns {Reading} */
function readCheckout(reply) {
  const { body, status } = reply;
  if (status === 201) return { type: 'ok', result: { outcome: 'CONFIRMED', order: body.id, state: body.state } };
  if (status === 202) return { type: 'ok', result: { outcome: 'PENDING', order: body.id } };
  const reading = refusal(reply);
  if (reading.type === 'fail' && refusals.has(reading.result.reason) && reading.result.order) {
    return { type: 'ok', result: { outcome: 'REJECTED', reason: reading.result.reason, order: reading.result.order } };
  }
  return reading;
}
