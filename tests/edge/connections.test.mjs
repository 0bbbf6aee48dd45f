// Connections: how requests arrive, what comes between them, and how they end.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { person } from './people.mjs';
import { assertReply, field, hostLine, raw, table } from './table.mjs';
import { Wire, chunked, get, jsonType, post, request } from './wire.mjs';

/** @typedef {import('./wire.mjs').Reply} Reply */
const login = '{"email":"connections@example.com","password":"wrong"}';

table('a connection is kept or closed as it is asked', [
  ['kept by default', get('/healthz'), '200 open'],
  ['closed', get('/healthz', ['Connection: close']), '200 close'],
  ['closed, in capitals', get('/healthz', ['CONNECTION: CLOSE']), '200 close'],
  ['closed, in a list', get('/healthz', ['Connection: foo, close']), '200 close'],
  ['closed, in a second field', get('/healthz', ['Connection: foo', 'Connection: close']), '200 close'],
  ['a word that only contains it', get('/healthz', ['Connection: closed']), '200 open'],
  ['of a proxy', get('/healthz', ['Proxy-Connection: close']), '200 open'],
  ['a 404 is no reason to close', get('/api/nowhere'), '404 open'],
  ['closed after a 404', get('/api/nowhere', ['Connection: close']), '404 close'],
  ['closed after a 401', get('/api/cart', ['Connection: close']), '401 close'],
  ['closed with a body', post('/api/auth/login', login, ['Connection: close']), '401 close'],
]);

test('HTTP/1.0 is kept when it asks', async () => {
  const wire = await Wire.open();
  for (let i = 0; i < 2; ++i) {
    wire.send(raw(['GET /healthz HTTP/1.0', 'Connection: keep-alive']));
    assert.equal(field(/** @type {Reply} */ (await wire.receive()), 'connection'), 'keep-alive');
  }
  wire.close();
});

test('a request may arrive in pieces', async (t) => {
  const requests = [get('/api/categories'), post('/api/auth/login', login),
    chunked('/api/auth/login', `5\r\n${login.slice(0, 5)}\r\n${(login.length - 5).toString(16)};a=b\r\n${login.slice(5)}\r\n0\r\n\r\n`)];
  for (const [index, bytes] of requests.entries()) {
    await t.test(`byte by byte, ${index}`, async () => {
      const wire = await Wire.open();
      for (const byte of bytes) {
        wire.send(Buffer.from([byte]));
        await new Promise(setImmediate);
      }
      assertReply(await wire.receive(), index === 0 ? '200 open' : '401 INVALID_CREDENTIALS open');
      wire.close();
    });
  }
});

test('a client that waits is told to go on', async (t) => {
  const head = (/** @type {string} */ target, /** @type {string[]} */ fields) =>
    request('POST', target, [jsonType, 'Expect: 100-continue', ...fields]);
  await t.test('with a length', async () => {
    const wire = await Wire.open();
    wire.send(head('/api/auth/login', [`Content-Length: ${login.length}`]));
    assert.equal((await wire.receive())?.head, 'HTTP/1.1 100 Continue');
    wire.send(login);
    assertReply(await wire.receive(), '401 INVALID_CREDENTIALS open');
    wire.send(get('/healthz'));
    assertReply(await wire.receive(), '200');
    wire.close();
  });
  await t.test('with chunks', async () => {
    const wire = await Wire.open();
    wire.send(head('/api/auth/login', ['Transfer-Encoding: chunked']));
    assert.equal((await wire.receive())?.status, 100);
    wire.send('2\r\n{}\r\n0\r\n\r\n');
    assertReply(await wire.receive(), '400 INVALID_FIELD open');
    wire.close();
  });
  /** @type {[string, Buffer, string][]} */
  const refusals = [
    ['without a token', head('/api/cart/add', ['Content-Length: 10']), '401 TOKEN_MISSING close'],
    ['without a route', head('/api/nowhere', ['Content-Length: 10']), '404 ROUTE_NOT_FOUND close'],
    ['without the method', head('/api/products', ['Content-Length: 10']), '405 METHOD_NOT_ALLOWED close'],
    ['without a key', head('/api/wallet/deposit', ['Content-Length: 10', person.auth]), '400 IDEMPOTENCY_KEY_MISSING close'],
    ['too large', head('/api/auth/login', ['Content-Length: 100000']), '413 PAYLOAD_TOO_LARGE close'],
    ['of the wrong type', request('POST', '/api/auth/login', ['Expect: 100-continue', 'Content-Length: 10']),
      '415 UNSUPPORTED_MEDIA_TYPE close'],
  ];
  for (const [name, bytes, want] of refusals) {
    await t.test(`not for a body that is refused: ${name}`, async () => {
      const wire = await Wire.open();
      wire.send(bytes);
      assertReply(await wire.receive(), want);
      assert.ok(await wire.isClosed());
      wire.close();
    });
  }
  await t.test('HTTP/1.0 does not know it', async () => {
    const wire = await Wire.open();
    wire.send(raw(['POST /api/auth/login HTTP/1.0', hostLine, jsonType, 'Expect: 100-continue', 'Content-Length: 2'], '{}'));
    assertReply(await wire.receive(), '400 INVALID_FIELD close');
    wire.close();
  });
});

