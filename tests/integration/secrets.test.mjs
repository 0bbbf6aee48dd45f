// Secrets are replaced while people shop: the databases' passwords and the pepper, as the keys of access tokens
// (keys.test.mjs) and the certificates (certificates.test.mjs). None is where others could read it.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readFile, readdir, rename, writeFile } from 'node:fs/promises';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { Load } from './load.mjs';
import { call, cartwright, dataDirectory, eventually, metric, password, pidOf, query, replicasOf, Shopper } from './shop.mjs';

const run = promisify(execFile);
const services = ['identity', 'catalog', 'cart', 'order', 'wallet'];
const secrets = `${dataDirectory}/secrets`;

/** @param {string} url of a role */
const connects = (url) => run('psql', [url, '-X', '-qAt', '-c', 'SELECT 1']).then(() => true, () => false);

/** A file that is whole at every moment. @param {string} file @param {string} text */
async function replace(file, text) {
  await writeFile(`${file}.new`, `${text}\n`, { mode: 0o600 });
  await rename(`${file}.new`, file);
}

test('the passwords of all databases are replaced, and no call is lost', async () => {
  const load = await Load.start();
  /** @type {Map<string, string>} */
  const old = new Map();
  for (const service of services) {
    const role = `${service}_app`;
    const url = (await readFile(`${secrets}/${role}.url`, 'utf8')).trim();
    const password = randomBytes(32).toString('hex');
    old.set(service, url);
    // First the file, then the role: between the two, a new connection is made with the old one.
    await replace(`${secrets}/${role}.password`, password);
    await replace(`${secrets}/${role}.url`, url.replace(/:[0-9a-f]{64}@/, `:${password}@`));
    await load.turns(1);
    await query(`ALTER ROLE ${role} PASSWORD '${password}'`);
  }
  await load.turns(2);
  assert.deepEqual(await load.stop(), []);
  console.log(`${load.calls} calls, none lost`);
  for (const [service, url] of old) {
    assert.equal(await connects(url), false, `${service} is refused under its old password`);
    assert.equal(await connects((await readFile(`${secrets}/${service}_app.url`, 'utf8')).trim()), true);
  }
  // Whoever has a connection keeps it; those that are cut are made anew with what the file says.
  await query(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename LIKE '%\\_app'`);
  const shopper = await eventually('everybody is back', async () => {
    const { stdout } = await cartwright('status');
    return stdout ? Shopper.withMoney(1000) : undefined;
  });
  // The other replica may not have noticed yet that its connections are gone.
  const { balance } = await eventually('the wallet is shown', () => shopper.wallet());
  assert.equal(balance, 1000);
  for (const service of services.filter((name) => name !== 'cart')) {
    const before = await metric(service, 'cartwright_audit_last_success_timestamp_seconds');
    await eventually(`${service} audits on a connection of its own`, async () =>
      ((await metric(service, 'cartwright_audit_last_success_timestamp_seconds')) > before ? true : undefined));
  }
});

test('the pepper of passwords is replaced, and everybody signs in all the while', async () => {
  const before = await Promise.all((await replicasOf('identity')).map(pidOf));
  const people = await Promise.all([1, 2, 3].map(() => Shopper.register()));
  /** Whose hash was made with which pepper. */
  const peppers = async () => (await query(`SELECT substring(password_hash FROM ',keyid=([^$]+)') FROM identity.users
    WHERE user_id IN (${people.map(({ id }) => `'${id}'`)})`)).flat();
  const signIn = async (/** @type {Shopper} */ { email }) => (await call('POST', '/api/auth/login', { json: { email, password } })).status;
  const [first] = await peppers();
  let replaced = false;
  const signIns = people.slice(1).map(async (person) => {
    const statuses = [];
    while (!replaced || statuses.length < 3) statuses.push(await signIn(person));
    return statuses;
  });
  const old = (await readFile(`${secrets}/password_pepper.key`, 'utf8')).trim();
  const next = randomBytes(32).toString('hex');
  // What verifies first, then what hashes: at no moment is there a hash that nobody can check.
  await replace(`${secrets}/old_password_pepper.key`, old);
  await replace(`${secrets}/password_pepper.key`, next);
  replaced = true;
  assert.deepEqual((await Promise.all(signIns)).flat().filter((status) => status !== 200), []);
  const [unseen, ...others] = [await peppers(), await Promise.all(people.map(signIn)), await peppers()];
  assert.ok(unseen.includes(first), 'who did not sign in has the hash of before');
  assert.deepEqual(others[0], [200, 200, 200]);
  assert.ok(!others[1].includes(first), 'login by login all are hashed anew');
  assert.deepEqual(await Promise.all((await replicasOf('identity')).map(pidOf)), before, 'nothing was started anew');
});

test('no process has a secret in its environment or in its arguments', async () => {
  const texts = new Set();
  for (const name of await readdir(secrets)) {
    const text = (await readFile(`${secrets}/${name}`, 'utf8')).trim();
    texts.add(/\.url$/.test(name) ? /:([0-9a-f]{64})@/.exec(text)?.[1] : text);
  }
  assert.ok(texts.size >= 10);
  for (const name of [...services, 'gateway', 'supervisor', 'postgres']) {
    for (const file of ['environ', 'cmdline']) {
      const text = await readFile(`/proc/${await pidOf(name)}/${file}`, 'utf8');
      for (const secret of texts) assert.ok(!text.includes(secret), `${file} of ${name}`);
      assert.doesNotMatch(text, /BEGIN [A-Z ]*PRIVATE KEY|password=/i, `${file} of ${name}`);
    }
  }
});
