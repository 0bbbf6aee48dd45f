import assert from 'node:assert/strict';
import test from 'node:test';

import { findings } from '../findings.mjs';
import testSleeps from './test_sleeps.mjs';

test('a sleep in a test is found, one in the product is not its business', () => {
  const text = 'F();\nstd::this_thread::sleep_for(1s);\n// sleep_for(1s)\n';
  assert.deepEqual(findings(testSleeps, { 'gateway/a_test.cc': text, 'gateway/a.cc': text }), [
    'gateway/a_test.cc:2 "sleep_for("',
  ]);
});
