// The npm packages that sources import, which is what a bundler puts into the build.

import { readdirSync, readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';

const patterns = [
  /(?:\bfrom|\bimport)\s*\(?\s*['"]([^'"\s]+)['"]/g, // TypeScript; and @import 'name' of style sheets
  /\burl\(['"]?([^'")\s]+)/g,
];

/** @param {string} specifier @returns {string | undefined} the package, unless it is a file of ours */
function packageOf(specifier) {
  if (/^([./#]|@\/|data:|https?:|virtual:|node:)/.test(specifier) || builtinModules.includes(specifier)) return undefined;
  return /^(@[^/]+\/)?[^/]+/.exec(specifier)?.[0];
}

/** @param {string} text of one file @returns {string[]} */
export function importedBy(text) {
  const found = patterns.flatMap((pattern) => [...text.matchAll(pattern)].map(([, specifier]) => packageOf(specifier)));
  return [...new Set(found.filter((name) => name !== undefined))].sort();
}

/**
 * Of a whole directory, what only tests need left out.
 * @param {string} directory
 * @returns {string[]}
 */
export function importedIn(directory) {
  const paths = readdirSync(directory, { recursive: true, encoding: 'utf8' });
  const sources = paths.filter((path) => /\.(tsx?|css)$/.test(path) && !/\.test\.tsx?$|^testing\//.test(path));
  const names = sources.flatMap((path) => importedBy(readFileSync(`${directory}/${path}`, 'utf8')));
  return [...new Set(names)].sort();
}
