// How long a refused login takes, for addresses that have an account and for others, one after the other so that
// both see the same machine: medians, and whether the two distributions differ (Kolmogorov and Smirnov). For a quiet
// machine, and no test: what it says is a measurement.
//
//   LOGINS=500 tests/integration/with_shop.sh node tests/security/timing.mjs

import { randomUUID } from 'node:crypto';

import { call, Shopper } from '../integration/shop.mjs';

const logins = Number(process.env.LOGINS ?? 200);
// Fewer tries for each of them than make an account wait, which is after ten.
const triesOfAnAccount = 8;

/** @param {string} email @returns {Promise<number>} milliseconds */
async function refusedLogin(email) {
  const start = performance.now();
  const { status, body } = await call('POST', '/api/auth/login', { json: { email, password: 'not the right password' } });
  if (status !== 401) throw new Error(`${status} ${JSON.stringify(body)}`);
  return performance.now() - start;
}

/** @param {number[]} sorted */
const median = (sorted) => sorted[Math.floor(sorted.length / 2)];

/** The largest distance between two distributions. @param {number[]} a sorted @param {number[]} b sorted */
function distance(a, b) {
  const share = (/** @type {number[]} */ values, /** @type {number} */ limit) => values.filter((value) => value <= limit).length / values.length;
  return Math.max(...[...a, ...b].map((value) => Math.abs(share(a, value) - share(b, value))));
}

/** How likely such a distance is when there is no difference. @param {number} d @param {number} n @param {number} m */
function probability(d, n, m) {
  const scale = Math.sqrt((n * m) / (n + m));
  const lambda = (scale + 0.12 + 0.11 / scale) * d;
  if (lambda < 0.2) return 1; // where the series does not converge, and the sum is 1
  let sum = 0;
  for (let k = 1; k <= 100; k += 1) sum += 2 * (-1) ** (k - 1) * Math.exp(-2 * k * k * lambda * lambda);
  return Math.min(Math.max(sum, 0), 1);
}

/** @type {number[]} */
const known = [];
/** @type {number[]} */
const unknown = [];
let shopper = await Shopper.register();
await refusedLogin(shopper.email);
for (let at = 1; at <= logins; at += 1) {
  if (at % triesOfAnAccount === 0) shopper = await Shopper.register();
  known.push(await refusedLogin(shopper.email));
  unknown.push(await refusedLogin(`shopper-${randomUUID()}@example.com`));
}
for (const values of [known, unknown]) values.sort((a, b) => a - b);
const d = distance(known, unknown);
console.log(`${logins} refused logins each`);
console.log(`median with an account ${median(known).toFixed(1)} ms, without ${median(unknown).toFixed(1)} ms, ` +
  `ratio ${(median(known) / median(unknown)).toFixed(3)}`);
console.log(`KS distance ${d.toFixed(3)}, p = ${probability(d, logins, logins).toFixed(3)}`);
