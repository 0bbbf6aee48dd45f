// The audit log: each action leaves one row, replays none; who rewrites it, as a superuser past all
// triggers, is found out, and what was rewritten is named; and no secret gets there or into any log.

import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { readFile, readdir, writeFile } from 'node:fs/promises';
import { before, test } from 'node:test';
import { call, cartwright, dataDirectory, eventually, password, productsInStock, query, Shopper, shopUrl, signInAsAdministrator } from './shop.mjs';

const logs = ['identity', 'catalog', 'orders', 'wallet'];
/** The administrator of the demo users. @type {{id: string, token: string}} */
let admin;
/** @type {Shopper} */
let shopper;

before(async () => {
  admin = await signInAsAdministrator();
  shopper = await Shopper.register();
});

/** "action result actor" of the rows of a log, in order. @param {string} log @param {string} where */
async function rows(log, where) {
  const found = await query(`SELECT action, result, actor FROM ${log}.audit_event WHERE ${where} ORDER BY create_time, audit_event_id`);
  return found.map((row) => row.join(' '));
}

/** Until every row has its seal. */
function sealed() {
  const open = logs.map((log) => `(SELECT count(*) FROM ${log}.audit_event) - (SELECT count(*) FROM ${log}.audit_seal)`);
  return eventually('every row is sealed', async () => ((await query(`SELECT ${open.join(' + ')}`))[0][0] === '0' ? true : undefined));
}

/** @param {string} cookies of an answer @returns {string} the refresh cookie */
const cookieOf = (cookies) => cookies.split(';')[0];

test('what people do to their accounts leaves a row each, with where it came from', async () => {
  const email = `ada-${randomUUID()}@example.com`;
  const made = await call('POST', '/api/auth/register', { json: { email, password, displayName: 'Ada' } });
  const id = made.body.user.id;
  const wrong = { email, password: 'not the right passphrase' };
  assert.equal((await call('POST', '/api/auth/login', { json: wrong })).status, 401);
  const login = await call('POST', '/api/auth/login', { json: { email, password } });
  const next = 'another long enough passphrase';
  const change = (/** @type {string} */ currentPassword) => call('POST', '/api/auth/password',
    { json: { currentPassword, newPassword: next }, token: login.body.accessToken });
  assert.equal((await change('not the right passphrase')).status, 401);
  assert.equal((await change(password)).status, 200);
  const cookie = cookieOf(login.headers.get('set-cookie') ?? '');
  const refreshed = await call('POST', '/api/auth/refresh', { json: {}, headers: { Cookie: cookie } });
  assert.equal(refreshed.status, 200);
  // As if it had been used eleven seconds ago: within ten, it is another tab.
  await query(`SET session_replication_role = replica; UPDATE identity.refresh_token SET use_time = use_time - interval '1 minute'
    WHERE use_time IS NOT NULL`);
  assert.equal((await call('POST', '/api/auth/refresh', { json: {}, headers: { Cookie: cookie } })).status, 401);
  const last = await call('POST', '/api/auth/login', { json: { email, password: next } });
  const lastCookie = cookieOf(last.headers.get('set-cookie') ?? '');
  for (let i = 0; i < 2; i++) {
    assert.equal((await call('POST', '/api/auth/logout', { json: {}, headers: { Cookie: lastCookie } })).status, 200);
  }
  assert.deepEqual(await rows('identity', `user_id = '${id}'`), [
    'user.register OK gateway', 'session.login OK gateway', 'session.login FAILED gateway', 'session.login OK gateway',
    'password.change FAILED gateway', 'password.change OK gateway', 'session.revoke OK gateway',
    'session.token_reuse OK gateway', 'session.login OK gateway', 'session.logout OK gateway']);
  const places = await query(`SELECT DISTINCT client_address, database_role FROM identity.audit_event WHERE user_id = '${id}'`);
  assert.deepEqual(places, [['127.0.0.1', 'identity_app']]);
  const nobody = { email: `nobody-${randomUUID()}@example.com`, password: 'not the right passphrase' };
  const [[before]] = await query(`SELECT count(*) FROM identity.audit_event WHERE subject = 'nobody'`);
  assert.equal((await call('POST', '/api/auth/login', { json: nobody })).status, 401);
  assert.deepEqual(await query(`SELECT count(*) - ${before} FROM identity.audit_event WHERE subject = 'nobody'`), [['1']]);
});

