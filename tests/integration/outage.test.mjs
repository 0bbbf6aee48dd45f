// A service that is away takes with it what needs it, and nothing else.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { assertProblem, call, dataDirectory, eventually, password, productsInStock, Shopper, signal } from './shop.mjs';

/**
 * Kills a process, and nobody starts another one, until the returned function is called, or the test ends.
 * @param {string} name @param {import('node:test').TestContext} t
 */
async function keepDead(name, t) {
  const letLive = () => signal('supervisor', 'SIGCONT');
  t.after(letLive);
  await signal('supervisor', 'SIGSTOP');
  await signal(name, 'SIGKILL');
  return letLive;
}

/** A metric of the gateway. @param {string} line without its value */
async function metric(line) {
  const port = Number(await readFile(`${dataDirectory}/run/port`, 'utf8')) + 10;
  const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
  return Number(text.split('\n').find((each) => each.startsWith(`${line} `))?.split(' ')[1]);
}

test('without the wallet, people look around and fill their carts', { timeout: 300_000 }, async (t) => {
  const shopper = await Shopper.withMoney(500_000);
  const [product] = await productsInStock();
  await shopper.add(product.id, 1);

  const letLive = await keepDead('wallet', t);
  const reasons = new Set();
  await eventually('the wallet is given up', async () => {
    const reply = await shopper.get('/api/wallet');
    assertProblem(reply, 503, reply.body.reason);
    assert.ok(Number(reply.headers.get('retry-after')) >= 1);
    reasons.add(reply.body.reason);
    return reply.body.reason === 'CIRCUIT_OPEN' ? true : undefined;
  });
  assert.deepEqual([...reasons].sort(), ['CIRCUIT_OPEN', 'DEPENDENCY_UNAVAILABLE']);
  assert.equal(await metric('cartwright_breaker_open{peer="wallet"}'), 1);

  assert.equal((await call('GET', '/api/products?pageSize=5')).status, 200);
  assert.equal((await call('GET', `/api/products/${product.id}`)).status, 200);
  assert.equal((await shopper.get('/api/cart')).status, 200);
  assert.equal((await shopper.add(product.id, 1)).itemCount, 2);
  assert.equal((await shopper.get('/api/orders')).status, 200);
  assert.equal((await call('GET', '/healthz')).status, 200);
  const deposit = await shopper.deposit(100);
  assert.equal(deposit.status, 503, JSON.stringify(deposit.body));
  await letLive();

  await eventually('the wallet is back', async () =>
    (await shopper.get('/api/wallet')).status === 200 ? true : undefined);
  assert.equal(await metric('cartwright_breaker_open{peer="wallet"}'), 0);
  assert.equal((await shopper.wallet()).balance, 500_000);
  const order = await shopper.checkout();
  assert.ok([201, 202].includes(order.status), JSON.stringify(order.body));
});

test('without identity, who is signed in goes on to buy, and nobody signs in', { timeout: 300_000 }, async (t) => {
  const shopper = await Shopper.withMoney(500_000);
  const [product] = await productsInStock();
  await shopper.add(product.id, 1);
  const remembered = 'cartwright_session_checks_total{known="remembered"}';
  assert.equal(await metric(remembered), 0);

  const letLive = await keepDead('identity', t);
  // Nobody can end a session either. What identity said last is good for a minute.
  await eventually('nobody is asked whether the session is live', async () => {
    const deposit = await shopper.deposit(100);
    assert.equal(deposit.status, 200, JSON.stringify(deposit.body));
    return (await metric(remembered)) > 0 ? true : undefined;
  }, 20);
  const order = await shopper.checkout();
  assert.ok([201, 202].includes(order.status), JSON.stringify(order.body));
  const login = await call('POST', '/api/auth/login', { json: { email: shopper.email, password } });
  assert.equal(login.status, 503, JSON.stringify(login.body));
  await letLive();
  await eventually('people sign in again', async () => {
    const { status } = await call('POST', '/api/auth/login', { json: { email: shopper.email, password } });
    return status === 200 ? true : undefined;
  });
});
