// Which binaries have failpoints: those that are made to fail, and none that is shipped.

import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { pointsOfSources, services } from './failpoints.mjs';

const binaries = process.env.CARTWRIGHT_BINARIES ?? '';
/** @param {string} path */
const hasFailpoints = (path) => readFileSync(path).includes('CARTWRIGHT_FAILPOINT_DIR');

test('no shipped binary has a failpoint', () => {
  const shipped = readdirSync(binaries).filter((name) => name.startsWith('cartwright-'));
  assert.ok(shipped.length >= 6, shipped.join(' '));
  for (const name of shipped) assert.ok(!hasFailpoints(join(binaries, name)), name);
});

test('the binaries for tests have them', () => {
  for (const service of services) {
    assert.ok(hasFailpoints(join(binaries, 'failpoints', `cartwright-${service}`)), service);
  }
});

test('there is a point at every send, commit and reply', () => {
  const points = pointsOfSources();
  assert.ok(points.length >= 60, `${points.length}`);
  for (const point of ['order.send.ReserveStock.before', 'order.send.BatchCaptureHolds.after',
    'order.commit.place_order.before', 'order.commit.decide_saga.after', 'order.reply.Checkout',
    'wallet.commit.reserve_hold.after', 'wallet.reply.ReserveHold', 'catalog.commit.reserve_stock.before',
    'catalog.reply.ReleaseStock', 'cart.commit.remove_ordered_items.after', 'cart.reply.GetCart']) {
    assert.ok(points.includes(point), point);
  }
});
