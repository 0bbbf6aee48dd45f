// Every failpoint x what can happen there x every scenario, one after the other, on two of everything:
//
//   CARTWRIGHT_PRESET=chaos REPLICAS=2 tests/integration/with_shop.sh node tests/chaos/exhaustive.mjs
//
// --seconds S      the pinned ones (pinned.mjs), then others in the order of the seed, about that long in all
// --share K/N      the Kth of N parts
// --seed N         the order (CARTWRIGHT_SEED; random)
// --only WORDS     the runs whose "point action scenario" contains the words
// --twice          what mends a fault is killed as well, at a point of its own that the seed chooses; not
//                  in the pinned runs
//
// Which points a scenario passes is learned from a run without a fault; the others are never armed, and
// listed. Ends with 1 when an outcome or an invariant is wrong or a pinned point did not fire, and with
// 77, skipped, when the shop has no failpoints.

import { existsSync, readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { assertNothingLost } from '../integration/invariants.mjs';
import { eventually, pidOf } from '../integration/shop.mjs';
import { Failpoints, pointsOfSources, services } from './failpoints.mjs';
import { pinned } from './pinned.mjs';
import { Random } from './random.mjs';
import { makeScenarios } from './scenarios.mjs';

const actions = ['kill', 'stop', 'drop_reply'];
const data = process.env.CARTWRIGHT_DATA ?? '';
const failpoints = new Failpoints(data);
// A point is out of reach when it was not passed this long after everything has ended: recovery looks
// for work five times a second.
const patienceMs = 1000;
const pinnedPatienceMs = 10_000;
// In this time everything happens that happens by itself, the metrics' questions last.
const idleMs = 12_000;

// Deaths before the decision, after it, in a cancellation and in a refund: what mends them is all that recovery can do.
const firstDeaths = ['place_order', 'decide_saga', 'cancel_order', 'refund_order'].map((name) => `order.commit.${name}.after`);

/** @typedef {import('./scenarios.mjs').Scenario} Scenario */
/** @typedef {{point: string, action: string, scenario: Scenario, pinned?: boolean, second?: string}} Run */

/** How long a saga belongs to a process that is silent. */
function leaseMs() {
  return Number(process.env.CARTWRIGHT_SAGA_LEASE_MS ?? 8000);
}

/** Processes of our services that stand still. @returns {Promise<number[]>} */
async function stoppedProcesses() {
  const stopped = [];
  for (const name of services.flatMap((service) => [service, `${service}-2`])) {
    try {
      const pid = await pidOf(name);
      if (/\) T /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'))) stopped.push(pid);
    } catch {
      // It is not there, or not any more.
    }
  }
  return stopped;
}

async function continueStopped() {
  for (const pid of await stoppedProcesses()) process.kill(pid, 'SIGCONT');
}

/** @param {string} point @param {number} patience @param {() => boolean} isOver @returns {Promise<boolean>} whether it fired */
async function awaitFired(point, patience, isOver) {
  while (failpoints.isArmed(point)) {
    await pause(20);
    if (isOver() && (patience -= 20) <= 0) break;
  }
  return !failpoints.disarm(point);
}

/** @param {Run} run @returns {Promise<{first: boolean, second: boolean}>} which of the points fired */
async function runOne({ point, action, scenario, pinned: isPinned, second: secondPoint }) {
  const attempt = await scenario.prepare();
  let over = false;
  failpoints.arm(point, action);
  const acting = attempt.act().finally(() => { over = true; });
  // Its failure is seen when it is awaited.
  acting.catch(() => {});
  try {
    const fired = await awaitFired(point, isPinned ? pinnedPatienceMs : patienceMs, () => over);
    if (isPinned && !fired) throw new Error('it must be passed, and was not');
    let again = false;
    if (fired && secondPoint) {
      failpoints.arm(secondPoint, 'kill');
      // What stands still is missed when its lease is over.
      const patience = action === 'stop' ? 1.5 * leaseMs() : patienceMs;
      again = await awaitFired(secondPoint, patience, () => over || action === 'stop');
    }
    if (fired && action === 'stop') await pause(1.5 * leaseMs());
    await continueStopped();
    await acting;
    await assertNothingLost();
    await attempt.check();
    return { first: fired, second: again };
  } finally {
    for (const armed of [point, secondPoint]) if (armed) failpoints.disarm(armed);
    await continueStopped();
  }
}

/** The points that a scenario passes when nothing fails. @param {Scenario} scenario */
async function explore(scenario) {
  const attempt = await scenario.prepare();
  failpoints.watch();
  await attempt.act();
  await assertNothingLost();
  const passed = failpoints.stopWatching();
  await attempt.check();
  return passed;
}

/** What is passed in an idle shop. It looks for sagas to recover, too: those points are wanted. */
async function exploreIdle() {
  failpoints.watch();
  await pause(idleMs);
  return failpoints.stopWatching().filter((point) => !point.includes('claim_sagas'));
}

/** The points that are passed when a death is mended. @param {Scenario} scenario @param {string[]} reach its points */
async function exploreRecovery(scenario, reach) {
  /** @type {Set<string>} */
  const passed = new Set();
  for (const point of firstDeaths.filter((death) => reach.includes(death))) {
    const attempt = await scenario.prepare();
    let over = false;
    failpoints.arm(point, 'kill');
    const acting = attempt.act().finally(() => { over = true; });
    acting.catch(() => {});
    if (!await awaitFired(point, pinnedPatienceMs, () => over)) throw new Error(`${point} was not passed in "${scenario.name}"`);
    failpoints.watch();
    await acting;
    await assertNothingLost();
    for (const seen of failpoints.stopWatching()) passed.add(seen);
    await attempt.check();
  }
  return [...passed].sort();
}

/** @param {Map<string, string[]>} reach by the name of the scenario */
function reportReach(reach) {
  const known = pointsOfSources();
  const passed = new Set([...reach.values()].flat());
  const unknown = [...passed].filter((point) => !known.includes(point));
  if (unknown.length) throw new Error(`points that the sources do not have: ${unknown.join(' ')}`);
  for (const [name, points] of reach) console.log(`${name}: ${points.length} points are passed`);
  const never = known.filter((point) => !passed.has(point));
  console.log(`${passed.size} of ${known.length} points are passed; not reached, and so never armed: ${never.join(' ')}`);
}

/** @param {Run} one @param {Run} other */
const sameRun = (one, other) => one.point === other.point && one.action === other.action && one.scenario === other.scenario;

/** Gives each run a second death. @param {Run[]} runs @param {Map<string, string[]>} recovery @param {number} seed */
function makeTwice(runs, recovery, seed) {
  // `select` draws from the same seed.
  const random = new Random(seed).fork();
  for (const run of runs) if (!run.pinned) run.second = random.pick(recovery.get(run.scenario.name) ?? []);
}

/** @param {Run[]} runs @param {{share?: string, only?: string, seed: number}} options */
function select(runs, { share, only, seed }) {
  const random = new Random(seed);
  const shuffled = runs.map((run) => ({ run, order: run.pinned ? -1 : random.next() })).sort((a, b) => a.order - b.order)
    .map(({ run }) => run)
    .filter((run) => !only || `${run.point} ${run.action} ${run.scenario.name}`.includes(only));
  if (!share) return shuffled;
  const [part, parts] = share.split('/').map(Number);
  return shuffled.filter((_, index) => index % parts === part - 1);
}

/** @param {Run} run @param {string} result @param {number} ms */
function printLine({ point, action, scenario, second }, result, ms) {
  const then = second ? ` then ${second}` : '';
  console.log(`${point.padEnd(42)} ${action.padEnd(10)} ${scenario.name.padEnd(9)} ${(ms / 1000).toFixed(1).padStart(5)} s  ${result}${then}`);
}

/** @param {Run[]} runs @param {number} seconds */
async function runAll(runs, seconds) {
  const deadline = Date.now() + seconds * 1000;
  const count = { fired: 0, missed: 0, failed: 0, twice: 0 };
  for (const run of runs) {
    if (Date.now() > deadline && !run.pinned) break;
    const start = Date.now();
    try {
      const { first, second } = await runOne(run);
      count[first ? 'fired' : 'missed']++;
      if (second) count.twice++;
      printLine(run, second ? 'fired twice, ok:' : first ? 'fired, ok' : 'not passed', Date.now() - start);
    } catch (error) {
      count.failed++;
      printLine(run, 'FAILED', Date.now() - start);
      console.log(error);
    }
  }
  return count;
}

async function main() {
  const { values } = parseArgs({ options: {
    seconds: { type: 'string' }, share: { type: 'string' }, seed: { type: 'string' }, only: { type: 'string' },
    twice: { type: 'boolean', default: false },
  } });
  const seed = Number(values.seed ?? process.env.CARTWRIGHT_SEED ?? Math.floor(Math.random() * 2 ** 31));
  console.log(`CARTWRIGHT_SEED=${seed}, a lease lasts ${leaseMs()} ms`);
  if (!existsSync(failpoints.directory)) {
    console.log('SKIPPED: the binaries of this shop have no failpoints (CARTWRIGHT_PRESET=chaos has)');
    process.exit(77);
  }
  const scenarios = await makeScenarios();
  /** @type {Map<string, string[]>} */
  const reach = new Map();
  for (const scenario of scenarios) reach.set(scenario.name, await explore(scenario));
  reportReach(reach);
  const first = pinned.map(([, point, action]) => ({ point, action, scenario: scenarios[0], pinned: true }));
  const others = scenarios.flatMap((scenario) => (reach.get(scenario.name) ?? []).flatMap((point) =>
    actions.map((action) => ({ point, action, scenario }))));
  const all = [...first, ...others.filter((run) => !first.some((other) => sameRun(run, other)))];
  if (values.twice) {
    /** @type {Map<string, string[]>} */
    const recovery = new Map();
    const idle = await exploreIdle();
    for (const scenario of scenarios) {
      const passed = await exploreRecovery(scenario, reach.get(scenario.name) ?? []);
      recovery.set(scenario.name, passed.filter((point) => !idle.includes(point)));
    }
    makeTwice(all, recovery, seed);
  }
  const runs = select(all, { ...values, seed });
  const { fired, missed, failed, twice } = await runAll(runs, Number(values.seconds ?? Infinity));
  const again = values.twice ? ` (${twice} of them twice)` : '';
  console.log(`${fired} fired${again}, ${missed} were not passed, ${failed} failed; ${fired + missed + failed} of ${all.length} runs`);
  if (runs.some((run) => run.second) && twice === 0) throw new Error('nothing that mends was killed');
  if (fired + failed === 0) throw new Error('no failpoint fired');
  await eventually('nothing stands still', async () => ((await stoppedProcesses()).length ? undefined : true));
  process.exitCode = failed ? 1 : 0;
}

await main();
