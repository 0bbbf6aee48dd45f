// HTTP as shoppers speak it, over kept connections to every gateway. Cheaper than fetch: the load
// shares the machine with the shop.

import http from 'node:http';

/**
 * @typedef {object} Reply
 * @property {number} status
 * @property {any} body
 */

/** A client of all gateways of one shop; each call takes the next one. */
export class Client {
  /** @param {string[]} origins such as http://127.0.0.1:8080 @param {number} timeoutMs */
  constructor(origins, timeoutMs) {
    this.origins = origins.map((origin) => new URL(origin));
    this.timeoutMs = timeoutMs;
    this.agent = new http.Agent({ keepAlive: true, maxSockets: 1024 });
    this.turn = 0;
  }

  /**
   * One call. Rejects when no answer came, with `code` ECONNREFUSED when nothing was sent.
   * @param {string} method
   * @param {string} path
   * @param {{json?: unknown, token?: string, key?: string}} [options]
   * @returns {Promise<Reply>}
   */
  call(method, path, { json, token, key } = {}) {
    const origin = this.origins[this.turn++ % this.origins.length];
    const body = json === undefined ? undefined : JSON.stringify(json);
    /** @type {Record<string, string | number>} */
    const headers = {};
    if (body !== undefined) {
      headers['content-type'] = 'application/json';
      headers['content-length'] = Buffer.byteLength(body);
    }
    if (token) headers.authorization = `Bearer ${token}`;
    if (key) headers['idempotency-key'] = key;
    return new Promise((resolve, reject) => {
      const request = http.request({
        agent: this.agent, host: origin.hostname, port: origin.port, method, path, headers,
      }, (response) => {
        let text = '';
        response.setEncoding('utf8');
        response.on('data', (piece) => { text += piece; });
        response.on('error', reject);
        response.on('end', () => {
          clearTimeout(late);
          try {
            resolve({ status: response.statusCode ?? 0, body: text === '' ? undefined : JSON.parse(text) });
          } catch (error) {
            reject(error);
          }
        });
      });
      const late = setTimeout(() => request.destroy(new Error('no answer in time')), this.timeoutMs);
      request.on('error', (error) => {
        clearTimeout(late);
        reject(error);
      });
      request.end(body);
    });
  }

  close() {
    this.agent.destroy();
  }
}
