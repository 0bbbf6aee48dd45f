// No money moves for a session that has ended: not on another gateway either, and not in the time before that one
// asks again which sessions ended. Run with two gateways that do so once a minute.

import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { address, assertProblem, call, password, productsInStock, query, Shopper, shopUrl, signInAsAdministrator } from './shop.mjs';

const elsewhere = `http://127.0.0.1:${Number(new URL(shopUrl).port) + 20}`;
const euros = (/** @type {number} */ minorUnits) => ({ currencyCode: 'EUR', minorUnits: String(minorUnits) });

/**
 * One call of the other gateway.
 * @param {string} method @param {string} path @param {string} token @param {object} [json]
 * @returns {Promise<import('./shop.mjs').Reply>}
 */
async function callElsewhere(method, path, token, json) {
  const reply = await fetch(elsewhere + path, {
    method,
    body: JSON.stringify(json),
    headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${token}`, 'Idempotency-Key': randomUUID() },
  });
  return { status: reply.status, headers: reply.headers, body: await reply.json() };
}

/** @typedef {{name: string, send: (who: {token: string, order: string}) => Promise<import('./shop.mjs').Reply>}} Payment */

/** What moves money of a shopper who has some, a full cart and an order. @type {Payment[]} */
const payments = [
  { name: 'deposit', send: ({ token }) => callElsewhere('POST', '/api/wallet/deposit', token, { amount: euros(700) }) },
  { name: 'checkout', send: ({ token }) => callElsewhere('POST', '/api/checkout', token, { shippingAddress: address }) },
  { name: 'cancel', send: ({ token, order }) => callElsewhere('POST', `/api/orders/${order}/cancel`, token, {}) },
];

/** Such a shopper, who has a second session. @returns {Promise<{shopper: Shopper, order: string, token: string}>} */
async function shopperWithTwoSessions() {
  const [product] = await productsInStock();
  const shopper = await Shopper.withMoney(10_000_000);
  await shopper.add(product.id, 1);
  const placed = await shopper.checkout();
  assert.equal(placed.status, 201, JSON.stringify(placed.body));
  await shopper.settled(placed.body.id);
  await shopper.add(product.id, 1);
  const { status, body } = await call('POST', '/api/auth/login', { json: { email: shopper.email, password } });
  assert.equal(status, 200, JSON.stringify(body));
  // The other gateway knows both tokens already.
  for (const token of [shopper.token, body.accessToken]) {
    assert.equal((await callElsewhere('GET', '/api/wallet', token)).status, 200);
  }
  return { shopper, order: placed.body.id, token: body.accessToken };
}

/** What a person has: money, orders, and what is in the cart. @param {Shopper} shopper */
async function possessions(shopper) {
  const orders = (await shopper.get('/api/orders')).body.orders.map((/** @type {any} */ order) => `${order.id} ${order.state}`);
  return { ...(await shopper.wallet()), orders, items: (await shopper.get('/api/cart')).body.itemCount };
}

for (const { name, send } of payments) {
  test(`after a sign-out everywhere, the next ${name} elsewhere is refused`, async () => {
    const { shopper, order, token } = await shopperWithTwoSessions();
    const before = await possessions(shopper);
    assert.equal((await shopper.send('DELETE', '/api/auth/sessions')).status, 200);
    assertProblem(await send({ token, order }), 401, 'TOKEN_INVALID');
    assert.deepEqual(await possessions(shopper), before);
    const other = await send({ token: shopper.token, order });
    assert.ok([200, 201].includes(other.status), JSON.stringify(other.body));
  });

  test(`after an administrator has ended somebody's sessions, their next ${name} elsewhere is refused`, async () => {
    const { shopper, order, token } = await shopperWithTwoSessions();
    const admin = await signInAsAdministrator();
    const ended = await call('DELETE', `/api/admin/users/${shopper.id}/sessions`, { token: admin.token });
    assert.equal(ended.status, 200, JSON.stringify(ended.body));
    assert.equal(ended.body.revoked, 2);
    assertProblem(await send({ token, order }), 401, 'TOKEN_INVALID');
    assertProblem(await send({ token: shopper.token, order }), 401, 'TOKEN_INVALID');
    const rows = await query(`SELECT action, details ->> 'sessions' FROM identity.audit_event
      WHERE actor = '${admin.id}' AND user_id = '${shopper.id}' ORDER BY audit_event_id`);
    assert.deepEqual(rows, [['session.revoke', ''], ['session.revoke', ''], ['user.sign_out', '2']]);
    // Not shut out: the password is theirs.
    assert.equal((await call('POST', '/api/auth/login', { json: { email: shopper.email, password } })).status, 200);
  });
}

test('the same when the password is changed, and when a session logs out', async () => {
  const changed = await shopperWithTwoSessions();
  const json = { currentPassword: password, newPassword: 'another long enough passphrase' };
  assert.equal((await changed.shopper.send('POST', '/api/auth/password', json)).status, 200);
  for (const { send } of payments) assertProblem(await send(changed), 401, 'TOKEN_INVALID');

  const email = `shopper-${randomUUID()}@example.com`;
  const made = await call('POST', '/api/auth/register', { json: { email, password, displayName: 'Ada' } });
  const Cookie = (made.headers.get('set-cookie') ?? '').split(';')[0];
  assert.equal((await call('POST', '/api/auth/logout', { json: {}, headers: { Cookie } })).status, 200);
  assertProblem(await payments[0].send({ token: made.body.accessToken, order: '' }), 401, 'TOKEN_INVALID');
});

test('an administrator whose session has ended ends nobody\'s', async () => {
  const shopper = await Shopper.register();
  await query(`INSERT INTO identity.user_role (user_id, role) VALUES ('${shopper.id}', 'admin')`);
  const [one, two] = await Promise.all([0, 1].map(() => call('POST', '/api/auth/login', { json: { email: shopper.email, password } })));
  assert.equal((await call('DELETE', '/api/auth/sessions', { token: one.body.accessToken })).status, 200);
  const path = `/api/admin/users/${shopper.id}/sessions`;
  assertProblem(await callElsewhere('DELETE', path, two.body.accessToken), 401, 'TOKEN_INVALID');
  assert.equal((await call('GET', '/api/auth/me', { token: one.body.accessToken })).status, 200);
  assertProblem(await call('DELETE', `/api/admin/users/${randomUUID()}/sessions`, { token: one.body.accessToken }), 404, 'RESOURCE_NOT_FOUND');
});
