// node sbom.mjs BUILD OUT: the software bill of materials of the processes, OUT/cartwright.cdx.json (CycloneDX
// 1.6). Components are the Debian packages whose libraries the loader maps and those whose headers are
// compiled in (the property cartwright:use says which), and our binaries, each of which depends on what
// it is linked to. It has no time and no serial number: the same build gives the same bytes.

import { readFileSync, readdirSync, mkdirSync, writeFileSync } from 'node:fs';

import { describe, headersIn, librariesOf, packagesOf } from './linked.mjs';
import { concluded, readPolicy } from './licences.mjs';

/** What is shipped of a build: the processes and the client that speaks to them. @param {string} build */
export function binariesOf(build) {
  return readdirSync(`${build}/bin`).filter((name) => name.startsWith('cartwright-')).sort().map((name) => `${build}/bin/${name}`);
}

/** @param {import('./linked.mjs').DebianPackage} debian */
export function purl({ name, version, architecture }) {
  return `pkg:deb/debian/${encodeURIComponent(name)}@${encodeURIComponent(version)}?arch=${architecture}&distro=debian-12`;
}

/**
 * @param {import('./linked.mjs').DebianPackage} debian
 * @param {import('./licences.mjs').Policy} policy
 * @param {string} use
 * @param {string[]} files
 * @param {string} terms path of the copyright file
 */
export function component(debian, policy, use, files, terms = `/usr/share/doc/${debian.name}/copyright`) {
  const copyright = readFileSync(terms, 'utf8');
  return {
    type: 'library',
    'bom-ref': purl(debian),
    name: debian.name,
    version: debian.version,
    scope: 'required',
    licenses: [{ expression: concluded(policy, debian.source, copyright), acknowledgement: 'concluded' }],
    purl: purl(debian),
    properties: [
      { name: 'cartwright:use', value: use },
      { name: 'debian:source', value: `${debian.source} ${debian.sourceVersion}` },
    ],
    ...(files.length > 0 ? { evidence: { occurrences: files.map((location) => ({ location })) } } : {}),
  };
}

/** @param {string} build a build directory @returns {any} the document */
export function systemBom(build, policy = readPolicy()) {
  const binaries = binariesOf(build);
  const name = (/** @type {string} */ binary) => binary.slice(binary.lastIndexOf('/') + 1);
  const linked = new Map(binaries.map((binary) => [binary, librariesOf(binary)]));
  const libraries = [...new Set([...linked.values()].flat())].sort();
  const owners = packagesOf(libraries);
  const packages = describe(owners.values());
  const headers = describe(packagesOf(headersIn(build, binaries.map((binary) => `bin/${name(binary)}`))).values());
  const refs = new Map([...packages, ...headers].map((debian) => [debian.name, purl(debian)]));
  const filesOf = (/** @type {string} */ name) => libraries.filter((path) => owners.get(path) === name);
  return {
    $schema: 'http://cyclonedx.org/schema/bom-1.6.schema.json',
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    version: 1,
    metadata: { component: { type: 'application', 'bom-ref': 'cartwright', name: 'cartwright' } },
    components: [
      ...binaries.map((binary) => ({ type: 'application', 'bom-ref': name(binary), name: name(binary) })),
      ...packages.map((debian) => component(debian, policy, 'linked', filesOf(debian.name))),
      ...headers.map((debian) => component(debian, policy, 'headers', [])),
    ],
    dependencies: [
      { ref: 'cartwright', dependsOn: [...binaries.map(name), ...headers.map((debian) => refs.get(debian.name))] },
      ...[...linked].map(([binary, paths]) => ({
        ref: name(binary),
        dependsOn: [...new Set(paths.map((path) => refs.get(owners.get(path) ?? '')))].sort(),
      })),
    ],
  };
}

if (process.argv[1] === new URL(import.meta.url).pathname) {
  const [build, out] = process.argv.slice(2);
  const bom = systemBom(build);
  mkdirSync(out, { recursive: true });
  writeFileSync(`${out}/cartwright.cdx.json`, `${JSON.stringify(bom, null, 2)}\n`);
}
