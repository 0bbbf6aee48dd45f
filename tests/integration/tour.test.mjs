// The tour in the README, pasted into a shell.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { assertNothingLost } from './invariants.mjs';

test('the curl tour of the README works when it is pasted', async () => {
  const readme = await readFile(new URL('../../README.md', import.meta.url), 'utf8');
  const tour = /<!-- tour -->\s*```(?:bash|sh)\n([\s\S]*?)```/.exec(readme);
  assert.ok(tour, 'the README has a tour');
  // Each command must succeed, which a pasted tour does not insist on.
  const { stdout } = await promisify(execFile)('bash', ['-euo', 'pipefail', '-c', tour[1]]);
  assert.match(stdout, /"state": "CONFIRMED"/);
  assert.match(stdout, /PURCHASE/);
  await assertNothingLost();
});
