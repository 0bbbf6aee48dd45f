// The bill of materials lists what the loader finds for a binary; here is looked at what running processes have in
// memory, so that a library that is opened later would be seen, too.

import assert from 'node:assert/strict';
import { readFileSync, readlinkSync, realpathSync } from 'node:fs';
import { test } from 'node:test';

import { librariesOf } from '../../deploy/lint/security/linked.mjs';
import { call, pidOf, sanitized } from '../integration/shop.mjs';

/** @param {number} pid */
function mappedBy(pid) {
  const paths = readFileSync(`/proc/${pid}/maps`, 'utf8').split('\n').map((line) => line.split(/\s+/)[5] ?? '');
  return [...new Set(paths.filter((path) => /\.so(\.|$)/.test(path)).map((path) => realpathSync(path)))].sort();
}

// A sanitizer brings libraries of its own.
test('a process has the libraries that it is linked to, and no other', { skip: sanitized }, async () => {
  assert.equal((await call('GET', '/api/products')).status, 200);
  for (const name of ['gateway', 'identity', 'catalog', 'cart', 'order', 'wallet']) {
    const pid = await pidOf(name);
    assert.deepEqual(mappedBy(pid), librariesOf(readlinkSync(`/proc/${pid}/exe`)), name);
  }
});
