// Clocks that are wrong and jump, under load: first those of one order, wallet and catalog process, by
// an hour either way, then that of Postgres, by ten minutes, which is far more than a lease. Nothing may
// be lost, and everything goes on.

import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { Buying } from './buying.mjs';
import { Bench, asPostgres, postgresDirectory } from './controls/bench.mjs';
import {
  allReady, dataDirectory, eventually, killWholePostgres, pidOf, pidsWorkingIn, processNames, root, signal,
  signalPid, startOf,
} from './place.mjs';
import { execute } from './sql.mjs';

const settleWithinS = 45;
// Its directory has the name of the machine's architecture.
const library = execFileSync('sh', ['-c', 'ls /usr/lib/*/faketime/libfaketime.so.1 2>/dev/null || true'], { encoding: 'utf8' }).trim();

/** @param {string} name @returns {string} the file with the error of that process's clock */
const clockOf = (name) => `${dataDirectory}/clock.${name}`;

/** @param {string} name @param {string} error such as +1h */
function setClock(name, error) {
  writeFileSync(clockOf(name), `${error}\n`, { mode: 0o644 });
}

/** What makes a process believe in its file, asked for every time; how long things take stays true.
 * @param {string} name @returns {Record<string, string>} */
const wrongClock = (name) => ({
  LD_PRELOAD: library, FAKETIME_TIMESTAMP_FILE: clockOf(name), FAKETIME_NO_CACHE: '1',
  FAKETIME_DONT_FAKE_MONOTONIC: '1',
});

/** The same process once more, with a clock of its own. @param {string} name */
async function startAgain(name) {
  const pid = pidOf(name);
  const read = (/** @type {string} */ file) => readFileSync(`/proc/${pid}/${file}`, 'utf8').split('\0').filter(Boolean);
  // The clock comes last: it keeps a semaphore, which the user that it was made for must own.
  const words = ['env', ...Object.entries(wrongClock(name)).map((pair) => pair.join('=')), ...read('cmdline')];
  const env = Object.fromEntries(read('environ').map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]));
  if (name === 'postgres') {
    killWholePostgres();
    await eventually('Postgres is gone', () => (pidsWorkingIn(postgresDirectory).length === 0 ? true : undefined), 10);
    // It names a process that nobody has buried while the supervisor stands still.
    rmSync(`${postgresDirectory}/postmaster.pid`, { force: true });
  } else {
    signalPid(pid, 'SIGKILL');
  }
  const log = openSync(`${dataDirectory}/log/${name}.log`, 'a');
  const [command, ...rest] = name === 'postgres' ? asPostgres(words) : words;
  const child = spawn(command, rest, { env, stdio: ['ignore', log, log], cwd: '/' });
  closeSync(log);
  writeFileSync(`${dataDirectory}/run/${name}.pid`, `${child.pid} ${startOf(/** @type {number} */ (child.pid))}\n`);
  return child;
}

/** @param {string[]} names of processes whose clocks are wrong while it works @param {() => Promise<void>} work */
async function withWrongClocks(names, work) {
  const supervisor = pidOf('supervisor');
  signalPid(supervisor, 'SIGSTOP');
  const children = [];
  try {
    for (const name of names) children.push(await startAgain(name));
    await allReady();
    await work();
  } finally {
    if (names.includes('postgres')) killWholePostgres();
    for (const child of children) {
      const ended = once(child, 'exit');
      child.kill('SIGKILL');
      if (child.exitCode === null && child.signalCode === null) await ended;
      // What libfaketime leaves of a process that is killed.
      for (const file of ['faketime_shm_', 'sem.faketime_sem_']) rmSync(`/dev/shm/${file}${child.pid}`, { force: true });
    }
    signalPid(supervisor, 'SIGCONT');
  }
  await bench.usable();
}

/** A certificate of today is none for who lives yesterday: new ones, two days old. */
async function ageCertificates() {
  execFileSync('bash', ['-c', `source '${root}/deploy/local/lib/launcher.sh'; rm -rf "$TLS"; ensure_tls`],
    { env: { ...process.env, LD_PRELOAD: library, FAKETIME: '-2d' }, stdio: 'inherit' });
  for (const name of processNames()) signal(name, 'SIGKILL');
  await bench.usable();
}

