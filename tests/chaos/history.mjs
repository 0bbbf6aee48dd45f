// What was asked and what was answered, as Jepsen writes it: one JSON line when a call begins, one
// when it ends. `ok` has an answer, `fail` had certainly no effect, `info` may or may not have had
// one; the process that got an `info` is never used again.

import { createWriteStream } from 'node:fs';

/**
 * @typedef {object} Operation
 * @property {number} process
 * @property {string} f what was done: deposit, add, checkout, cancel, wallet, order, ...
 * @property {string} key of the effect: an idempotency key, or what the call is about
 * @property {any} value what was asked
 * @property {bigint} start monotonic nanoseconds
 * @property {bigint} [end]
 * @property {'ok' | 'fail' | 'info'} [type] none while it is under way
 * @property {any} [result] what was answered
 */

/** The history of one run, in memory and in a file. Single-threaded. */
export class History {
  /** @param {string} [path] of the JSONL file; none keeps it in memory only */
  constructor(path) {
    /** @type {Operation[]} */
    this.operations = [];
    /** @type {number[]} */
    this.idle = [];
    this.processes = 0;
    this.file = path === undefined ? undefined : createWriteStream(path);
  }

  /** @param {string} f @param {string} key @param {any} value @returns {Operation} */
  invoke(f, key, value) {
    const process_ = this.idle.pop() ?? this.processes++;
    const operation = { process: process_, f, key, value, start: process.hrtime.bigint() };
    this.operations.push(operation);
    this.#write(operation, 'invoke', value, operation.start);
    return operation;
  }

  /** @param {Operation} operation @param {'ok' | 'fail' | 'info'} type @param {any} result */
  complete(operation, type, result) {
    Object.assign(operation, { type, result, end: process.hrtime.bigint() });
    if (type !== 'info') this.idle.push(operation.process);
    this.#write(operation, type, result, /** @type {bigint} */ (operation.end));
  }

  /** What never got an answer may have had an effect. */
  finish() {
    for (const operation of this.operations) {
      if (operation.type === undefined) this.complete(operation, 'info', { error: 'the run ended' });
    }
  }

  /** @param {Operation} operation @param {string} type @param {any} value @param {bigint} at */
  #write({ process, f, key }, type, value, at) {
    this.file?.write(`${JSON.stringify({ process, f, type, key, value, mono_ns: String(at) })}\n`);
  }
}
