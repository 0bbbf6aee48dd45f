// A run that saw nothing is red.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { missing } from './proof.mjs';

const counts = new Map([['checkout ok CONFIRMED', 3], ['checkout ok OUT_OF_STOCK', 1],
  ['checkout ok INSUFFICIENT_FUNDS', 1], ['cancel ok ', 1]]);
const good = { seconds: 60, looks: 5, counts, crashes: new Map([['kill a', 1], ['kill b', 0]]) };

test('a run that saw everything lacks nothing', () => {
  assert.deepEqual(missing(good), []);
});

test('what was never answered is missing', () => {
  for (const name of counts.keys()) {
    const fewer = new Map(counts);
    fewer.delete(name);
    assert.equal(missing({ ...good, counts: fewer }).length, 1, name);
  }
});

test('a run without looks or crashes proves nothing', () => {
  assert.equal(missing({ ...good, looks: 0 }).length, 1);
  assert.equal(missing({ ...good, crashes: new Map() }).length, 1);
});

test('half of the crashes in a short run, all of them in a long one', () => {
  assert.equal(missing({ ...good, crashes: new Map([['kill a', 0], ['kill b', 0], ['kill c', 1]]) }).length, 1);
  assert.match(missing({ ...good, seconds: 300 })[0], /kill b/);
});
