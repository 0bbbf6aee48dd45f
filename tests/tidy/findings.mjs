// For the tests of rules: what a rule finds in a tree of a few files.

import { treeOf } from './source_tree.mjs';

/**
 * @param {import('./tidy.mjs').Rule} rule
 * @param {Record<string, string>} texts path to text
 * @param {string} [root]
 * @returns {string[]} "path:line what"
 */
export function findings(rule, texts, root) {
  return rule.check(treeOf(texts, root)).map(({ path, line, what }) => `${path}:${line} ${what}`);
}

/** Text of so many lines. @param {number} count @param {string} [line] */
export function linesOf(count, line = '  x();') {
  return `${line}\n`.repeat(count);
}
