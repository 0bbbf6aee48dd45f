// Requests of an operation, from its parameters and its body as the document has them.

import { broken, damaged, valid } from './generate.mjs';

/** @typedef {import('../chaos/random.mjs').Random} Random */
/** @typedef {import('./contract.mjs').Contract} Contract */
/** @typedef {import('./contract.mjs').Operation} Operation */

/**
 * @typedef {object} Sent
 * @property {string} method
 * @property {string} target
 * @property {Record<string, string>} headers
 * @property {string} [body]
 * @property {boolean} valid nothing in it breaks the document
 */

const oddNames = ['', 'x', 'a/b', 'a:b', '%', '\u0000', '漢', 'x'.repeat(300), '00000000-0000-0000-0000-000000000000', ' ', '*', '{id}'];
/** @type {Record<string, string>[]} */
const oddHeaders = [
  { 'Request-Timeout': '0' }, { 'grpc-timeout': '1x' }, { Accept: 'image/png' }, { 'Accept-Encoding': 'br;q=0.1, gzip' },
  { 'X-Api-Key': 'nobody' }, { 'X-Request-Id': '%' }, { 'If-None-Match': '*' }, { Range: 'bytes=0-1' }, { Origin: 'https://evil.example' },
];

export class Requests {
  /** @param {Contract} contract @param {Random} random @param {Record<string, string[]>} known ids by the operation's first words */
  constructor(contract, random, known) {
    this.contract = contract;
    this.random = random;
    this.known = known;
  }

  /** @param {Operation} operation @param {boolean} isValid @returns {Sent} */
  make(operation, isValid) {
    // One thing is wrong, so that the rest is looked at, too.
    const wrong = isValid ? '' : this.random.pick(['path', 'query', 'body', 'body', 'json', 'type', 'key', 'header']);
    const parameters = operation.spec.parameters ?? [];
    const target = this.#path(operation, wrong === 'path') + this.#query(parameters, wrong === 'query');
    /** @type {Record<string, string>} */
    const headers = wrong === 'header' ? { ...this.random.pick(oddHeaders) } : {};
    this.#key(parameters, wrong === 'key', headers);
    const body = this.#body(operation, wrong, headers);
    return { method: operation.method, target, headers, body, valid: isValid };
  }

  /** @param {Operation} operation @param {boolean} isWrong */
  #path({ path }, isWrong) {
    const ids = Object.entries(this.known).find(([prefix]) => path.startsWith(prefix))?.[1] ?? [];
    return path.replace(/\{[^}]+\}/g, () => encodeURIComponent(this.random.pick(isWrong || ids.length === 0 ? oddNames : ids)));
  }

  /** @param {any[]} parameters @param {boolean} isWrong */
  #query(parameters, isWrong) {
    const pairs = [];
    for (const { in: place, name, schema } of parameters) {
      // A page token cannot be made up; an invented one is a wrong one.
      if (place !== 'query' || (name === 'pageToken' && !isWrong) || this.random.chance(0.6)) continue;
      const value = valid(this.contract, this.random, schema);
      for (const one of [isWrong ? damaged(this.random, value) : value].flat()) pairs.push([name, typeof one === 'object' ? JSON.stringify(one) : String(one)]);
    }
    if (isWrong) pairs.push(this.random.pick([['userId', '1'], ['', ''], ['pageSize', '1'], ['%', '%zz'], ['a.b[0]', 'x']]));
    return pairs.length === 0 ? '' : `?${new URLSearchParams(pairs)}`;
  }

  /** @param {any[]} parameters @param {boolean} isWrong @param {Record<string, string>} headers */
  #key(parameters, isWrong, headers) {
    if (!parameters.some(({ name }) => name === 'Idempotency-Key')) return;
    const value = isWrong ? this.random.pick([undefined, '', '"open', 'a b', 'x'.repeat(256), '"a", "b"', 'same']) : this.random.token();
    if (value !== undefined) headers['Idempotency-Key'] = value;
  }

  /** @param {Operation} operation @param {string} wrong @param {Record<string, string>} headers @returns {string | undefined} */
  #body({ method, spec }, wrong, headers) {
    const content = spec.requestBody?.content['application/json'];
    if (!content) {
      if (wrong !== 'body' || method === 'GET') return undefined;
      headers['Content-Type'] = 'application/json';
      return '{}';
    }
    const value = valid(this.contract, this.random, content.schema);
    headers['Content-Type'] = wrong === 'type'
      ? this.random.pick(['text/plain', 'application/xml', 'application/json; charset=latin1', 'multipart/form-data', 'x'])
      : 'application/json';
    const json = JSON.stringify(wrong === 'body' ? damaged(this.random, value) : value);
    return wrong === 'json' ? broken(this.random, json) : json;
  }
}
