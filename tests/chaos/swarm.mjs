// The random swarm: load and faults, then everything is healed, every saga comes to its end, and the
// judges look at what was answered and what is there. Round after round until the time is up.
//
//   with_shop.sh node swarm.mjs [--minutes N] [--seed S] [--rate R] [--round SECONDS]
//     [--without failpoints]   of a preset whose binaries have none; whatever else is missing is an error

import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { parseArgs } from 'node:util';
import { armable } from './armed.mjs';
import { checkers } from './checkers.mjs';
import { Client } from './client.mjs';
import { allFaults } from './faults.mjs';
import { readFinal } from './final.mjs';
import { History } from './history.mjs';
import { Load } from './load.mjs';
import { choose, Nemesis } from './nemesis.mjs';
import { Observer } from './observer.mjs';
import { Operations } from './operations.mjs';
import { register, setStock, stockProducts } from './people.mjs';
import { allReady, dataDirectory, eventually, kindOf, pause, pidOf, portOf, processNames, root, signalPid } from './place.mjs';
import { missing, unseen } from './proof.mjs';
import { canRoute, proxyEverything } from './proxies.mjs';
import { Random } from './random.mjs';
import { brokenRules, openSagas, snapshotRules } from './rules.mjs';
import { execute, readJson } from './sql.mjs';

const { values: options } = parseArgs({
  options: {
    minutes: { type: 'string', default: '1' }, seed: { type: 'string' },
    rate: { type: 'string', default: '250' }, round: { type: 'string', default: '80' },
    without: { type: 'string' },
  },
});
const seed = Number(options.seed ?? process.env.CARTWRIGHT_SEED ?? Math.floor(Math.random() * 2 ** 31));
const settleWithinS = 60;

/** What the rounds share. */
class Swarm {
  constructor() {
    this.random = new Random(seed);
    this.directory = mkdtempSync(`${tmpdir()}/cartwright-chaos-${seed}-`);
    this.history = new History(`${this.directory}/history.jsonl`);
    /** @type {import('./observer.mjs').Look[]} */
    this.looks = [];
    /** @type {string[]} */
    this.violations = [];
    /** @type {Map<string, number>} */
    this.fired = new Map();
    /** @type {string[]} */
    this.log = [];
    this.started = performance.now();
    this.totals = { offered: 0, sent: 0, answered: 0, seconds: 0 };
    this.slowestSettle = 0;
  }

  /** @param {string} line */
  say(line) {
    this.log.push(`${((performance.now() - this.started) / 1000).toFixed(1)} ${line}`);
  }

  async prepare() {
    if (!armable() && options.without !== 'failpoints') throw new Error('the binaries of this shop have no failpoints');
    if (!canRoute()) throw new Error('nothing can be put between the processes of this shop');
    this.proxies = await proxyEverything();
    const gateways = processNames().filter((name) => kindOf(name) === 'gateway');
    const origins = await Promise.all(gateways.map(async (name) => `http://127.0.0.1:${await portOf(name)}`));
    this.client = new Client(origins, 5000);
    this.products = await stockProducts(5, 60);
    this.people = await Promise.all(Array.from({ length: 8 },
      (_, at) => register(/** @type {Client} */ (this.client), at < 2)));
    this.users = this.people.map(({ id }) => id);
    this.operations = new Operations(this.client, this.history);
    const probe = await this.client.call('POST', `/api/orders/${this.users[0]}/cancel`, {
      json: {}, token: this.people[0].token, key: this.random.token(),
    });
    if (probe.status !== 404 || probe.body?.reason === 'ROUTE_NOT_FOUND') throw new Error('orders cannot be cancelled');
  }

