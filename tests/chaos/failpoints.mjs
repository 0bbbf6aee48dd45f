// Failpoints from the outside: which there are by the sources, how they are armed, and which were
// passed (shared/failpoint/README.md). `node tests/chaos/failpoints.mjs` prints the list.

import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '../..');

/** The services whose binaries are built with failpoints too. */
export const services = ['order', 'wallet', 'catalog', 'cart'];

/** @param {string} service @returns {string} its C++ without the tests */
function sourcesOf(service) {
  const directory = join(root, 'services', service);
  return readdirSync(directory)
    .filter((name) => /\.(cc|h)$/.test(name) && !/_test\.cc$|_fixture\.(cc|h)$/.test(name))
    .map((name) => readFileSync(join(directory, name), 'utf8'))
    .join('\n');
}

/** @param {string} service @returns {string} */
function protosOf(service) {
  const directory = join(root, 'proto/cartwright', service, 'v1');
  return readdirSync(directory).map((name) => readFileSync(join(directory, name), 'utf8')).join('\n');
}

/** @param {string} text @param {RegExp} pattern with one group @returns {string[]} sorted, each once */
function find(text, pattern) {
  return [...new Set([...text.matchAll(pattern)].map((match) => match[1]))].sort();
}

/** Every point that the sources have. @returns {string[]} */
export function pointsOfSources() {
  return services.flatMap((service) => {
    const sources = sourcesOf(service);
    const both = (/** @type {string} */ point) => [`${point}.before`, `${point}.after`];
    const statements = find(sources, new RegExp(`Statement\\s+\\w+\\s*=\\s*\\{\\s*"${service}\\.([a-z_]+)"`, 'g'));
    const sends = find(sources, /\bCall<\s*(?:\w+::)*(\w+)Response>/g);
    const replies = find(protosOf(service), /^\s*rpc (\w+)\(/gm);
    return [
      ...sends.flatMap((method) => both(`${service}.send.${method}`)),
      ...statements.flatMap((statement) => both(`${service}.commit.${statement}`)),
      ...replies.map((method) => `${service}.reply.${method}`),
    ];
  });
}

/** The directory in which the points of a running shop are armed. */
export class Failpoints {
  /** @param {string} data directory of the shop */
  constructor(data) {
    this.directory = process.env.CARTWRIGHT_FAILPOINT_DIR ?? join(data, 'failpoints');
    this.seen = join(this.directory, 'seen');
  }

  /** @param {string} point @param {string} arming ACTION [NTH] [ARG] */
  arm(point, arming) {
    // Renamed into place: a process that looks meanwhile sees nothing or all of it.
    const aside = join(this.directory, `.${point}`);
    writeFileSync(aside, arming);
    renameSync(aside, join(this.directory, point));
  }

  /** True until it fired. @param {string} point */
  isArmed(point) {
    return existsSync(join(this.directory, point));
  }

  /** @param {string} point @returns {boolean} false when it had fired */
  disarm(point) {
    const armed = this.isArmed(point);
    rmSync(join(this.directory, point), { force: true });
    return armed;
  }

  /** From now on every point that is passed is remembered. */
  watch() {
    rmSync(this.seen, { recursive: true, force: true });
    mkdirSync(this.seen);
  }

  /** Ends what `watch` began. @returns {string[]} the points of our services that were passed */
  stopWatching() {
    // Renamed first: the processes go on passing points while this looks.
    const aside = `${this.directory}/.seen`;
    renameSync(this.seen, aside);
    const passed = readdirSync(aside).sort();
    rmSync(aside, { recursive: true, maxRetries: 3 });
    return passed.filter((point) => services.includes(point.split('.')[0]));
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) console.log(pointsOfSources().join('\n'));
