import assert from 'node:assert/strict';
import test from 'node:test';

import { findings, linesOf } from '../findings.mjs';
import fileLength from './file_length.mjs';

test('a file may have 400 lines, not 401', () => {
  const texts = {
    'shared/a.h': linesOf(400),
    'shared/b.cc': linesOf(401),
    'tests/c.mjs': linesOf(500),
  };
  assert.deepEqual(findings(fileLength, texts), [
    'shared/b.cc:401 the file has 401 lines',
    'tests/c.mjs:401 the file has 500 lines',
  ]);
});

test('SQL and protos may be longer', () => {
  assert.deepEqual(
    findings(fileLength, { 'a.sql': linesOf(999), 'proto/a.proto': linesOf(999) }),
    [],
  );
});
