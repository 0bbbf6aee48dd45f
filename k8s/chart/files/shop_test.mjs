// What `helm test` runs: every process is ready, the books were checked lately and no rule of them is broken, and a
// shopper can buy and call off. It leaves a user with an empty cart and an order that was called off.
//
//   SHOP=http://localhost:8080 GATEWAY=localhost:8090 SERVICES="localhost:8091 localhost:8092" node --test shop_test.mjs

import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { lookup } from 'node:dns/promises';
import { test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';

const shop = process.env.SHOP ?? 'http://localhost:8080';
const gateway = process.env.GATEWAY ?? 'localhost:8090';
const services = (process.env.SERVICES ?? '').split(/\s+/).filter(Boolean);
const currencyCode = process.env.CURRENCY ?? 'EUR';
const patienceMs = 60_000;
// The first check is within a minute of a start, when two replicas met there within the next.
const auditPatienceMs = Number(process.env.AUDIT_PATIENCE_SECONDS ?? 150) * 1000;
const auditStaleMs = 600_000;

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

/**
 * Asks until the answer is good, for a minute unless told: a pod that is going may be known for a while yet.
 * @template T @param {() => Promise<T>} question @param {(answer: T) => boolean} good
 */
async function until(question, good, patience = patienceMs) {
  for (const end = Date.now() + patience; ; await pause(250)) {
    const { answer, error } = await question().then((said) => ({ answer: said, error: undefined }), (failure) => ({ answer: undefined, error: failure }));
    if (answer !== undefined && good(answer)) return answer;
    assert.ok(Date.now() < end, `still ${error ? error.cause ?? error : JSON.stringify(answer)}`);
  }
}

/**
 * What every replica behind a name and port says: a headless service has the addresses of its pods.
 * @template T @param {string} place @param {(address: string) => Promise<T>} question
 */
async function ofAll(place, question) {
  const [host, port] = place.split(':');
  const addresses = await lookup(host, { all: true, family: 4 });
  return Promise.all(addresses.map(({ address }) => question(`${address}:${port}`)));
}

/** What a process says of the books. @param {string} address */
async function booksOf(address) {
  const lines = (await (await ask(`http://${address}/metrics`)).text()).split('\n');
  const rules = lines.filter((line) => line.startsWith('cartwright_audit_violations{'));
  const checked = lines.find((line) => line.startsWith('cartwright_audit_last_success_timestamp_seconds '));
  return { address, rules, broken: rules.filter((line) => !line.endsWith(' 0')), checkedMs: Number(checked?.split(' ')[1] ?? 0) * 1000 };
}

for (const process of [gateway, ...services]) {
  test(`${process} is ready`, async () => {
    await until(() => ofAll(process, async (address) => (await ask(`http://${address}/readyz`)).status),
      (statuses) => statuses.length > 0 && statuses.every((status) => status === 200));
  });
}

const rulesChecked = new Set();
for (const service of services) {
  test(`the books of ${service} were checked lately, and no rule is broken`, async () => {
    // Of all replicas one at a time checks; what one saw broken counts until it has looked again.
    const books = await until(() => ofAll(service, booksOf),
      (all) => all.some(({ rules, checkedMs }) => rules.length > 0 && Date.now() - checkedMs < auditStaleMs), auditPatienceMs);
    assert.deepEqual(books.flatMap(({ broken }) => broken), []);
    for (const line of books.flatMap(({ rules }) => rules)) rulesChecked.add(/invariant="(\w+)"/.exec(line)?.[1]);
  });
}

test('the journal of the wallets sums to zero', () => {
  assert.ok(rulesChecked.has('W1'), 'nobody has checked it');
});

/** A call that has its time: just after an install the DNS may say for half a minute that a service is not there. @param {Parameters<typeof call>} what */
const patiently = (...what) => until(() => call(...what), () => true);

/** Registers somebody: somebody else each time, as what became of a call without an answer is not known. */
async function register() {
  const email = `helm-test-${randomUUID()}@example.com`;
  const password = `passphrase of ${randomUUID()}`;
  await call('/api/auth/register', { email, password, displayName: 'Helm test' });
  return { email, password };
}

test('a shopper registers, tops up, buys, and calls the order off', async () => {
  const credentials = await until(register, () => true);
  const { accessToken } = await patiently('/api/auth/login', credentials);
  const me = { Authorization: `Bearer ${accessToken}` };

  const { products } = await patiently('/api/products?inStock=true&orderBy=price&pageSize=1');
  assert.equal(products.length, 1, 'the catalog has nothing to sell: k8s/README.md says how it gets a first product');
  const price = products[0].price.minorUnits;
  await patiently('/api/wallet/deposit', { amount: { currencyCode, minorUnits: price } },
    { ...me, 'Idempotency-Key': randomUUID() });
  await patiently('/api/cart/add', { productId: products[0].id, quantity: 1 }, me);
  const shippingAddress = {
    fullName: 'Helm Test', line1: '1 Test Street', city: 'Testville', postalCode: '12345', countryCode: 'DE',
  };
  const { id } = await patiently('/api/checkout', { shippingAddress }, { ...me, 'Idempotency-Key': randomUUID() });
  await until(() => call(`/api/orders/${id}`, undefined, me), (order) => order.settled);

  await patiently(`/api/orders/${id}/cancel`, {}, { ...me, 'Idempotency-Key': randomUUID() });
  await until(() => call('/api/wallet', undefined, me),
    ({ wallet }) => wallet.balance.minorUnits === price && wallet.held.minorUnits === '0');
});
