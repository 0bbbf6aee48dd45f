// What `helm test` runs: every process is ready, no rule of the books is broken, and a shopper can buy
// and call off. It leaves a user with an empty cart and an order that was called off.
//
//   SHOP=http://localhost:8080 OPERATIONS="localhost:8090 localhost:8091" node --test shop_test.mjs

import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';

const shop = process.env.SHOP ?? 'http://localhost:8080';
const operations = (process.env.OPERATIONS ?? '').split(/\s+/).filter(Boolean);
const currencyCode = process.env.CURRENCY ?? 'EUR';
const patienceMs = 60_000;

/** @param {string} url @param {RequestInit} [init] */
const ask = (url, init) => fetch(url, { ...init, signal: AbortSignal.timeout(10_000) });

/** A call of the API; fails on any answer but a success. @param {string} path @param {object} [body] @param {Record<string, string>} [headers] */
async function call(path, body, headers = {}) {
  const answer = await ask(`${shop}${path}`, {
    method: body ? 'POST' : 'GET',
    headers: { ...(body ? { 'Content-Type': 'application/json' } : {}), ...headers },
    ...(body ? { body: JSON.stringify(body) } : {}),
  });
  const text = await answer.text();
  assert.ok(answer.ok, `${path}: ${answer.status} ${text}`);
  return JSON.parse(text);
}

/** Asks until the answer is good, for a minute at most. @param {() => Promise<any>} question @param {(answer: any) => boolean} good */
async function until(question, good) {
  for (const end = Date.now() + patienceMs; ; await pause(250)) {
    const answer = await question();
    if (good(answer)) return answer;
    assert.ok(Date.now() < end, `still ${JSON.stringify(answer)}`);
  }
}

for (const process of operations) {
  test(`${process} is ready`, async () => {
    await until(async () => (await ask(`http://${process}/readyz`)).status, (status) => status === 200);
  });

  test(`${process} knows of no broken rule`, async () => {
    const metrics = await (await ask(`http://${process}/metrics`)).text();
    const broken = metrics.split('\n').filter((line) => /^cartwright_audit_violations\{.*\} (?!0$)/.test(line));
    assert.deepEqual(broken, []);
  });
}

test('a shopper registers, tops up, buys, and calls the order off', async () => {
  const email = `helm-test-${randomUUID()}@example.com`;
  const credentials = { email, password: `passphrase of ${randomUUID()}`, displayName: 'Helm test' };
  await call('/api/auth/register', credentials);
  const { accessToken } = await call('/api/auth/login', { email, password: credentials.password });
  const me = { Authorization: `Bearer ${accessToken}` };

  const { products } = await call('/api/products?inStock=true&orderBy=price&pageSize=1');
  assert.equal(products.length, 1, 'the catalog has nothing to sell');
  const price = products[0].price.minorUnits;
  await call('/api/wallet/deposit', { amount: { currencyCode, minorUnits: price } },
    { ...me, 'Idempotency-Key': randomUUID() });
  await call('/api/cart/add', { productId: products[0].id, quantity: 1 }, me);
  const shippingAddress = {
    fullName: 'Helm Test', line1: '1 Test Street', city: 'Testville', postalCode: '12345', countryCode: 'DE',
  };
  const { id } = await call('/api/checkout', { shippingAddress }, { ...me, 'Idempotency-Key': randomUUID() });
  await until(() => call(`/api/orders/${id}`, undefined, me), (order) => order.settled);

  await call(`/api/orders/${id}/cancel`, {}, { ...me, 'Idempotency-Key': randomUUID() });
  await until(() => call('/api/wallet', undefined, me),
    ({ wallet }) => wallet.balance.minorUnits === price && wallet.held.minorUnits === '0');
});
