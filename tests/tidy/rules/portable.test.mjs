import assert from 'node:assert/strict';
import test from 'node:test';

import { findings } from '../findings.mjs';
import portable from './portable.mjs';

const host = ['registry', 'npmjs', 'org'].join('.');

test('hosts of registries are found, in lock files too', () => {
  assert.deepEqual(
    findings(portable, { 'web/package-lock.json': `{\n "resolved": "//${host}/a"\n}\n` }),
    [`web/package-lock.json:2 it names ${host}`],
  );
});

test('so is the directory that the sources happen to be in', () => {
  const texts = {
    'deploy/a.sh': 'cd /builds/cartwright/deploy\n',
    'deploy/b.sh': 'cd /builds/other\n',
  };
  assert.deepEqual(findings(portable, texts, '/builds/cartwright'), [
    'deploy/a.sh:1 it names /builds/cartwright/',
  ]);
  assert.deepEqual(findings(portable, { Dockerfile: 'COPY . /src/\n' }, '/src'), []);
});
