// ./cartwright as its users know it.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm, chmod } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { call, cartwright, eventually, killAndAwait, pidOf, query, sanitized, shopUrl } from './shop.mjs';

const processes = ['gateway', 'identity', 'catalog', 'cart', 'order', 'wallet'];

/** Resident kilobytes of a process that no other one shares. @param {number} pid */
function privateKilobytes(pid) {
  const rollup = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8');
  return Number(/^Pss:\s+(\d+)/m.exec(rollup)?.[1]);
}

test('a second up says where the shop is, status says that all is ready', async () => {
  const { stdout } = await cartwright('up', '--detach', '--no-build');
  assert.match(stdout, /Already running/);
  const status = await cartwright('status');
  assert.equal(status.stdout.match(/ready/g)?.length, 7);
});

test('a killed process and a killed Postgres are back, and the log says so', async () => {
  for (const name of ['catalog', 'postgres']) {
    await killAndAwait(name);
    // One that lived for less than a second, as on a fast machine, comes back after a pause.
    const line = new RegExp(`${name} died \\(signal 9\\)(, restarted| after \\d+ ms, restarts)`);
    // It is started first, and then told of.
    await eventually('the log says so', async () =>
      line.test(readFileSync(`${process.env.CARTWRIGHT_DATA}/log/supervisor.log`, 'utf8')) || undefined);
  }
});

test('restart ends a process in good order and brings another one', async () => {
  const before = await pidOf('wallet');
  await cartwright('restart', 'wallet');
  assert.notEqual(await pidOf('wallet'), before);
  assert.match((await cartwright('logs', 'wallet')).stdout, /drain/);
});

test('each role sees its own schema and no other', async () => {
  const services = { identity: 'identity', catalog: 'catalog', cart: 'cart', order: 'orders', wallet: 'wallet' };
  for (const [service, own] of Object.entries(services)) {
    for (const role of [`${service}_app`, `${service}_owner`]) {
      for (const schema of [...Object.values(services), 'public']) {
        const [[allowed]] = await query(`SELECT has_schema_privilege('${role}', '${schema}', 'USAGE, CREATE')`);
        assert.equal(allowed, schema === own ? 't' : 'f', `${role} in ${schema}`);
      }
    }
  }
});

test('the idle shop fits in 300 MB, Postgres not counted', { skip: sanitized }, async () => {
  let total = 0;
  for (const name of processes) total += privateKilobytes(await pidOf(name));
  console.log(`six processes: ${Math.round(total / 1024)} MB`);
  assert.ok(total < 300 * 1024, `${total} kB`);
});

test('two shops run side by side, and down leaves nothing of one', async () => {
  const place = await mkdtemp(join(tmpdir(), 'cartwright-second.'));
  await chmod(place, 0o755);
  const second = ['--data', join(place, 'shop')];
  try {
    await cartwright('up', '--detach', '--no-build', '--products', '24', ...second);
    const port = readFileSync(join(place, 'shop/run/port'), 'utf8').trim();
    assert.notEqual(port, new URL(shopUrl).port);
    const reply = await fetch(`http://127.0.0.1:${port}/api/products`);
    assert.equal((await reply.json()).totalSize, 24);
    const pids = [...processes, 'postgres', 'supervisor'].map((name) =>
      readFileSync(join(place, `shop/run/${name}.pid`), 'utf8').split(' ')[0]);
    await cartwright('down', ...second);
    // Whoever adopted the supervisor may take a moment to notice its end.
    for (const pid of pids) {
      await eventually(`process ${pid} is gone`, async () => (existsSync(`/proc/${pid}`) ? undefined : true), 10);
    }
    const left = join(place, 'shop/run');
    assert.deepEqual(existsSync(left) ? readdirSync(left) : [], []);
    assert.equal((await call('GET', '/api/products')).status, 200, 'the first shop is untouched');
  } finally {
    await cartwright('down', ...second);
    await rm(place, { recursive: true, force: true });
  }
});

test('a shop with an owner ends when the owner is killed', async () => {
  const place = await mkdtemp(join(tmpdir(), 'cartwright-owned.'));
  await chmod(place, 0o755);
  const shop = join(place, 'shop');
  const usual = process.env.CARTWRIGHT_OWNER_PID;
  const owner = spawn('cat', { stdio: ['pipe', 'ignore', 'ignore'] });
  try {
    process.env.CARTWRIGHT_OWNER_PID = String(owner.pid);
    await cartwright('up', '--detach', '--no-build', '--products', '24', '--data', shop);
    const pid = readFileSync(join(shop, 'run/order.pid'), 'utf8').split(' ')[0];
    owner.kill('SIGKILL');
    await eventually('the shop is gone', async () => (existsSync(`/proc/${pid}`) ? undefined : true));
  } finally {
    process.env.CARTWRIGHT_OWNER_PID = usual;
    await cartwright('down', '--data', shop);
    await rm(place, { recursive: true, force: true });
  }
});

test('a mistake in the call is told in one line', async () => {
  for (const [words, message] of /** @type {[string[], RegExp][]} */ ([
    [['frobnicate'], /no subcommand 'frobnicate'/],
    [['up', '--prot', '1'], /unknown option --prot/],
    [['logs', 'nobody'], /no such process: nobody/],
    [['psql', 'nobody'], /no such service: nobody/],
    [['up', '--port', 'x'], /--port takes a number/],
    [['up', '--replicas', '5'], /--replicas takes 1 to 4, not 5/],
  ])) {
    const failure = await cartwright(...words).then(() => undefined, (error) => error);
    assert.ok(failure, `${words.join(' ')} fails`);
    assert.match(failure.stderr, message);
  }
});
