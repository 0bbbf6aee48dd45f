// The disk under Postgres that loses power: forgetful_fs, mounted where the data directory was.

import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readFile, rename } from 'node:fs/promises';
import { dataDirectory, eventually } from '../place.mjs';
import { postgresDirectory } from '../controls/bench.mjs';

const program = process.env.FORGETFUL_FS ?? '';
const backing = `${dataDirectory}/disk`;

/** REQUIRES: the rights to mount; a mount namespace of one's own, so that nothing stays mounted. */
export class Disk {
  /** Moves the shop's database onto it. @param {import('../controls/bench.mjs').Bench} bench */
  static async under(bench) {
    const disk = new Disk();
    await bench.withoutPostgres(async () => {
      await rename(postgresDirectory, backing);
      await mkdir(postgresDirectory);
      await disk.mount();
    });
    return disk;
  }

  async mount() {
    this.program = spawn(program, [backing, postgresDirectory], { stdio: ['ignore', 'ignore', 'inherit'] });
    await eventually('the disk is mounted', async () =>
      ((await readFile('/proc/self/mounts', 'utf8')).includes(` ${postgresDirectory} fuse`) ? true : undefined), 10);
  }

  async unmount() {
    const ended = once(/** @type {import('node:child_process').ChildProcess} */ (this.program), 'exit');
    this.program?.kill('SIGKILL');
    await ended;
    execFileSync('umount', ['--lazy', postgresDirectory]);
  }

  /** A power cut: everything that nobody synced is gone, and the machine starts again.
   * @param {import('../controls/bench.mjs').Bench} bench */
  async losePower(bench) {
    await bench.withoutPostgres(async () => {
      await this.unmount();
      await this.mount();
    });
  }
}
