// The nastiest cases again and again: the gateway is the same process afterwards, still answers, and
// holds no more memory than before. One file of the suite after the other runs in the same shop, so this
// one, which is the last, also speaks for all of them.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { keptBySanitizer, pidOf } from '../integration/shop.mjs';
import { residentOf } from './memory.mjs';
import { assertReply, hostLine, raw } from './table.mjs';
import { Wire, chunked, get, jsonType, post, request } from './wire.mjs';

const rounds = Number(process.env.EDGE_ROUNDS ?? 60);
/** What the gateway may hold more after the last rounds than after the first ones. */
const mostGrowthKb = (12 + keptBySanitizer) * 1024;

const target = '/api/auth/login';
const nasty = [
  chunked(target, `2\r\n{}\r\n0\r\nA: ${'b'.repeat(65_536)}\r\n\r\n`),
  chunked(target, `2\r\n{}\r\n0\r\n${'A: b\r\n'.repeat(5000)}\r\n`),
  chunked(target, `2;${'x'.repeat(70_000)}\r\n{}\r\n0\r\n\r\n`),
  chunked(target, `400\r\n${'x'.repeat(1024)}\r\n`.repeat(70)),
  chunked(target, 'ffffffffffffffff\r\n'),
  chunked(target, '1\r\n \r\n'.repeat(3000) + '0\r\n\r\n'),
  post(target, '['.repeat(4000)),
  post(target, '{"a":'.repeat(800)),
  post(target, `{"email":"${'a'.repeat(4000)}"}`),
  post(target, 'x'.repeat(70_000)),
  request('POST', target, [jsonType, 'Content-Length: 999999999999']),
  request('POST', target, [jsonType, 'Expect: 100-continue', 'Content-Length: 100']),
  get(`/api/${'a'.repeat(100_000)}`),
  get(`/api/products?${'a&'.repeat(2000)}`),
  get(`/api/products?query=${'%C3%A4'.repeat(600)}`),
  get('/healthz', Array(1000).fill('A: b')),
  get('/healthz', [`A: ${'b'.repeat(100_000)}`]),
  get('/healthz', [`Cookie: ${'a=b; '.repeat(1500)}`]),
  get('/api/cart', [`Authorization: Bearer ${'a'.repeat(4000)}.${'b'.repeat(1000)}.c`]),
  get('/api/cart', [`Authorization: Bearer ${Math.random()}.b.c`]),
  Buffer.from(raw(['GET / HTTP/1.1'])),
  Buffer.from(raw([`POST ${target} HTTP/1.1`, hostLine, 'Content-Length: 5', 'Transfer-Encoding: chunked'], '0\r\n\r\n')),
  Buffer.alloc(100_000, 0),
  Buffer.alloc(100_000, '\r\n'),
  Buffer.concat(Array(200).fill(get('/healthz'))),
];

/** Sends one of them and hangs up after the first answer, or at once. @param {Buffer} bytes @param {boolean} waits */
async function attack(bytes, waits) {
  const wire = await Wire.open();
  wire.send(bytes);
  if (waits) await wire.receive();
  wire.close();
}

/** @param {number} count */
async function attackAll(count) {
  for (let round = 0; round < count; ++round) {
    // What begins a request and never ends it waits for a timeout; that is for another file.
    await Promise.all(nasty.map((bytes, i) => attack(bytes, (i + round) % 3 !== 0)));
  }
}

test('it is the same process, of the same size', { timeout: 300_000 }, async () => {
  const pid = await pidOf('gateway');
  await attackAll(rounds);
  const before = await residentOf(pid);
  await attackAll(2 * rounds);
  assert.equal(await pidOf('gateway'), pid, 'the gateway was started again');
  const after = await residentOf(pid);
  assert.ok(after - before < mostGrowthKb, `it grew from ${before} to ${after} KiB`);
  const wire = await Wire.open();
  wire.send(get('/api/categories'));
  assertReply(await wire.receive(), '200');
  wire.close();
});

test('what comes after a refusal is not held', { timeout: 120_000 }, async () => {
  const pid = await pidOf('gateway');
  const before = await residentOf(pid);
  const wire = await Wire.open();
  wire.send(chunked(target, `2;${'x'.repeat(1_000_000)}`));
  await wire.receive();
  for (let i = 0; i < 50; ++i) wire.send(Buffer.alloc(1_000_000, 'x'));
  await wire.isClosed();
  wire.close();
  assert.ok(await residentOf(pid) - before < mostGrowthKb);
});
