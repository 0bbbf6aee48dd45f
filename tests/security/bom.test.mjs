// What the check of the bills of materials refuses (deploy/lint/security): licences that are not allowed, documents
// that are no CycloneDX, and components too few or too many.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { difference, npmFindings, schemaFindings } from '../../deploy/lint/security/check_bom.mjs';
import { importedBy } from '../../deploy/lint/security/imports.mjs';
import { concluded, findings, isAllowed, readPolicy } from '../../deploy/lint/security/licences.mjs';
import { librariesOf, neededBy, packagesOf } from '../../deploy/lint/security/linked.mjs';

const policy = readPolicy();

/** A document with one library. @param {any[]} licenses */
const documentOf = (...licenses) => ({
  bomFormat: 'CycloneDX', specVersion: '1.6', version: 1,
  components: [{ type: 'library', name: 'planted', version: '1', purl: 'pkg:npm/planted@1', licenses }],
});

test('a licence that is not allowed is found, however it is written', () => {
  for (const id of ['GPL-2.0-only', 'GPL-3.0-or-later', 'AGPL-3.0-only', 'SSPL-1.0']) {
    assert.deepEqual(findings(policy, documentOf({ license: { id } })), [`pkg:npm/planted@1: ${id} is not allowed`]);
    assert.equal(findings(policy, documentOf({ expression: `MIT AND ${id}` })).length, 1);
    assert.equal(findings(policy, documentOf({ license: { id: 'MIT' } }, { license: { id } })).length, 1);
  }
  assert.equal(findings(policy, documentOf({ license: { name: 'do what you like' } })).length, 1);
  assert.deepEqual(findings(policy, documentOf()), ['pkg:npm/planted@1: it has no licence']);
  assert.deepEqual(findings(policy, documentOf({ license: { id: 'MIT' } })), []);
});

test('a choice is allowed with one good half, and the GPL with the exception alone', () => {
  assert.ok(isAllowed(policy, 'LGPL-3.0-or-later OR GPL-2.0-or-later'));
  assert.ok(isAllowed(policy, 'GPL-3.0-or-later WITH GCC-exception-3.1'));
  assert.ok(!isAllowed(policy, 'GPL-3.0-or-later'));
  assert.ok(!isAllowed(policy, 'GPL-2.0-or-later WITH Bison-exception-2.2'));
  assert.ok(!isAllowed(policy, 'toString'));
});

test('the licence of a Debian package is what its copyright file says today', () => {
  const evidence = 'a b';
  const known = { allowed: {}, debian: { planted: { licence: 'MIT', evidence } } };
  assert.equal(concluded(known, 'planted', ' * a\n * b\n'), 'MIT');
  assert.throws(() => concluded(known, 'planted', 'something else'), /does not say "a b"/);
  assert.throws(() => concluded(known, 'unknown', evidence), /has no entry/);
});

test('what a document lacks of CycloneDX is found', async () => {
  assert.deepEqual(await schemaFindings(JSON.stringify(documentOf({ license: { id: 'MIT' } }))), []);
  for (const broken of [documentOf({ license: { id: 'No-Such-Licence' } }), { ...documentOf(), version: 'one' }, { components: [] }]) {
    assert.equal((await schemaFindings(JSON.stringify(broken))).length, 1, JSON.stringify(broken));
  }
});

test('a component too few, one too many, and a tool that is shipped', () => {
  assert.deepEqual(difference('x', ['a', 'b'], ['b', 'c']), ['x: c is missing', 'x: a is too much']);
  const bom = { components: [{ group: '@scope', name: 'a', version: '1' }] };
  const lock = { packages: {
    '': { dependencies: { '@scope/a': '1' } },
    'node_modules/@scope/a': { version: '1' },
    'node_modules/tool': { version: '2', dev: true },
  } };
  assert.deepEqual(npmFindings(bom, lock, ['@scope/a']), []);
  assert.deepEqual(npmFindings(bom, lock, ['tool']), ['npm: tool is imported, and no dependency of what is shipped']);
  assert.deepEqual(npmFindings({ components: [] }, lock, []), ['npm: @scope/a@1 is missing']);
});

test('imports of packages are found, and nothing else', () => {
  const text = `import a from 'a/deep';\nimport type { B } from "@b/c";\nvoid import('./own');\nimport '@/lib/x';
    @import 'tailwind';\n src: url('@font/face/files/x.woff2');\nimport { x } from 'node:fs';\nimport 'fs';`;
  assert.deepEqual(importedBy(text), ['@b/c', '@font/face', 'a', 'tailwind']);
});

test('two ways to find the libraries of a program agree, and Debian knows them', () => {
  const libraries = librariesOf(process.execPath);
  assert.deepEqual(neededBy(process.execPath), libraries);
  const owners = packagesOf(libraries);
  assert.ok([...owners.values()].includes('libc6'));
  assert.throws(() => packagesOf(['/nowhere/lib.so']), /no Debian package has/);
});
