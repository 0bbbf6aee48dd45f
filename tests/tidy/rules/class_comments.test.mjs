import assert from 'node:assert/strict';
import test from 'node:test';

import { findings } from '../findings.mjs';
import classComments from './class_comments.mjs';

test('a type of a header without a comment is found', () => {
  const text = 'class A {\n};\n\ntemplate <typename T>\nstruct B {\n};\n\nenum class C { kD };\n';
  assert.deepEqual(findings(classComments, { 'gateway/a.h': text }), [
    'gateway/a.h:1 A has no comment',
    'gateway/a.h:5 B has no comment',
    'gateway/a.h:8 C has no comment',
  ]);
});

test('comments, forward declarations and nested types are let through', () => {
  const text =
    '// A.\nclass A {\n  struct Inner {\n  };\n};\n\n' +
    '// B.\ntemplate <typename T>\nstruct B {\n};\nclass C;\n';
  assert.deepEqual(
    findings(classComments, { 'gateway/a.h': text, 'gateway/b.cc': 'class A {\n};\n' }),
    [],
  );
});
