// The style test: every rule of rules/ over the whole source tree. Prints what is against a rule as
// file:line and ends with 1 when there is anything.
//
//   node tests/tidy/tidy.mjs [--root DIRECTORY] [rule...]

import { readdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

import { readTree } from './source_tree.mjs';

/**
 * @typedef {object} Violation
 * @property {string} path
 * @property {number} line counted from 1
 * @property {string} what the finding itself
 */

/**
 * One module of rules/, whose test shows that it can fail.
 * @typedef {object} Rule
 * @property {string} name
 * @property {string} fix what to do about a finding
 * @property {(tree: import('./source_tree.mjs').SourceTree) => Violation[]} check
 */

/**
 * The rules, by the names of their files. A new file is a new rule; there is no list to forget.
 * @returns {Promise<Rule[]>}
 */
export async function allRules() {
  const directory = new URL('rules/', import.meta.url);
  const files = readdirSync(directory).filter((name) => /(?<!\.test)\.mjs$/.test(name));
  return Promise.all(
    files.sort().map(async (name) => (await import(new URL(name, directory).href)).default),
  );
}

async function main(root, wanted) {
  const tree = readTree(root);
  const rules = (await allRules()).filter(({ name }) => !wanted.length || wanted.includes(name));
  if (!rules.length) throw new Error(`no rule is called ${wanted.join(' or ')}`);
  let count = 0;
  for (const rule of rules) {
    for (const { path, line, what } of rule.check(tree)) {
      console.log(`${path}:${line}: ${rule.name}: ${what}; ${rule.fix}`);
      count += 1;
    }
  }
  console.log(`tidy: ${rules.length} rules, ${tree.files.length} files, ${count} violations`);
  process.exitCode = count ? 1 : 0;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { values, positionals } = parseArgs({
    options: {
      root: { type: 'string', default: fileURLToPath(new URL('../..', import.meta.url)) },
    },
    allowPositionals: true,
  });
  await main(resolve(values.root), positionals);
}
