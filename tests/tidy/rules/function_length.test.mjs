import assert from 'node:assert/strict';
import test from 'node:test';

import { findings, linesOf } from '../findings.mjs';
import functionLength from './function_length.mjs';

test('a function of C++ may have 70 lines, not 71', () => {
  const body = (count) => `namespace a {\nvoid Long(int x) {\n${linesOf(count)}}\n}\n`;
  assert.deepEqual(findings(functionLength, { 'gateway/a.cc': body(68) }), []);
  assert.deepEqual(findings(functionLength, { 'gateway/a.cc': body(69) }), [
    'gateway/a.cc:2 Long has 71 lines',
  ]);
});

test('so may one of a script', () => {
  const texts = {
    'deploy/a.sh': `main() {\n${linesOf(80)}}\n`,
    'tests/a.mjs': `export function b() {\n${linesOf(90)}}\n`,
    'tests/c.mjs': `function d() {\n${linesOf(68)}}\n`,
  };
  assert.deepEqual(findings(functionLength, texts), [
    'deploy/a.sh:1 main has 82 lines',
    'tests/a.mjs:1 b has 92 lines',
  ]);
});
