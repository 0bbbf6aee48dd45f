// Holds a step of the shop open from inside Postgres.

import { spawn } from 'node:child_process';

/** A transaction that holds locks until it is let go. */
export class Lock {
  /** @type {import('node:child_process').ChildProcessByStdio<import('node:stream').Writable, import('node:stream').Readable, null>} */
  psql;

  /**
   * @param {string} sql that takes them
   * @param {import('node:test').TestContext} [context] at whose end they are let go, however it ends
   * @returns {Promise<Lock>}
   */
  static async take(sql, context) {
    const lock = new Lock();
    // The end of its input ends psql, and so the transaction; a signal would end only the launcher.
    context?.after(() => { lock.psql.stdin.end(); });
    lock.psql = spawn(new URL('../../cartwright', import.meta.url).pathname,
      ['psql', '-d', 'cartwright', '-X', '-At', '-v', 'ON_ERROR_STOP=1'], { stdio: ['pipe', 'pipe', 'inherit'] });
    lock.psql.stdout.setEncoding('utf8');
    lock.psql.stdin.write(`BEGIN;\n${sql};\nSELECT 'taken';\n`);
    for await (const text of lock.psql.stdout.iterator({ destroyOnReturn: false })) {
      if (text.includes('taken')) return lock;
    }
    throw new Error(`no lock: ${sql}`);
  }

  async release() {
    const ended = new Promise((resolve) => this.psql.once('close', resolve));
    this.psql.stdout.resume();
    this.psql.stdin.end('ROLLBACK;\n');
    await ended;
  }
}
