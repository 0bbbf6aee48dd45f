// Clients that ask and do not read. A connection on which nothing moves for 15 seconds is cut off, and the
// gateway holds little for it meanwhile: it makes the next answer when the last one is taken.

import assert from 'node:assert/strict';
import net from 'node:net';
import { test } from 'node:test';
import { keptBySanitizer, pidOf, shopUrl } from '../integration/shop.mjs';
import { residentOf } from './memory.mjs';
import { assertReply } from './table.mjs';
import { Wire, get } from './wire.mjs';

const clients = 40;
/** Answers of each that all buffers of the two kernels together cannot hold: some 30 MB. */
const answers = 500;
const mostGrowthKb = (12 + keptBySanitizer) * 1024;

/** A client that takes nothing. @returns {Promise<net.Socket>} */
function deaf() {
  const { hostname, port } = new URL(shopUrl);
  return new Promise((resolve, reject) => {
    const socket = net.connect({ host: hostname, port: Number(port) });
    socket.once('error', reject);
    socket.once('connect', () => {
      socket.pause();
      socket.write(Buffer.concat(Array(answers).fill(get('/api/products?pageSize=100'))));
      resolve(socket);
    });
  });
}

/**
 * Seconds until the server has hung up. To who does not read that shows when something is written.
 * @param {net.Socket} socket
 * @returns {Promise<number>}
 */
function cutOff(socket) {
  const start = Date.now();
  return new Promise((resolve) => {
    const knock = setInterval(() => socket.write('\r\n'), 500);
    const done = () => {
      clearInterval(knock);
      resolve((Date.now() - start) / 1000);
    };
    socket.removeAllListeners('error');
    socket.on('error', done);
    socket.on('close', done);
  });
}

test('who does not read is cut off, and costs little until then', { timeout: 120_000 }, async () => {
  const pid = await pidOf('gateway');
  const before = await residentOf(pid);
  const sockets = await Promise.all(Array.from({ length: clients }, deaf));
  // Somebody else is served as if nothing were.
  const wire = await Wire.open();
  wire.send(get('/api/products?pageSize=100'));
  assertReply(await wire.receive(), '200 open');
  const grown = await residentOf(pid) - before;
  assert.ok(grown < mostGrowthKb, `it grew by ${grown} KiB`);
  const seconds = await Promise.all(sockets.map(cutOff));
  for (const socket of sockets) socket.destroy();
  assert.ok(Math.min(...seconds) > 5, `somebody was cut off after ${Math.min(...seconds)} s`);
  const after = await residentOf(pid) - before;
  assert.ok(after < mostGrowthKb, `it kept ${after} KiB`);
  wire.send(get('/healthz'));
  assertReply(await wire.receive(), '200 open');
  wire.close();
});
