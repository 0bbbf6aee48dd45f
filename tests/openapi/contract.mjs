// The OpenAPI document of the running shop: its operations, and whether an answer is one of those that it
// promises. An answer's status must be documented, its content type too, and its body must match the schema.

import assert from 'node:assert/strict';
import { Ajv2020 } from 'ajv/dist/2020.js';

/**
 * @typedef {object} Operation
 * @property {string} method in capitals
 * @property {string} path with {variables}
 * @property {any} spec the operation object
 */

/** @param {string} text as a part of a JSON pointer in a URI */
const part = (text) => encodeURIComponent(text.replace(/~/g, '~0').replace(/\//g, '~1'));

export class Contract {
  /** @param {any} document */
  constructor(document) {
    this.document = document;
    // Formats that say no more than the patterns beside them.
    /** @type {Record<string, true>} */
    const formats = { int32: true, int64: true, uint64: true, float: true, double: true, binary: true };
    this.ajv = new Ajv2020({ strict: false, allErrors: true, formats });
    this.ajv.addFormat('date-time', /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?Z$/);
    this.ajv.addSchema(document, 'api');
    /** @type {Operation[]} */
    this.operations = Object.entries(document.paths).flatMap(([path, item]) =>
      Object.entries(item).map(([method, spec]) => ({ method: method.toUpperCase(), path, spec })));
  }

  /** What a schema of the document stands for. @param {any} schema @returns {any} */
  resolve(schema) {
    if (!schema.$ref) return schema;
    const steps = schema.$ref.slice(2).split('/');
    return this.resolve(steps.reduce((/** @type {any} */ at, /** @type {string} */ step) => at[step], this.document));
  }

  /**
   * @param {Operation} operation
   * @param {number} status
   * @param {string} contentType empty without content
   * @param {unknown[]} values the body, or what each event of a stream has
   */
  assertPromised(operation, status, contentType, values) {
    const { responses } = operation.spec;
    const key = [String(status), `${Math.floor(status / 100)}XX`].find((name) => responses[name]);
    assert.ok(key, `${status} is not documented`);
    const { content } = this.resolve(responses[key]);
    if (!content) return assert.equal(contentType, '', 'content that is not documented');
    const type = contentType.split(';')[0];
    assert.ok(content[type], `${type} of ${status} is not documented`);
    const place = responses[key].$ref
      ? `${responses[key].$ref}/content/${part(type)}/schema`
      : `#/paths/${part(operation.path)}/${operation.method.toLowerCase()}/responses/${key}/content/${part(type)}/schema`;
    const validate = this.ajv.getSchema(`api${place}`);
    assert.ok(validate, place);
    for (const value of values) {
      assert.ok(validate(value), `${this.ajv.errorsText(validate.errors)}: ${JSON.stringify(value)}`);
    }
    return undefined;
  }
}
