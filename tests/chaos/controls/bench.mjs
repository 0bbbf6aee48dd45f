// The shop that the controls break: it can be put back to how it was in seconds, bugs and all.

import { execFile, execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile, rename, rm } from 'node:fs/promises';
import { promisify } from 'node:util';
import { checkers } from '../checkers.mjs';
import { Client } from '../client.mjs';
import { readFinal } from '../final.mjs';
import { History } from '../history.mjs';
import { Operations } from '../operations.mjs';
import { register, stockProducts } from '../people.mjs';
import {
  allReady, dataDirectory, eventually, killWholePostgres, pidOf, pidsWorkingIn, portOf, postgresPort,
  signal, signalPid,
} from '../place.mjs';
import { Random } from '../random.mjs';
import { brokenRules, openSagas } from '../rules.mjs';
import { Participants } from '../rpc.mjs';
import { execute, readJson } from '../sql.mjs';

const run = promisify(execFile);
export const postgresDirectory = `${dataDirectory}/postgres`;
const pristine = `${dataDirectory}/pristine`;
const settleWithinS = 8;

/** Postgres refuses to be root. @param {string[]} command @returns {string[]} */
export const asPostgres = (command) => (process.getuid?.() === 0
  ? ['setpriv', '--reuid', 'postgres', '--regid', 'postgres', '--init-groups', '--', ...command] : command);

/** One shop, one scenario at a time. */
export class Bench {
  /** @type {Client} */
  client;
  /** @type {Random} */
  random;
  /** @type {string[]} */
  products;
  /** @type {import('../people.mjs').Person[]} */
  people;
  /** @type {Participants} */
  participants;
  /** @type {History} */
  history;
  /** @type {Operations} */
  operations;
  /** @type {string[]} */
  violations;
  /** @type {string[]} */
  users;

  /** @param {number} people */
  static async open(people) {
    const bench = new Bench();
    bench.client = new Client([`http://127.0.0.1:${await portOf('gateway')}`], 8000);
    bench.random = new Random(1);
    bench.products = await stockProducts(5, 60);
    bench.people = [];
    while (bench.people.length < people) bench.people.push(await register(bench.client));
    bench.participants = new Participants();
    bench.begin();
    await bench.keepPristine();
    return bench;
  }

  /** A new history: what was before is nobody's business. */
  begin() {
    this.history = new History();
    this.operations = new Operations(this.client, this.history);
    this.violations = [];
    this.users = this.people.map(({ id }) => id);
  }

  /**
   * While the supervisor stands still, nobody starts Postgres.
   * @param {() => Promise<void>} work
   * @param {boolean} [goesOn] false: nobody uses the shop afterwards
   */
  async withoutPostgres(work, goesOn = true) {
    const supervisor = pidOf('supervisor');
    signalPid(supervisor, 'SIGSTOP');
    try {
      killWholePostgres();
      await eventually('Postgres is gone', () => (pidsWorkingIn(postgresDirectory).length === 0 ? true : undefined), 10);
      await work();
    } finally {
      signalPid(supervisor, 'SIGCONT');
    }
    if (goesOn) await this.usable();
  }

  async keepPristine() {
    await execute('CHECKPOINT');
    await this.withoutPostgres(async () => copy(postgresDirectory, pristine));
  }

  /**
   * The database of the beginning; the order service forgets what it was driving.
   * @param {string} [patch] a bug that comes with it
   */
  async restore(patch) {
    await this.withoutPostgres(async () => {
      await rm(postgresDirectory, { recursive: true });
      copy(pristine, postgresDirectory);
      signal('order', 'SIGKILL');
    }, false);
    if (patch) {
      await eventually('Postgres is there', () => execute('SELECT 1'));
      await this.patch(patch);
    } else {
      await this.usable();
    }
    this.begin();
  }

  /** Puts another database in the place of the shop's. @param {string} directory */
  async replaceDatabase(directory) {
    await rm(postgresDirectory, { recursive: true });
    await rename(directory, postgresDirectory);
  }

  /** Waits until every connection is a good one again. */
  async usable() {
    await allReady();
    const { client, people: [person], products: [product] } = this;
    let good = 0;
    await eventually('the shop can be used', async () => {
      const replies = await Promise.all(['/api/wallet', '/api/cart', '/api/orders', `/api/products/${product}`]
        .map((path) => client.call('GET', path, { token: person.token })));
      good = replies.every(({ status }) => status === 200) ? good + 1 : 0;
      return good >= 3 ? true : undefined;
    });
    this.participants.close();
    this.participants = new Participants();
  }

  /**
   * Brings a bug in. Statements that were prepared before go on using the function that they know, so
   * the sessions that prepared them end.
   * @param {string} name of a file beside this one
   */
  async patch(name) {
    const file = new URL(name, import.meta.url).pathname;
    await run('psql', ['-X', '-q', '-v', 'ON_ERROR_STOP=1', '-f', file], await superuser());
    await execute(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename LIKE '%_app'`);
    await this.usable();
  }

  /**
   * Until every saga is at its end or dead; how it stays otherwise is a violation.
   * @param {number} [withinS] more than a lease, where a lease may have been lost
   */
  async settle(withinS = settleWithinS) {
    const read = () => readJson(openSagas);
    await eventually('every saga is at its end', async () => ((await read()).every((/** @type {any[]} */ saga) => saga[2]) ? true : undefined),
      withinS).catch(() => {});
    for (const saga of await read()) this.violations.push(`liveness: ${JSON.stringify(saga)}`);
  }

  /** @returns {Promise<string[]>} what the judges and the rules say */
  async judge() {
    this.history.finish();
    const final = await readFinal(this.users);
    const found = [...this.violations];
    for (const [name, check] of Object.entries(checkers)) {
      found.push(...check({ operations: this.history.operations, looks: [], final }).map((line) => `${name}: ${line}`));
    }
    return [...found, ...await brokenRules()];
  }

  close() {
    this.client.close();
    this.participants.close();
  }
}

/** What psql needs to be the superuser. */
async function superuser() {
  const password = await readFile(`${dataDirectory}/secrets/postgres.password`, 'utf8');
  return { env: { ...process.env, PGHOST: '127.0.0.1', PGPORT: String(await postgresPort()), PGUSER: 'postgres',
    PGDATABASE: 'cartwright', PGPASSWORD: password.trim() } };
}

/** With owners and modes: Postgres wants its own. @param {string} from @param {string} to */
function copy(from, to) {
  if (existsSync(to)) throw new Error(`${to} is there already`);
  execFileSync('cp', ['-a', from, to]);
}
