// What each role of Postgres may do: its own part of its own schema, and nothing else.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { dataDirectory, query } from './shop.mjs';

const run = promisify(execFile);
/** @type {Record<string, string>} by service */
const schemas = { identity: 'identity', catalog: 'catalog', cart: 'cart', order: 'orders', wallet: 'wallet' };
const services = Object.keys(schemas);
/** Tables of which the serving role of their own schema can read nothing: it knows what is in them by functions alone. */
const unread = ['login_attempt', 'login_challenge', 'refresh_token'].map((name) => `identity.${name}`);

/**
 * SQLSTATE of each statement as a role, 00000 when it succeeds; all over one connection, and nothing stays.
 * @param {string} role @param {string[]} statements @returns {Promise<string[]>}
 */
async function statesOf(role, statements) {
  const url = (await readFile(`${dataDirectory}/secrets/${role}.url`, 'utf8')).trim();
  const script = statements.map((sql) => `BEGIN;\n${sql};\n\\echo :SQLSTATE\nROLLBACK;\n`).join('');
  const child = run('psql', [url, '-X', '-q', '-o', '/dev/null', '-f', '-']);
  child.child.stdin?.end(script);
  const states = (await child).stdout.trim().split('\n');
  assert.equal(states.length, statements.length, `${role}: ${states}`);
  return states;
}

/** @param {string} schema */
async function tablesOf(schema) {
  return (await query(`SELECT relname FROM pg_class WHERE relnamespace = '${schema}'::regnamespace AND relkind = 'r' ORDER BY 1`)).flat();
}

test('a role reads its own schema and none of the other four, owner or not', async () => {
  const wrong = [];
  const tables = (await Promise.all(Object.entries(schemas).map(async ([service, schema]) =>
    (await tablesOf(schema)).map((table) => ({ service, name: `${schema}.${table}` }))))).flat();
  for (const service of services) {
    for (const kind of ['app', 'owner']) {
      const states = await statesOf(`${service}_${kind}`, tables.map(({ name }) => `SELECT 1 FROM ${name} LIMIT 1`));
      for (const [at, { service: other, name }] of tables.entries()) {
        const allowed = other === service && !(kind === 'app' && unread.includes(name)) ? '00000' : '42501';
        if (states[at] !== allowed) wrong.push(`${service}_${kind} on ${name}: ${states[at]}`);
      }
    }
  }
  assert.ok(tables.length > 30, `only ${tables.length} tables`);
  assert.deepEqual(wrong, []);
});

// A right more is a decision, and so is one less: whoever makes it changes these lists. What identity's role may call is in
// IdentitySchemaTest.
test('a serving role has these rights and no others', async () => {
  const own = `c.relnamespace::regnamespace::text IN (${Object.values(schemas).map((name) => `'${name}'`)}) AND r.rolname ~ '^[a-z]+_app$'`;
  const writes = await query(`SELECT r.rolname, p, c.oid::regclass FROM pg_roles r, pg_class c, unnest(ARRAY['INSERT', 'UPDATE', 'REFERENCES']) p
      WHERE c.relkind IN ('r', 'v', 'm', 'p') AND ${own} AND has_any_column_privilege(r.oid, c.oid, p)
    UNION ALL SELECT r.rolname, p, c.oid::regclass FROM pg_roles r, pg_class c, unnest(ARRAY['DELETE', 'TRUNCATE', 'TRIGGER']) p
      WHERE c.relkind IN ('r', 'v', 'm', 'p') AND ${own} AND has_table_privilege(r.oid, c.oid, p)
    UNION ALL SELECT r.rolname, p, c.oid::regclass FROM pg_roles r, pg_class c, unnest(ARRAY['SELECT', 'USAGE', 'UPDATE']) p
      WHERE c.relkind = 'S' AND ${own} AND has_sequence_privilege(r.oid, c.oid, p)`);
  assert.deepEqual(writes, [['identity_app', 'INSERT', 'identity.signing_key']]);
  const calls = await query(`SELECT r.rolname, n.nspname, string_agg(p.proname, ' ' ORDER BY p.proname) FROM pg_roles r, pg_proc p
      JOIN pg_namespace n ON n.oid = p.pronamespace WHERE r.rolname ~ '^[a-z]+_app$' AND r.rolname <> 'identity_app'
      AND n.nspname IN (${Object.values(schemas).map((name) => `'${name}'`)}) AND has_function_privilege(r.oid, p.oid, 'EXECUTE')
    GROUP BY 1, 2 ORDER BY 1, 2`);
  assert.deepEqual(calls, [
    ['cart_app', 'cart', 'add_items lines_of refresh_lines remove_items remove_ordered_items update_item'],
    ['catalog_app', 'catalog', 'adjust_stock commit_stock create_product expire_stock release_stock reserve_stock return_stock'
      + ' seal_audit_events set_product_active update_product'],
    ['order_app', 'orders', 'cancel_order cancel_saga claim_overdue_sagas claim_sagas confirm_sagas decide_saga force_abort_saga'
      + ' mark_saga_dead park_sagas place_order refund_order refund_saga renew_leases resolve_order resolve_saga retry_saga'
      + ' seal_audit_events'],
    ['wallet_app', 'wallet', 'capture_holds deposit expire_hold refund_hold release_hold reserve_hold reserve_hold seal_audit_events'],
  ]);
});

