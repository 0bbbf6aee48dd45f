// A client of one event stream that a test reads event by event, as an EventSource would.

import { shopUrl } from './shop.mjs';

/** @typedef {{id?: string, event?: string, data: any}} StreamEvent */

export class EventStream {
  #text = '';
  #ended = false;
  #abort = new AbortController();
  /** @type {ReadableStreamDefaultReader<Uint8Array> | undefined} */
  #reader;
  #decoder = new TextDecoder();
  /** @type {Response} */
  response;
  /** @type {number} */
  status;

  /**
   * Connects; the answer may be an error, or 204.
   * @param {string} orderId
   * @param {string} [token]
   * @param {{after?: string, accept?: string, origin?: string}} [options] `after`: Last-Event-ID;
   *   `origin`: of another gateway
   */
  static async open(orderId, token, { after, accept = 'text/event-stream', origin = shopUrl } = {}) {
    const stream = new EventStream();
    stream.response = await fetch(`${origin}/api/orders/${orderId}/events`, {
      headers: {
        Accept: accept,
        ...(token ? { Authorization: `Bearer ${token}` } : {}),
        ...(after ? { 'Last-Event-ID': after } : {}),
      },
      signal: stream.#abort.signal,
    });
    stream.status = stream.response.status;
    stream.#reader = stream.response.body?.getReader();
    return stream;
  }

  /** The next event, comments and hints left out; undefined at the end. @returns {Promise<StreamEvent | undefined>} */
  async next() {
    for (;;) {
      const end = this.#text.indexOf('\n\n');
      if (end >= 0) {
        const block = this.#text.slice(0, end);
        this.#text = this.#text.slice(end + 2);
        const fields = Object.fromEntries(block.split('\n').map((line) => {
          const colon = line.indexOf(':');
          return [line.slice(0, colon), line.slice(colon + 1).trimStart()];
        }));
        if (fields.data !== undefined) return { ...fields, data: JSON.parse(fields.data) };
      } else {
        if (this.#ended || !this.#reader) return undefined;
        const { done, value } = await this.#reader.read();
        if (done) this.#ended = true;
        else this.#text += this.#decoder.decode(value, { stream: true });
      }
    }
  }

  /** The next events, which come before the end. @param {number} count @returns {Promise<StreamEvent[]>} */
  async take(count) {
    const events = [];
    while (events.length < count) {
      const event = await this.next();
      if (!event) throw new Error(`the stream ended after ${events.length} of ${count} events`);
      events.push(event);
    }
    return events;
  }

  /** All events until the end; a broken connection is an end, too. @returns {Promise<StreamEvent[]>} */
  async rest() {
    const events = [];
    try {
      for (let event = await this.next(); event; event = await this.next()) events.push(event);
    } catch { /* as an EventSource: connect again */ }
    return events;
  }

  /** Vanishes. */
  close() {
    this.#abort.abort();
  }
}
