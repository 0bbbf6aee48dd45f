// The keys that sign access tokens take turns while people shop.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { call, cartwright, eventually, query, Shopper, shopUrl } from './shop.mjs';

/** @param {string} token */
const kidOf = (token) => JSON.parse(Buffer.from(token.split('.')[0], 'base64url').toString()).kid;

/** @returns {Promise<{state: string, id: string}[]>} */
async function keys() {
  const { stdout } = await cartwright('keys', 'ls');
  return stdout.trim().split('\n').map((line) => line.split(/\s+/)).map(([state, , , id]) => ({ state, id }));
}

test('a key that nobody can know yet does not sign', async () => {
  await assert.rejects(cartwright('keys', 'rotate'), /KEY_TOO_YOUNG/);
});

test('a rotation under load: no token is refused, of the old key or of the new one', async () => {
  const replicas = Number(process.env.REPLICAS ?? 1);
  const base = Number(new URL(shopUrl).port);
  let stopped = false;
  /** @type {string[]} */
  const refused = [];
  const shop = async () => {
    let shopper = await Shopper.register();
    for (let turn = 0; !stopped; turn++) {
      const gateway = `http://127.0.0.1:${base + 20 * (turn % replicas)}`;
      const reply = await fetch(`${gateway}/api/auth/me`, { headers: { Authorization: `Bearer ${shopper.token}` } });
      if (reply.status !== 200) refused.push(`${reply.status} for a token of ${kidOf(shopper.token)}`);
      await reply.arrayBuffer();
      if (turn % 20 === 19) shopper = await Shopper.register();
    }
  };
  const shoppers = [shop(), shop(), shop()];
  const signed = new Set([kidOf((await Shopper.register()).token)]);
  const next = (await keys()).find(({ state }) => state === 'NEXT');
  assert.ok(next);
  // As if an hour had passed. The gateways know the key since they started.
  await query(`BEGIN; SET LOCAL session_replication_role = replica;
    UPDATE identity.signing_key SET create_time = create_time - interval '1 hour'; COMMIT`);
  assert.match((await cartwright('keys', 'rotate')).stdout, new RegExp(`^${next.id} signs from now on`));
  const signer = (await keys()).find(({ state }) => state === 'SIGNING');
  assert.equal(signer?.id, next.id);
  await eventually('the next key signs', async () => {
    signed.add(kidOf((await Shopper.register()).token));
    return signed.has(next.id) ? true : undefined;
  });
  stopped = true;
  await Promise.all(shoppers);
  assert.deepEqual(refused, []);
  const { body } = await call('GET', '/.well-known/jwks.json');
  const published = new Set(body.keys.map((/** @type {any} */ { kid }) => kid));
  for (const kid of signed) assert.ok(published.has(kid), `${kid} verifies`);
});
