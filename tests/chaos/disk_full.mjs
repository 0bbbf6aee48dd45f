// The disk of Postgres is full under load: first tables cannot grow, then the log cannot, and Postgres
// dies of it. Nobody is told that what failed was done, nothing acknowledged is lost, and everything
// goes on once there is room.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync, renameSync, rmSync, writeSync } from 'node:fs';
import { Buying } from './buying.mjs';
import { Bench, postgresDirectory } from './controls/bench.mjs';
import { dataDirectory, eventually } from './place.mjs';
import { execute } from './sql.mjs';

const settleWithinS = 45;
const filler = `${postgresDirectory}/filler`;
const roomMb = 40;

/** Postgres gets a small disk. @param {Bench} bench */
function moveToSmallDisk(bench) {
  return bench.withoutPostgres(async () => {
    const old = `${dataDirectory}/postgres.old`;
    renameSync(postgresDirectory, old);
    mkdirSync(postgresDirectory);
    const megabytes = Number(execFileSync('du', ['-sm', old], { encoding: 'utf8' }).split('\t')[0]);
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes + roomMb}m,mode=700`, 'tmpfs', postgresDirectory]);
    execFileSync('cp', ['-a', `${old}/.`, postgresDirectory]);
  });
}

/** Takes all the room there is. */
function fill() {
  const file = openSync(filler, 'a');
  for (const bytes of [1 << 20, 1 << 12]) {
    try {
      while (writeSync(file, Buffer.alloc(bytes)) === bytes);
    } catch (error) {
      assert.equal(/** @type {any} */ (error).code, 'ENOSPC');
    }
  }
  closeSync(file);
}

/** @param {RegExp} words */
function logged(words) {
  return eventually(`Postgres says ${words}`, () => (words.test(readFileSync(`${dataDirectory}/log/postgres.log`, 'utf8')) ? true : undefined), 30);
}

/**
 * How calls were answered that had no success meanwhile, counted.
 * @param {Bench} bench @param {bigint} from @param {bigint} to
 */
function failures({ history }, from, to) {
  /** @type {Record<string, number>} */
  const counts = {};
  for (const { start, type, result } of history?.operations ?? []) {
    if (start < from || start > to || type === 'ok') continue;
    const answer = `${result.status ?? result.error} ${result.reason ?? ''}`;
    counts[answer] = (counts[answer] ?? 0) + 1;
  }
  return counts;
}

const bench = await Bench.open(2);
await moveToSmallDisk(bench);
let failed = true;
try {
  const buying = [...bench.people].map((person) => Buying.start(bench, person));
  await Promise.all(buying.map((one) => one.acknowledged(5)));
  fill();
  const fullAt = process.hrtime.bigint();
  await logged(/ERROR: .*could not extend file.*No space left on device/);
  // The log needs its next file only now and then; asked to, it needs one at once.
  const died = logged(/PANIC: .*No space left on device/);
  for (let turn = 0; turn < 8; turn++) await execute('SELECT pg_switch_wal()').catch(() => {});
  await died;
  const roomAt = process.hrtime.bigint();
  rmSync(filler);
  await Promise.all(buying.map((one) => one.acknowledged(3)));
  await Promise.all(buying.map((one) => one.stop()));
  await bench.settle(settleWithinS);
  const answers = failures(bench, fullAt, roomAt);
  console.log('while the disk was full:', answers);
  assert.ok(Object.keys(answers).some((answer) => answer.startsWith('503')), 'somebody was told that it does not work');
  assert.ok(!Object.keys(answers).some((answer) => answer.startsWith('500')), 'a full disk is no bug');
  const found = await bench.judge();
  console.log(`${bench.operations.counts.get('deposit ok ')} deposits were acknowledged, ${found.length} violations`, found.slice(0, 5));
  failed = found.length > 0;
} finally {
  bench.close();
  await bench.withoutPostgres(async () => { execFileSync('umount', ['--lazy', postgresDirectory]); }, false);
}
process.exit(failed ? 1 : 0);
