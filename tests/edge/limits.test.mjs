// Every limit, on both of its sides.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { person, keyed, product } from './people.mjs';
import { assertReply, field, hostLine, raw, table } from './table.mjs';
import { Wire, chunked, get, jsonType, post, request } from './wire.mjs';

const line = 'GET /healthz HTTP/1.1';
/** A target of that many bytes, of a path that has nothing. @param {number} size */
const target = (size) => `/api/${'a'.repeat(size - 5)}`;
/** @param {number} count @param {number} size of each with its CR and LF */
const fields = (count, size) => Array.from({ length: count }, (_, i) => `${`A${i}`.padEnd(4, 'x')}: ${'b'.repeat(size - 8)}`);
const tooLarge = '431 HEADERS_TOO_LARGE close';

table('the request line', [
  ['a target of 4 KiB', get(target(4096)), '404 ROUTE_NOT_FOUND open'],
  ['one byte more', get(target(4097)), '414 URI_TOO_LONG close'],
  ['of 20 KB', get(target(20_000)), '414 URI_TOO_LONG close'],
  ['of 1 MB', get(target(1_000_000)), '414 URI_TOO_LONG close'],
  ['of 20 KB without an end', `GET ${target(20_000)}`, '414 URI_TOO_LONG close'],
  ['a query of 20 KB', get(`/api/products?query=${'a'.repeat(20_000)}`), '414 URI_TOO_LONG close'],
  ['an escaped target of 4 KiB', get(`/api/${'%41'.repeat(1363)}`), '404 ROUTE_NOT_FOUND'],
  ['a method of 5,000 letters', request('A'.repeat(5000), '/'), '414 URI_TOO_LONG close'],
  ['a line of 1 MB without a space', 'A'.repeat(1_000_000), '414 URI_TOO_LONG close'],
]);

table('header fields', [
  ['64 of them, with the Host', raw([line, hostLine, ...fields(63, 20)]), '200 open'],
  ['65 of them', raw([line, hostLine, ...fields(64, 20)]), tooLarge],
  ['1,000 of them', raw([line, hostLine, ...fields(1000, 12)]), tooLarge],
  ['a value of 8,000 bytes', raw([line, hostLine, `A: ${'b'.repeat(8000)}`]), '200 open'],
  ['a value of 8 KiB', raw([line, hostLine, `A: ${'b'.repeat(8192)}`]), '200 open'],
  ['a value of one byte more', raw([line, hostLine, `A: ${'b'.repeat(8193)}`]), tooLarge],
  ['a value of 9,000 bytes', raw([line, hostLine, `A: ${'b'.repeat(9000)}`]), tooLarge],
  ['a name of 9,000 bytes', raw([line, hostLine, `${'a'.repeat(9000)}: b`]), tooLarge],
  ['a field of 1 MB', raw([line, hostLine, `A: ${'b'.repeat(1_000_000)}`]), tooLarge],
  ['a field without an end', `${line}\r\nA: ${'b'.repeat(100_000)}`, tooLarge],
  ['15 KiB together', raw([line, hostLine, ...fields(3, 5000)]), '200 open'],
  ['over 16 KiB together', raw([line, hostLine, ...fields(3, 5600)]), tooLarge],
  ['40 KB of cookies', raw([line, hostLine, ...Array(8).fill(`Cookie: a=${'b'.repeat(5000)}`)]), tooLarge],
]);

/** A body of JSON of that many bytes, which has nothing wrong but its size. @param {number} size */
const padded = (size) => `{${' '.repeat(size - 2)}}`;
const kilobyte = `400\r\n${' '.repeat(1024)}\r\n`;
/** @param {number} size of the chunks of white space before the `{}` */
const chunkedSpace = (size) => `${kilobyte.repeat(size)}2\r\n{}\r\n0\r\n\r\n`;
const payload = '413 PAYLOAD_TOO_LARGE close';

