// Faults at exact places, in shops whose binaries have failpoints (shared/failpoint): a point that was
// passed before is armed, and whoever passes it next fires it.

import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dataDirectory, eventually, pause, pidOf, processNames, signalPid } from './place.mjs';

const directory = `${dataDirectory}/failpoints`;
const attempts = 4;

/** Whether this shop has failpoints. The points that are passed from now on become known. */
export function armable() {
  if (!existsSync(directory)) return false;
  mkdirSync(`${directory}/seen`, { recursive: true, mode: 0o777 });
  return true;
}

/**
 * Arms one and waits until it fired, or else another. What was sent twice may arrive half a minute later.
 * @param {import('./random.mjs').Random} random @param {string} action
 */
export async function failpoint(random, action) {
  const stopMs = random.between(8500, 10500);
  const argument = action === 'sleep' ? random.between(200, 2000) : action === 'duplicate' ? random.between(0, 30_000) : 0;
  const seen = readdirSync(`${directory}/seen`).sort();
  // Some points are passed once in the life of a shop.
  const points = random.shuffled(seen).slice(0, attempts);
  for (const point of points) {
    if (await fires(point, `${action} 1 ${argument}`.replace(/ 0$/, ''))) {
      await mend(action, stopMs);
      return `failpoint ${action} at ${point}`;
    }
  }
  throw new Error(`nobody passed ${points.join(', ') || 'any point yet'}`);
}

/** @param {string} point @param {string} arming @returns {Promise<boolean>} whether somebody passed it in time */
async function fires(point, arming) {
  const file = `${directory}/${point}`;
  writeFileSync(`${directory}/arming`, arming);
  renameSync(`${directory}/arming`, file);
  try {
    return await eventually('it fired', () => (existsSync(file) ? undefined : true), 2);
  } catch {
    const armed = existsSync(file);
    rmSync(file, { force: true });
    return !armed;
  }
}

/** @param {string} action @param {number} stopMs */
async function mend(action, stopMs) {
  if (action !== 'stop') return;
  await pause(stopMs);
  for (const name of processNames()) signalPid(pidOf(name), 'SIGCONT');
}
