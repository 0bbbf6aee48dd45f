// Certificates take turns while people shop, and nobody notices: new ones for every process, then a new
// authority, with an overlap in which both are trusted. Connections live for a second here, so that
// each is made anew many times with whatever the files have by then.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import {
  copyFileSync, cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync,
} from 'node:fs';
import http2 from 'node:http2';
import { tmpdir } from 'node:os';
import { after, test } from 'node:test';
import tls from 'node:tls';
import { Load } from './load.mjs';
import { call, cartwright, dataDirectory, eventually, Shopper, shopUrl } from './shop.mjs';

const directory = `${dataDirectory}/tls`;
const services = ['identity', 'catalog', 'cart', 'order', 'wallet'];
const place = mkdtempSync(`${tmpdir()}/cartwright-certificates.`);
after(() => rmSync(place, { recursive: true }));

/** @param {...string} words */
const openssl = (...words) => execFileSync('openssl', words, { stdio: ['ignore', 'pipe', 'ignore'], encoding: 'utf8' });

/** @param {string} name @returns {number} */
const portOf = (name) => Number(new URL(shopUrl).port) + 1 + services.indexOf(name);

/** A new authority in `place`. @param {string} name */
function makeAuthority(name) {
  openssl('req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2', '-subj', `/CN=${name}`,
    '-addext', 'basicConstraints=critical,CA:TRUE,pathlen:0', '-addext', 'keyUsage=critical,keyCertSign,cRLSign',
    '-keyout', `${place}/${name}.key`, '-out', `${place}/${name}.crt`);
}

/** A pair in `place`, signed by an authority there. @param {string} name @param {string} authority @param {string} [uri] */
function sign(name, authority, uri = `spiffe://cartwright/${name}`) {
  const file = `${place}/${name}`;
  openssl('req', '-new', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-subj', `/CN=${name}`,
    '-keyout', `${file}.key`, '-out', `${file}.csr`);
  writeFileSync(`${file}.ext`, `basicConstraints=critical,CA:FALSE\nkeyUsage=critical,digitalSignature\n`
    + `extendedKeyUsage=serverAuth,clientAuth\nsubjectAltName=URI:${uri},DNS:${name},DNS:localhost,IP:127.0.0.1\n`);
  openssl('x509', '-req', '-in', `${file}.csr`, '-CA', `${place}/${authority}.crt`, '-CAkey', `${place}/${authority}.key`,
    '-days', '1', '-set_serial', `0x${randomUUID().replaceAll('-', '')}`, '-out', `${file}.crt`, '-extfile', `${file}.ext`);
}

/** How often the directory was changed. */
let edition = 0;

/**
 * Puts files of `place` where the processes read them, at once, as Kubernetes does: a key that is read before its
 * certificate is there fits none.
 * @param {Record<string, string>} files by what they are called there
 */
function publish(files) {
  const before = `${directory}/..${edition}`;
  if (edition === 0) {
    mkdirSync(before);
    symlinkSync('..0', `${directory}/..data`);
    for (const name of readdirSync(directory).filter((one) => !one.startsWith('..'))) {
      copyFileSync(`${directory}/${name}`, `${before}/${name}`);
      symlinkSync(`..data/${name}`, `${directory}/${name}.new`);
      renameSync(`${directory}/${name}.new`, `${directory}/${name}`);
    }
  }
  edition += 1;
  cpSync(before, `${directory}/..${edition}`, { recursive: true, preserveTimestamps: true });
  for (const [name, file] of Object.entries(files)) copyFileSync(`${place}/${file}`, `${directory}/..${edition}/${name}`);
  symlinkSync(`..${edition}`, `${directory}/..data.new`);
  renameSync(`${directory}/..data.new`, `${directory}/..data`);
}

/** The serial number of the certificate that a service shows. @param {string} name @returns {Promise<string>} */
function serialShownBy(name) {
  return new Promise((resolve, reject) => {
    const socket = tls.connect({ port: portOf(name), host: '127.0.0.1', rejectUnauthorized: false, ALPNProtocols: ['h2'] }, () => {
      resolve(socket.getPeerCertificate().serialNumber);
      socket.destroy();
    });
    socket.on('error', reject);
  });
}

/** @param {string} name of a pair in `place` */
const serialOf = (name) => openssl('x509', '-noout', '-serial', '-in', `${place}/${name}.crt`).trim().replace('serial=', '');

/** Whether a service speaks with a client. @param {string} name @param {object} identity of http2.connect */
function speaks(name, identity) {
  return new Promise((resolve) => {
    const session = http2.connect(`https://127.0.0.1:${portOf(name)}`, { rejectUnauthorized: false, ...identity });
    const end = (/** @type {boolean} */ yes) => { resolve(yes); session.destroy(); };
    session.once('remoteSettings', () => end(true));
    session.once('error', () => end(false));
    session.once('close', () => end(false));
  });
}

