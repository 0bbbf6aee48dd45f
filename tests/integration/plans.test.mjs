// Partners with API keys: what their plan allows, and what happens when the file of plans changes. The shop
// runs with the file that with_plans.sh made.

import assert from 'node:assert/strict';
import { createHash, randomUUID } from 'node:crypto';
import { rename, writeFile } from 'node:fs/promises';
import { test } from 'node:test';
import { assertProblem, call, eventually, metric } from './shop.mjs';

const file = process.env.USAGE_PLANS ?? '';
/** @param {string} content */
async function write(content) {
  // At once, as who deploys it would.
  await writeFile(`${file}.new`, content);
  await rename(`${file}.new`, file);
}

const fast = randomUUID();
const slow = randomUUID();
/** @param {string} key */
const sha256 = (key) => createHash('sha256').update(key).digest('hex');

/** @param {number} dailyQuota of the fast plan @param {string[]} keys */
function plans(dailyQuota, keys) {
  return JSON.stringify({
    plans: [
      { name: 'fast', rate: '1000/s', burst: 1000, dailyQuota },
      { name: 'slow', rate: '1/h', burst: 3, dailyQuota: 1000 },
    ],
    keys: keys.map((key) => ({ sha256: sha256(key), plan: key === fast ? 'fast' : 'slow' })),
  });
}

/** @param {string} key */
const ask = (key) => call('GET', '/api/categories', { headers: { 'X-Api-Key': key } });

/** The first answer that is not `status`. @param {string} key @param {number} status */
const until = (key, status) => eventually(`${key} gets something else than ${status}`, async () => {
  const reply = await ask(key);
  return reply.status === status ? undefined : reply;
});

test('a plan has a rate, a burst and a quota of the day', async () => {
  assertProblem(await ask(fast), 401, 'API_KEY_INVALID');
  await write(plans(5, [fast, slow]));
  assert.equal((await until(fast, 401)).status, 200);
  for (let used = 1; used < 5; used += 1) assert.equal((await ask(fast)).status, 200, `call ${used + 1}`);
  const refused = await ask(fast);
  assertProblem(refused, 429, 'QUOTA_EXCEEDED');
  const seconds = Number(refused.headers.get('retry-after'));
  assert.ok(seconds > 0 && seconds <= 86_400, `${seconds}`);
  for (let used = 0; used < 3; used += 1) assert.equal((await ask(slow)).status, 200);
  assertProblem(await ask(slow), 429, 'RATE_LIMITED');
});

test('a mistake in the file changes nothing', async () => {
  await write('{"plans": [');
  await eventually('the failure is in the metrics', async () =>
    (await metric('gateway', 'cartwright_gateway_reload_failed') > 0 ? true : undefined));
  assertProblem(await ask(fast), 429, 'QUOTA_EXCEEDED');
});

test('more quota is more calls, and what was used stays used', async () => {
  await write(plans(8, [fast]));
  assert.equal((await until(fast, 429)).status, 200);
  for (let used = 6; used < 8; used += 1) assert.equal((await ask(fast)).status, 200, `call ${used + 1}`);
  assertProblem(await ask(fast), 429, 'QUOTA_EXCEEDED');
});

test('a key that is taken out is refused', async () => {
  await write(plans(100, []));
  assertProblem(await until(fast, 429), 401, 'API_KEY_INVALID');
  assertProblem(await ask(slow), 401, 'API_KEY_INVALID');
});
