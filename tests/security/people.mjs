// Who attacks: nobody, a shopper with an order, and an administrator, with what the OpenAPI document lets them ask.

import assert from 'node:assert/strict';

import { Random } from '../chaos/random.mjs';
import { call, password, productsInStock, query, Shopper, shopUrl } from '../integration/shop.mjs';
import { Contract } from '../openapi/contract.mjs';
import { Requests } from '../openapi/requests.mjs';

const [product] = await productsInStock();
const { body: document } = await call('GET', '/openapi.json');
export const contract = new Contract(document);
export const shopper = await Shopper.withMoney(1_000_000_00);
await shopper.add(product.id, 1);
const order = await shopper.settled((await shopper.checkout()).body.id);
const admin = await Shopper.register();
await query(`INSERT INTO identity.user_role (user_id, role) VALUES ('${admin.id}', 'admin')`);
const session = await call('POST', '/api/auth/login', { json: { email: admin.email, password } });
assert.equal(session.status, 200, JSON.stringify(session.body));

const ids = {
  '/api/products/': [product.id], '/api/admin/products/': [product.id], '/api/cart/item/': [product.id],
  '/api/orders/': [order.id], '/api/admin/orders/': [order.id], '/api/admin/sagas/': [order.id],
};
// Always the same: what is attacked with differs by the list of the test, not by chance.
const requests = new Requests(contract, new Random(1), ids);

/** The least of roles that an operation lets in. @param {import('../openapi/contract.mjs').Operation} operation */
export function tokenFor({ path, spec }) {
  if (path.startsWith('/api/admin/')) return session.body.accessToken;
  return spec.security?.length === 0 ? '' : shopper.token;
}

/** A request that the document allows. @param {import('../openapi/contract.mjs').Operation} operation */
export const goodRequest = (operation) => requests.make(operation, true);

/** Words that no answer may have: paths, SQL, symbols and versions of the inside. */
const inside = new RegExp([
  '/(?:usr|home|root|tmp|var|etc|proc|work|src)/', '\\.(?:cc|h|so|sql):?\\d*\\b', '::\\w+', '\\bSELECT\\b|\\bINSERT INTO\\b|\\bUPDATE \\w+ SET\\b',
  'SQLSTATE|pqxx|libpq|constraint|relation "', 'googleapis|protobuf|grpc\\b|absl|boost|nlohmann', 'std\\.|terminate called|core dumped',
  'openssl|ssl routines', '\\b127\\.0\\.0\\.1:\\d', 'PostgreSQL|nginx/|Debian',
].join('|'), 'i');

/**
 * Sends a request. No answer is a 5xx, and no refusal tells about the inside.
 * @param {{method: string, target: string, headers: Record<string, string>, body?: string}} sent @param {string} token
 * @returns {Promise<{status: number, text: string, reason: string}>}
 */
export async function attack({ method, target, headers, body }, token) {
  /** @type {Record<string, string>} */
  const authorization = token ? { Authorization: `Bearer ${token}` } : {};
  for (let tries = 1; ; tries += 1) {
    const reply = await fetch(shopUrl + target, {
      method, body, headers: { ...headers, ...authorization }, redirect: 'manual', signal: AbortSignal.timeout(60_000),
    });
    const text = await reply.text();
    // A machine that is busy is late and says so; what is broken says it again.
    if ([503, 504].includes(reply.status) && tries < 5) continue;
    const context = `${method} ${target} ${body ?? ''}\n${reply.status} ${text.slice(0, 1000)}`;
    assert.ok(reply.status < 500, context);
    if (reply.status < 400) return { status: reply.status, text, reason: '' };
    const problem = JSON.parse(text);
    // What the client said about itself comes back in no refusal, so any of these words is ours.
    assert.doesNotMatch(text.replaceAll(problem.instance ?? '\0', ''), inside, context);
    return { status: reply.status, text, reason: problem.reason };
  }
}
