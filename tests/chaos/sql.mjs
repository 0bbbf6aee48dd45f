// One database session that stays open: a psql per question would cost more than the question.

import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { dataDirectory, postgresPort } from './place.mjs';

/** A session of the superuser (or another role), one statement at a time, in order. */
export class Session {
  /** @param {import('node:child_process').ChildProcessWithoutNullStreams} psql */
  constructor(psql) {
    this.psql = psql;
    /** @type {{resolve: (lines: string[]) => void, reject: (error: Error) => void}[]} */
    this.waiting = [];
    this.open = true;
    let rest = '';
    /** @type {string[]} */
    let lines = [];
    psql.stdout.setEncoding('utf8');
    psql.stdout.on('data', (text) => {
      const parts = (rest + text).split('\n');
      rest = parts.pop() ?? '';
      for (const line of parts) {
        if (!line.startsWith('@@')) {
          lines.push(line);
          continue;
        }
        const asked = this.waiting.shift();
        if (line === '@@ok') asked?.resolve(lines);
        else asked?.reject(new Error(line.slice('@@error '.length)));
        lines = [];
      }
    });
    psql.stderr.resume();
    psql.stdin.on('error', () => {});
    psql.on('close', () => {
      this.open = false;
      for (const { reject } of this.waiting.splice(0)) reject(new Error('the session ended'));
    });
  }

  /** @param {string} [role] @returns {Promise<Session>} */
  static async start(role = 'postgres') {
    const password = await readFile(`${dataDirectory}/secrets/${role}.password`, 'utf8');
    const psql = spawn('psql', ['-X', '-At', '-q', '-F', '\t', '-h', '127.0.0.1', '-p', String(await postgresPort()),
      '-U', role, '-d', 'cartwright'], {
      env: { ...process.env, PGPASSWORD: password.trim(), PGAPPNAME: 'chaos', PGCONNECT_TIMEOUT: '5' },
    });
    return new Session(psql);
  }

  /** The lines of the answer, columns parted by tabs. @param {string} sql @returns {Promise<string[]>} */
  lines(sql) {
    if (!this.open) return Promise.reject(new Error('the session ended'));
    return new Promise((resolve, reject) => {
      this.waiting.push({ resolve, reject });
      this.psql.stdin.write(`${sql}\n;\n\\if :ERROR\n\\echo @@error :LAST_ERROR_MESSAGE\n\\else\n\\echo @@ok\n\\endif\n`);
    });
  }

  /** The one JSON value that a query gives. @param {string} sql @returns {Promise<any>} */
  async json(sql) {
    return JSON.parse((await this.lines(sql)).join('\n'));
  }

  close() {
    this.psql.kill('SIGKILL');
  }
}

/**
 * One statement in a session of its own.
 * @param {string} sql
 * @param {string} [role]
 */
export async function execute(sql, role) {
  const session = await Session.start(role);
  try {
    return await session.lines(sql);
  } finally {
    session.close();
  }
}

/** @param {string} sql @returns {Promise<any>} */
export async function readJson(sql) {
  return JSON.parse((await execute(sql)).join('\n'));
}
