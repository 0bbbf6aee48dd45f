// Faults at exact places, in shops whose binaries have failpoints (shared/failpoint): a point that was
// passed before is armed, and whoever passes it next fires it.

import { existsSync, mkdirSync, readdirSync, renameSync, unlinkSync, writeFileSync } from 'node:fs';
import { dataDirectory, eventually, pause, pidOf, processNames, signalPid } from './place.mjs';

const directory = `${dataDirectory}/failpoints`;

/** Whether this shop has failpoints. The points that are passed from now on become known. */
export function armable() {
  if (!existsSync(directory)) return false;
  mkdirSync(`${directory}/seen`, { recursive: true, mode: 0o777 });
  return true;
}

/**
 * Arms one, and waits until it fired. What was sent twice may arrive half a minute later.
 * @param {import('./random.mjs').Random} random @param {string} action
 */
export async function failpoint(random, action) {
  const stopMs = random.between(8500, 10500);
  const argument = action === 'sleep' ? random.between(200, 2000) : action === 'duplicate' ? random.between(0, 30_000) : 0;
  const seen = readdirSync(`${directory}/seen`).sort();
  if (seen.length === 0) throw new Error('no point was passed yet');
  const point = random.pick(seen);
  const file = `${directory}/${point}`;
  writeFileSync(`${directory}/arming`, `${action} 1 ${argument}`.replace(/ 0$/, ''));
  renameSync(`${directory}/arming`, file);
  try {
    await eventually('it fired', () => (existsSync(file) ? undefined : true), 5);
  } catch (error) {
    if (existsSync(file)) unlinkSync(file);
    throw error;
  }
  if (action === 'stop') {
    await pause(stopMs);
    for (const name of processNames()) signalPid(pidOf(name), 'SIGCONT');
  }
  return `failpoint ${action} at ${point}`;
}
