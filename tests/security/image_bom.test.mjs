// What the check of an image's bill of materials finds (deploy/lint/security/image_bom.mjs), in a file system made here of a
// program of the machine.

import assert from 'node:assert/strict';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, test } from 'node:test';

import { schemaFindings } from '../../deploy/lint/security/check_bom.mjs';
import { imageBom, imageFindings } from '../../deploy/lint/security/image_bom.mjs';
import { findings, readPolicy } from '../../deploy/lint/security/licences.mjs';
import { describe, librariesOf, packagesOf } from '../../deploy/lint/security/linked.mjs';

const root = mkdtempSync(join(tmpdir(), 'image-'));
after(() => rmSync(root, { recursive: true }));

/** @param {string} from @param {string} to */
function put(from, to) {
  mkdirSync(dirname(root + to), { recursive: true });
  copyFileSync(from, root + to);
}

const program = '/usr/bin/true';
const sources = librariesOf(program);
// In an image the loader is where programs look for it.
const libraries = sources.map((path) => path.replace(/.*(?=\/ld-linux)/, '/usr/lib64')).sort();
put(program, '/usr/local/bin/planted');
for (const path of sources) put(path, path.replace(/.*(?=\/ld-linux)/, '/usr/lib64'));
symlinkSync('usr/lib64', `${root}/lib64`);
const [libc] = describe(packagesOf(sources).values());
put(`/usr/share/doc/${libc.name}/copyright`, `/usr/share/doc/${libc.source}/copyright`);
mkdirSync(`${root}/usr/local/share/cartwright`, { recursive: true });
const line = (/** @type {string} */ use, /** @type {string[]} */ files) =>
  `${[libc.name, libc.version, libc.source, libc.sourceVersion, libc.architecture, use, files.join(' ')].join('\t')}\n`;
const list = (/** @type {string[]} */ files) => writeFileSync(`${root}/usr/local/share/cartwright/packages.tsv`, line('linked', files));

const image = { process: 'planted', version: '1.2.3', revision: 'abc', contents: 'sha256:00' };

test('the bill of an image is valid, and has what is in it', async () => {
  list(libraries);
  const bom = imageBom(root, image);
  assert.deepEqual(await schemaFindings(JSON.stringify(bom)), []);
  assert.deepEqual(imageFindings(bom, root, 'planted'), []);
  assert.deepEqual(findings(readPolicy(), bom), []);
  assert.deepEqual(bom.components.map(({ name }) => name), ['cartwright-planted', 'libc6']);
  assert.deepEqual(bom.dependencies.map(({ dependsOn }) => dependsOn.length), [1, 1]);
  assert.deepEqual(bom, imageBom(root, image));
});

test('what the storefront is made of is in the bill of the gateway', () => {
  const ofNpm = { type: 'library', name: 'a', version: '1', 'bom-ref': 'a@1', purl: 'pkg:npm/a@1' };
  const storefront = {
    metadata: { component: { type: 'application', name: 'web', version: '1', 'bom-ref': 'web' } },
    components: [ofNpm],
    dependencies: [{ ref: 'web', dependsOn: ['a@1'] }],
  };
  const bom = imageBom(root, image, storefront);
  assert.ok(bom.components.includes(ofNpm));
  assert.ok(bom.dependencies[0].dependsOn.includes('web'));
});

test('a library that the bill lacks, or that is not in the image, or that nobody needs is found', () => {
  const [one, ...others] = libraries;
  list(others);
  assert.deepEqual(imageFindings(imageBom(root, image), root, 'planted'), [`listed: ${one} is missing`]);
  list([...libraries, '/usr/lib/libnone.so.1']);
  assert.deepEqual(imageFindings(imageBom(root, image), root, 'planted'), ['listed: /usr/lib/libnone.so.1 is too much']);
  list(libraries);
  put(program, '/usr/local/bin/stowaway');
  assert.deepEqual(imageFindings(imageBom(root, image), root, 'planted'), ['in the image: /usr/local/bin/stowaway is too much']);
  rmSync(`${root}/usr/local/bin/stowaway`);
  const library = libraries.find((path) => path.includes('libc.so'));
  rmSync(root + library);
  assert.throws(() => imageFindings(imageBom(root, image), root, 'planted'), /nobody has libc\.so\.6/);
});
