import assert from 'node:assert/strict';
import test from 'node:test';

import { findings } from '../findings.mjs';
import settings from './settings.mjs';

const flags = 'ABSL_FLAG(\n    int, connection_age_s, 60, "Seconds.");\n';

test('a variable that is no flag and that no script reads is found', () => {
  const text = 'a()\nset(PROPERTIES ENVIRONMENT "CARTWRIGHT_CONNECTION_MAX_AGE_S=1;CARTWRIGHT_TLS=1")\n';
  assert.deepEqual(findings(settings, { 'shared/kit/flags.cc': flags, 'tests/a/CMakeLists.txt': text }), [
    'tests/a/CMakeLists.txt:2 nothing reads CARTWRIGHT_CONNECTION_MAX_AGE_S',
    'tests/a/CMakeLists.txt:2 nothing reads CARTWRIGHT_TLS',
  ]);
});

test('the name of a flag, and what a script or a test reads, are let through', () => {
  const text = 'ENVIRONMENT CARTWRIGHT_CONNECTION_AGE_S=1 CARTWRIGHT_TLS=1 CARTWRIGHT_SEED=2 "CARTWRIGHT_ROOT=\\"x\\""\n';
  assert.deepEqual(findings(settings, {
    'shared/kit/flags.cc': flags,
    'deploy/a.sh': 'if [[ ${CARTWRIGHT_TLS:-} ]]; then :; fi\n',
    'tests/a.mjs': 'process.env.CARTWRIGHT_SEED\n',
    'tests/a/CMakeLists.txt': text,
  }), []);
});
