// The proxy does what it is told: a nemesis that breaks nothing would prove nothing.

import assert from 'node:assert/strict';
import net from 'node:net';
import { after, before, test } from 'node:test';
import { once } from 'node:events';
import { eventually } from './place.mjs';
import { Proxies } from './proxies.mjs';

/** @type {net.Server} */
let echo;
/** @type {Proxies} */
let proxies;
let echoed = '';

before(async () => {
  echo = net.createServer((socket) => {
    socket.on('error', () => {});
    socket.on('data', (piece) => {
      echoed += piece;
      socket.write(piece);
    });
  });
  echo.listen(0, '127.0.0.1');
  await once(echo, 'listening');
  proxies = await Proxies.start({ edge: /** @type {net.AddressInfo} */ (echo.address()).port });
});

after(() => {
  proxies.stop();
  echo.close();
});

async function connected() {
  const socket = net.connect(proxies.ports.edge, '127.0.0.1');
  socket.setEncoding('utf8');
  socket.on('error', () => {});
  await once(socket, 'connect');
  return socket;
}

/** @param {net.Socket} socket @param {string} text */
async function answer(socket, text) {
  socket.write(text);
  const [piece] = await once(socket, 'data');
  return piece;
}

test('passes what is sent, both ways', async () => {
  const socket = await connected();
  assert.equal(await answer(socket, 'hello'), 'hello');
  socket.destroy();
});

test('holds replies: the other side gets the request, and the reply comes when it heals', async () => {
  const socket = await connected();
  assert.equal(await answer(socket, 'one'), 'one');
  await proxies.set(['edge'], 'hold replies');
  echoed = '';
  let reply = '';
  socket.on('data', (piece) => { reply += piece; });
  socket.write('two');
  await eventually('the request is through', () => (echoed === 'two' ? true : undefined));
  assert.equal(reply, '');
  const healed = once(socket, 'data');
  await proxies.heal();
  await healed;
  assert.equal(reply, 'two');
  socket.destroy();
});

test('holds requests: the other side gets nothing until it heals', async () => {
  const socket = await connected();
  assert.equal(await answer(socket, 'one'), 'one');
  await proxies.set(['edge'], 'hold requests');
  echoed = '';
  socket.write('two');
  // Another edge change goes through the same process after the piece: it was held by then.
  await proxies.set(['edge'], 'hold requests');
  assert.equal(echoed, '');
  const healed = once(socket, 'data');
  await proxies.heal();
  assert.deepEqual(await healed, ['two']);
  socket.destroy();
});

test('delays', async () => {
  const socket = await connected();
  await proxies.set(['edge'], 'delay');
  const start = performance.now();
  assert.equal(await answer(socket, 'slow'), 'slow');
  assert.ok(performance.now() - start >= 200, 'one delay each way');
  await proxies.heal();
  socket.destroy();
});

test('resets what is open, and lets new connections through', async () => {
  const socket = await connected();
  assert.equal(await answer(socket, 'one'), 'one');
  const broken = once(socket, 'close').catch((error) => error);
  await proxies.set(['edge'], 'reset');
  assert.equal((await broken).code, 'ECONNRESET');
  const next = await connected();
  assert.equal(await answer(next, 'again'), 'again');
  next.destroy();
});

test('refuses', async () => {
  await proxies.set(['edge'], 'refuse');
  const socket = net.connect(proxies.ports.edge, '127.0.0.1');
  const [error] = await once(socket, 'error');
  assert.match(error.code, /ECONNRESET|ECONNREFUSED/);
  await proxies.heal();
});