test('a client that says it is done still gets its answers', async (t) => {
  await t.test('one', async () => {
    const wire = await Wire.open();
    wire.send(get('/healthz'));
    wire.finish();
    assertReply(await wire.receive(), '200');
    assert.ok(await wire.isClosed());
  });
  await t.test('three', async () => {
    const wire = await Wire.open();
    wire.send(Buffer.concat([get('/api/categories'), post('/api/auth/login', login), get('/healthz')]));
    wire.finish();
    assertReply(await wire.receive(), '200');
    assertReply(await wire.receive(), '401');
    assertReply(await wire.receive(), '200');
    assert.ok(await wire.isClosed());
  });
  await t.test('half a head is no request', async () => {
    const wire = await Wire.open();
    wire.send('GET /healthz HTTP/1.1\r\nHos');
    wire.finish();
    assert.ok(await wire.isClosed());
  });
  await t.test('half a body is no request', async () => {
    const wire = await Wire.open();
    wire.send(post('/api/auth/login', login).subarray(0, -10));
    wire.finish();
    await wire.receive();
    assert.ok(await wire.isClosed());
  });
});

test('clients that are late', { timeout: 60_000, concurrency: true }, async (t) => {
  /** @param {string | Buffer} bytes @param {number} least @param {number} most seconds */
  const late = async (bytes, least, most) => {
    const wire = await Wire.open();
    const start = Date.now();
    wire.send(bytes);
    const reply = await wire.receive();
    const seconds = (Date.now() - start) / 1000;
    assert.ok(seconds > least && seconds < most, `it took ${seconds} s`);
    if (reply) assert.ok(await wire.isClosed());
    wire.close();
    return reply;
  };
  const head = request('POST', '/api/auth/login', [jsonType, 'Content-Length: 100']);
  /** @type {[string, () => Promise<void>][]} */
  const cases = [
    ['a head has 5 seconds', async () => assertReply(await late('GET / HTTP/1.1\r\nHost:', 4, 15), '408 REQUEST_TIMEOUT close')],
    ['a request line has no more', async () => assertReply(await late('GET /', 4, 15), '408 REQUEST_TIMEOUT close')],
    ['a body that does not come', async () => assertReply(await late(head, 4, 18), '408 REQUEST_TIMEOUT close')],
    ['a body that stops', async () => assertReply(await late(Buffer.concat([head, Buffer.from('{')]), 4, 18), '408 REQUEST_TIMEOUT close')],
    ['a connection on which nothing comes', async () => assert.equal(await late('', 8, 18), undefined)],
    ['a head that drips', async () => {
      const wire = await Wire.open();
      wire.send('GET / HTTP/1.1\r\n');
      const drip = setInterval(() => wire.send('A: b\r\n'), 500);
      assertReply(await wire.receive(), '408 REQUEST_TIMEOUT close');
      clearInterval(drip);
      wire.close();
    }],
    ['a body that drips', async () => {
      const wire = await Wire.open();
      wire.send(head);
      const drip = setInterval(() => wire.send(' '), 250);
      assertReply(await wire.receive(), '408 REQUEST_TIMEOUT close');
      clearInterval(drip);
      wire.close();
    }],
  ];
  // At once: they wait more than they work.
  await Promise.all(cases.map(([name, run]) => t.test(name, run)));
});

test('a client that goes away in the middle harms nobody', async () => {
  const requests = [get('/api/products'), post('/api/auth/login', login), chunked('/api/auth/login', '2\r\n{}\r\n0\r\n\r\n')];
  for (const bytes of requests) {
    for (let at = 1; at < bytes.length; at += 7) {
      const wire = await Wire.open();
      wire.send(bytes.subarray(0, at));
      wire.close();
    }
  }
  await pause(50);
  const wire = await Wire.open();
  wire.send(get('/healthz'));
  assertReply(await wire.receive(), '200');
  wire.close();
});
