// Page tokens: each is good for the query that made it, and for nothing else.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Person, keyed, person } from './people.mjs';
import { assertReply } from './table.mjs';
import { Wire, get } from './wire.mjs';

/** @param {Buffer} bytes */
async function ask(bytes) {
  const wire = await Wire.open();
  wire.send(bytes);
  const reply = /** @type {import('./wire.mjs').Reply} */ (await wire.receive());
  wire.close();
  return reply;
}

/** @param {string} query @param {string} token */
const page = (query, token) => get(`/api/products?${query}&pageToken=${encodeURIComponent(token)}`);
const query = 'pageSize=5&orderBy=price';
const first = await ask(get(`/api/products?${query}`));
const token = first.json.nextPageToken;

test('a page token goes on where its page ended', async () => {
  const second = await ask(page(query, token));
  assertReply(second, '200');
  const ids = [...first.json.products, ...second.json.products].map((/** @type {any} */ product) => product.id);
  assert.equal(new Set(ids).size, 10);
});

test('the size of a page is no part of its query', async () => {
  const second = await ask(page('pageSize=7&orderBy=price', token));
  assertReply(second, '200');
  assert.equal(second.json.products.length, 7);
});

const wallet = await (async () => {
  for (let i = 0; i < 2; ++i) {
    await ask(person.deposit('{"amount":{"currencyCode":"EUR","minorUnits":"1"}}', [keyed()]));
  }
  return (await ask(person.get('/api/wallet?pageSize=1'))).json.nextPageToken;
})();
const flipped = (token[0] === 'A' ? 'B' : 'A') + token.slice(1);
const other = token.at(-1) === 'A' ? 'B' : 'A';

/** @type {[string, Buffer][]} */
const refused = [
  ['another order', page('pageSize=5&orderBy=name', token)],
  ['another filter', page(`${query}&inStock=true`, token)],
  ['one filter more', page(`${query}&category=a`, token)],
  ['a search', page(`${query}&query=chair`, token)],
  ['the first letter changed', page(query, flipped)],
  ['the last letter changed', page(query, token.slice(0, -1) + other)],
  ['cut', page(query, token.slice(0, -4))],
  ['longer', page(query, `${token}AAAA`)],
  ['padded', page(query, `${token}==`)],
  ['twice', page(query, token + token)],
  ['with white space', page(query, `${token} `)],
  ['in another alphabet', page(query, `${token.slice(0, -4)}+/+/`)],
  ['of another list', page(query, wallet)],
  ['on another list', person.get(`/api/wallet?pageToken=${token}`)],
  ['of zeros', page(query, 'A'.repeat(64))],
];
test('any other is refused', async (t) => {
  for (const [name, bytes] of refused) {
    await t.test(name, async () => assertReply(await ask(bytes), '400 PAGE_TOKEN_INVALID open'));
  }
  await t.test('of another person', async () => {
    const stranger = await Person.make();
    assertReply(await ask(stranger.get(`/api/wallet?pageSize=1&pageToken=${wallet}`)), '400 PAGE_TOKEN_INVALID');
  });
});