test('money leaves a row at each step, and a replay none', async () => {
  const [product] = await productsInStock();
  const key = randomUUID();
  for (let i = 0; i < 3; i++) assert.equal((await shopper.deposit(10_000_000, key)).status, 200);
  await shopper.add(product.id, 1);
  const orderKey = randomUUID();
  const { body: order } = await shopper.checkout(orderKey);
  await shopper.settled(order.id);
  assert.equal((await shopper.checkout(orderKey)).status, 201);
  const cancelKey = randomUUID();
  for (let i = 0; i < 2; i++) assert.equal((await shopper.cancel(order.id, cancelKey)).status, 200);
  await eventually('the money is back', async () => ((await shopper.wallet()).balance === 10_000_000 ? true : undefined));
  const poor = await Shopper.register();
  await poor.add(product.id, 1);
  assert.equal((await poor.checkout()).status, 402);
  assert.deepEqual(await rows('wallet', `user_id = '${shopper.id}'`), ['wallet.deposit OK gateway',
    'wallet.hold OK order', 'wallet.capture OK order', 'wallet.refund OK order']);
  assert.deepEqual(await rows('wallet', `user_id = '${poor.id}' AND action = 'wallet.hold'`), ['wallet.hold REFUSED order']);
  assert.deepEqual((await rows('orders', `user_id = '${shopper.id}'`)).map((row) => row.split(' ').slice(0, 2).join(' ')),
    ['order.place OK', 'order.cancel OK']);
});

test('administrators leave a row for each command, by name; whoever goes round the services, too', async () => {
  const manage = (/** @type {string} */ method, /** @type {string} */ path, /** @type {object} */ json, key = randomUUID()) =>
    call(method, `/api/admin${path}`, { json, token: admin.token, key });
  const key = randomUUID();
  const product = { name: `Oak stool ${randomUUID()}`, description: 'Three legs.', category: 'chairs',
    price: { currencyCode: 'EUR', minorUnits: '4900' }, imageUrl: '/media/chairs/none.svg', stock: '9' };
  const { body: { product: { id } } } = await manage('POST', '/products', product, key);
  assert.equal((await manage('POST', '/products', product, key)).status, 201);
  const { body: { record: { product: { etag } } } } = await manage('GET', `/products/${id}`, undefined);
  const price = { currencyCode: 'EUR', minorUnits: '5900' };
  const updated = await manage('PATCH', `/products/${id}`, { etag, price });
  assert.equal(updated.status, 200, JSON.stringify(updated.body));
  const stockKey = randomUUID();
  for (let i = 0; i < 2; i++) {
    assert.equal((await manage('POST', `/products/${id}/stock`, { delta: '-2', reason: 'lost' }, stockKey)).status, 200);
  }
  await manage('POST', `/products/${id}/archive`, {});
  await query(`UPDATE catalog.product SET price = 1 WHERE product_id = '${id}'`);
  assert.deepEqual(await rows('catalog', `subject = '${id}'`), [`product.create OK ${admin.id}`, `product.update OK ${admin.id}`,
    `stock.adjust OK ${admin.id}`, `product.archive OK ${admin.id}`, 'product.update OK postgres']);
  const prices = await query(`SELECT details ->> 'price_before', details ->> 'price' FROM catalog.audit_event
    WHERE subject = '${id}' AND action = 'product.update' ORDER BY audit_event_id`);
  assert.deepEqual(prices, [['4900', '5900'], ['5900', '1']]);

  const [sold] = await productsInStock();
  await shopper.add(sold.id, 1);
  const { body: order } = await shopper.checkout();
  await shopper.settled(order.id);
  const refundKey = randomUUID();
  for (let i = 0; i < 2; i++) {
    assert.equal((await manage('POST', `/orders/${order.id}/refund`, { reason: 'broken' }, refundKey)).status, 200);
  }
  await query(`INSERT INTO identity.user_role VALUES ('${shopper.id}', 'admin')`);
  await query(`DELETE FROM identity.user_role WHERE user_id = '${shopper.id}' AND role = 'admin'`);
  assert.deepEqual(await rows('orders', `subject = '${order.id}' AND action <> 'order.place'`), [`order.refund OK ${admin.id}`]);
  assert.deepEqual(await rows('identity', `user_id = '${shopper.id}' AND action LIKE 'role.%'`),
    ['role.grant OK postgres', 'role.revoke OK postgres']);
});

