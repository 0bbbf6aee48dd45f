// Which licences may be in what is shipped: licences.json, and whether the components of an SBOM keep to it.

import { readFileSync } from 'node:fs';

import parse from 'spdx-expression-parse';

/**
 * @typedef {object} Policy
 * @property {Record<string, string>} allowed why, by SPDX licence ("GPL-3.0-or-later WITH GCC-exception-3.1" is one)
 * @property {Record<string, {licence: string, evidence: string}>} debian by source package: what its library is
 *   under, and words of its copyright file that say so
 */

/** @returns {Policy} */
export function readPolicy() {
  return JSON.parse(readFileSync(new URL('licences.json', import.meta.url), 'utf8'));
}

/**
 * Whether an SPDX expression can be kept to with allowed licences alone.
 * @param {Policy} policy @param {string} expression
 */
export function isAllowed(policy, expression) {
  const holds = (/** @type {any} */ node) => {
    if (node.conjunction === 'or') return holds(node.left) || holds(node.right);
    if (node.conjunction === 'and') return holds(node.left) && holds(node.right);
    const name = node.license + (node.plus ? '+' : '') + (node.exception ? ` WITH ${node.exception}` : '');
    return Object.hasOwn(policy.allowed, name);
  };
  try {
    return holds(parse(expression));
  } catch {
    return false; // words that are no SPDX expression are nobody's permission
  }
}

/**
 * What is wrong with the licences of a document's components.
 * @param {Policy} policy @param {any} bom
 * @returns {string[]}
 */
export function findings(policy, bom) {
  return bom.components.filter(({ type }) => type !== 'application').flatMap((component) => {
    const choices = (component.licenses ?? []).map((choice) => choice.expression ?? choice.license.id ?? choice.license.name);
    if (choices.length === 0) return [`${component.purl}: it has no licence`];
    // Several entries are several licences that hold together.
    return choices.filter((choice) => !isAllowed(policy, choice)).map((choice) => `${component.purl}: ${choice} is not allowed`);
  });
}

/**
 * The licence of a Debian library, as somebody concluded from its copyright file.
 * @param {Policy} policy @param {string} source package @param {string} copyright text of that file
 * @returns {string} throws when nobody has looked at it, or when the file says something else today
 */
export function concluded(policy, source, copyright) {
  const entry = policy.debian[source];
  if (!entry) throw new Error(`${source}: licences.json has no entry; read its copyright file and add one`);
  if (!flat(copyright).includes(flat(entry.evidence))) {
    throw new Error(`${source}: its copyright file does not say "${entry.evidence}" any more; read it again`);
  }
  return entry.licence;
}

/** Lines and comment signs are as the packager liked. @param {string} text */
const flat = (text) => text.replace(/[\s*#]+/g, ' ');
