// A client that sends bytes, not requests: what no HTTP library would send, and a reader of replies
// that takes nothing on trust.

import assert from 'node:assert/strict';
import net from 'node:net';

const shop = new URL(process.env.SHOP ?? 'http://127.0.0.1:1');
/** The Host that requests of this suite name. */
export const host = shop.host;
/** The longest that a reply may take: the deadline of checkout, and then some. */
const patienceMs = 20_000;

/**
 * @typedef {object} Reply
 * @property {number} status
 * @property {string} head the status line and header fields as they came
 * @property {Map<string, string[]>} fields values by lower-case name
 * @property {Buffer} body
 * @property {any} json the body when it is JSON
 */

/** One connection to the gateway. */
export class Wire {
  #socket;
  #received = Buffer.alloc(0);
  #ended = false;
  /** @type {(() => void)[]} */
  #waiting = [];
  /** Everything that went over it, for the message of a failure. */
  sent = Buffer.alloc(0);
  all = Buffer.alloc(0);

  /** @param {net.Socket} socket */
  constructor(socket) {
    this.#socket = socket;
    socket.setNoDelay(true);
    socket.on('data', (bytes) => {
      this.#received = Buffer.concat([this.#received, bytes]);
      this.all = Buffer.concat([this.all, bytes]);
      this.#wake();
    });
    socket.on('end', () => this.#end());
    socket.on('error', () => this.#end());
    socket.on('close', () => this.#end());
  }

  /** @returns {Promise<Wire>} */
  static open() {
    return new Promise((resolve, reject) => {
      const socket = net.connect({ host: shop.hostname, port: Number(shop.port), allowHalfOpen: true });
      socket.once('error', reject);
      socket.once('connect', () => resolve(new Wire(socket)));
    });
  }

  #wake() {
    for (const go of this.#waiting.splice(0)) go();
  }

  #end() {
    this.#ended = true;
    this.#wake();
  }

  /** Resolves when `ready` holds, with false when the server hung up or nothing came first. @param {() => boolean} ready */
  async #until(ready) {
    const deadline = Date.now() + patienceMs;
    while (!ready()) {
      if (this.#ended) return false;
      const left = deadline - Date.now();
      if (left <= 0) return false;
      await new Promise((resolve) => {
        const timer = setTimeout(resolve, left);
        this.#waiting.push(() => { clearTimeout(timer); resolve(undefined); });
      });
    }
    return true;
  }

  /** @param {string | Buffer} bytes a string is Latin-1: one character, one byte */
  send(bytes) {
    const buffer = typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes;
    this.sent = Buffer.concat([this.sent, buffer]);
    if (!this.#socket.destroyed && this.#socket.writable) this.#socket.write(buffer);
  }

  /** Says that nothing more will be sent. */
  finish() {
    this.#socket.end();
  }

  /** @param {string | Buffer} end @returns {Promise<number>} where it begins, -1 when it did not come */
  async #find(end) {
    await this.#until(() => this.#received.includes(end));
    return this.#received.indexOf(end);
  }

  /** @param {number} size */
  async #take(size) {
    if (!await this.#until(() => this.#received.length >= size)) throw new Error('the reply ended early');
    const bytes = this.#received.subarray(0, size);
    this.#received = this.#received.subarray(size);
    return bytes;
  }

  /**
   * The next reply; undefined when the server closed instead.
   * @param {boolean} [isHead] the request was a HEAD
   * @returns {Promise<Reply | undefined>}
   */
  async receive(isHead = false) {
    const end = await this.#find('\r\n\r\n');
    if (end < 0) {
      assert.equal(this.#received.length, 0, 'the server sent half a head');
      return undefined;
    }
    const head = (await this.#take(end + 4)).subarray(0, end).toString('latin1');
    const [line, ...rest] = head.split('\r\n');
    const match = /^HTTP\/1\.1 ([1-5][0-9][0-9]) [ -~]*$/.exec(line);
    assert.ok(match, `not a status line: ${line}`);
    /** @type {Map<string, string[]>} */
    const fields = new Map();
    for (const text of rest) {
      const field = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+): ([ -~]*)$/.exec(text);
      assert.ok(field, `not a header field: ${text}`);
      const name = field[1].toLowerCase();
      fields.set(name, [...fields.get(name) ?? [], field[2]]);
    }
    const status = Number(match[1]);
    const empty = isHead || status < 200 || status === 204 || status === 304;
    const body = empty ? Buffer.alloc(0) : await this.#body(fields);
    const isJson = /[/+]json/.test(fields.get('content-type')?.[0] ?? '');
    return { status, head, fields, body, json: isJson && body.length > 0 ? JSON.parse(body.toString()) : undefined };
  }

  /** @param {Map<string, string[]>} fields */
  async #body(fields) {
    const length = fields.get('content-length');
    if (fields.has('transfer-encoding')) {
      assert.equal(length, undefined, 'a reply has two lengths');
      return this.#chunks();
    }
    assert.match(length?.join() ?? '', /^[0-9]+$/, 'a reply has no length');
    return this.#take(Number(length));
  }

  async #chunks() {
    const chunks = [];
    while (true) {
      const end = await this.#find('\r\n');
      const size = parseInt((await this.#take(end + 2)).toString('latin1'), 16);
      chunks.push(await this.#take(size));
      assert.equal((await this.#take(2)).toString('latin1'), '\r\n');
      if (size === 0) return Buffer.concat(chunks);
    }
  }

  /** True when the server ends the connection and sends nothing more. */
  async isClosed() {
    await this.#until(() => this.#received.length > 0);
    return this.#ended && this.#received.length === 0;
  }

  close() {
    this.#socket.destroy();
  }

  /** What went over the connection, to people. */
  transcript() {
    return `\n--- sent (${this.sent.length} bytes)\n${shown(this.sent)}\n--- received (${this.all.length} bytes)\n${shown(this.all)}\n---`;
  }
}

/** @param {Buffer} bytes */
function shown(bytes) {
  const most = 1500;
  const text = bytes.subarray(0, most).toString('latin1')
    .replace(/[^\n -~]/g, (c) => (c === '\r' ? '\\r' : `\\x${c.charCodeAt(0).toString(16).padStart(2, '0')}`));
  return bytes.length > most ? `${text}... (${bytes.length - most} more)` : text;
}

/**
 * The bytes of a request.
 * @param {string} method
 * @param {string} target
 * @param {string[]} [fields] "Name: value", after Host
 * @param {string | Buffer} [body] with a Content-Length, unless `fields` says how it is framed
 */
export function request(method, target, fields = [], body) {
  const lines = [`${method} ${target} HTTP/1.1`, `Host: ${host}`, ...fields];
  const bytes = typeof body === 'string' ? Buffer.from(body, 'utf8') : body ?? Buffer.alloc(0);
  const framed = fields.some((field) => /^(content-length|transfer-encoding):/i.test(field));
  if (body !== undefined && !framed) lines.push(`Content-Length: ${bytes.length}`);
  return Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1'), bytes]);
}

/** @param {string} target @param {string[]} [fields] */
export const get = (target, fields) => request('GET', target, fields);

export const jsonType = 'Content-Type: application/json';

/** @param {string} target @param {string | Buffer} body @param {string[]} [fields] */
export const post = (target, body, fields = []) => request('POST', target, [jsonType, ...fields], body);

/** A POST whose body is sent as these bytes of chunked coding. @param {string} target @param {string} chunks @param {string[]} [fields] */
export const chunked = (target, chunks, fields = []) =>
  request('POST', target, [jsonType, 'Transfer-Encoding: chunked', ...fields], chunks);
