// What a list of 20 products costs the gateway, in CPU time per request of its process, beside processes that
// do nothing but the part that cannot be left out:
//
//   cached      a bare Beast server that answers the same bytes from memory
//   transcoded  a bare gRPC client that asks the catalog the same and parses the answer
//
// In rounds, one after the other, so that all see the same machine; the median of the ratios counts. Fails
// above 1.5 and 2. Run by with_shop.sh; see docs/HACKING.md.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { cpuMicroseconds, fetchRaw, load } from './http_load.mjs';

const rounds = Number(process.env.ROUNDS ?? 5);
const count = Number(process.env.REQUESTS ?? 20_000);
const connections = 8;
const threads = '2';

const build = process.env.CARTWRIGHT_BUILD ?? new URL('../../build/release', import.meta.url).pathname;
const dataDirectory = process.env.CARTWRIGHT_DATA ?? '';
const shop = new URL(process.env.SHOP ?? '');
const port = Number(shop.port);
/** @param {string[]} fields */
const list = (...fields) => [`GET /api/products?pageSize=20 HTTP/1.1`, `Host: ${shop.host}`, 'Accept: application/json', ...fields, '', '']
  .join('\r\n');
const cached = list();
/** With any Authorization, the answer is made anew. */
const transcoded = list('Authorization: none');

/**
 * A process of ours and the lines that it prints.
 * @param {string} name
 * @param {...string} args
 */
function start(name, ...args) {
  const child = spawn(join(build, 'bin', name), args, { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return { child, pid: Number(child.pid), line: async () => Number((await lines.next()).value) };
}

/**
 * CPU time of a process while `run` makes requests, in microseconds for each. Few are lost, where a
 * connection has had its 1,000.
 * @param {number} pid @param {() => Promise<number>} run how many had their answer
 */
async function cost(pid, run) {
  const before = await cpuMicroseconds(pid);
  const answered = await run();
  assert.ok(answered > 0.99 * count, `${answered} answers`);
  return (await cpuMicroseconds(pid) - before) / answered;
}

/** @param {number} at @param {string} request */
async function ask(at, request) {
  const { answers, notOk } = await load(at, request, { count, connections });
  assert.equal(notOk, 0);
  return answers;
}

/** @param {number[]} numbers */
const median = (numbers) => [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)];

/** @param {string} what @param {number} limit @param {() => Promise<[number, number]>} round ours and theirs */
async function compare(what, limit, round) {
  await round(); // warm
  const results = [];
  for (let i = 0; i < rounds; i += 1) {
    const [ours, theirs] = await round();
    results.push({ ours, theirs, ratio: ours / theirs });
    console.log(`  ${ours.toFixed(1)} us, bare ${theirs.toFixed(1)} us, ratio ${(ours / theirs).toFixed(2)}`);
  }
  const [ours, theirs, ratio] = ['ours', 'theirs', 'ratio'].map((name) => median(results.map((result) => Reflect.get(result, name))));
  console.log(`${what}: median ${ours.toFixed(1)} us, bare ${theirs.toFixed(1)} us, ratio ${ratio.toFixed(2)}; at most ${limit} is wanted`);
  if (ratio > limit) process.exitCode = 1;
}

const gatewayPid = Number((await readFile(`${dataDirectory}/run/gateway.pid`, 'utf8')).split(' ')[0]);
await fetchRaw(port, cached);
const answer = await fetchRaw(port, cached);
assert.match(answer.toString('latin1', 0, 2000), /\r\nCache-Status: cartwright; hit/);
assert.match((await fetchRaw(port, transcoded)).toString('latin1', 0, 2000), /\r\nCache-Status: cartwright; fwd=bypass/);
const directory = await mkdtemp(join(tmpdir(), 'cartwright-load.'));
await writeFile(join(directory, 'answer'), answer);
const server = start('bare_server', join(directory, 'answer'), threads);
// The second port after the public one is the catalog's.
const client = start('bare_client', `localhost:${port + 2}`, `${dataDirectory}/tls`, String(connections));
try {
  const barePort = await server.line();
  console.log(`a list of ${answer.length} bytes, ${rounds} rounds of ${count} requests, ${connections} connections`);
  await compare('cached', 1.5, async () => [
    await cost(gatewayPid, () => ask(port, cached)),
    await cost(server.pid, () => ask(barePort, cached)),
  ]);
  await compare('transcoded', 2, async () => [
    await cost(gatewayPid, () => ask(port, transcoded)),
    await cost(client.pid, () => {
      client.child.stdin.write(`${count}\n`);
      return client.line();
    }),
  ]);
} finally {
  server.child.kill();
  client.child.kill();
  await rm(directory, { recursive: true });
}