test('a rotation of the keys leaves a row, with who asked for it', async () => {
  await query(`SET session_replication_role = replica;
    UPDATE identity.signing_key SET create_time = create_time - interval '1 hour'`);
  await cartwright('keys', 'rotate');
  assert.deepEqual(await rows('identity', `action = 'key.rotate'`), ['key.rotate OK operator']);
});

/** What an audit says; it must find something. @param {...string} words */
async function found(...words) {
  /** @type {string} */
  let said = '';
  await assert.rejects(cartwright('audit', ...words), (/** @type {any} */ { code, stdout }) => {
    said = stdout;
    return code === 1;
  });
  return said;
}

/** Runs SQL past all triggers, as whoever owns the cluster can. @param {string} sql */
const forge = (sql) => query(`BEGIN; SET LOCAL session_replication_role = replica; ${sql}; COMMIT`);

/** @param {string} log */
const restore = (log) => forge(`DELETE FROM ${log}.audit_event; DELETE FROM ${log}.audit_seal;
  INSERT INTO ${log}.audit_event OVERRIDING SYSTEM VALUE SELECT * FROM public.kept_event;
  INSERT INTO ${log}.audit_seal SELECT * FROM public.kept_seal`);

test('a row with a time that nothing happens at is refused, in every log', async () => {
  for (const log of logs) {
    for (const time of ['infinity', '-infinity', '294276-12-31']) {
      await assert.rejects(query(`INSERT INTO ${log}.audit_event (action, subject, create_time) VALUES ('x', 'x', '${time}')`),
        /audit_event_time_in_reason/, `${log} ${time}`);
    }
  }
});

test('a row that is altered, taken out or put in is named, in every log', async () => {
  await sealed();
  const { stdout } = await cartwright('audit');
  for (const log of logs) assert.match(stdout, new RegExp(`^head ${log} \\d+ [0-9a-f]{64}$`, 'm'));
  for (const log of logs) {
    await query(`DROP TABLE IF EXISTS public.kept_event, public.kept_seal; CREATE TABLE public.kept_event AS TABLE ${log}.audit_event;
      CREATE TABLE public.kept_seal AS TABLE ${log}.audit_seal`);
    const [[seq, id]] = await query(`SELECT seq, audit_event_id FROM ${log}.audit_seal ORDER BY seq OFFSET 1 LIMIT 1`);
    const one = `WHERE audit_event_id = ${id}`;
    /** @type {[string, RegExp][]} */
    const plants = [
      ...['action', 'result', 'actor', 'subject', 'client_address'].map((column) => /** @type {[string, RegExp]} */ ([
        `UPDATE ${log}.audit_event SET ${column} = 'forged' ${one}`,
        new RegExp(`${log} \\| the row, or its seal or the one before, was altered +\\| +${seq} \\| +\\d+ \\| +${id} `)])),
      [`UPDATE ${log}.audit_event SET create_time = create_time - interval '1 second' ${one}`, new RegExp(`was altered +\\| +${seq} `)],
      [`UPDATE ${log}.audit_event SET user_id = gen_random_uuid() ${one}`, new RegExp(`was altered +\\| +${seq} `)],
      [`UPDATE ${log}.audit_event SET details = '{"amount": 1}' ${one}`, new RegExp(`was altered +\\| +${seq} `)],
      [`DELETE FROM ${log}.audit_event ${one}`, new RegExp(`the row was taken out +\\| +${seq} \\| +\\d+ \\| +${id} `)],
      [`INSERT INTO ${log}.audit_event (transaction_id, action, subject)
        SELECT transaction_id, 'forged', 'forged' FROM ${log}.audit_event ${one}`, /a row that was never sealed was put in .* forged/],
      [`DELETE FROM ${log}.audit_seal WHERE seq = ${seq}`, /seals before it were taken out/],
      [`UPDATE ${log}.audit_seal SET hash = sha256('forged') WHERE seq = ${seq}`, new RegExp(`was altered +\\| +${seq} `)],
      // Past the rule that refuses such a time, as whoever owns the schema can.
      [`ALTER TABLE ${log}.audit_event DROP CONSTRAINT IF EXISTS audit_event_time_in_reason;
        UPDATE ${log}.audit_event SET create_time = 'infinity' ${one}`,
      new RegExp(`the time of the row is none that anything happens at +\\| +${seq} \\| +\\d+ \\| +${id} `)],
      [`TRUNCATE ${log}.audit_event`, new RegExp(`the row was taken out +\\| +${seq} `)],
    ];
    for (const [sql, said] of plants) {
      await forge(sql);
      const report = await found();
      assert.match(report, /^L1 is broken by \d+ rows: the audit log of a schema is as it was sealed/m, sql);
      assert.match(report, said, sql);
      await restore(log);
    }
    await cartwright('audit');
  }
});

