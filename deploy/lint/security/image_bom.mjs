// node image_bom.mjs ROOT OUT [STOREFRONT]: the bill of materials of an image (CycloneDX 1.6) from what is in it: ROOT is its
// file system, unpacked; STOREFRONT the document of the npm packages that a gateway's storefront is made of. PROCESS, VERSION,
// REVISION and CONTENTS, the digest of the image's one layer, come from the environment. Prints what is wrong with it: that it
// is not valid, has another library than the files of the image need, or a licence that is not allowed.

import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';

import { difference, npmFindings, schemaFindings } from './check_bom.mjs';
import { importedIn } from './imports.mjs';
import { findings, readPolicy } from './licences.mjs';
import { elfFilesIn, neededIn } from './linked.mjs';
import { component, purl } from './sbom.mjs';

/** @typedef {{process: string, version: string, revision: string, contents: string}} Image */

const binaryOf = (/** @type {string} */ process) => `/usr/local/bin/${process}`;

/** What the image says of the packages in it: a line for each package and use. @param {string} root */
function packagesIn(root) {
  const lines = readFileSync(`${root}/usr/local/share/cartwright/packages.tsv`, 'utf8').split('\n').filter(Boolean);
  return lines.map((line) => {
    const [name, version, source, sourceVersion, architecture, use, files] = line.split('\t');
    return { debian: { name, version, architecture, source, sourceVersion }, use, files: files.split(' ').filter(Boolean) };
  });
}

/**
 * @param {string} root
 * @param {Image} image
 * @param {any} [storefront]
 * @returns {any} the document, which is the same for the same image
 */
export function imageBom(root, { process, version, revision, contents }, storefront, policy = readPolicy()) {
  const packages = packagesIn(root);
  const refsOf = (/** @type {string[]} */ ...uses) => packages.filter(({ use }) => uses.includes(use)).map(({ debian }) => purl(debian)).sort();
  const name = `cartwright/${process}`;
  const binary = `cartwright-${process}`;
  const site = storefront?.metadata.component;
  return {
    $schema: 'http://cyclonedx.org/schema/bom-1.6.schema.json',
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    version: 1,
    metadata: {
      component: {
        type: 'container', 'bom-ref': name, name, version,
        properties: [{ name: 'cartwright:contents', value: contents }, { name: 'cartwright:revision', value: revision }],
      },
    },
    components: [
      {
        type: 'application', 'bom-ref': binary, name: binary, version,
        hashes: [{ alg: 'SHA-256', content: createHash('sha256').update(readFileSync(root + binaryOf(process))).digest('hex') }],
        evidence: { occurrences: [{ location: binaryOf(process) }] },
      },
      ...packages.map(({ debian, use, files }) => component(debian, policy, use, files, `${root}/usr/share/doc/${debian.source}/copyright`)),
      ...(site ? [{ type: 'application', 'bom-ref': site['bom-ref'], name: site.name, version: site.version }, ...storefront.components] : []),
    ],
    dependencies: [
      { ref: name, dependsOn: [binary, ...refsOf('data'), ...(site ? [site['bom-ref']] : [])] },
      { ref: binary, dependsOn: refsOf('linked', 'headers') },
      ...(storefront?.dependencies ?? []),
    ],
  };
}

/**
 * Its libraries are those that are in the image, which are those that the binary needs; nothing else there is a program.
 * @param {any} bom @param {string} root @param {string} process
 * @returns {string[]}
 */
export function imageFindings(bom, root, process) {
  const listed = bom.components
    .filter(({ properties }) => properties?.some(({ name, value }) => name === 'cartwright:use' && value === 'linked'))
    .flatMap(({ evidence }) => evidence.occurrences.map(({ location }) => location));
  const needed = neededIn(root, binaryOf(process));
  return [
    ...difference('listed', listed, needed),
    ...difference('in the image', elfFilesIn(root), [binaryOf(process), ...needed]),
  ];
}

async function main(/** @type {string} */ root, /** @type {string} */ out, /** @type {string | undefined} */ from) {
  const { PROCESS = '', VERSION = '', REVISION = '', CONTENTS = '' } = process.env;
  const storefront = from ? JSON.parse(readFileSync(from, 'utf8')) : undefined;
  const bom = imageBom(root, { process: PROCESS, version: VERSION, revision: REVISION, contents: CONTENTS }, storefront);
  const text = `${JSON.stringify(bom, null, 2)}\n`;
  const web = new URL('../../../web/', import.meta.url).pathname;
  const wrong = [
    ...(await schemaFindings(text)),
    ...imageFindings(bom, root, PROCESS),
    ...(storefront ? npmFindings(storefront, JSON.parse(readFileSync(`${web}package-lock.json`, 'utf8')), importedIn(`${web}src`)) : []),
    ...findings(readPolicy(), bom),
  ];
  for (const line of wrong) console.error(`${PROCESS}: ${line}`);
  if (wrong.length > 0) process.exit(1);
  writeFileSync(out, text);
  console.log(`${PROCESS}: ${bom.components.length} components`);
}

if (process.argv[1] === new URL(import.meta.url).pathname) {
  const [root, out, storefront] = process.argv.slice(2);
  await main(root, out, storefront);
}
