// What belongs to somebody, asked for by somebody else who is signed in: on every route of the OpenAPI document. A new
// route that takes an id fails here until it is said whose the id is.

import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { before, test } from 'node:test';
import { assertProblem, call, productsInStock, query, Shopper } from './shop.mjs';

/** @typedef {{method: string, path: string, spec: any}} Operation */

/** @type {Shopper} */
let owner;
/** @type {Shopper} */
let stranger;
/** Of the owner. */
let order = '';
let session = '';
let product = '';
/** Routes of signed-in people who are no administrators. @type {Operation[]} */
let operations = [];
const orderKey = `order-of-the-owner-${randomUUID()}`;
const depositKey = `deposit-of-the-owner-${randomUUID()}`;

/** Whose a parameter in a path is; products are everybody's. @type {Record<string, () => string>} */
const owned = {
  '/api/auth/sessions/{id}': () => session,
  '/api/orders/{id}': () => order,
  '/api/orders/{id}/cancel': () => order,
  '/api/orders/{id}/events': () => order,
};
const everybodys = ['/api/cart/item/{productId}'];

before(async () => {
  const { body: document } = await call('GET', '/openapi.json');
  operations = Object.entries(document.paths).flatMap(([path, item]) => Object.entries(/** @type {Record<string, any>} */ (item))
    .filter(([, spec]) => spec.security?.some((/** @type {any} */ scheme) => scheme.accessToken) && !path.startsWith('/api/admin/'))
    .map(([method, spec]) => ({ method: method.toUpperCase(), path, spec })));
  [{ id: product }] = await productsInStock();
  [owner, stranger] = await Promise.all([Shopper.register(), Shopper.register()]);
  assert.equal((await owner.deposit(1_000_000_00, depositKey)).status, 200);
  for (let i = 0; i < 2; i += 1) {
    await owner.add(product, 1);
    const placed = await owner.checkout(i === 0 ? orderKey : undefined);
    assert.equal(placed.status, 201, JSON.stringify(placed.body));
    await owner.settled(placed.body.id);
    order = placed.body.id;
  }
  await owner.add(product, 2);
  session = (await owner.get('/api/auth/sessions')).body.sessions[0].id;
});

/** All that the database has of the owner. */
async function belongings() {
  const tables = await query(`SELECT table_schema, table_name FROM information_schema.columns WHERE column_name = 'user_id'
    AND table_schema IN ('identity', 'cart', 'orders', 'wallet') AND table_name NOT IN ('audit_event') ORDER BY 1, 2`);
  assert.ok(tables.length >= 8, `only ${tables.length} tables with users`);
  const rows = tables.map(([schema, table]) =>
    `SELECT '${schema}.${table}', coalesce(json_agg(t ORDER BY t::text)::text, '') FROM ${schema}.${table} t WHERE t.user_id = '${owner.id}'`);
  return query([...rows, `SELECT 'wallet.account', a::text FROM wallet.account a WHERE a.account_id::text = '${owner.id}'`].join(' UNION ALL '));
}

test('an id of somebody else is that of nothing, on every route that takes one', async () => {
  const taking = operations.filter(({ path }) => path.includes('{'));
  assert.deepEqual([...new Set(taking.map(({ path }) => path))].filter((path) => !everybodys.includes(path)).sort(), Object.keys(owned).sort());
  const had = await belongings();
  for (const { method, path } of taking.filter(({ path: at }) => at in owned)) {
    const theirs = path.replace(/\{\w+\}/, owned[path]());
    const nobodys = path.replace(/\{\w+\}/, randomUUID());
    const ask = (/** @type {string} */ at) => call(method, at, {
      json: method === 'POST' ? {} : undefined, token: stranger.token, key: randomUUID(), headers: { 'Last-Event-ID': '1' },
    });
    const [refused, unknown] = [await ask(theirs), await ask(nobodys)];
    assertProblem(refused, 404, 'RESOURCE_NOT_FOUND');
    const { requestId: r1, traceId: t1, instance: i1, ...first } = refused.body;
    const { requestId: r2, traceId: t2, instance: i2, ...second } = unknown.body;
    assert.deepEqual(first, second, `${method} ${path} tells whether there is one`);
  }
  assert.deepEqual(await belongings(), had);
  for (const [path, id] of Object.entries(owned)) {
    if (path === '/api/orders/{id}') assert.equal((await owner.get(path.replace('{id}', id()))).status, 200, 'its owner has it');
  }
});

test('an answer to one has nothing of another', async () => {
  const words = [owner.id, owner.email, order, session];
  let asked = 0;
  for (const { method, path } of operations.filter((operation) => operation.method === 'GET' && !operation.path.includes('{'))) {
    const reply = await call(method, path, { token: stranger.token });
    const text = JSON.stringify(reply.body);
    assert.deepEqual(words.filter((word) => text.includes(word)), [], `${method} ${path}`);
    asked += 1;
  }
  assert.ok(asked >= 6, `only ${asked}`);
});

test('a key of somebody else answers nothing of theirs', async () => {
  const had = await belongings();
  const deposited = await stranger.deposit(1_000_000_00, depositKey);
  assert.equal(deposited.status, 200, JSON.stringify(deposited.body));
  assert.equal(deposited.headers.get('idempotent-replayed'), null, 'a deposit of their own');
  assert.equal((await stranger.wallet()).balance, 1_000_000_00);
  assertProblem(await stranger.checkout(orderKey), 409, 'EMPTY_CART');
  assert.deepEqual(await belongings(), had);
});

test('a page token of somebody else leads to nothing of theirs', async () => {
  const paged = operations.filter(({ spec }) => spec.parameters?.some((/** @type {any} */ { name }) => name === 'pageToken'));
  assert.deepEqual(paged.map(({ path }) => path).sort(), ['/api/orders', '/api/wallet']);
  for (const { path } of paged) {
    const { body } = await owner.get(`${path}?pageSize=1`);
    assert.ok(body.nextPageToken, `${path} has a second page`);
    const next = `${path}?pageSize=1&pageToken=${encodeURIComponent(body.nextPageToken)}`;
    assert.equal((await owner.get(next)).status, 200);
    assertProblem(await stranger.get(next), 400, 'PAGE_TOKEN_INVALID');
  }
});
