// A real failover: a standby made by pg_basebackup, which is promoted when the primary dies, and takes
// its place and port. Its replication runs through a proxy, so that it can lag behind.

import { execFile, spawn } from 'node:child_process';
import { appendFile, readFile } from 'node:fs/promises';
import net from 'node:net';
import { promisify } from 'node:util';
import { once } from 'node:events';
import { dataDirectory, eventually, postgresPort } from '../place.mjs';
import { Proxies } from '../proxies.mjs';
import { execute } from '../sql.mjs';
import { asPostgres, postgresDirectory } from './bench.mjs';

const run = promisify(execFile);
const bin = process.env.CARTWRIGHT_TEST_POSTGRES_BIN ?? '/usr/lib/postgresql/15/bin';
const standby = `${dataDirectory}/standby`;

async function freePort() {
  const server = net.createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = /** @type {net.AddressInfo} */ (server.address());
  server.close();
  return port;
}

/**
 * @param {import('./bench.mjs').Bench} bench
 * @param {boolean} lagging true: an asynchronous standby that nothing reaches any more; false: a synchronous one
 * @param {() => Promise<unknown>} work that is acknowledged before the primary dies
 */
export async function failOver(bench, lagging, work) {
  const proxies = await Proxies.start({ standby: await postgresPort() });
  const port = await freePort();
  /** @type {import('node:child_process').ChildProcess | undefined} */
  let child;
  try {
    await makeStandby(proxies.ports.standby);
    const [command, ...words] = asPostgres([`${bin}/postgres`, '-D', standby, '-c', 'listen_addresses=127.0.0.1', '-p', String(port)]);
    child = spawn(command, words, { stdio: 'ignore', detached: true });
    child.unref();
    await eventually('the standby follows', async () => (await execute(
      `SELECT 1 FROM pg_stat_replication WHERE state = 'streaming'`))[0], 20);
    if (lagging) await proxies.set(['standby'], 'hold replies');
    else await synchronous();
    await work();
    await bench.withoutPostgres(async () => {
      await proxies.set(['standby'], 'refuse');
      await pgCtl('promote');
      await pgCtl('stop', '-m', 'fast');
      await bench.replaceDatabase(standby);
    });
  } finally {
    // Long gone, unless something went wrong; setpriv became it.
    if (child?.exitCode === null && child.signalCode === null) child.kill('SIGQUIT');
    proxies.stop();
  }
}

/** @param {number} port */
async function makeStandby(port) {
  await appendFile(`${postgresDirectory}/pg_hba.conf`, 'host  replication  all  127.0.0.1/32  scram-sha-256\n');
  await execute('SELECT pg_reload_conf()');
  const password = (await readFile(`${dataDirectory}/secrets/postgres.password`, 'utf8')).trim();
  // The directory is made by root where Postgres may not make one.
  const owner = await run('stat', ['-c', '%u:%g', postgresDirectory]);
  await run('mkdir', ['-m', '700', standby]);
  await run('chown', [owner.stdout.trim(), standby]);
  const [command, ...words] = asPostgres([`${bin}/pg_basebackup`, '-D', standby, '-R', '-X', 'stream', '-c', 'fast',
    '-h', '127.0.0.1', '-p', String(port), '-U', 'postgres']);
  await run(command, words, { env: { ...process.env, PGPASSWORD: password }, cwd: '/' });
}

/** From here on an answer waits for the standby, too. */
async function synchronous() {
  await execute(`ALTER SYSTEM SET synchronous_standby_names = '*'`);
  await execute('SELECT pg_reload_conf()');
  await eventually('the standby is synchronous', async () => (await execute(
    `SELECT 1 FROM pg_stat_replication WHERE sync_state = 'sync'`))[0], 10);
}

/** @param {string[]} words */
async function pgCtl(...words) {
  const [command, ...rest] = asPostgres([`${bin}/pg_ctl`, '-D', standby, '-w', '-t', '30', ...words]);
  await run(command, rest, { cwd: '/' });
}
