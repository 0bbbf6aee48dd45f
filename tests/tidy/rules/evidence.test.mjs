import assert from 'node:assert/strict';
import test from 'node:test';

import { findings } from '../findings.mjs';
import evidence from './evidence.mjs';

const sources = {
  'gateway/a_test.cc': 'TEST_F(SomeTest, ItHolds) {}\nTEST(OtherTest,\n     AlsoThis) {}\n',
  'tests/edge/a.test.mjs': "test('it is refused', () => {});\n",
};
const found = (/** @type {string} */ text) => findings(evidence, { ...sources, 'docs/security.md': text });

test('tests that exist are evidence', () => {
  const text = '| 1 | `SomeTest.ItHolds`, `OtherTest.AlsoThis` | `tests/edge/a.test.mjs: it is refused` |\n`tests/edge/a.test.mjs` `npm audit`\n';
  assert.deepEqual(found(text), []);
});

test('others are not', () => {
  assert.deepEqual(found('`SomeTest.ItDoesNot`\n`tests/edge/b.test.mjs`, `tests/edge/a.test.mjs: it is taken`\n'), [
    'docs/security.md:1 there is no test SomeTest.ItDoesNot',
    'docs/security.md:2 there is no file tests/edge/b.test.mjs',
    'docs/security.md:2 tests/edge/a.test.mjs has no test "it is taken"',
  ]);
});

test('other documents may name what they like', () => {
  assert.deepEqual(findings(evidence, { ...sources, 'docs/api.md': '`SomeTest.ItDoesNot`\n' }), []);
});
