// How much memory a process has.

import { readFile } from 'node:fs/promises';

/** @param {number} pid @returns {Promise<number>} KiB */
export async function residentOf(pid) {
  const match = /^VmRSS:\s+(\d+) kB/m.exec(await readFile(`/proc/${pid}/status`, 'utf8'));
  return Number(match?.[1]);
}
