// Whether the tests of who may do what can fail: each sample takes one rule away, and the test that stands
// for it must turn red. Before and after all of them, the same tests are green.

import { spawn } from 'node:child_process';
import { copyFile, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { cartwright, query } from '../integration/shop.mjs';
import { setAccess, setCaller } from './policy.mjs';

const from = process.env.CARTWRIGHT_MUTATION_FROM ?? '';
const to = new URL('../../build/mutation', import.meta.url).pathname;
const integration = new URL('../integration', import.meta.url).pathname;

/** @typedef {{name: string, test: string, only: string, plant: () => Promise<unknown>, undo: () => Promise<unknown>}} Sample */

const byRoute = { test: 'access_matrix', only: 'each route as everybody' };
const byCertificate = { test: 'access_matrix', only: 'each RPC with each certificate' };

/** A rule of the gateway. @param {string} method @param {'PUBLIC' | 'USER' | 'ADMIN' | 'INTERNAL'} access @returns {Sample} */
function access(method, access) {
  const file = '/cartwright.descriptors.binpb';
  return {
    name: `access of ${method} is ${access}`, ...byRoute,
    plant: async () => {
      const bytes = await readFile(from + file);
      setAccess(bytes, method, access);
      await writeFile(to + file, bytes);
      await cartwright('restart', 'gateway');
    },
    undo: async () => {
      await copyFile(from + file, to + file);
      await cartwright('restart', 'gateway');
    },
  };
}

/** An entry in `callers`, in the program that judges by it. @param {string} service @param {string} method @param {string} caller @param {string} other @returns {Sample} */
function callers(service, method, caller, other) {
  const program = `${to}/bin/cartwright-${service}`;
  return {
    name: `${method} is for ${other}, not ${caller}`, ...byCertificate,
    plant: async () => {
      const bytes = await readFile(program);
      setCaller(bytes, method, caller, other);
      await writeFile(`${program}.new`, bytes, { mode: 0o755 });
      await rename(`${program}.new`, program);
      await cartwright('restart', service);
    },
    undo: async () => {
      await rm(program);
      await symlink(`${from}/bin/cartwright-${service}`, program);
      await cartwright('restart', service);
    },
  };
}

/** A right that is given or taken. @param {string} sql @param {string} back @param {string} test @param {string} only @returns {Sample} */
const right = (sql, back, test, only) => ({ name: sql, test, only, plant: () => query(sql), undo: () => query(back) });

/** @type {Sample[]} */
const samples = [
  // (With a method that has a user's id in it, such as Deposit, the gateway does not even start.)
  access('ListUserRecords', 'PUBLIC'),
  access('AdjustStock', 'USER'),
  access('ListOrderRecords', 'USER'),
  callers('wallet', 'CaptureHold', 'order', '0rder'),
  callers('catalog', 'ReserveStock', 'order', '0rder'),
  callers('identity', 'RotateSigningKey', 'operator', 'customer'),
  right('GRANT USAGE ON SCHEMA wallet TO cart_app; GRANT SELECT ON wallet.journal TO cart_app',
    'REVOKE ALL ON wallet.journal FROM cart_app; REVOKE ALL ON SCHEMA wallet FROM cart_app',
    'database_rights', 'a role reads its own schema'),
  right('GRANT DELETE ON wallet.journal TO wallet_app', 'REVOKE DELETE ON wallet.journal FROM wallet_app',
    'database_rights', 'history is written and never changed'),
  right('GRANT INSERT ON wallet.audit_event TO wallet_app', 'REVOKE INSERT ON wallet.audit_event FROM wallet_app',
    'audit_log', 'who serves adds rows by doing something'),
  right('REVOKE EXECUTE ON FUNCTION wallet.deposit FROM wallet_app', 'GRANT EXECUTE ON FUNCTION wallet.deposit TO wallet_app',
    'audit_log', 'money leaves a row at each step'),
];

/** Runs the one test of a file; whether it was green. @param {{test: string, only: string}} sample @returns {Promise<boolean>} */
function isGreen({ test, only }) {
  const words = ['--test', `--test-name-pattern=${only}`, `${integration}/${test}.test.mjs`];
  return new Promise((resolve) => {
    const child = spawn(process.execPath, words, {
      stdio: 'ignore', env: { ...process.env, CARTWRIGHT_BUILD: from, NODE_TEST_CONTEXT: undefined }, timeout: 180_000,
    });
    child.on('exit', (code) => resolve(code === 0));
  });
}

/** Each test once, of the shop as it is. */
async function allAreGreen() {
  const tests = new Map(chosen.map((sample) => [`${sample.test} ${sample.only}`, sample]));
  for (const [name, sample] of tests) {
    if (!(await isGreen(sample))) throw new Error(`${name}: red without a mutation`);
  }
}

const words = process.argv.slice(2);
const chosen = samples.filter(({ name }) => words.length === 0 || words.some((word) => name.includes(word)));
await allAreGreen();
let survivors = 0;
for (const sample of chosen) {
  await sample.plant();
  const green = await isGreen(sample);
  await sample.undo();
  survivors += Number(green);
  console.log(`${green ? 'SURVIVES' : 'red'}\t${sample.name}\t${sample.test}: ${sample.only}`);
}
await allAreGreen();
console.log(`${chosen.length} mutations, ${survivors} survive`);
process.exitCode = survivors || chosen.length === 0 ? 1 : 0;
