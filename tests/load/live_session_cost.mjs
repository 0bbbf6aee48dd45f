// What it costs a deposit that the gateway asks identity first whether the session is live: the same deposit through the
// shop's gateway, and through one more that never asks (no --revocations_method), in turns, so that both see the same
// machine; the median of the ratios counts. The deposit is a replay, which writes nothing: beside a new one, the question
// would weigh less. Run by with_shop.sh with CARTWRIGHT_RATE_LIMITS=off; see docs/HACKING.md.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { pidOf, Shopper, shopUrl } from '../integration/shop.mjs';
import { load } from './http_load.mjs';

const rounds = Number(process.env.ROUNDS ?? 7);
const count = Number(process.env.REQUESTS ?? 1_000);

/** Another gateway like the shop's, that takes tokens until they expire. */
async function startWithoutQuestions() {
  const [binary, ...args] = (await readFile(`/proc/${await pidOf('gateway')}/cmdline`, 'utf8')).split('\0').slice(0, -1);
  const child = spawn(binary, [...args, '--http_listen=127.0.0.1:0', '--ops_listen=127.0.0.1:0', '--revocations_method=',
    '--drain_notice_s=0'], { stdio: ['ignore', 'ignore', 'pipe'] });
  for await (const line of createInterface({ input: /** @type {import('node:stream').Readable} */ (child.stderr) })) {
    const said = JSON.parse(line);
    if (said['event.name'] === 'start.http') {
      child.stderr?.resume();
      return { child, port: Number(said.port) };
    }
  }
  throw new Error('it has not started');
}

/** Milliseconds of an answer. @param {number} port @param {string} request @param {number} connections */
async function timeOf(port, request, connections) {
  const start = performance.now();
  const { answers, notOk } = await load(port, request, { count, connections });
  assert.equal(notOk, 0);
  return ((performance.now() - start) * connections) / answers;
}

/** @param {number[]} numbers */
const median = (numbers) => [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)];

const shopper = await Shopper.register();
const key = randomUUID();
assert.equal((await shopper.deposit(100, key)).status, 200);
const body = JSON.stringify({ amount: { currencyCode: 'EUR', minorUnits: '100' } });
const request = ['POST /api/wallet/deposit HTTP/1.1', 'Host: localhost', `Authorization: Bearer ${shopper.token}`,
  `Idempotency-Key: ${key}`, 'Content-Type: application/json', `Content-Length: ${body.length}`, '', body].join('\r\n');
const asks = Number(new URL(shopUrl).port);
const other = await startWithoutQuestions();
try {
  for (const connections of [1, 8]) {
    const results = [];
    for (let i = -1; i < rounds; i += 1) {
      const ours = await timeOf(asks, request, connections);
      const without = await timeOf(other.port, request, connections);
      if (i >= 0) results.push({ ours, without, ratio: ours / without });  // the first one warms up
    }
    const [ours, without, ratio] = ['ours', 'without', 'ratio'].map((name) => median(results.map((result) => Reflect.get(result, name))));
    const ratios = results.map((result) => result.ratio.toFixed(2)).sort();
    console.log(`${connections} at once: ${ours.toFixed(2)} ms, without the question ${without.toFixed(2)} ms, ratio ${ratio.toFixed(2)}`
      + ` (${ratios[0]} to ${ratios.at(-1)})`);
  }
} finally {
  other.child.kill();
}
