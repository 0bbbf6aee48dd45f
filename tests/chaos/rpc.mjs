// Calls of the order service to its participants, sent by hand over gRPC with the order service's own
// certificate: what the network may deliver twice, or long after it was sent.

import { readFile } from 'node:fs/promises';
import http2 from 'node:http2';
import { dataDirectory, portOf } from './place.mjs';

/** @param {bigint | number} value */
function varint(value) {
  const bytes = [];
  let rest = BigInt.asUintN(64, BigInt(value));
  for (; rest > 127n; rest >>= 7n) bytes.push(Number(rest & 127n) | 128);
  return Buffer.from([...bytes, Number(rest)]);
}

/** A number field. @param {number} tag @param {bigint | number} value */
const number = (tag, value) => Buffer.concat([varint(tag << 3), varint(value)]);
/** A string or message field. @param {number} tag @param {string | Buffer} value */
const bytes = (tag, value) => {
  const content = Buffer.from(/** @type {any} */ (value));
  return Buffer.concat([varint((tag << 3) | 2), varint(content.length), content]);
};

/** @param {Buffer} message @returns {{tag: number, number?: number, bytes?: Buffer}[]} */
function fieldsOf(message) {
  const fields = [];
  let at = 0;
  const next = () => {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = message[at++];
      value |= BigInt(byte & 127) << shift;
      if (byte < 128) return Number(value);
    }
  };
  while (at < message.length) {
    const head = next();
    const value = next();
    if ((head & 7) === 2) {
      fields.push({ tag: head >> 3, bytes: message.subarray(at, at + value) });
      at += value;
    } else {
      fields.push({ tag: head >> 3, number: value });
    }
  }
  return fields;
}

const holdStates = ['UNSPECIFIED', 'RESERVED', 'CAPTURED', 'RELEASED', 'EXPIRED', 'REFUSED', 'ABORTED', 'MISMATCH',
  'UNKNOWN', 'REFUNDED'];
const stockStates = ['UNSPECIFIED', 'RESERVED', 'COMMITTED', 'RELEASED', 'REFUSED', 'ABORTED', 'MISMATCH', 'UNKNOWN',
  'RETURNED', 'EXPIRED'];

/**
 * What the rows of orders.orders and orders.order_line say of an order.
 * @typedef {{order_id: string, hold_id: string, user_id: string, currency: string, total: number,
 *   refund_id?: string | null, lines: {product_id: string, quantity: number}[]}} Order
 */

/** The order service's side of its participants, on one process of each. */
export class Participants {
  /** @param {{wallet?: string, catalog?: string, cart?: string}} [names] of the processes */
  constructor({ wallet = 'wallet', catalog = 'catalog', cart = 'cart' } = {}) {
    this.wallet = wallet;
    this.catalog = catalog;
    this.cart = cart;
    /** @type {Map<string, http2.ClientHttp2Session>} */
    this.sessions = new Map();
  }

