// Who is who by the pid files, those that are just being written too: whoever is found may be killed.

import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { after, test } from 'node:test';

const directory = mkdtempSync(`${tmpdir()}/place-`);
after(() => rmSync(directory, { recursive: true }));
process.env.CARTWRIGHT_DATA = directory;
mkdirSync(`${directory}/run`);
const { pidOf, startOf } = await import('./place.mjs');

/** @param {string} text */
const read = (text) => {
  writeFileSync(`${directory}/run/order.pid`, text);
  return pidOf('order');
};

test('a process is known by its pid and its start', () => {
  assert.equal(read(`${process.pid} ${startOf(process.pid)}\n`), process.pid);
  assert.equal(read(`${process.pid} 1\n`), undefined);
});

test('a file that is half written is nobody', () => {
  assert.equal(read(''), undefined);
  assert.equal(read(`${process.pid}`), undefined);
  assert.equal(read('0'), undefined);
});