test('a serving role makes nothing, anywhere', async () => {
  for (const service of services) {
    const app = `${service}_app`;
    const statements = ['CREATE TABLE public.t (i int)', `CREATE TABLE ${schemas[service]}.t (i int)`, 'CREATE SCHEMA s',
      'CREATE ROLE r', 'CREATE DATABASE d', `SET ROLE ${service}_owner`, 'CREATE EXTENSION pgcrypto',
      `COPY ${schemas[service]}.schema_migrations TO PROGRAM 'true'`];
    for (const [at, state] of (await statesOf(app, statements)).entries()) {
      // CREATE DATABASE is refused before its rights are looked at, in a transaction; rights come first elsewhere.
      assert.ok(['42501', '25001'].includes(state), `${app}: ${statements[at]}: ${state}`);
    }
  }
});

test('history is written and never changed by a serving role', async () => {
  for (const [role, table] of [['wallet_app', 'wallet.journal'], ['wallet_app', 'wallet.operation'], ['catalog_app', 'catalog.stock_journal'],
    ['catalog_app', 'catalog.product_change'], ['order_app', 'orders.saga_event'], ['order_app', 'orders.cancellation'],
    ['identity_app', 'identity.users']]) {
    const statements = [`DELETE FROM ${table}`, `TRUNCATE ${table}`, `INSERT INTO ${table} DEFAULT VALUES`];
    for (const [at, state] of (await statesOf(role, statements)).entries()) assert.equal(state, '42501', `${role}: ${statements[at]}`);
  }
});

test('roles are bounded, and passwords are kept as SCRAM', async () => {
  const rows = await query(`SELECT rolname, rolsuper OR rolcreatedb OR rolcreaterole OR rolbypassrls OR rolreplication, rolconnlimit,
      left(rolpassword, 14),
      (SELECT coalesce(string_agg(array_to_string(setconfig, ' '), ' '), '') FROM pg_db_role_setting WHERE setrole = oid)
    FROM pg_authid WHERE rolname ~ '_(app|owner)$' AND rolname !~ '^pg_' ORDER BY 1`);
  assert.deepEqual(rows.map(([role]) => role), services.flatMap((service) => [`${service}_app`, `${service}_owner`]).sort());
  const [[most]] = await query('SHOW max_connections');
  const sum = rows.reduce((all, [, , limit]) => all + Number(limit), 0);
  assert.ok(sum <= Number(most) - 10, `${sum} connections of at most ${most}`);
  for (const [role, powerful, limit, password, settings] of rows) {
    assert.equal(powerful, 'f', role);
    assert.ok(Number(limit) > 0, `${role} has a limit of connections, not ${limit}`);
    assert.equal(password, 'SCRAM-SHA-256$', role);
    for (const setting of ['idle_in_transaction_session_timeout', 'lock_timeout', ...(role.endsWith('_app') ? ['statement_timeout'] : [])]) {
      assert.ok(settings.includes(`${setting}=`), `${role} has no ${setting}: ${settings}`);
    }
  }
});
