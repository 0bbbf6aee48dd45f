// What an attacker sends to every operation of the OpenAPI document: fields that are not theirs, text that means
// something to a database, addresses that a server might open. And what the edge must not show.

import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import net from 'node:net';
import { after, test } from 'node:test';

import { call, query, Shopper } from '../integration/shop.mjs';
import { attack, contract, goodRequest, shopper, tokenFor } from './people.mjs';

/** Objects in a JSON value, the value itself first. @param {any} value @returns {any[]} */
function objectsIn(value) {
  if (value === null || typeof value !== 'object') return [];
  return [...(Array.isArray(value) ? [] : [value]), ...Object.values(value).flatMap(objectsIn)];
}

/** What the database knows of people, money, goods and orders. */
async function books() {
  const tables = ['identity.users', 'identity.user_role', 'catalog.product', 'catalog.stock', 'cart.line', 'orders.orders', 'wallet.account', 'wallet.journal'];
  const there = (await query(`SELECT format('%I.%I', schemaname, tablename) FROM pg_tables`)).flat();
  assert.deepEqual(tables.filter((name) => !there.includes(name)), [], 'tables with other names');
  const sums = tables.map((name) => `SELECT '${name}', count(*), md5(string_agg(t::text, '' ORDER BY t::text)) FROM ${name} t`);
  return query(sums.join(' UNION ALL '));
}

const notTheirs = {
  price: 1, unitPrice: { currencyCode: 'EUR', minorUnits: '1' }, role: 'admin', roles: ['admin'], balance: '1', userId: randomUUID(),
  user_id: randomUUID(), id: randomUUID(), sub: randomUUID(), status: 'PAID', state: 'CONFIRMED', paid: true, isAdmin: true,
  createTime: '2020-01-01T00:00:00Z', total: '1', __proto__x: {}, constructor: {},
};

test('a field that is not theirs is refused by name, in every object of every body', async () => {
  const before = await books();
  let asked = 0;
  for (const operation of contract.operations.filter(({ spec }) => spec.requestBody?.content['application/json'])) {
    const sent = goodRequest(operation);
    const places = objectsIn(JSON.parse(sent.body ?? '{}')).length;
    for (let place = 0; place < places; place += 1) {
      for (const [name, value] of Object.entries(notTheirs)) {
        const body = JSON.parse(sent.body ?? '{}');
        const object = objectsIn(body)[place];
        if (Object.hasOwn(object, name) || isDocumented(operation, name)) continue;
        object[name] = value;
        const { status, text } = await attack({ ...sent, body: JSON.stringify(body) }, tokenFor(operation));
        assert.equal(status, 400, `${operation.spec.operationId} with ${name}: ${text}`);
        assert.match(text, new RegExp(`"field":"[^"]*${name}"`));
        asked += 1;
      }
    }
  }
  console.log(`${asked} fields refused`);
  assert.ok(asked > 200, `only ${asked}`);
  assert.deepEqual(await books(), before);
});

/** Whether an operation's body has such a field somewhere. @param {any} operation @param {string} name */
function isDocumented({ spec }, name) {
  const seen = new Set();
  const has = (/** @type {any} */ given) => {
    const schema = contract.resolve(given ?? {});
    if (seen.has(schema)) return false;
    seen.add(schema);
    const { properties = {}, items } = schema;
    return Object.hasOwn(properties, name) || [...Object.values(properties), items].filter(Boolean).some(has);
  };
  return has(spec.requestBody.content['application/json'].schema);
}

const texts = [
  "'", "''", "' OR '1'='1", "'; DROP TABLE users; --", '"', '\\', "\\'", '%', '_', '%%%', '$1', '$$', ';', '--', '/*', 'x\u0000y', '\u0000',
  '\u{1F6D2}\u{10FFFF}', '\u202E\u200B\uFEFF', '\r\nSet-Cookie: a=b', '${7*7}', '{{7*7}}', '$(id)', '`id`', '| id', '../../etc/passwd', 'a\tb',
  "name'; SELECT pg_sleep(10)--", 'price;name', 'price desc, (select 1)', '1e309', 'NaN', '-0', '9223372036854775808', '\uD800', 'é'.repeat(150),
];

