// The commands of k8s/README.md, as they stand there.

import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
export const root = new URL('../../', import.meta.url).pathname;

/** The blocks of commands of a section. @param {string} title @returns {Promise<string[]>} */
export async function commandsOf(title) {
  const text = await readFile(`${root}k8s/README.md`, 'utf8');
  const [, section] = text.split(`\n## ${title}\n`);
  return [...section.split('\n## ')[0].matchAll(/^```bash\n([^]*?)^```$/gm)].map(([, block]) => block);
}

/**
 * Runs blocks in one shell, and returns what they print.
 * @param {string[]} blocks
 * @param {string} place a directory that has the files that they name
 */
export async function shell(blocks, place) {
  const { stdout } = await run('bash', ['-euo', 'pipefail', '-c', blocks.join('\n')],
    { cwd: place, env: { ...process.env, PATH: `${dirname(process.env.HELM ?? '')}:${process.env.PATH}` }, maxBuffer: 1 << 26 });
  return stdout;
}