/**
 * People buy, cancel and are refused while clocks jump; after every jump all of it goes on.
 * @param {import('./people.mjs').Person[]} people @param {(() => void)[]} jumps
 * @param {() => Promise<boolean>} [enough] when no further jump is needed
 */
async function buyWhile(people, jumps, enough = async () => false) {
  const buying = people.map((person, at) => Buying.start(bench, person, at > 0));
  let jumped = 0;
  try {
    for (const jump of jumps) {
      jumped++;
      jump();
      await Promise.all(buying.slice(1).map((one) => one.acknowledged(6)));
      if (await enough()) break;
    }
  } catch (error) {
    console.log('so far', buying.map(({ deposits, orders, refused }) => ({ deposits, orders, refused })), bench.operations.counts);
    throw error;
  } finally {
    await Promise.all(buying.map((one) => one.stop()));
  }
  await bench.settle(settleWithinS);
  const sum = (/** @type {'orders' | 'cancelled' | 'refused'} */ what) => buying.reduce((total, one) => total + (one[what] ?? 0), 0);
  console.log(`${jumped} jumps: ${sum('orders')} orders, ${sum('cancelled')} cancelled, ${sum('refused')} refused`);
  assert.ok(sum('cancelled') > 0 && sum('refused') > 0, 'all kinds of ends are under way');
}

/** An order's id says when the order service made it, its row when Postgres wrote it; both in seconds. */
const idTime = `(('x' || left(replace(order_id::text, '-', ''), 12))::bit(48)::bigint / 1000)`;
const rowTime = 'extract(epoch FROM create_time)::bigint';

/** How many orders were made ahead of time, and behind. @param {string} error in SQL @param {number} seconds about so large */
async function wrongOrders(error, seconds) {
  const [least, most] = [0.8 * seconds, 2.2 * seconds];
  const [line] = await execute(`SELECT count(*) FILTER (WHERE ${error} BETWEEN ${least} AND ${most}),
    count(*) FILTER (WHERE -(${error}) BETWEEN ${least} AND ${most}) FROM orders.orders`);
  return line.split('\t').map(Number);
}

/** Otherwise the clocks were right, and nothing was tested. @param {string} error @param {number} seconds */
async function assertWrong(error, seconds) {
  const [ahead, behind] = await wrongOrders(error, seconds);
  console.log(`${ahead} orders were made ahead of time, ${behind} behind`);
  assert.ok(ahead > 0 && behind > 0, 'there were orders with a clock that was wrong either way');
}

if (!existsSync(library)) {
  console.error('SKIPPED: no libfaketime');
  process.exit(77);
}
const bench = await Bench.open(6);
const people = bench.people;
await ageCertificates();

const wrong = ['order-2', 'wallet-2', 'catalog-2'];
const errors = ['+1h', '-1h', '+0'];
/** Every one of them gets the error of its neighbour. @param {number} turn */
const rotate = (turn) => wrong.forEach((name, at) => setClock(name, errors[(at + turn) % errors.length]));
rotate(0);
// Chance decides who serves while a clock is behind; each is wrong in each way at least three times.
let turned = 0;
const turns = Array.from({ length: 45 }, (_, turn) => () => {
  rotate(turn);
  turned = turn + 1;
});
const byAnHour = () => wrongOrders(`${idTime} - ${rowTime}`, 3600);
await withWrongClocks(wrong, () => buyWhile(people.slice(0, 3), turns,
  async () => turned >= 9 && (await byAnHour()).every((count) => count > 0)));

await assertWrong(`${idTime} - ${rowTime}`, 3600);

// Last it is later than ever: nothing waits for a time that is not there yet.
setClock('postgres', '+0');
await withWrongClocks(['postgres'], () => buyWhile(people.slice(3),
  ['+10m', '-10m', '+0', '+10m', '+20m'].map((error) => () => setClock('postgres', error))));

await assertWrong(`${rowTime} - ${idTime}`, 600);

const found = await bench.judge();
console.log(`${bench.operations.counts.get('deposit ok ')} deposits were acknowledged, ${found.length} violations`, found.slice(0, 5));
bench.close();
process.exit(found.length > 0 ? 1 : 0);
