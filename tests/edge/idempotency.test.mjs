// Idempotency-Key: its form, and what one key is good for.

import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { address } from '../integration/shop.mjs';
import { Person, keyed, person, product } from './people.mjs';
import { assertReply, field, table } from './table.mjs';
import { Wire, post } from './wire.mjs';

const one = '{"amount":{"currencyCode":"EUR","minorUnits":"1"}}';
const two = '{"amount":{"currencyCode":"EUR","minorUnits":"2"}}';
/** @param {string[]} fields */
const deposit = (fields) => person.deposit(one, fields);
const missing = '400 IDEMPOTENCY_KEY_MISSING open';
const invalid = '400 IDEMPOTENCY_KEY_INVALID open';
const unique = randomUUID();
/** @param {string} value */
const key = (value) => deposit([`Idempotency-Key: ${value}`]);

table('the form of a key', [
  ['none', deposit([]), missing],
  ['none at checkout', person.post('/api/checkout', '{}'), missing],
  ['none at a cancellation', person.post('/api/orders/x/cancel', '{}'), missing],
  ['a header with underscores', deposit([`Idempotency_Key: ${randomUUID()}`]), missing],
  ['in another header', deposit([`X-Idempotency-Key: ${randomUUID()}`]), missing],
  ['empty', key(''), invalid],
  ['only white space', key('   '), invalid],
  ['empty quotes', key('""'), invalid],
  ['one character', key(`${unique[0]}`), '200'],
  ['255 characters', key('a'.repeat(219) + unique), '200'],
  ['256 characters', key('a'.repeat(220) + unique), invalid],
  ['256 characters in quotes', key(`"${'a'.repeat(220) + unique}"`), invalid],
  ['4,000 characters', key('a'.repeat(4000)), invalid],
  ['visible punctuation', key(`!#$%&'()*+-./:<=>?@[]^_{|}~${unique}`), '200'],
  ['in quotes', key(`"${unique}-q"`), '200'],
  ['in quotes, escaped', key(`"${unique}-\\"\\\\"`), '200'],
  ['a quote that stays open', key(`"${unique}`), invalid],
  ['a quote at the end', key(`${unique}"`), invalid],
  ['a quote within', key(`${unique}"a`), invalid],
  ['something after the quotes', key(`"${unique}"a`), invalid],
  ['an unknown escape', key(`"${unique}\\a"`), invalid],
  ['an escape at the end', key(`"${unique}\\`), invalid],
  ['a parameter', key(`"${unique}";a=b`), invalid],
  ['a parameter of a token', key(`${unique};a=b`), invalid],
  ['a list', key(`${unique}, ${unique}`), invalid],
  ['a list of strings', key(`"${unique}", "b"`), invalid],
  ['a space within', key(`${unique} a`), invalid],
  ['a tab within', key(`${unique}\ta`), invalid],
  ['UTF-8', key(`${unique}\xc3\xa4`), invalid],
  ['Latin-1', key(`${unique}\xe4`), invalid],
  ['two headers', deposit([keyed(unique), keyed('b')]), invalid],
  ['two headers of the same', deposit([keyed(unique), keyed(unique)]), invalid],
  ['two headers in two cases', deposit([keyed(unique), `idempotency-key: ${unique}`]), invalid],
  ['the token comes first', post('/api/wallet/deposit', one), '401 TOKEN_MISSING'],
  ['the body comes later', person.deposit('{', []), missing],
  ['where there is none it is ignored', person.post('/api/cart/clear', '{}', [keyed(), keyed()]), '200'],
]);

/** The replies to requests sent one after the other. @param {Buffer[]} requests */
async function each(...requests) {
  const wire = await Wire.open();
  const replies = [];
  for (const bytes of requests) {
    wire.send(bytes);
    replies.push(/** @type {import('./wire.mjs').Reply} */ (await wire.receive()));
  }
  wire.close();
  return replies;
}