  /** @param {number} seconds @param {number} number */
  async round(seconds, number) {
    const faults = allFaults();
    for (const { kind } of faults) if (!this.fired.has(kind)) this.fired.set(kind, 0);
    const unseen = faults.filter(({ kind, crash }) => crash && this.fired.get(kind) === 0);
    this.crashes = faults.filter(({ crash }) => crash).map(({ kind }) => kind);
    const chosen = choose(this.random.fork(), faults, new Set(unseen.map(({ kind }) => kind)));
    const nemesis = new Nemesis(this.random.fork(), chosen,
      { proxies: this.proxies, violations: this.violations, users: this.users ?? [] }, (line) => this.say(line));
    const observer = new Observer(this.users ?? [], snapshotRules());
    const load = new Load(/** @type {Operations} */ (this.operations), {
      people: this.people ?? [], products: this.products ?? [], random: this.random.fork(), perSecond: Number(options.rate),
    });
    const running = [load.run(), nemesis.run(), observer.run(), this.#restock(load)];
    await pause(seconds * 1000);
    nemesis.stop();
    await running[1];
    const mended = performance.now();
    load.stop();
    await this.#heal();
    await Promise.all([running[0], running[3]]);
    const settledS = await this.#settle(mended);
    observer.stop();
    await running[2];
    this.#count(nemesis, observer, load, settledS, number, chosen.length);
    await this.#check();
  }

  /** Six seconds in which there is enough on the shelves, then six in which they are bare. @param {Load} load */
  async #restock(load) {
    const random = this.random.fork();
    for (let second = 0; !load.stopped; second++) {
      const [least, most] = second % 12 < 6 ? [10, 30] : [0, 3];
      await pause(1000);
      await execute((this.products ?? []).map((product) => setStock(product,
        `reserved + ${random.between(least, most)} - on_hand`)).join(';\n')).catch(() => {});
    }
  }

  async #heal() {
    await this.proxies?.heal();
    for (const name of [...processNames(), 'postgres']) signalPid(pidOf(name), 'SIGCONT');
    await allReady();
  }

  /** @param {number} mended when the last fault ended @returns {Promise<number>} seconds from then until every saga was at its end */
  async #settle(mended) {
    await eventually('every saga is at its end', async () => {
      const open = await readJson(openSagas);
      const dead = open.filter((/** @type {any[]} */ saga) => saga[2]);
      if (dead.length > 0) this.violations.push(`dead sagas: ${JSON.stringify(dead)}`);
      return open.length === dead.length ? true : undefined;
    }, settleWithinS - (performance.now() - mended) / 1000).catch(async (error) => {
      const open = await readJson(openSagas).catch(() => 'the database does not answer');
      this.violations.push(`liveness: ${error.message}: ${JSON.stringify(open).slice(0, 500)}`);
    });
    return (performance.now() - mended) / 1000;
  }

  /**
   * @param {Nemesis} nemesis @param {Observer} observer @param {Load} load
   * @param {number} settledS @param {number} number @param {number} kinds
   */
  #count(nemesis, observer, load, settledS, number, kinds) {
    for (const [kind, times] of nemesis.fired) this.fired.set(kind, (this.fired.get(kind) ?? 0) + times);
    for (const [kind, times] of nemesis.fired) {
      if (times === 0) console.log(`  chosen, but never happened: ${kind}`);
    }
    this.looks.push(...observer.looks);
    this.violations.push(...observer.violations);
    this.slowestSettle = Math.max(this.slowestSettle, settledS);
    this.totals.offered += load.offered;
    this.totals.sent += load.sent;
    this.totals.answered += load.answered;
    this.totals.seconds += load.seconds;
    console.log(`round ${number + 1}: ${kinds} kinds of faults, ${[...nemesis.fired.values()].reduce((a, b) => a + b, 0)} inflicted; `
      + `${rate(load.offered, load.seconds)} offered, ${rate(load.sent, load.seconds)} sent, ${rate(load.answered, load.seconds)} answered; `
      + `${observer.looks.length} looks (${observer.missed} missed); settled ${settledS.toFixed(1)} s after healing`);
  }

  async #check() {
    this.history.finish();
    const final = await readFinal(this.users ?? []);
    const run = { operations: this.history.operations, looks: this.looks, final };
    for (const [name, check] of Object.entries(checkers)) {
      this.violations.push(...check(run).slice(0, 10).map((line) => `${name}: ${line}`));
    }
    this.violations.push(...await brokenRules());
  }

  /** What was not seen, unless something worse was found. @param {number} seconds */
  prove(seconds) {
    if (this.violations.length > 0) return;
    const seen = {
      seconds, offered: this.totals.offered, sent: this.totals.sent, looks: this.looks.length, counts: this.operations?.counts ?? new Map(),
      crashes: new Map((this.crashes ?? []).map((kind) => [kind, this.fired.get(kind) ?? 0])),
    };
    for (const line of unseen(seen)) console.log(`  ${line}`);
    this.violations.push(...missing(seen));
  }

  report() {
    const { offered, sent, answered, seconds } = this.totals;
    console.log('\nfault                              times');
    for (const [kind, times] of this.fired) console.log(`  ${kind.padEnd(32)} ${String(times).padStart(5)}`);
    console.log('\ncall and answer                    times');
    for (const [name, times] of [...(this.operations?.counts ?? [])].sort()) console.log(`  ${name.padEnd(40)} ${String(times).padStart(6)}`);
    console.log(`\n${rate(offered, seconds)} offered, ${rate(sent, seconds)} sent, ${rate(answered, seconds)} answered with certainty, over ${seconds.toFixed(0)} s`);
    console.log(`settled at most ${this.slowestSettle.toFixed(1)} s after healing (allowed: ${settleWithinS} s)`);
    console.log(`${this.violations.length} violations`);
  }

  /** What a person needs to understand a red run. */
  keep() {
    writeFileSync(`${this.directory}/nemesis.log`, this.log.join('\n'));
    writeFileSync(`${this.directory}/violations.txt`, this.violations.join('\n'));
    writeFileSync(`${this.directory}/looks.json`, JSON.stringify(this.looks, (_, value) => (typeof value === 'bigint' ? String(value) : value)));
    if (existsSync(`${dataDirectory}/log`)) cpSync(`${dataDirectory}/log`, `${this.directory}/log`, { recursive: true });
  }
}

