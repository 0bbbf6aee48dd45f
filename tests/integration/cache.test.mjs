// What anonymous readers see of the gateway's response cache: quick answers that are never wrong
// about a price for long, and a shop that can be looked at while its catalog is away.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { call, eventually, pidOf, productsInStock, query, Shopper, signal } from './shop.mjs';

const list = '/api/products?orderBy=price&pageSize=20';

/** @param {import('./shop.mjs').Reply} reply */
const cacheStatus = (reply) => reply.headers.get('cache-status') ?? '';

/** Reads a path until it comes from the cache. @param {string} path */
function fromCache(path) {
  return eventually(`${path} is cached`, async () => {
    const reply = await call('GET', path);
    return reply.status === 200 && /^cartwright; hit/.test(cacheStatus(reply)) ? reply : undefined;
  });
}

test('a product list comes from the cache, says so, and costs nothing when it is known', async () => {
  await fromCache(list);
  const reply = await call('GET', list, { headers: { 'Accept-Encoding': 'gzip;q=0.9, br' } });
  assert.match(cacheStatus(reply), /^cartwright; hit.*; ttl=-?\d+$/);
  assert.match(reply.headers.get('age') ?? '', /^\d+$/);
  assert.match(reply.headers.get('vary') ?? '', /Accept-Encoding/);
  const etag = reply.headers.get('etag') ?? '';
  assert.equal(reply.headers.get('content-encoding'), 'br');
  assert.match(etag, /-br"$/);
  const known = await call('GET', list, { headers: { 'If-None-Match': etag } });
  assert.equal(known.status, 304);
  assert.equal(known.headers.get('etag'), etag);
  const plain = await call('GET', list, { headers: { 'Accept-Encoding': 'identity' } });
  assert.deepEqual(plain.body, reply.body);
});

test('a price that changes is seen', async () => {
  const [product] = await productsInStock();
  const path = `/api/products/${product.id}`;
  await fromCache(path);
  await fromCache(list);
  const price = Number(product.price.minorUnits) + 1;
  await query(`UPDATE catalog.product SET price = ${price} WHERE product_id = '${product.id}'`);
  await eventually('the new price', async () => {
    const { body } = await call('GET', path);
    return Number(body.price.minorUnits) === price ? true : undefined;
  });
  await eventually('the new price in the list', async () => {
    const { body } = await call('GET', list);
    const listed = body.products.find((/** @type {any} */ p) => p.id === product.id);
    return !listed || Number(listed.price.minorUnits) === price ? true : undefined;
  });
});

test('a product that is sold out is seen to be', async () => {
  const products = await productsInStock(20);
  const product = products[products.length - 1];
  const path = `/api/products/${product.id}`;
  await fromCache(path);
  await query(`INSERT INTO catalog.stock_journal (product_id, delta, kind)
    SELECT product_id, reserved - on_hand, 'ADJUST' FROM catalog.stock WHERE product_id = '${product.id}'`);
  await query(`UPDATE catalog.stock SET on_hand = reserved WHERE product_id = '${product.id}'`);
  await eventually('nothing is left', async () => {
    const { body } = await call('GET', path);
    return Number(body.available) === 0 ? true : undefined;
  });
});

test('nothing of a user is cached', async () => {
  const ada = await Shopper.register();
  const bob = await Shopper.register();
  for (const path of ['/api/cart', '/api/auth/me', '/api/wallet', '/api/orders']) {
    for (const shopper of [ada, bob]) {
      const reply = await shopper.get(path);
      assert.equal(reply.headers.get('cache-control'), 'private, no-store', path);
      assert.equal(reply.headers.get('cache-status'), null, path);
      assert.equal(reply.headers.get('age'), null, path);
    }
  }
  assert.equal((await ada.get('/api/auth/me')).body.id ?? ada.id, ada.id);
  assert.equal(cacheStatus(await ada.get(list)), 'cartwright; fwd=bypass');
  assert.equal((await call('GET', '/api/cart')).status, 401);
});

test('the shop can be looked at while its catalog is away', async () => {
  const [product] = await productsInStock();
  const paths = [list, `/api/products/${product.id}`, '/api/categories'];
  for (const path of paths) await fromCache(path);
  await signal('supervisor', 'SIGSTOP');
  try {
    const pid = await pidOf('catalog');
    process.kill(pid, 'SIGKILL');
    await eventually('the answers are stale', async () => {
      for (const path of paths) {
        const reply = await call('GET', path);
        assert.equal(reply.status, 200, `${path}: ${JSON.stringify(reply.body)}`);
        if (!/fwd=stale/.test(cacheStatus(reply))) return undefined;
      }
      return true;
    });
    assert.equal((await call('GET', '/healthz')).status, 200);
    assert.equal((await call('GET', '/api/products?query=never+asked')).status, 503);
  } finally {
    await signal('supervisor', 'SIGCONT');
  }
  await eventually('fresh answers again', async () => {
    const reply = await call('GET', '/api/products?query=never+asked');
    return reply.status === 200 ? true : undefined;
  });
});
