import assert from 'node:assert/strict';
import test from 'node:test';

import { findings } from '../findings.mjs';
import protoPatterns from './proto_patterns.mjs';

const path = 'proto/cartwright/a/v1/a.proto';

test('what RE2 and JavaScript understand differently is found', () => {
  for (const [pattern, what] of [['[[:cntrl:]]', '[:cntrl:]'], ['[^\\\\s]', '\\\\s'], ['(?i)a', '(?i']]) {
    assert.deepEqual(findings(protoPatterns, { [path]: `    pattern: "${pattern}"\n` }), [
      `${path}:1 ${what} in a pattern`,
    ]);
  }
});

test('what they understand alike, and other text, is not', () => {
  const text = '  // "[:alpha:]"\n    pattern: "(?:[^\\\\x00-\\\\x20]|a{2})+"\n    pattern_name: "(?i) like \\\\s"\n';
  assert.deepEqual(findings(protoPatterns, { [path]: text }), []);
});
