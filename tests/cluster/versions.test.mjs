// The version before becomes this one, is rolled back and becomes this one again, each under a constant load of shoppers: both
// charts, both versions' images and processes of both at once. Prints what was measured.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { eventually } from '../integration/shop.mjs';
import { allReady, get, helm } from './kubectl.mjs';
import { underLoad } from './load.mjs';

const upgradeToThis = () => helm('upgrade', 'cartwright', 'k8s/chart', '--reset-then-reuse-values', '-f', 'deploy/chart/cluster/shop.yaml',
  '--wait', '--timeout', '10m');

/** Waits until every process runs what has this tag: Helm does not wait for the last of the old ones. @param {string} tag */
const allRun = (tag) => eventually(`all are ${tag}`, async () => {
  const { items } = await get('pods', '-l', 'app.kubernetes.io/part-of=cartwright,app.kubernetes.io/component in (gateway,service)');
  const images = items.map((/** @type {any} */ { spec }) => spec.containers[0].image.split(':')[1]);
  return images.length >= 12 && images.every((/** @type {string} */ each) => each === tag) || undefined;
}, 180);

test('from the version before to this one, back, and to this one again', async () => {
  await allReady();
  await allRun('previous');
  assert.equal(await underLoad('to this version', upgradeToThis), 0);
  await allRun('dev');
  assert.match(await helm('test', 'cartwright', '--timeout', '5m'), /Phase: +Succeeded/);
  assert.equal(await underLoad('back', () => helm('rollback', 'cartwright', '--wait', '--timeout', '10m')), 0);
  await allRun('previous');
  assert.equal(await underLoad('to this version again', upgradeToThis), 0);
  await allRun('dev');
});