  /** @param {Order} order */
  async reserveHold(order) {
    const amount = Buffer.concat([bytes(1, order.currency), number(2, order.total)]);
    return this.#hold('ReserveHold', [bytes(1, order.hold_id), bytes(2, order.user_id), bytes(3, order.order_id),
      bytes(4, amount)]);
  }

  /** @param {Order} order */
  async releaseHold(order) {
    return this.#hold('ReleaseHold', [bytes(1, order.hold_id), bytes(2, 'CHECKOUT_TIMED_OUT')]);
  }

  /** @param {Order} order */
  async captureHold(order) {
    const capture = Buffer.concat([bytes(1, order.hold_id), number(2, order.total)]);
    const [result] = fieldsOf(await this.#call(this.wallet, 'wallet.v1.WalletService/BatchCaptureHolds', [bytes(1, capture)]));
    return holdStates[stateIn(result.bytes, 2)];
  }

  /** @param {Order} order */
  async reserveStock(order) {
    return this.#stock('ReserveStock', [bytes(1, order.order_id), ...linesOf(order, 2)]);
  }

  /** @param {Order} order */
  async releaseStock(order) {
    return this.#stock('ReleaseStock', [bytes(1, order.order_id), bytes(2, 'CHECKOUT_TIMED_OUT')]);
  }

  /** @param {Order} order */
  async commitStock(order) {
    const [result] = fieldsOf(
      await this.#call(this.catalog, 'catalog.v1.CatalogService/BatchCommitStock', [bytes(1, order.order_id)]));
    return stockStates[stateIn(result.bytes, 2)];
  }

  /** @param {Order} order */
  async refundHold(order) {
    return this.#hold('RefundHold', [bytes(1, order.refund_id ?? ''), bytes(2, order.hold_id), number(3, order.total)]);
  }

  /** @param {Order} order */
  async returnStock(order) {
    return this.#stock('ReturnStock', [bytes(1, order.order_id)]);
  }

  /** Answers with nothing, and so does this. @param {Order} order */
  async removeOrderedItems(order) {
    const fields = [bytes(1, order.user_id), bytes(2, order.order_id), ...linesOf(order, 3)];
    return (await this.#call(this.cart, 'cart.v1.CartService/RemoveOrderedItems', fields)).toString();
  }

  /** @param {string} method @param {Buffer[]} fields */
  async #hold(method, fields) {
    return holdStates[stateIn(await this.#call(this.wallet, `wallet.v1.WalletService/${method}`, fields), 1)];
  }

  /** @param {string} method @param {Buffer[]} fields */
  async #stock(method, fields) {
    return stockStates[stateIn(await this.#call(this.catalog, `catalog.v1.CatalogService/${method}`, fields), 1)];
  }

  /** @param {string} name @param {string} method @param {Buffer[]} fields @returns {Promise<Buffer>} */
  async #call(name, method, fields) {
    const message = Buffer.concat(fields);
    const head = Buffer.alloc(5);
    head.writeUInt32BE(message.length, 1);
    const session = await this.#session(name);
    return new Promise((resolve, reject) => {
      const stream = session.request({
        ':method': 'POST', ':path': `/cartwright.${method}`, 'content-type': 'application/grpc', te: 'trailers',
        'grpc-timeout': '2000m',
      });
      /** @type {Buffer[]} */
      const pieces = [];
      let status = '';
      const read = (/** @type {any} */ headers) => {
        if (headers['grpc-status'] !== undefined) status = `${headers['grpc-status']} ${headers['grpc-message'] ?? ''}`;
      };
      stream.setTimeout(3000, () => stream.close(http2.constants.NGHTTP2_CANCEL));
      stream.on('response', read);
      stream.on('trailers', read);
      stream.on('data', (piece) => pieces.push(piece));
      stream.on('error', reject);
      stream.on('close', () => {
        if (status.startsWith('0 ')) resolve(Buffer.concat(pieces).subarray(5));
        else reject(new Error(`${method}: ${status || 'no answer'}`));
      });
      stream.end(Buffer.concat([head, message]));
    });
  }

  /** @param {string} name */
  async #session(name) {
    const known = this.sessions.get(name);
    if (known && !known.closed && !known.destroyed) return known;
    const tls = `${dataDirectory}/tls`;
    const [ca, cert, key] = await Promise.all(['ca.crt', 'order.crt', 'order.key'].map((file) => readFile(`${tls}/${file}`)));
    // Services are known by the name in their certificate, not by a host.
    const session = http2.connect(`https://127.0.0.1:${await portOf(name)}`, {
      ca, cert, key, checkServerIdentity: () => undefined,
    });
    session.on('error', () => session.destroy());
    this.sessions.set(name, session);
    return session;
  }

  close() {
    for (const session of this.sessions.values()) session.destroy();
  }
}

/** Products and pieces, as a field that is repeated. @param {Order} order @param {number} tag */
const linesOf = (order, tag) => order.lines.map((line) => bytes(tag,
  Buffer.concat([bytes(1, line.product_id), number(2, line.quantity)])));

/** @param {Buffer | undefined} message @param {number} tag */
function stateIn(message, tag) {
  return fieldsOf(message ?? Buffer.alloc(0)).find((field) => field.tag === tag)?.number ?? 0;
}