test('a log that has lost its end, or was made anew, is known by a head that was saved', async () => {
  // A sign-in is at the end, of which no other rule knows.
  await call('POST', '/api/auth/login', { json: { email: shopper.email, password } });
  await sealed();
  const file = `${dataDirectory}/heads`;
  await writeFile(file, (await cartwright('audit')).stdout);
  assert.match((await cartwright('audit', '--anchor', file)).stdout, /^0 violations/m);
  const [[seq]] = await query('SELECT max(seq) FROM identity.audit_seal');
  await query(`DROP TABLE IF EXISTS public.kept_event, public.kept_seal; CREATE TABLE public.kept_event AS TABLE identity.audit_event;
    CREATE TABLE public.kept_seal AS TABLE identity.audit_seal`);
  await forge(`DELETE FROM identity.audit_event WHERE (transaction_id, audit_event_id) >=
      (SELECT transaction_id, audit_event_id FROM identity.audit_seal WHERE seq = ${seq});
    DELETE FROM identity.audit_seal WHERE seq = ${seq}`);
  assert.doesNotMatch((await cartwright('audit')).stdout, /L1/);
  const report = await found('--anchor', file);
  assert.match(report, /^L2 is broken by 1 rows: the audit log still has the seal/m);
  assert.match(report, new RegExp(`identity \\| +${seq} \\| taken out`));
  // Something else in its place, sealed as it should be.
  await call('POST', '/api/auth/login', { json: { email: shopper.email, password } });
  await sealed();
  assert.match(await found('--anchor', file), new RegExp(`identity \\| +${seq} \\| altered`));
  await restore('identity');
  await assert.rejects(cartwright('audit', '--anchor', '/nowhere'), /--anchor: \/nowhere cannot be read/);
});

