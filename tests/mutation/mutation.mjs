// Whether the tests of who may do what can fail: each sample takes one rule away, and the test that stands
// for it must turn red. Before and after all of them, the same tests are green.

import { spawn } from 'node:child_process';
import { copyFile, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { cartwright, query } from '../integration/shop.mjs';
import { setAccess, setCaller } from './policy.mjs';

const from = process.env.CARTWRIGHT_MUTATION_FROM ?? '';
const to = new URL('../../build/mutation', import.meta.url).pathname;
const integration = new URL('../integration', import.meta.url).pathname;

/**
 * `says`: what a test must say when it turns red; red for another reason is no proof.
 * @typedef {{name: string, test: string, only: string, says: string, plant: () => Promise<unknown>, undo: () => Promise<unknown>}} Sample
 */

const byRoute = { test: 'access_matrix', only: 'each route as everybody' };
const byCertificate = { test: 'access_matrix', only: 'each RPC with each certificate' };

/** A rule of the gateway. @param {string} method @param {'PUBLIC' | 'USER' | 'ADMIN' | 'INTERNAL'} access @returns {Sample} */
function access(method, access) {
  const file = '/cartwright.descriptors.binpb';
  return {
    name: `access of ${method} is ${access}`, ...byRoute, says: `(${method}) as `,
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
    name: `${method} is for ${other}, not ${caller}`, ...byCertificate, says: `${method} by ${caller}: status 7`,
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

/** A right that is given or taken. @param {string} sql @param {string} back @param {string} test @param {string} only @param {string} says @returns {Sample} */
const right = (sql, back, test, only, says) => ({ name: sql, test, only, says, plant: () => query(sql), undo: () => query(back) });

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
    'database_rights', 'a role reads its own schema', 'cart_app on wallet.journal: 00000'),
  right('GRANT DELETE ON wallet.journal TO wallet_app', 'REVOKE DELETE ON wallet.journal FROM wallet_app',
    'database_rights', 'history is written and never changed', 'wallet_app: DELETE FROM wallet.journal'),
  right('GRANT UPDATE (posted) ON wallet.account TO wallet_app', 'REVOKE UPDATE (posted) ON wallet.account FROM wallet_app',
    'database_rights', 'a serving role has these rights', 'wallet.account'),
  right('GRANT INSERT ON wallet.audit_event TO wallet_app', 'REVOKE INSERT ON wallet.audit_event FROM wallet_app',
    'audit_log', 'who serves adds rows by doing something', 'audit_event INSERT'),
  right('REVOKE EXECUTE ON FUNCTION wallet.deposit FROM wallet_app', 'GRANT EXECUTE ON FUNCTION wallet.deposit TO wallet_app',
    'database_rights', 'a serving role has these rights', 'capture_holds deposit expire_hold'),
];

/**
 * Runs the one test of a file; what it said when it was red, undefined when it was green. A test that comes to no end in
 * time has no result: that is an error here, and no mutation found.
 * @param {{test: string, only: string}} sample @returns {Promise<string | undefined>}
 */
function rednessOf({ test, only }) {
  const words = ['--test', `--test-name-pattern=${only}`, `${integration}/${test}.test.mjs`];
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, words, {
      stdio: ['ignore', 'pipe', 'ignore'], env: { ...process.env, CARTWRIGHT_BUILD: from, NODE_TEST_CONTEXT: undefined }, timeout: 600_000,
    });
    let said = '';
    child.stdout.setEncoding('utf8').on('data', (text) => { said += text; });
    child.on('error', reject);
    child.on('close', (code, signal) => {
      if (signal) reject(new Error(`${test}: ${only}: ended by ${signal}, no result`));
      resolve(code === 0 ? undefined : said);
    });
  });
}

/** Each test once, of the shop as it is. */
async function allAreGreen() {
  const tests = new Map(chosen.map((sample) => [`${sample.test} ${sample.only}`, sample]));
  for (const [name, sample] of tests) {
    const red = await rednessOf(sample);
    if (red !== undefined) throw new Error(`${name}: red without a mutation\n${red}`);
  }
}

const words = process.argv.slice(2);
const chosen = samples.filter(({ name }) => words.length === 0 || words.some((word) => name.includes(word)));
await allAreGreen();
let survivors = 0;
for (const sample of chosen) {
  await sample.plant();
  const red = await rednessOf(sample).finally(sample.undo);
  const found = red?.includes(sample.says);
  if (red !== undefined && !found) console.log(red);
  survivors += Number(!found);
  const verdict = red === undefined ? 'SURVIVES' : found ? 'red' : 'RED FOR ANOTHER REASON';
  console.log(`${verdict}\t${sample.name}\t${sample.test}: ${sample.only}`);
}
await allAreGreen();
console.log(`${chosen.length} mutations, ${survivors} survive`);
process.exitCode = survivors || chosen.length === 0 ? 1 : 0;