/** @param {string} name of a pair in `place` */
const pair = (name) => ({ cert: readFileSync(`${place}/${name}.crt`), key: readFileSync(`${place}/${name}.key`) });

/** Until clients have read what was published: every five seconds, each in its own turn, and nobody can ask them. */
async function clientsHaveRead() {
  // Twice as long, for those that are late.
  const read = Date.now() + 10_000;
  await eventually('everybody has read it', async () => (Date.now() > read ? true : undefined));
}

/** New pairs for everybody, and until every service shows its own. @param {string} authority */
async function replaceAll(authority) {
  for (const name of [...services, 'gateway', 'operator']) {
    sign(name, authority);
    publish({ [`${name}.key`]: `${name}.key`, [`${name}.crt`]: `${name}.crt` });
  }
  for (const name of services) {
    await eventually(`${name} shows its new certificate`, async () => ((await serialShownBy(name)) === serialOf(name) ? true : undefined));
  }
}

test('new certificates for every process lose no call', async () => {
  for (const kind of ['crt', 'key']) copyFileSync(`${directory}/ca.${kind}`, `${place}/ca.${kind}`);
  const load = await Load.start();
  await replaceAll('ca');
  await load.turns(3);
  assert.deepEqual(await load.stop(), []);
  console.log(`${load.calls} calls, none lost`);
});

test('a new authority, with an overlap, loses no call either; then the old one is nobody', async () => {
  makeAuthority('next');
  sign('gateway', 'ca');
  copyFileSync(`${place}/gateway.crt`, `${place}/old.crt`);
  copyFileSync(`${place}/gateway.key`, `${place}/old.key`);
  sign('gateway', 'next');
  const load = await Load.start();
  writeFileSync(`${place}/both.crt`, readFileSync(`${place}/ca.crt`, 'utf8') + readFileSync(`${place}/next.crt`, 'utf8'));
  const trust = (/** @type {string} */ file) => publish({ 'ca.crt': file });
  trust('both.crt');
  for (const name of services) {
    await eventually(`${name} trusts both`, async () => (await speaks(name, pair('gateway')) ? true : undefined));
  }
  await clientsHaveRead();
  await replaceAll('next');
  await clientsHaveRead();
  await load.turns(3);
  trust('next.crt');
  for (const name of services) {
    await eventually(`${name} trusts the old one no more`, async () => (await speaks(name, pair('old')) ? undefined : true));
  }
  await load.turns(3);
  assert.deepEqual(await load.stop(), []);
  console.log(`${load.calls} calls, none lost`);
  assert.match((await cartwright('keys', 'ls')).stdout, /SIGNING/);
});

test('without TLS, or under a name of another trust domain, nobody is served', async () => {
  sign('stranger', 'next', 'spiffe://elsewhere/gateway');
  for (const name of services) {
    const answered = await new Promise((resolve) => {
      const session = http2.connect(`http://127.0.0.1:${portOf(name)}`);
      const end = (/** @type {boolean} */ yes) => { resolve(yes); session.destroy(); };
      session.once('remoteSettings', () => end(true));
      session.once('error', () => end(false));
      session.once('close', () => end(false));
    });
    assert.equal(answered, false, `${name} speaks without TLS`);
  }
  const session = http2.connect(`https://127.0.0.1:${portOf('wallet')}`, { rejectUnauthorized: false, ...pair('stranger') });
  const stream = session.request({ ':method': 'POST', ':path': '/cartwright.wallet.v1.WalletService/GetWallet',
    'content-type': 'application/grpc', te: 'trailers' });
  stream.end(Buffer.alloc(5));
  const [headers] = await Promise.race(['response', 'trailers'].map((event) => new Promise((resolve) => {
    stream.on(event, (found) => { if (found['grpc-status'] !== undefined) resolve([found]); });
  })));
  assert.equal(headers['grpc-status'], '7');
  session.destroy();
});

test('who shows the certificate of another process is not spoken to', async () => {
  const { token } = await Shopper.register();
  const isAnswered = async (/** @type {number} */ status) => ((await call('GET', '/api/wallet', { token })).status === status ? true : undefined);
  await eventually('the wallet answers', () => isAnswered(200));
  sign('cart', 'next');
  publish({ 'wallet.key': 'cart.key', 'wallet.crt': 'cart.crt' });
  await eventually('the wallet shows that of the cart', async () => ((await serialShownBy('wallet')) === serialOf('cart') ? true : undefined));
  await eventually('the gateway does not speak with it', () => isAnswered(503));
  sign('wallet', 'next');
  publish({ 'wallet.key': 'wallet.key', 'wallet.crt': 'wallet.crt' });
  await eventually('the wallet has its own again', () => isAnswered(200));
});