test('who serves adds rows by doing something, and in no other way', async () => {
  for (const [role, log] of [['identity', 'identity'], ['catalog', 'catalog'], ['order', 'orders'], ['wallet', 'wallet']]) {
    const rights = await query(`SELECT string_agg(t || ' ' || p, ', ' ORDER BY t, p) FROM unnest(ARRAY['audit_event', 'audit_seal']) t,
      unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'REFERENCES', 'TRIGGER']) p
      WHERE has_table_privilege('${role}_app', '${log}.' || t, p)`);
    assert.deepEqual(rights, [['audit_event SELECT, audit_seal SELECT']]);
    for (const sql of [`UPDATE ${log}.audit_event SET actor = 'x'`, `DELETE FROM ${log}.audit_seal`, `TRUNCATE ${log}.audit_event`]) {
      await assert.rejects(query(sql), /is not allowed/, `the owner, too: ${sql}`);
    }
  }
  const bodies = await query(`SELECT proname, count(DISTINCT replace(prosrc, nspname, '')) FROM pg_proc p JOIN pg_namespace n ON n.oid = pronamespace
    WHERE proname IN ('seal_audit_events', 'audit_event_bytes', 'refuse_rewriting') GROUP BY 1 ORDER BY 1`);
  assert.deepEqual(bodies, [['audit_event_bytes', '1'], ['refuse_rewriting', '1'], ['seal_audit_events', '1']]);
});

test('a secret that is planted in every place where one is given appears nowhere', async () => {
  const canary = `canary-${randomUUID()}`;
  const email = `canary-${randomUUID()}@example.com`;
  const json = { email, password: `${canary} one`, displayName: 'Ada' };
  const made = await call('POST', '/api/auth/register', { json });
  assert.equal(made.status, 201);
  await call('POST', '/api/auth/register', { json });
  await call('POST', '/api/auth/register', { json: { ...json, email: 'no address' } });
  await call('POST', '/api/auth/login', { json: { email, password: `${canary} two` } });
  await call('POST', '/api/auth/login', { json: { email, password: `${canary} one`, [`${canary}x`]: canary } });
  const { body, headers } = await call('POST', '/api/auth/login', { json: { email, password: `${canary} one` } });
  const token = body.accessToken;
  const cookie = cookieOf(headers.get('set-cookie') ?? '');
  for (const currentPassword of [`${canary} two`, `${canary} one`]) {
    await call('POST', '/api/auth/password', { token, json: { currentPassword, newPassword: `${canary} three` } });
  }
  await call('POST', '/api/auth/login', { json: { email, password: { deep: canary } } });
  await fetch(`${shopUrl}/api/auth/login`, { method: 'POST', body: `{"email": "${canary}`, headers: { 'Content-Type': 'application/json' } });
  await call('GET', '/api/auth/me', { token: canary });
  await call('GET', `/api/products?token=${canary}`);
  await call('GET', `/api/products?pageToken=${canary}`);
  await call('POST', '/api/auth/refresh', { json: {}, headers: { Cookie: `__Host-refresh=${canary}` } });
  await call('GET', '/api/products', { headers: { 'X-Api-Key': canary } });
  const refreshed = await call('POST', '/api/auth/refresh', { json: {}, headers: { Cookie: cookie } });
  const secrets = [canary, token, token.split('.')[2], cookie.split('=')[1], refreshed.body.accessToken.split('.')[2],
    cookieOf(refreshed.headers.get('set-cookie') ?? '').split('=')[1]];
  for (const name of await readdir(`${dataDirectory}/secrets`)) {
    if (/\.(password|key)$/.test(name)) secrets.push((await readFile(`${dataDirectory}/secrets/${name}`, 'utf8')).trim());
  }
  await sealed();
  const places = new Map();
  for (const name of await readdir(`${dataDirectory}/log`)) places.set(name, await readFile(`${dataDirectory}/log/${name}`, 'utf8'));
  const { hostname, port } = new URL(shopUrl);
  for (let offset = 10; offset <= 15; offset++) {
    places.set(`metrics at ${offset}`, await (await fetch(`http://${hostname}:${Number(port) + offset}/metrics`)).text());
  }
  for (const log of logs) places.set(`log of ${log}`, (await query(`SELECT to_jsonb(e) FROM ${log}.audit_event e`)).join('\n'));
  const leaks = [...places].flatMap(([place, text]) => secrets.flatMap((secret, i) => (text.includes(secret) ? [`secret ${i} in ${place}`] : [])));
  assert.deepEqual(leaks, []);
  // What is looked through does have what happened.
  assert.ok([...places.values()].some((text) => text.includes('authn_login_fail')));
  assert.ok(places.get('log of identity').includes('session.login'));
});