/** @param {number} count @param {number} seconds */
const rate = (count, seconds) => `${(count / Math.max(seconds, 1)).toFixed(0)} a second`;

function commit() {
  try {
    return execFileSync('git', ['-C', root, 'describe', '--always', '--dirty'], { encoding: 'utf8' }).trim();
  } catch {
    return 'unknown';
  }
}

async function main() {
  const seconds = Number(options.minutes) * 60;
  const replay = `./cartwright chaos --minutes ${options.minutes} --seed ${seed} --rate ${options.rate} --round ${options.round}`
    + (options.without ? ` --without ${options.without}` : '');
  console.log(`seed ${seed}, commit ${commit()}\nreplay: ${replay}`);
  const swarm = new Swarm();
  try {
    await swarm.prepare();
    const rounds = Math.max(1, Math.round(seconds / Number(options.round)));
    for (let number = 0; number < rounds && swarm.violations.length === 0; number++) {
      await swarm.round(seconds / rounds, number);
    }
  } catch (error) {
    swarm.violations.push(`the run broke: ${/** @type {Error} */ (error).stack}`);
  }
  swarm.prove(seconds);
  swarm.report();
  swarm.keep();
  swarm.client?.close();
  swarm.proxies?.stop();
  if (swarm.violations.length > 0) {
    console.log(`${readFileSync(`${swarm.directory}/violations.txt`, 'utf8').split('\n').slice(0, 30).join('\n')}`);
    console.log(`\nhistory, faults and logs: ${swarm.directory}\nreplay: ${replay}`);
    process.exit(1);
  }
  rmSync(swarm.directory, { recursive: true, maxRetries: 3 });
  process.exit(0);
}

await main();
