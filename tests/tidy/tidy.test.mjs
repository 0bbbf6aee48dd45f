import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { fileURLToPath } from 'node:url';

import { readTree } from './source_tree.mjs';
import { allRules } from './tidy.mjs';

const program = fileURLToPath(new URL('tidy.mjs', import.meta.url));

test('every rule is named after its file, says what to do, and has a test', async () => {
  const rules = await allRules();
  assert.ok(rules.length > 10);
  for (const rule of rules) {
    assert.match(rule.name, /^[a-z_]+$/);
    assert.ok(existsSync(new URL(`rules/${rule.name}.mjs`, import.meta.url)), rule.name);
    assert.ok(existsSync(new URL(`rules/${rule.name}.test.mjs`, import.meta.url)), rule.name);
    assert.ok(rule.fix.length > 10, rule.name);
  }
});

test('a violation is printed with its place, and fails the run', (t) => {
  const root = directoryWith(t, { 'gateway/uri.h': 'int x;\n' });
  const run = spawnSync(process.execPath, [program, '--root', root], { encoding: 'utf8' });
  assert.match(run.stdout, /^gateway\/uri\.h:1: pragma_once: .+; .+$/m);
  assert.equal(run.status, 1);
});

test('a tidy tree passes', (t) => {
  const root = directoryWith(t, { 'gateway/uri.h': '#pragma once\n' });
  assert.equal(spawnSync(process.execPath, [program, '--root', root]).status, 0);
});

test('a rule that does not exist is an error, not a pass', () => {
  assert.notEqual(spawnSync(process.execPath, [program, 'no_such_rule']).status, 0);
});

test('what is built, installed or generated is not looked at', (t) => {
  const root = directoryWith(t, {
    'shared/a.h': '',
    'build/release/b.h': '',
    'web/node_modules/c/c.js': '',
    '.local/d.sh': '',
    'web/src/types/api.gen.ts': '',
    'shared/a.png': '',
  });
  assert.deepEqual(
    readTree(root).files.map(({ path }) => path),
    ['shared/a.h'],
  );
});

function directoryWith(t, files) {
  const root = mkdtempSync(join(tmpdir(), 'tidy-'));
  t.after(() => rmSync(root, { recursive: true }));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(join(root, path, '..'), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return root;
}
