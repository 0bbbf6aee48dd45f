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

/** SQLSTATE of a statement as a role, 00000 when it succeeds. @param {string} role @param {string} sql */
async function stateOf(role, sql) {
  const url = (await readFile(`${dataDirectory}/secrets/${role}.url`, 'utf8')).trim();
  try {
    await run('psql', [url, '-X', '-q', '-v', 'VERBOSITY=sqlstate', '-v', 'ON_ERROR_STOP=1', '-c', `BEGIN; ${sql}; ROLLBACK`]);
    return '00000';
  } catch (error) {
    return /ERROR:\s+(\w{5})/.exec(/** @type {any} */ (error).stderr)?.[1] ?? String(error);
  }
}

/** @param {string} schema */
async function tablesOf(schema) {
  return (await query(`SELECT relname FROM pg_class WHERE relnamespace = '${schema}'::regnamespace AND relkind = 'r' ORDER BY 1`)).flat();
}

test('a role reads its own schema and none of the other four, owner or not', async () => {
  const wrong = [];
  for (const service of services) {
    for (const kind of ['app', 'owner']) {
      for (const [other, schema] of Object.entries(schemas)) {
        for (const table of await tablesOf(schema)) {
          const state = await stateOf(`${service}_${kind}`, `SELECT 1 FROM ${schema}.${table} LIMIT 1`);
          // A table of its own that a serving role may not even read is a decision of the service's schema test.
          const allowed = other === service ? (kind === 'owner' ? ['00000'] : ['00000', '42501']) : ['42501'];
          if (!allowed.includes(state)) wrong.push(`${service}_${kind} on ${schema}.${table}: ${state}`);
        }
      }
      assert.equal(await stateOf(`${service}_${kind}`, `SELECT 1 FROM ${schemas[service]}.schema_migrations`), '00000');
    }
  }
  assert.deepEqual(wrong, []);
});

test('a serving role makes nothing, anywhere', async () => {
  for (const service of services) {
    const app = `${service}_app`;
    for (const sql of ['CREATE TABLE public.t (i int)', `CREATE TABLE ${schemas[service]}.t (i int)`, 'CREATE SCHEMA s',
      'CREATE ROLE r', 'CREATE DATABASE d', `SET ROLE ${service}_owner`, 'CREATE EXTENSION pgcrypto',
      `COPY ${schemas[service]}.schema_migrations TO PROGRAM 'true'`]) {
      // CREATE DATABASE is refused before its rights are looked at, in a transaction; rights come first elsewhere.
      const state = await stateOf(app, sql);
      assert.ok(['42501', '25001'].includes(state), `${app}: ${sql}: ${state}`);
    }
  }
});

test('history is written and never changed by a serving role', async () => {
  for (const [role, table] of [['wallet_app', 'wallet.journal'], ['wallet_app', 'wallet.operation'], ['catalog_app', 'catalog.stock_journal'],
    ['catalog_app', 'catalog.product_change'], ['order_app', 'orders.saga_event'], ['order_app', 'orders.cancellation'],
    ['identity_app', 'identity.users']]) {
    for (const sql of [`DELETE FROM ${table}`, `TRUNCATE ${table}`, `INSERT INTO ${table} DEFAULT VALUES`]) {
      assert.equal(await stateOf(role, sql), '42501', `${role}: ${sql}`);
    }
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
