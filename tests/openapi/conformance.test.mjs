// Every operation of /openapi.json with valid and with invalid requests, by nobody, a shopper and an admin:
// no answer is a 5xx, and each is one that the document promises. CARTWRIGHT_SEED makes a run again,
// OPENAPI_ROUNDS a longer one.

import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';

import { Random } from '../chaos/random.mjs';
import { call, password, productsInStock, query, Shopper, shopUrl } from '../integration/shop.mjs';
import { Contract } from './contract.mjs';
import { Requests } from './requests.mjs';

const seed = Number(process.env.CARTWRIGHT_SEED ?? Math.floor(Math.random() * 2 ** 31));
const rounds = Number(process.env.OPENAPI_ROUNDS ?? 10);
console.log(`CARTWRIGHT_SEED=${seed}`);

const [product] = await productsInStock();
const { body: text } = await call('GET', '/openapi.json');
// A product that there is, in the place of the one in the examples.
const contract = new Contract(JSON.parse(JSON.stringify(text), (key, value) =>
  (key === 'productId' && value.type === 'string' ? { ...value, examples: [product.id] } : value)));
const shopper = await Shopper.withMoney(1_000_000_00);
const admin = await Shopper.register();
await query(`INSERT INTO identity.user_role (user_id, role) VALUES ('${admin.id}', 'admin')`);
const session = await call('POST', '/api/auth/login', { json: { email: admin.email, password } });
const tokens = { nobody: '', shopper: shopper.token, admin: session.body.accessToken };
await shopper.add(product.id, 1);
const order = await shopper.settled((await shopper.checkout()).body.id);

/** Values of a body: one, or each event of a stream. @param {string} type @param {string} body */
function valuesOf(type, body) {
  if (type.startsWith('application/x-ndjson')) return body.split('\n').filter(Boolean).map((line) => JSON.parse(line));
  if (type.startsWith('text/event-stream')) return [...body.matchAll(/^data: (.*)$/gm)].map(([, data]) => JSON.parse(data));
  return type ? [JSON.parse(body)] : [];
}

/** @param {import('./requests.mjs').Sent} sent @param {string} token */
async function send({ method, target, headers, body }, token) {
  /** @type {Record<string, string>} */
  const authorization = token ? { Authorization: `Bearer ${token}` } : {};
  for (let tries = 1; ; tries += 1) {
    const reply = await fetch(shopUrl + target, {
      method, body, headers: { ...headers, ...authorization }, signal: AbortSignal.timeout(60_000),
    });
    const text = await reply.text();
    // A machine that is busy with something else is late, and says so; what is broken says it again.
    if (![503, 504].includes(reply.status) || tries === 5) return { reply, text };
  }
}

/** Reasons that a request has which is not even understood. */
const misunderstood = ['UNKNOWN_FIELD', 'UNKNOWN_QUERY_PARAMETER', 'INVALID_JSON', 'UNSUPPORTED_MEDIA_TYPE', 'BODY_NOT_ALLOWED'];

/** @param {import('./contract.mjs').Operation} operation @param {import('./requests.mjs').Sent} sent @param {string} token */
async function check(operation, sent, token) {
  const { reply, text } = await send(sent, token);
  try {
    assert.ok(reply.status < 500, 'a 5xx');
    if (reply.status === 304) return reply.status; // of a condition, not of an operation
    const type = reply.headers.get('content-type') ?? '';
    const values = valuesOf(type, text);
    contract.assertPromised(operation, reply.status, type, values);
    if (sent.valid && reply.status >= 400) assert.ok(!misunderstood.includes(values[0].reason), 'the document allows it');
  } catch (error) {
    if (error instanceof Error) error.message += `\n${JSON.stringify(sent)}\n${reply.status} ${text.slice(0, 2000)}`;
    throw error;
  }
  return reply.status;
}

/** Operations that succeed with more than a form: a stuck saga, a secret, a new name, something to take away. */
const needMore = [
  'RetrySaga', 'ForceAbortSaga', 'ResolveSaga', 'Login', 'Refresh', 'ChangePassword', 'Register', 'RevokeSession',
  'RevokeUserSessions', 'CancelOrder', 'Checkout', 'UpdateItem', 'RemoveItem',
  // A product or an order that is nobody else's matter, a picture that there is, numbers that belong together.
  'CreateProduct', 'GetProductRecord', 'UpdateProduct', 'ArchiveProduct', 'UnarchiveProduct', 'AdjustStock',
  'GetOrderRecord', 'RefundOrder', 'ReportVisit',
  // A code of a device.
  'LoginSecondFactor', 'BeginSecondFactor', 'ConfirmSecondFactor', 'DisableSecondFactor', 'RegenerateRecoveryCodes',
  // A client, a provider, and what they gave.
  'PrepareAuthorization', 'Authorize', 'ExchangeCode', 'GetUserinfo', 'GetUserinfo2', 'StartExternalLogin', 'FinishExternalLogin',
];

test('what the journey of a purchase answers is promised', async () => {
  const journey = [
    ['Register', await call('POST', '/api/auth/register', { json: {
      email: `${randomUUID()}@example.com`, password, displayName: 'Ada' } })],
    ['Login', session],
    ['AddItem', await shopper.send('POST', '/api/cart/add', { productId: product.id, quantity: 2 })],
    ['UpdateItem', await shopper.send('PUT', `/api/cart/item/${product.id}`, { quantity: 1 })],
    ['Checkout', await shopper.checkout()],
    ['CancelOrder', await shopper.cancel(order.id)],
  ];
  for (const [id, { status, headers, body }] of /** @type {[string, import('../integration/shop.mjs').Reply][]} */ (journey)) {
    const operation = contract.operations.find(({ spec }) => spec.operationId === id);
    assert.ok(operation && status < 300, `${id}: ${status} ${JSON.stringify(body)}`);
    contract.assertPromised(operation, status, headers.get('content-type') ?? '', [body]);
  }
});

for (const [at, operation] of contract.operations.entries()) {
  const id = operation.spec.operationId;
  test(`${id}: ${operation.method} ${operation.path}`, async () => {
    // Of its own, so that an operation more or less does not change what the others are asked.
    const requests = new Requests(contract, new Random(seed + at), {
      '/api/products/': [product.id], '/api/cart/item/': [product.id], '/api/orders/': [order.id], '/api/admin/sagas/': [order.id],
    });
    const statuses = new Set();
    for (let round = 0; round < rounds; round += 1) {
      for (const token of Object.values(tokens)) {
        for (const isValid of [true, false]) {
          statuses.add(await check(operation, requests.make(operation, isValid), token));
        }
      }
    }
    if (needMore.includes(id)) return;
    assert.ok([...statuses].some((status) => status < 300), `nothing but ${[...statuses]}`);
  });
}