test('a key means one payload', async (t) => {
  await t.test('the same again is a replay', async () => {
    const fields = [keyed()];
    const [first, again] = await each(person.deposit(one, fields), person.deposit(one, fields));
    assertReply(first, '200');
    assertReply(again, '200');
    assert.equal(field(first, 'idempotent-replayed'), undefined);
    assert.equal(field(again, 'idempotent-replayed'), 'true');
    assert.equal(again.json.transaction.id, first.json.transaction.id);
  });
  await t.test('another payload is a 422', async () => {
    const fields = [keyed()];
    const [, other] = await each(person.deposit(one, fields), person.deposit(two, fields));
    assertReply(other, '422 IDEMPOTENCY_KEY_REUSED');
  });
  await t.test('the same payload, written otherwise, is the same', async () => {
    const fields = [keyed()];
    const otherwise = '{ "amount": {"minor_units": 1, "currency_code": "EUR"} }';
    const [first, again] = await each(person.deposit(one, fields), person.deposit(otherwise, fields));
    assert.equal(again.json.transaction?.id, first.json.transaction.id, again.body.toString());
  });
  await t.test('in quotes it is the same key', async () => {
    const name = randomUUID();
    const [first, again] = await each(person.deposit(one, [keyed(name)]), person.deposit(one, [keyed(`"${name}"`)]));
    assert.equal(again.json.transaction.id, first.json.transaction.id);
  });
  await t.test('in another case it is another key', async () => {
    const name = `a${randomUUID()}`;
    const [first, other] = await each(person.deposit(one, [keyed(name)]), person.deposit(one, [keyed(name.toUpperCase())]));
    assert.notEqual(other.json.transaction.id, first.json.transaction.id);
  });
  await t.test('a 400 does not use it up', async () => {
    const fields = [keyed()];
    const [bad, good] = await each(person.deposit('{"amount":{}}', fields), person.deposit(one, fields));
    assertReply(bad, '400 INVALID_FIELD');
    assertReply(good, '200');
  });
  await t.test('of another person it is another key', async () => {
    const stranger = await Person.make();
    const fields = [keyed()];
    const [mine, theirs] = await each(person.deposit(one, fields), stranger.deposit(two, fields));
    assertReply(mine, '200');
    assertReply(theirs, '200');
  });
  await t.test('of another method it is another key', async () => {
    const fields = [keyed()];
    const [paid, bought] = await each(person.deposit(one, fields), person.post('/api/checkout', '{}', fields));
    assertReply(paid, '200');
    assertReply(bought, '400 INVALID_FIELD');
  });
});

test('calls that race with one key have one result', async (t) => {
  await t.test('a deposit', async () => {
    const bytes = person.deposit(one, [keyed()]);
    const replies = await Promise.all(Array.from({ length: 12 }, async () => (await each(bytes))[0]));
    for (const reply of replies) assertReply(reply, '200');
    assert.equal(new Set(replies.map((reply) => reply.json.transaction.id)).size, 1);
    assert.equal(replies.filter((reply) => field(reply, 'idempotent-replayed') === undefined).length, 1);
  });
  await t.test('a checkout', async () => {
    const buyer = await Person.make();
    await each(buyer.post('/api/cart/add', `{"productId":"${product.id}","quantity":1}`));
    const bytes = buyer.post('/api/checkout', JSON.stringify({ shippingAddress: address }), [keyed()]);
    const replies = await Promise.all(Array.from({ length: 8 }, async () => (await each(bytes))[0]));
    for (const reply of replies) assert.ok([201, 202].includes(reply.status), reply.body.toString());
    assert.equal(new Set(replies.map((reply) => reply.json.id)).size, 1);
  });
  await t.test('two payloads: one of them wins, the others are told', async () => {
    const fields = [keyed()];
    const replies = await Promise.all(Array.from({ length: 8 }, async (_, i) =>
      (await each(person.deposit(i % 2 ? one : two, fields)))[0]));
    const statuses = replies.map((reply) => reply.status).sort();
    assert.deepEqual([...new Set(statuses)], [200, 422], statuses.join());
    assert.equal(statuses.filter((status) => status === 200).length, 4);
  });
});
