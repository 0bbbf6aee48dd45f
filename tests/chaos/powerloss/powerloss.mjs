// Power is lost under load, again and again: what was acknowledged is there. Then the same with
// fsync = off, and the judges must say what is gone: otherwise the disk would forget nothing.

import { Buying } from '../buying.mjs';
import { Bench } from '../controls/bench.mjs';
import { execute } from '../sql.mjs';
import { Disk } from './disk.mjs';

const settleWithinS = 45;

/**
 * @param {Bench} bench @param {Disk} disk @param {import('../people.mjs').Person} person
 * @param {() => Promise<void>} [before] what happens just before
 */
async function losePowerWhileBuying(bench, disk, person, before) {
  const buying = Buying.start(bench, person);
  try {
    await buying.acknowledged(10);
    await before?.();
    await disk.losePower(bench);
    await buying.acknowledged(3);
  } finally {
    await buying.stop();
  }
}

const bench = await Bench.open(4);
const people = bench.people;
const disk = await Disk.under(bench);
let failed = true;
try {
  await losePowerWhileBuying(bench, disk, people[0]);
  await losePowerWhileBuying(bench, disk, people[1], async () => { await execute('CHECKPOINT'); });
  // While one is under way: some of its files are on the disk, others are not.
  await losePowerWhileBuying(bench, disk, people[2], async () => { execute('CHECKPOINT').catch(() => {}); });
  await bench.settle(settleWithinS);
  const found = await bench.judge();
  console.log(`fsync = on: power was lost 3 times, ${bench.operations.counts.get('deposit ok ')} deposits were acknowledged, `
    + `${found.length} violations`, found.slice(0, 5));

  await bench.patch('../powerloss/no_fsync.sql');
  await losePowerWhileBuying(bench, disk, people[3]);
  await bench.settle(settleWithinS);
  const lost = (await bench.judge()).filter((line) => line.startsWith('acknowledged'));
  console.log(`fsync = off: power was lost once, ${lost.length} violations`, lost.slice(0, 2));
  failed = found.length > 0 || lost.length === 0;
} finally {
  bench.close();
  // Postgres does not need to end well, and with_shop.sh removes the rest.
  await bench.withoutPostgres(() => disk.unmount(), false);
}
process.exit(failed ? 1 : 0);
