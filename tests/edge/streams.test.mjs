// An order's events: answers that are made while they are sent.

import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { address } from '../integration/shop.mjs';
import { Person, keyed, product } from './people.mjs';
import { assertReply, field, hostLine, raw } from './table.mjs';
import { Wire, get, jsonType, request } from './wire.mjs';

const buyer = await Person.make();

/** @param {string | Buffer} bytes @param {boolean} [isHead] */
async function ask(bytes, isHead) {
  const wire = await Wire.open();
  wire.send(bytes);
  const reply = /** @type {import('./wire.mjs').Reply} */ (await wire.receive(isHead));
  const closed = field(reply, 'connection') === 'close' && await wire.isClosed();
  wire.close();
  return { ...reply, closed };
}

await ask(buyer.post('/api/cart/add', `{"productId":"${product.id}","quantity":1}`));
const bought = await ask(buyer.post('/api/checkout', JSON.stringify({ shippingAddress: address }), [keyed()]));
await buyer.shopper.settled(bought.json.id);
const target = `/api/orders/${bought.json.id}/events`;

/** @param {import('./wire.mjs').Reply} reply */
const lines = (reply) => reply.body.toString().trim().split('\n').map((line) => JSON.parse(line));

test('lines of JSON are what one gets', async () => {
  for (const accept of [[], ['Accept: */*'], ['Accept: application/x-ndjson'], ['Accept: application/json']]) {
    const reply = await ask(buyer.get(target, accept));
    assertReply(reply, '200 close');
    assert.match(field(reply, 'content-type') ?? '', /^application\/x-ndjson/);
    assert.equal(field(reply, 'transfer-encoding'), 'chunked');
    assert.ok(lines(reply).length > 0);
    assert.ok(reply.closed);
  }
});

test('server-sent events are for who asks for them', async () => {
  const reply = await ask(buyer.get(target, ['Accept: text/event-stream']));
  assertReply(reply, '200 close');
  assert.match(field(reply, 'content-type') ?? '', /^text\/event-stream/);
  assert.match(field(reply, 'cache-control') ?? '', /no-store/);
  assert.match(reply.body.toString(), /^id: .+\n/m);
  assert.match(reply.body.toString(), /^data: \{.*\}\n/m);
});

test('what is not a stream has its own status', async (t) => {
  /** @type {[string, Buffer, string][]} */
  const rows = [
    ['without a token', get(target), '401 TOKEN_MISSING open'],
    ['of nobody', buyer.get(`/api/orders/${randomUUID()}/events`), '404 RESOURCE_NOT_FOUND open'],
    ['of nobody, for an event source', buyer.get(`/api/orders/${randomUUID()}/events`, ['Accept: text/event-stream']),
      '404 RESOURCE_NOT_FOUND open'],
    ['with a parameter', buyer.get(`${target}?a=1`), '400 UNKNOWN_QUERY_PARAMETER open'],
    ['with a body', request('GET', target, [buyer.auth, jsonType], '{}'), '400 BODY_NOT_ALLOWED'],
  ];
  for (const [name, bytes, want] of rows) await t.test(name, async () => assertReply(await ask(bytes), want));
});

test('it goes on after the last event that was seen', async () => {
  const all = await ask(buyer.get(target, ['Accept: text/event-stream']));
  const ids = [...all.body.toString().matchAll(/^id: (.+)$/mg)].map((match) => match[1]);
  const rest = await ask(buyer.get(target, ['Accept: text/event-stream', `Last-Event-ID: ${ids[0]}`]));
  assert.ok([200, 204].includes(rest.status));
  assert.ok(!rest.body.toString().includes(`id: ${ids[0]}\n`));
  assertReply(await ask(buyer.get(target, [`Last-Event-ID: ${ids.at(-1)}`])), '204');
});

test('a last event that is none harms nobody', async () => {
  for (const id of ['x', '-1', '9'.repeat(100), "' OR 1=1", 'a'.repeat(2000), '%00']) {
    const reply = await ask(buyer.get(target, [`Last-Event-ID: ${id}`]));
    assert.ok(reply.status < 500, `${id.slice(0, 20)}: ${reply.status}`);
  }
});

test('a HEAD has its head', async () => {
  const reply = await ask(request('HEAD', target, [buyer.auth]), true);
  assertReply(reply, '200 close');
});

test('HTTP/1.0 has no chunks', async () => {
  const wire = await Wire.open();
  wire.send(raw([`GET ${target} HTTP/1.0`, hostLine, buyer.auth]));
  await wire.isClosed();
  const text = wire.all.toString();
  // The rest comes until the server closes.
  for (let before = -1; before !== wire.all.length;) {
    before = wire.all.length;
    await new Promise((resolve) => { setTimeout(resolve, 100); });
  }
  assert.match(text, /^HTTP\/1\.1 200 OK\r\n/);
  assert.doesNotMatch(text, /transfer-encoding/i);
  assert.match(wire.all.toString().split('\r\n\r\n')[1], /^\{/);
  wire.close();
});

test('a client that goes away in the middle harms nobody', async () => {
  for (let i = 0; i < 20; ++i) {
    const wire = await Wire.open();
    wire.send(buyer.get(target));
    wire.close();
  }
  assertReply(await ask(get('/healthz')), '200');
});
