// node check_bom.mjs OUT ROOT BUILD: whether the documents in OUT are valid CycloneDX 1.6, have exactly what is
// linked and installed, and no licence that is not allowed. Prints what is wrong.

import { readFileSync } from 'node:fs';

import { Spec, Validation } from '@cyclonedx/cyclonedx-library';

import { importedIn } from './imports.mjs';
import { findings, readPolicy } from './licences.mjs';
import { neededBy } from './linked.mjs';
import { binariesOf } from './sbom.mjs';

/** @param {string} text @returns {Promise<string[]>} */
export async function schemaFindings(text) {
  const error = await new Validation.JsonStrictValidator(Spec.Version.v1dot6).validate(text);
  return error === null ? [] : [`not valid CycloneDX 1.6: ${JSON.stringify(error)}`];
}

/** @param {string} what @param {Iterable<string>} have @param {Iterable<string>} want @returns {string[]} */
export function difference(what, have, want) {
  const [there, wanted] = [new Set(have), new Set(want)];
  return [
    ...[...wanted].filter((one) => !there.has(one)).map((one) => `${what}: ${one} is missing`),
    ...[...there].filter((one) => !wanted.has(one)).map((one) => `${what}: ${one} is too much`),
  ];
}

/** The document's files are those that binaries need. @param {any} bom @param {string[]} binaries @returns {string[]} */
export function linkageFindings(bom, binaries) {
  const files = bom.components.flatMap((/** @type {any} */ one) => one.evidence?.occurrences ?? []).map(({ location }) => location);
  return difference('linked', files, binaries.flatMap(neededBy));
}

/**
 * The document's packages are those that the lock file has besides tools, and every import is of one of them.
 * @param {any} bom @param {any} lock @param {string[]} imported
 * @returns {string[]}
 */
export function npmFindings(bom, lock, imported) {
  const nameOf = (/** @type {string} */ path) => path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);
  const locked = Object.entries(lock.packages).filter(([path, { dev, optional }]) => path !== '' && !dev && !optional)
    .map(([path, { version }]) => `${nameOf(path)}@${version}`);
  const components = bom.components.map(({ group, name, version }) => `${group ? `${group}/` : ''}${name}@${version}`);
  const direct = new Set(Object.keys(lock.packages[''].dependencies));
  return [
    ...difference('npm', components, locked),
    ...imported.filter((name) => !direct.has(name)).map((name) => `npm: ${name} is imported, and no dependency of what is shipped`),
  ];
}

async function main(/** @type {string} */ out, /** @type {string} */ root, /** @type {string} */ build) {
  const policy = readPolicy();
  const texts = ['cartwright', 'web'].map((name) => readFileSync(`${out}/${name}.cdx.json`, 'utf8'));
  const [system, web] = texts.map((text) => JSON.parse(text));
  const lock = JSON.parse(readFileSync(`${root}/web/package-lock.json`, 'utf8'));
  const wrong = [
    ...(await Promise.all(texts.map(schemaFindings))).flat(),
    ...linkageFindings(system, binariesOf(build)),
    ...npmFindings(web, lock, importedIn(`${root}/web/src`)),
    ...findings(policy, system),
    ...findings(policy, web),
  ];
  for (const line of wrong) console.error(line);
  console.log(`${system.components.length} components of the processes, ${web.components.length} of the storefront`);
  process.exitCode = wrong.length === 0 ? 0 : 1;
}

if (process.argv[1] === new URL(import.meta.url).pathname) {
  const [out, root, build] = process.argv.slice(2);
  await main(out, root, build);
}
