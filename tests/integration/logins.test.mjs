// Many who sign in at once: a password costs its hash 19 MiB and some hundredths of a second, by threads of their own, of
// which there are two. Neither memory nor anybody else may suffer. How long answers take is said, not judged.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { assertProblem, call, keptBySanitizer, password, pastTheCache, pidOf, Shopper } from './shop.mjs';

const many = 200;

/** MiB that a process has had at the most. @param {string} name */
async function peakOf(name) {
  const status = await readFile(`/proc/${await pidOf(name)}/status`, 'utf8');
  return Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1]) / 1024;
}

/** Reads products, one answer after the other, until `done`; milliseconds that each took. @param {() => boolean} done */
async function readProducts(done) {
  const times = [];
  do {
    const start = performance.now();
    const { status } = await call('GET', '/api/products?pageSize=20', pastTheCache);
    assert.equal(status, 200);
    times.push(performance.now() - start);
  } while (!done());
  return times.sort((a, b) => a - b);
}

/** @param {number[]} times sorted */
const told = (times) => `${times.length} reads, median ${times[times.length >> 1].toFixed(1)} ms, `
  + `95 of 100 within ${times[Math.floor(times.length * 0.95)].toFixed(1)} ms`;

test(`${many} people sign in at once: each gets in or is told to come back, products are read meanwhile`, async () => {
  const people = [];  // four at once each, which is no guessing
  for (let i = 0; i < 50; i++) people.push(await Shopper.register());
  let reads = 0;
  const alone = await readProducts(() => ++reads === 100);
  const before = await peakOf('identity');

  let open = many;
  const logins = Array.from({ length: many }, async (_, i) => {
    const reply = await call('POST', '/api/auth/login', { json: { email: people[i % people.length].email, password } });
    open--;
    return reply;
  });
  const beside = await readProducts(() => open === 0);
  const replies = await Promise.all(logins);

  const refused = replies.filter(({ status }) => status !== 200);
  for (const reply of refused) {
    assertProblem(reply, 503, 'OVERLOADED');
    assert.match(reply.headers.get('retry-after') ?? '', /^[1-9]\d*$/);
  }
  // What is refused is refused because others are looked at.
  assert.ok(refused.length < many, 'somebody gets in');
  const more = (await peakOf('identity')) - before;
  console.log(`${many - refused.length} got in, ${refused.length} are told to come back; ${more.toFixed(0)} MiB more`);
  console.log(`products: ${told(alone)}; beside the logins ${told(beside)}`);
  // Two hashes, not two hundred, which would be 3.8 GB.
  assert.ok(more < 80 + keptBySanitizer, `${more} MiB`);
  assert.equal((await call('POST', '/api/auth/login', { json: { email: people[0].email, password } })).status, 200);
});
