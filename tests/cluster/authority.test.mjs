// Another authority for the certificates of all processes, by the commands of k8s/README.md as they stand there, while
// shoppers shop.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname } from 'node:path';
import { after, test } from 'node:test';
import { promisify } from 'node:util';
import { allReady, get, isReady, podsOf, runBeside, services } from './kubectl.mjs';
import { underLoad } from './load.mjs';

const run = promisify(execFile);
const root = new URL('../../', import.meta.url).pathname;
const place = await mkdtemp(`${tmpdir()}/cartwright-authority.`);
after(() => rm(place, { recursive: true }));
await symlink(`${root}k8s`, `${place}/k8s`);

/** The blocks of commands of a section. @param {string} title @returns {Promise<string[]>} */
async function commandsOf(title) {
  const text = await readFile(`${root}k8s/README.md`, 'utf8');
  const [, section] = text.split(`\n## ${title}\n`);
  return [...section.split('\n## ')[0].matchAll(/^```bash\n([^]*?)^```$/gm)].map(([, block]) => block);
}

/** Runs blocks in one shell. @param {string[]} blocks */
const shell = (blocks) => run('bash', ['-euo', 'pipefail', '-c', blocks.join('\n').replaceAll('-f my-shop.yaml', '--reset-then-reuse-values')],
  { cwd: place, env: { ...process.env, PATH: `${dirname(process.env.HELM ?? '')}:${process.env.PATH}` }, maxBuffer: 1 << 26 });

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

/** What the gateway has as its certificate. @returns {Promise<{ca: string, cert: string, key: string}>} */
async function identityOfNow() {
  const { data } = await get('secret', 'gateway-tls');
  const [ca, cert, key] = ['ca.crt', 'tls.crt', 'tls.key'].map((name) => Buffer.from(data[name], 'base64').toString());
  return { ca, cert, key };
}

/** Changes the authority under load; then nobody speaks with who is of the old one. @param {string[]} blocks */
async function change(blocks) {
  await allReady();
  const old = await identityOfNow();
  assert.deepEqual(await heardBy(old), services);
  assert.equal(await underLoad('another authority', () => shell(blocks)), 0);
  // What was published last is in nobody's hands yet.
  await shell(['sleep 130']);
  const next = await identityOfNow();
  assert.deepEqual(await heardBy(next), services);
  assert.deepEqual(await heardBy({ ...next, ca: old.ca }), [], 'certificates of the old authority');
  assert.deepEqual(await heardBy({ ...old, ca: next.ca }), [], 'trust in the old authority');
  assert.equal(await underLoad('after it', async () => {}), 0);
}

test('another authority loses no call; then the old one is nobody', async () => {
  const blocks = await commandsOf('Replace the authority');
  const byHand = blocks.filter((block) => !/cert-manager|certificates.mode=Issuer/.test(block));
  assert.equal(blocks.length - byHand.length, 2, 'blocks for cert-manager, which this cluster has not');
  await change(byHand);
});