/** Requests with a text in the place of each string of a good one. @param {any} operation @param {string} text */
function* withText(operation, text) {
  const sent = goodRequest(operation);
  const escaped = encodeURIComponent(text.isWellFormed?.() === false ? '\uFFFD' : text);
  for (const { in: place, name } of operation.spec.parameters ?? []) {
    const [path, search = ''] = sent.target.split('?');
    const others = search.split('&').filter((pair) => pair && !pair.startsWith(`${name}=`));
    if (place === 'query') yield { ...sent, target: `${path}?${[...others, `${name}=${escaped}`].join('&')}` };
    if (place === 'path') yield { ...sent, target: operation.path.replace(`{${name}}`, escaped) };
  }
  if (sent.body === undefined) return;
  const strings = objectsIn(JSON.parse(sent.body)).flatMap((object, at) =>
    Object.keys(object).filter((key) => typeof object[key] === 'string').map((key) => /** @type {[number, string]} */ ([at, key])));
  for (const [at, key] of strings) {
    const body = JSON.parse(sent.body);
    objectsIn(body)[at][key] = text;
    yield { ...sent, body: JSON.stringify(body) };
  }
}

/** Operations that take no notice of what the others are about: signing out would end the attack. */
const operations = contract.operations.filter(({ spec }) => !['Logout', 'RevokeSession', 'ChangePassword', 'WatchOrder'].includes(spec.operationId));

test('text that means something to a database is text, in every string of every request', { timeout: 600_000 }, async () => {
  let asked = 0;
  for (const operation of operations) {
    for (const text of texts) {
      for (const sent of withText(operation, text)) {
        await attack(sent, tokenFor(operation));
        asked += 1;
      }
    }
  }
  console.log(`${asked} requests, none with a 5xx or a word about the inside`);
  assert.ok(asked > 1000, `only ${asked}`);
  assert.ok(Number((await query('SELECT count(*) FROM identity.users'))[0][0]) > 0, 'the tables are there');
});

test('no address that a client names is opened', async () => {
  let opened = 0;
  const listener = net.createServer((socket) => { opened += 1; socket.destroy(); });
  await new Promise((resolve) => { listener.listen(0, '127.0.0.1', () => resolve(undefined)); });
  after(() => listener.close());
  const { port } = /** @type {net.AddressInfo} */ (listener.address());
  // The link-local address is where clouds keep the credentials of a machine; nothing answers it here.
  const addresses = [`http://127.0.0.1:${port}/`, `//127.0.0.1:${port}/x.png`, `gopher://127.0.0.1:${port}/_`, 'http://169.254.169.254/latest/meta-data/'];
  let asked = 0;
  for (const operation of operations) {
    for (const address of addresses) {
      for (const sent of withText(operation, address)) {
        await attack({ ...sent, headers: { ...sent.headers, Referer: address, 'X-Forwarded-Host': `127.0.0.1:${port}` } }, tokenFor(operation));
        asked += 1;
      }
    }
  }
  assert.ok(asked > 100);
  assert.equal(opened, 0);
  // The listener does see who comes.
  await new Promise((resolve) => { net.connect(port, '127.0.0.1').once('close', resolve).once('error', resolve).resume(); });
  assert.equal(opened, 1);
});

test('nothing of the inside is served at the edge', async () => {
  const paths = [
    '/metrics', '/livez', '/readyz', '/debug/pprof', '/debug/vars', '/channelz', '/actuator/health', '/server-status', '/.env', '/.git/HEAD',
    '/.git/config', '/.svn/entries', '/package.json', '/package-lock.json', '/web/package.json', '/src/main.tsx', '/index.html.map',
    '/cartwright.descriptors.binpb', '/grpc.health.v1.Health/Check', '/grpc.channelz.v1.Channelz/GetServers',
    '/grpc.reflection.v1.ServerReflection/ServerReflectionInfo', '/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo',
    '/_internal', '/api/_internal', '/admin.php', '/wp-login.php', '/swagger.json', '/graphql',
  ];
  for (const target of paths) {
    for (const method of ['GET', 'POST', 'PUT']) {
      const body = method === 'GET' ? undefined : '{}';
      const { status } = await attack({ method, target, headers: { 'Content-Type': 'application/json' }, body }, shopper.token);
      assert.ok([404, 405].includes(status), `${method} ${target}: ${status}`);
    }
  }
});

/** What two answers may differ in: when they were given, and to which request. @param {import('../integration/shop.mjs').Reply} reply */
function comparable({ status, headers, body }) {
  const own = new Set(['date', 'x-request-id', 'traceparent', 'server-timing']);
  const { requestId, traceId, ...rest } = body;
  assert.ok(requestId && traceId);
  return { status, headers: [...headers].filter(([name]) => !own.has(name)), rest };
}

test('whether somebody has an account is in no byte of a refused login', async () => {
  const known = await Shopper.register();
  const login = (/** @type {string} */ email) => call('POST', '/api/auth/login', { json: { email, password: 'not the right password' } });
  const unknown = `${randomUUID()}@example.com`.padStart(known.email.length, 'x');
  assert.deepEqual(comparable(await login(known.email)), comparable(await login(unknown)));
});
