// A run that saw nothing is red.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { missing, unseen } from './proof.mjs';

const counts = new Map([['checkout ok CONFIRMED', 3], ['checkout ok OUT_OF_STOCK', 1],
  ['checkout ok INSUFFICIENT_FUNDS', 1], ['cancel ok ', 1]]);
const good = { seconds: 300, offered: 100, sent: 80, looks: 5, counts, crashes: new Map([['kill a', 1], ['kill b', 1]]) };

test('a run that saw everything lacks nothing', () => {
  assert.deepEqual(missing(good), []);
  assert.deepEqual(unseen(good), []);
});

test('what was never answered is missing in a long run, and told in a short one', () => {
  for (const name of counts.keys()) {
    const fewer = new Map(counts);
    fewer.delete(name);
    assert.equal(missing({ ...good, counts: fewer }).length, 1, name);
    assert.equal(missing({ ...good, seconds: 60, counts: fewer }).length, name === 'checkout ok CONFIRMED' ? 1 : 0, name);
    assert.equal(unseen({ ...good, counts: fewer }).length, 1, name);
  }
});

test('a run without looks or crashes proves nothing, however short', () => {
  assert.equal(missing({ ...good, seconds: 60, looks: 0 }).length, 1);
  assert.equal(missing({ ...good, seconds: 60, crashes: new Map([['kill a', 0]]) }).length, 1);
});

test('most of the load must have been sent in a long run', () => {
  assert.equal(missing({ ...good, sent: 79 }).length, 1);
  assert.deepEqual(missing({ ...good, seconds: 60, sent: 79 }), []);
});

test('every crash must have happened in a long run', () => {
  const crashes = new Map([['kill a', 1], ['kill b', 0]]);
  assert.match(missing({ ...good, crashes })[0], /kill b/);
  assert.deepEqual(missing({ ...good, seconds: 60, crashes }), []);
});
