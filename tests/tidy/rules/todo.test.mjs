import assert from 'node:assert/strict';
import test from 'node:test';

import { findings } from '../findings.mjs';
import todo from './todo.mjs';

const mark = ['TO', 'DO'].join('');

test('what must be done now, and what says no kind, is found', () => {
  const text = `a();\n// ${mark}(now): b\n// ${mark}: c\n# ${['FIX', 'ME'].join('')} d\n`;
  assert.deepEqual(findings(todo, { 'gateway/a.cc': text }), [
    `gateway/a.cc:2 "${mark}"`,
    `gateway/a.cc:3 "${mark}"`,
    'gateway/a.cc:4 "FIX' + 'ME"',
  ]);
});

test('what can wait and says why is let through', () => {
  assert.deepEqual(findings(todo, { 'deploy/a.sh': `# ${mark}(perf): read it once\n` }), []);
});
