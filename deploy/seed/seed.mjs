// node seed.mjs [--products N]: writes the pictures into $MEDIA and the rows, through psql, into
// the database at $PSQL_URL. The pictures come first: no product ever points at one that is missing.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

import { compose } from './compose.mjs';
import { draw, pictureOf } from './draw/draw.mjs';
import { categories } from './kinds/all.mjs';
import { after, before, copyLine } from './rows.mjs';

/** As many products as are written to psql, and pictures to the disk, in one go. */
const BATCH = 500;

/** @param {string} message @returns {never} */
function fail(message) {
  process.stderr.write(`seed: ${message}\n`);
  process.exit(1);
}

/** @returns {{products: number, media: string, url: string}} */
function readOptions() {
  const { values } = parseArgs({ options: { products: { type: 'string', default: '1000' } } });
  if (!/^[1-9]\d{0,6}$/.test(values.products)) {
    fail(`--products takes a number from 1 to 9999999, not '${values.products}'`);
  }
  const { MEDIA: media, PSQL_URL: url } = process.env;
  if (!media || !url) {
    fail('MEDIA (a directory) and PSQL_URL (of the owner of the schema catalog) must be set');
  }
  return { products: Number(values.products), media, url };
}

/**
 * The password travels in the environment: arguments can be read by everybody on the machine.
 * @param {string} url
 */
function startPsql(url) {
  const [, head, password, tail] =
    /^(\w+:\/\/[^:@/]*)(?::([^@/]*))?(@?.*)$/s.exec(url) ?? fail('PSQL_URL is no URL');
  const psql = spawn('psql', ['-X', '-A', '-t', '-f', '-', '-d', head + tail], {
    stdio: ['pipe', 'inherit', 'inherit'],
    env: password ? { ...process.env, PGPASSWORD: decodeURIComponent(password) } : process.env,
  });
  psql.on('error', (error) => fail(error.message));
  psql.stdin.on('error', () => {}); // It ended early: its status says so below, its words are on the screen.
  return psql;
}

/** Writes each picture once. */
class Pictures {
  /** @type {Set<string>} */
  #written = new Set();

  /** @param {string} media the directory that the gateway serves as /media */
  constructor(media) {
    this.media = media;
  }

  /**
   * @param {import('./compose.mjs').Choice} choice
   * @returns {string} the picture's URL
   */
  save(choice) {
    const name = pictureOf(choice);
    if (!this.#written.has(name)) {
      writeFileSync(join(this.media, name), draw(choice));
      this.#written.add(name);
    }
    return `/media/${name}`;
  }
}

async function main() {
  const { products, media, url } = readOptions();
  for (const { id } of categories) mkdirSync(join(media, id), { recursive: true });
  const pictures = new Pictures(media);
  const psql = startPsql(url);
  const ended = once(psql, 'close');
  psql.stdin.write(before());
  for (let k = 0; k < products && psql.stdin.writable;) {
    let lines = '';
    for (const end = Math.min(products, k + BATCH); k < end; k++) {
      const product = compose(k);
      lines += copyLine(product, pictures.save(product.choice));
    }
    if (!psql.stdin.write(lines)) {
      await Promise.race([once(psql.stdin, 'drain').catch(() => {}), ended]);
    }
  }
  psql.stdin.end(after);
  const [status] = await ended;
  if (status !== 0) {
    fail('psql could not write the products; nothing has changed in the database');
  }
}

await main();
