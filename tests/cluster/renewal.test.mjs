// Certificates are renewed by cert-manager as they are every 16 hours, while shoppers shop.

import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { beforeEach, test } from 'node:test';
import { eventually } from '../integration/shop.mjs';
import { allReady, get, identityOf, isReady, kubectl, podsOf, processes, runBeside, services } from './kubectl.mjs';
import { underLoad } from './load.mjs';

/** As `cmctl renew` asks for it. @param {string} certificate */
async function renew(certificate) {
  const value = { type: 'Issuing', status: 'True', reason: 'ManuallyTriggered', message: 'a test asks for it',
    lastTransitionTime: new Date().toISOString().replace(/\.\d+Z/, 'Z') };
  await kubectl('patch', 'certificate', certificate, '--subresource=status', '--type=json',
    '-p', JSON.stringify([{ op: 'add', path: '/status/conditions/-', value }]));
}

/** The certificate that a Secret has. @param {string} secret */
async function certificateIn(secret) {
  const { data } = await get('secret', secret);
  return new X509Certificate(Buffer.from(data['tls.crt'], 'base64'));
}

/** Of every process, by its name. @returns {Promise<Record<string, string>>} */
async function serials() {
  const pairs = processes.map(async (name) => [name, (await certificateIn(`${name}-tls`)).serialNumber]);
  return Object.fromEntries(await Promise.all(pairs));
}

/** Renews what all processes have, and waits until every pod of a service shows it. */
async function renewAll() {
  const before = await serials();
  await Promise.all(processes.map(renew));
  const after = await eventually('every Secret has another certificate', async () => {
    const now = await serials();
    return processes.every((name) => now[name] !== before[name]) ? now : undefined;
  }, 120);
  await allShow(after);
}

/** Waits until services show these certificates at each of their addresses. @param {Record<string, string>} expected by name */
async function allShow(expected) {
  const [pod] = (await podsOf('gateway')).filter(isReady);
  const stale = await runBeside(pod.metadata.name, `
    const { setTimeout: pause } = require('node:timers/promises');
    const identity = ${JSON.stringify(await identityOf('gateway'))};
    const expected = ${JSON.stringify(expected)};
    const serialAt = (host, servername) => new Promise((resolve) => {
      const socket = require('node:tls').connect({ ...identity, host, servername, port: 9000, ALPNProtocols: ['h2'] });
      const say = (what) => { socket.destroy(); resolve(what); };
      socket.once('secureConnect', () => say(socket.getPeerCertificate().serialNumber)).once('error', (error) => say(error.code));
    });
    const look = async () => {
      const all = await Promise.all(${JSON.stringify(services)}.map(async (name) => {
        const found = await require('node:dns/promises').lookup(name, { all: true });
        return Promise.all(found.map(async ({ address }) => [name, address, await serialAt(address, name)]));
      }));
      return all.flat().filter(([name, , serial]) => serial !== expected[name]);
    };
    (async () => {
      let stale = await look();
      for (const end = Date.now() + 150000; stale.length && Date.now() < end; stale = await look()) await pause(2000);
      console.log(JSON.stringify(stale));
    })();`, 240);
  assert.deepEqual(JSON.parse(stale), [], 'who shows another certificate still');
}

beforeEach(() => allReady());

test('the certificates of all processes are renewed, and no call is lost', async () => {
  assert.equal(await underLoad('renewal', renewAll), 0);
});

test('a renewed authority has the same key, and no call is lost', async () => {
  const before = await certificateIn('cartwright-authority');
  const lost = await underLoad('renewal of the authority', async () => {
    await renew('cartwright-authority');
    await eventually('the authority has another certificate', async () =>
      (await certificateIn('cartwright-authority')).serialNumber !== before.serialNumber || undefined, 60);
    // Some are of the old one until the last is of the new one.
    await renewAll();
  });
  const after = await certificateIn('cartwright-authority');
  assert.ok(after.publicKey.equals(before.publicKey));
  for (const name of processes) {
    const { ca } = await identityOf(name);
    assert.equal(new X509Certificate(ca).serialNumber, after.serialNumber, name);
  }
  assert.equal(lost, 0);
});
