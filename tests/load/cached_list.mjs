// What a cached product list costs the gateway, beside a bare Beast server that answers the same
// bytes from memory: CPU time per request of each, and their ratio. In rounds, one after the other,
// so that both see the same machine. Run by with_shop.sh; see docs/HACKING.md.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cpuMicroseconds, fetchRaw, load } from './http_load.mjs';

const rounds = Number(process.env.ROUNDS ?? 5);
const count = Number(process.env.REQUESTS ?? 20_000);
const connections = 8;
const threads = '2';
const limit = 1.5;

const build = process.env.CARTWRIGHT_BUILD ?? new URL('../../build/release', import.meta.url).pathname;
const dataDirectory = process.env.CARTWRIGHT_DATA ?? '';
const shop = new URL(process.env.SHOP ?? '');
const request = `GET /api/products?pageSize=20 HTTP/1.1\r\nHost: ${shop.host}\r\nAccept: application/json\r\n\r\n`;

/** @param {string} file with a whole answer @returns {Promise<{process: import('node:child_process').ChildProcess, port: number}>} */
async function startBareServer(file) {
  const server = spawn(join(build, 'bin/bare_server'), [file, threads], { stdio: ['ignore', 'pipe', 'inherit'] });
  const line = await new Promise((resolve) => { server.stdout.once('data', resolve); });
  return { process: server, port: Number(String(line)) };
}

/** @param {number} port @param {number} pid @returns {Promise<number>} microseconds per request */
async function measure(port, pid) {
  const before = await cpuMicroseconds(pid);
  const { answers, notOk } = await load(port, request, { count, connections });
  assert.equal(notOk, 0);
  return (await cpuMicroseconds(pid) - before) / answers;
}

/** @param {number[]} numbers */
const median = (numbers) => [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)];

const gatewayPid = Number((await readFile(`${dataDirectory}/run/gateway.pid`, 'utf8')).split(' ')[0]);
await fetchRaw(Number(shop.port), request);
const answer = await fetchRaw(Number(shop.port), request);
assert.match(answer.toString('latin1', 0, 2000), /\r\nCache-Status: cartwright; hit/);
const directory = await mkdtemp(join(tmpdir(), 'cartwright-load.'));
await writeFile(join(directory, 'answer'), answer);
const bare = await startBareServer(join(directory, 'answer'));
try {
  const ratios = [];
  console.log(`product list of ${answer.length} bytes, ${rounds} rounds of ${count} requests, ${connections} connections`);
  for (let round = 0; round < rounds; round += 1) {
    const ours = await measure(Number(shop.port), gatewayPid);
    const theirs = await measure(bare.port, Number(bare.process.pid));
    ratios.push(ours / theirs);
    console.log(`gateway ${ours.toFixed(1)} us, bare Beast ${theirs.toFixed(1)} us, ratio ${(ours / theirs).toFixed(2)}`);
  }
  console.log(`median ratio ${median(ratios).toFixed(2)}, at most ${limit} is wanted`);
  process.exitCode = median(ratios) <= limit ? 0 : 1;
} finally {
  bare.process.kill();
  await rm(directory, { recursive: true });
}