table('bodies: 4 KiB where money or passwords are, 64 KiB elsewhere', [
  ['a login of 4 KiB', post('/api/auth/login', padded(4096)), '400 INVALID_FIELD open'],
  ['a login of one byte more', post('/api/auth/login', padded(4097)), '413 PAYLOAD_TOO_LARGE'],
  ['a login of 1 MB', post('/api/auth/login', padded(1_000_000)), payload],
  ['a login of 4 KiB in chunks', chunked('/api/auth/login', `${kilobyte.repeat(3)}400\r\n{}${' '.repeat(1022)}\r\n0\r\n\r\n`),
    '400 INVALID_FIELD open'],
  ['a login of more in chunks', chunked('/api/auth/login', chunkedSpace(4)), payload],
  ['a login that only says it is large', post('/api/auth/login', '', ['Content-Length: 1000000000000']), payload],
  ['a registration', post('/api/auth/register', padded(4097)), '413 PAYLOAD_TOO_LARGE'],
  ['adding to a cart', person.post('/api/cart/add', padded(4097)), '413 PAYLOAD_TOO_LARGE'],
  ['a change of a line', person.put(`/api/cart/item/${product.id}`, padded(4097)), '413 PAYLOAD_TOO_LARGE'],
  ['a checkout', person.post('/api/checkout', padded(4097), [keyed()]), '413 PAYLOAD_TOO_LARGE'],
  ['a deposit', person.deposit(padded(4097)), '413 PAYLOAD_TOO_LARGE'],
  ['a deposit of 4 KiB', person.deposit(padded(4096)), '400 INVALID_FIELD open'],
  ['a merge, which may have 100 lines', person.post('/api/cart/merge', padded(60_000)), '200 open'],
  ['a cancellation, which may be longer', person.post('/api/orders/nothing/cancel', padded(65_536), [keyed()]),
    '404 RESOURCE_NOT_FOUND open'],
  ['a cancellation of one byte more', person.post('/api/orders/nothing/cancel', padded(65_537), [keyed()]), payload],
  ['a cancellation of 65 KiB in chunks', chunked('/api/orders/nothing/cancel', chunkedSpace(64), [person.auth, keyed()]),
    payload],
]);

test('a body that is too large is refused before it comes', async () => {
  const wire = await Wire.open();
  wire.send(request('POST', '/api/auth/login', [jsonType, 'Content-Length: 70000']));
  assertReply(await wire.receive(), payload);
  assert.ok(await wire.isClosed());
  wire.close();
});

const email = (/** @type {string} */ more) => `{"email":"nobody@example.com","password":"x"${more}}`;
const bad = '400 INVALID_JSON';
/** @param {string} body a cancellation's: the larger bodies */
const json = (body) => person.post('/api/orders/nothing/cancel', body, [keyed()]);
const members = (/** @type {number} */ n) => `{${Array.from({ length: n }, (_, i) => `"m${i}":0`).join()}}`;
table('JSON', [
  ['32 levels', json(`${'{"a":'.repeat(31)}{}${'}'.repeat(31)}`), '400 UNKNOWN_FIELD'],
  ['33 levels', json(`${'{"a":'.repeat(33)}{}${'}'.repeat(33)}`), bad],
  ['10,000 levels of arrays', json('['.repeat(10_000)), bad],
  ['10,000 levels that end', json('['.repeat(10_000) + ']'.repeat(10_000)), bad],
  ['256 members', json(members(256)), '400 UNKNOWN_FIELD'],
  ['257 members', json(members(257)), bad],
  ['1,000 items', json(`{"reason":[${'0,'.repeat(999)}0]}`), '400 INVALID_FIELD field=reason'],
  ['1,001 items', json(`{"reason":[${'0,'.repeat(1000)}0]}`), bad],
  ['a string of 16 KiB', json(`{"reason":"${'a'.repeat(16_384)}"}`), '400 INVALID_FIELD field=reason'],
  ['a string of one byte more', json(`{"reason":"${'a'.repeat(16_385)}"}`), bad],
  ['a key of 16 KiB and more', json(`{"${'a'.repeat(16_385)}":0}`), bad],
  ['a long key is not repeated to its sender', post('/api/auth/login', email(`,"${'k'.repeat(2000)}":1`)),
    '400 UNKNOWN_FIELD', (reply) => assert.ok(reply.body.length < 1000)],
  ['a number of 4,000 digits', post('/api/auth/login', `{"email":${'9'.repeat(4000)}}`), '400'],
]);

const query = (/** @type {number} */ n) => get(`/api/products?${Array(n).fill('category=a').join('&')}`);
table('the query', [
  ['20 values of a field that takes 20', query(20), '200'],
  ['50 parameters', query(50), '400 INVALID_FIELD'],
  ['51 parameters', query(51), '400 MALFORMED_URI'],
  ['1,000 parameters', get(`/api/products?${Array(1000).fill('a').join('&')}`), '400 MALFORMED_URI'],
  ['a search of 200 characters', get(`/api/products?query=${'a'.repeat(200)}`), '200'],
  ['a search of 201 characters', get(`/api/products?query=${'a'.repeat(201)}`), '400 INVALID_FIELD field=query'],
]);

test('1,000 requests are enough for a connection', { timeout: 60_000 }, async () => {
  const wire = await Wire.open();
  for (let served = 1; served <= 1000; ++served) {
    wire.send(get('/healthz'));
    const reply = await wire.receive();
    assert.equal(reply?.status, 200);
    assert.equal(field(/** @type {any} */ (reply), 'connection'), served === 1000 ? 'close' : undefined, `request ${served}`);
  }
  assert.ok(await wire.isClosed());
  wire.close();
});
