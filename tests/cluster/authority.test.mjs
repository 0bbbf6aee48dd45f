// Another authority for the certificates of all processes, by the commands of k8s/README.md as they stand there, while
// shoppers shop.

import assert from 'node:assert/strict';
import { mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { after, test } from 'node:test';
import { allReady, get, identityOf, isReady, podsOf, runBeside, services } from './kubectl.mjs';
import { underLoad } from './load.mjs';
import { commandsOf, root, shell } from './readme.mjs';

const place = await mkdtemp(`${tmpdir()}/cartwright-authority.`);
after(() => rm(place, { recursive: true }));
await symlink(`${root}k8s`, `${place}/k8s`);

/** Runs blocks in one shell, with the values that the shop has. @param {string[]} blocks */
const runAll = (blocks) => shell(blocks.map((block) => block.replaceAll('-f my-shop.yaml', '--reset-then-reuse-values')), place);

/**
 * Which services a client in the gateway's pod can speak with, by this pair and this trust.
 * @param {{ca: string, cert: string, key: string}} identity
 * @returns {Promise<string[]>}
 */
async function heardBy(identity) {
  const [pod] = (await podsOf('gateway')).filter(isReady);
  return JSON.parse(await runBeside(pod.metadata.name, `
    const identity = ${JSON.stringify(identity)};
    const call = (name) => new Promise((resolve) => {
      const session = require('node:http2').connect('https://' + name + ':9000', identity);
      const end = (speaks) => { resolve(speaks ? [name] : []); session.destroy(); };
      session.once('remoteSettings', () => end(true)).once('error', () => end(false)).once('close', () => end(false));
    });
    Promise.all(${JSON.stringify(services)}.map(call)).then((all) => console.log(JSON.stringify(all.flat())));`));
}

/** Changes the authority under load; then nobody speaks with who is of the old one. @param {string[]} blocks */
async function change(blocks) {
  await allReady();
  const old = await identityOf('gateway');
  assert.deepEqual(await heardBy(old), services);
  assert.equal(await underLoad('another authority', () => runAll(blocks)), 0);
  // What was published last is in nobody's hands yet.
  await runAll(['sleep 130']);
  const next = await identityOf('gateway');
  assert.deepEqual(await heardBy(next), services);
  assert.deepEqual(await heardBy({ ...next, ca: old.ca }), [], 'certificates of the old authority');
  assert.deepEqual(await heardBy({ ...old, ca: next.ca }), [], 'trust in the old authority');
  assert.equal(await underLoad('after it', async () => {}), 0);
}

test('another authority loses no call; then the old one is nobody', async () => {
  const blocks = await commandsOf('Replace the authority');
  const byHand = (/** @type {string} */ block) => /openssl/.test(block);
  const byCertManager = (/** @type {string} */ block) => /cert-manager|certificates.mode=Issuer/.test(block);
  assert.deepEqual([blocks.filter(byHand).length, blocks.filter(byCertManager).length], [2, 2], 'blocks for the one and for the other');
  const { items } = await get('secret', '-l', 'controller.cert-manager.io/fao=true');
  await change(blocks.filter((block) => !(items.length ? byHand : byCertManager)(block)));
});
