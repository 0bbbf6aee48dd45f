// Shops that start at the same moment, on one machine, have ports of their own. Each of these choosers is what a
// supervisor is until its Postgres listens: it has chosen, and no socket says so yet.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { after, test } from 'node:test';

const library = new URL('../../deploy/local/lib/launcher.sh', import.meta.url).pathname;
const data = mkdtempSync(join(tmpdir(), 'cartwright-ports.'));
/** @type {Set<import('node:child_process').ChildProcess>} */
const living = new Set();

after(() => {
  for (const child of living) child.kill('SIGKILL');
  rmSync(data, { recursive: true });
});

/**
 * A process that reserves a block, says which, and keeps it until it is told to go.
 * @param {{replicas?: number, port?: number | ''}} [wish]
 */
function choose({ replicas = 1, port = '' } = {}) {
  const script = `source "${library}"; use_replicas ${replicas}; reserve_ports "${port}" >&2; echo "$PORT"
    read -r || true; release_ports`;
  const child = spawn('bash', ['-c', script], {
    env: { ...process.env, CARTWRIGHT_DATA: data }, stdio: ['pipe', 'pipe', 'pipe'],
  });
  living.add(child);
  let complaint = '';
  child.stderr.on('data', (text) => { complaint += text; });
  const gone = once(child, 'close').then(() => living.delete(child));
  const line = once(createInterface(child.stdout), 'line').then(([text]) => Number(text));
  return {
    child, gone,
    /** The first port, or what stands in the way. @returns {Promise<number | string>} */
    answer: () => Promise.race([line, gone.then(() => complaint)]),
    leave: async () => { child.stdin.end('\n'); await gone; },
    reservation: `/run/lock/cartwright-ports.${process.getuid?.()}.${child.pid}`,
  };
}

/** @param {{answer: () => Promise<number | string>}} chooser @returns {Promise<number>} */
async function portOf(chooser) {
  const port = await chooser.answer();
  assert.equal(typeof port, 'number', String(port));
  return Number(port);
}

/**
 * A chooser far from where shops are that were not told a port: they start whenever they like, and would take what is
 * free for a moment here.
 * @param {number} replicas
 */
async function chooseFarAway(replicas) {
  for (let attempt = 0; attempt < 20; attempt += 1) {
    const chooser = choose({ replicas, port: 20_000 + 20 * Math.floor(Math.random() * 600) });
    const port = await chooser.answer();
    if (typeof port === 'number') return { chooser, port };
  }
  throw new Error('everything is taken');
}

test('those that choose at once share no port, however many each needs', async () => {
  const wishes = [1, 2, 1, 3, 4, 1, 2, 1];
  const choosers = wishes.map((replicas) => choose({ replicas }));
  const ports = await Promise.all(choosers.map(portOf));
  const blocks = ports.map((port, index) => ({ port, end: port + 20 * wishes[index] }));
  blocks.sort((one, other) => one.port - other.port);
  for (const [index, { port }] of blocks.slice(1).entries()) {
    assert.ok(port >= blocks[index].end, JSON.stringify(blocks));
  }
  await Promise.all(choosers.map(({ leave }) => leave()));
  for (const { reservation } of choosers) assert.ok(!existsSync(reservation), 'nothing is left behind');
});

test('a port that is asked for is refused while another shop has it, in a block that begins elsewhere, too', async () => {
  const { chooser: first, port } = await chooseFarAway(2);
  assert.match(String(await choose({ port: port + 15 }).answer()), new RegExp(`--port ${port + 15}: .* taken`));
  await first.leave();
  const second = choose({ port: port + 15 });
  assert.equal(await portOf(second), port + 15);
  await second.leave();
});

test('what a killed shop had is free, and so is what the next process of its number finds', async () => {
  const { chooser: killed, port } = await chooseFarAway(1);
  killed.child.kill('SIGKILL');
  await killed.gone;
  // A process that lives, with another beginning than the one that reserved.
  const recycled = '/run/lock/cartwright-ports.recycled';
  writeFileSync(recycled, `${port} 20 ${process.pid} 1\n`);
  try {
    const next = choose({ port });
    assert.equal(await portOf(next), port);
    assert.ok(!readdirSync('/run/lock').includes('cartwright-ports.recycled'), 'and what it left is removed');
    assert.ok(!existsSync(killed.reservation));
    await next.leave();
  } finally {
    rmSync(recycled, { force: true });
  }
});
