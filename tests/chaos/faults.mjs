// What can go wrong, one function each: it breaks something, waits as long as it shall be broken, and
// mends it. Nothing here knows what the shop does.

import {
  kindOf, killWholePostgres, pause, pidOf, postgresPids, postgresWorker, processNames, signal, signalPid,
} from './place.mjs';
import { armable, failpoint } from './armed.mjs';
import { resendLate } from './late.mjs';
import { execute } from './sql.mjs';

/**
 * @typedef {object} Fault
 * @property {string} kind
 * @property {'process' | 'network'} lane faults of different lanes may happen at the same time
 * @property {number} weight how often, compared with others
 * @property {boolean} [crash] every crash is exercised in every long run
 * @property {(random: import('./random.mjs').Random, context: Context) => Promise<string>} inflict says what
 *   exactly happened; throws when nothing did
 *
 * @typedef {{proxies?: import('./proxies.mjs').Proxies, violations: string[], users: string[]}} Context
 */

/** @param {boolean} happened @param {string} what */
function must(happened, what) {
  if (!happened) throw new Error(`${what}: nobody there`);
  return what;
}

/** @param {string} name @returns {Fault} */
const kill = (name) => ({
  kind: `kill ${name}`, lane: 'process', weight: kindOf(name) === 'identity' ? 1 : 3, crash: true,
  async inflict() {
    return must(signal(name, 'SIGKILL'), `kill ${name}`);
  },
});

// Longer than a lease of the order service; the others only need to look dead to whoever calls them.
/** @param {string} name @returns {Fault} */
const stop = (name) => ({
  kind: `stop ${name}`, lane: 'process', weight: kindOf(name) === 'order' ? 3 : 1,
  async inflict(random) {
    const ms = kindOf(name) === 'order' ? random.between(8500, 11000) : random.between(1000, 4000);
    const pid = pidOf(name);
    must(signalPid(pid, 'SIGSTOP'), name);
    await pause(ms);
    signalPid(pid, 'SIGCONT');
    return `stop ${name} for ${ms} ms`;
  },
});

/** @type {Fault[]} */
const postgres = [
  {
    kind: 'kill postmaster', lane: 'process', weight: 2, crash: true,
    inflict: async () => must(signal('postgres', 'SIGKILL'), 'kill postmaster'),
  },
  {
    kind: 'kill all of Postgres', lane: 'process', weight: 2, crash: true,
    inflict: async () => must(killWholePostgres(), 'kill all of Postgres'),
  },
  {
    // What pg_ctl stop -m immediate does.
    kind: 'immediate shutdown of Postgres', lane: 'process', weight: 2, crash: true,
    inflict: async () => must(signal('postgres', 'SIGQUIT'), 'immediate shutdown'),
  },
  {
    kind: 'terminate backends', lane: 'process', weight: 3,
    async inflict(random) {
      const share = random.between(20, 100);
      const [count] = await execute(`SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
        WHERE usename LIKE '%_app' AND random() * 100 < ${share}`);
      return `terminate ${count} backends`;
    },
  },
  {
    kind: 'stop walwriter', lane: 'process', weight: 1,
    async inflict(random) {
      const ms = random.between(1000, 3000);
      const pid = postgresWorker('walwriter', postgresPids());
      must(signalPid(pid, 'SIGSTOP'), 'walwriter');
      await pause(ms);
      signalPid(pid, 'SIGCONT');
      return `stop walwriter for ${ms} ms`;
    },
  },
];

/** @type {Fault} */
const killEverything = {
  kind: 'kill everything at once', lane: 'process', weight: 1, crash: true,
  async inflict() {
    for (const name of processNames()) signal(name, 'SIGKILL');
    return must(killWholePostgres(), 'kill everything');
  },
};

/** @type {Fault} */
const late = {
  kind: 're-send old calls', lane: 'network', weight: 3,
  async inflict(random, { violations, users }) {
    const { sent, wrong } = await resendLate(random, users);
    violations.push(...wrong);
    must(sent > 0, 'old calls');
    return `re-send ${sent} old calls`;
  },
};

/** @param {string} mode @param {number} weight @param {(random: import('./random.mjs').Random) => number} ms @returns {Fault} */
const edge = (mode, weight, ms) => ({
  kind: `edge: ${mode}`, lane: 'network', weight,
  async inflict(random, { proxies }) {
    if (!proxies) throw new Error('no proxies');
    const names = random.shuffled(proxies.edges).slice(0, random.between(1, 4));
    const duration = ms(random);
    await proxies.set(names, mode);
    await pause(duration);
    await proxies.set(names, 'pass');
    return `${mode} on ${names.join(', ')} for ${duration} ms`;
  },
});

const edges = [
  edge('delay', 2, (random) => random.between(500, 3000)),
  edge('hold requests', 2, (random) => random.between(500, 5000)),
  edge('hold replies', 2, (random) => random.between(500, 5000)),
  edge('reset', 3, (random) => random.between(1, 300)),
  edge('refuse', 2, (random) => random.between(300, 4000)),
];

const actions = ['kill', 'stop', 'drop_reply', 'error', 'duplicate', 'sleep'];
const failpoints = actions.map((action) => /** @type {Fault} */ ({
  kind: `failpoint: ${action}`, lane: action === 'stop' || action === 'kill' ? 'process' : 'network', weight: 2,
  crash: action === 'kill', inflict: (random) => failpoint(random, action),
}));

/** All faults that this shop can be given. @returns {Fault[]} */
export function allFaults() {
  const names = processNames();
  return [
    ...names.map(kill),
    ...names.filter((name) => kindOf(name) !== 'identity').map(stop),
    ...postgres, killEverything, late, ...edges,
    ...(armable() ? failpoints : []),
  ];
}
