// What `helm test` runs (k8s/chart/files/shop_test.mjs) is green for a sound shop, and red for one whose books are broken
// or that nobody has checked.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { eventually, query, shopUrl } from './shop.mjs';

const script = fileURLToPath(new URL('../../k8s/chart/files/shop_test.mjs', import.meta.url));
const operations = Number(new URL(shopUrl).port) + 10;
const gateway = `localhost:${operations}`;
const services = Array.from({ length: 5 }, (_, index) => `localhost:${operations + 1 + index}`);

/** Runs it, or the part of it with this name; what it said. @param {string[]} whom @param {string} part @param {string} shop */
async function helmTest(whom, part = '.', shop = shopUrl) {
  const { NODE_TEST_CONTEXT: _, ...env } = process.env;
  const run = promisify(execFile)(process.execPath, ['--test', '--test-reporter=tap', `--test-name-pattern=${part}`, script],
    { env: { ...env, SHOP: shop, GATEWAY: gateway, SERVICES: whom.join(' '), AUDIT_PATIENCE_SECONDS: '20' } });
  return run.then(({ stdout }) => ({ red: false, stdout }), ({ stdout }) => ({ red: true, stdout: String(stdout) }));
}

test('a sound shop passes', async () => {
  const { red, stdout } = await helmTest(services);
  assert.ok(!red, stdout);
  assert.equal(stdout.match(/^ *ok .*the books of/gm)?.length, 5, stdout);
});

test('a shop that answers no call the first time passes', async () => {
  const known = new Set();
  const door = createServer(async (request, response) => {
    const { method, url = '', headers: { host: _, connection: __, 'transfer-encoding': ___, ...headers } } = request;
    const what = `${method} ${url.replace(/[0-9a-f-]{36}/, '{id}')}`;
    const body = Buffer.concat(await request.toArray());
    if (!known.has(what)) {
      known.add(what);
      response.writeHead(503).end(`no ${what} yet`);
      return;
    }
    const answer = await fetch(`${shopUrl}${url}`, { method, headers: /** @type {any} */ (headers), body: body.length ? body : undefined });
    response.writeHead(answer.status, { 'content-type': 'application/json' }).end(await answer.text());
  }).listen(0, '127.0.0.1');
  try {
    await once(door, 'listening');
    const { port } = /** @type {import('node:net').AddressInfo} */ (door.address());
    const { red, stdout } = await helmTest(services, 'a shopper', `http://127.0.0.1:${port}`);
    assert.ok(!red, stdout);
    assert.ok(known.size >= 7, [...known].join());
  } finally {
    door.close();
    door.closeAllConnections();
  }
});

test('whoever says nothing of books is not sound', async () => {
  // The gateway has metrics and no audit.
  const { red, stdout } = await helmTest([gateway], 'the books of');
  assert.ok(red, stdout);
  assert.match(stdout, /"rules":\[\]/);
});

test('a broken rule is told', async () => {
  await query(`SET session_replication_role = replica; UPDATE wallet.account SET held = held + 1
    WHERE kind = 'WORLD' AND seq = (SELECT max(seq) FROM wallet.account WHERE kind = 'WORLD')`);
  let answer = { red: false, stdout: '' };
  await eventually('it is red', async () => {
    answer = await helmTest(services, 'the books of');
    return answer.red || undefined;
  });
  // How many rows a broken history has in it is another matter.
  assert.match(answer.stdout, /cartwright_audit_violations\{invariant="W3"\} [1-9]/);
});
