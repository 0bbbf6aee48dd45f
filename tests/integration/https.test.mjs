// The public port speaks TLS, and gets a new certificate without losing a request.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { test } from 'node:test';
import tls from 'node:tls';
import { promisify } from 'node:util';
import { call, dataDirectory, eventually, shopUrl, signal } from './shop.mjs';

const run = promisify(execFile);
const directory = `${dataDirectory}/tls`;

/** The serial number that a new connection is shown. @returns {Promise<string>} */
async function serial() {
  const ca = await readFile(`${directory}/ca.crt`);
  return new Promise((resolve, reject) => {
    const socket = tls.connect({
      host: '127.0.0.1', port: Number(new URL(shopUrl).port), ca, servername: 'localhost',
      ALPNProtocols: ['h2', 'http/1.1'],
    }, () => {
      assert.equal(socket.alpnProtocol, 'http/1.1');
      assert.match(socket.getProtocol() ?? '', /^TLSv1\.[23]$/);
      resolve(socket.getPeerCertificate().serialNumber);
      socket.destroy();
    });
    socket.on('error', reject);
  });
}

/** A new certificate of the same authority, in place of the one in use. */
async function renew() {
  const place = await mkdtemp(`${tmpdir()}/renew-`);
  try {
    await run('openssl', ['req', '-new', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes',
      '-subj', '/CN=shop', '-keyout', `${place}/key`, '-out', `${place}/csr`]);
    await writeFile(`${place}/ext`, 'subjectAltName=DNS:localhost,IP:127.0.0.1\n');
    await run('openssl', ['x509', '-req', '-in', `${place}/csr`, '-CA', `${directory}/ca.crt`, '-CAkey',
      `${directory}/ca.key`, '-days', '2', '-set_serial', '0x77', '-extfile', `${place}/ext`,
      '-out', `${place}/crt`]);
    for (const [from, to] of [['crt', 'shop.crt'], ['key', 'shop.key']]) {
      await writeFile(`${directory}/${to}.new`, await readFile(`${place}/${from}`));
      await rename(`${directory}/${to}.new`, `${directory}/${to}`);
    }
  } finally {
    await rm(place, { recursive: true });
  }
}

const gatewayLog = () => readFile(`${dataDirectory}/log/gateway.log`, 'utf8');

test('a certificate is renewed while people shop', { timeout: 120_000 }, async (t) => {
  assert.match(shopUrl, /^https:/);
  const before = await serial();
  let stop = false;
  // Or a failure would leave them shopping for ever.
  t.after(() => { stop = true; });
  let answers = 0;
  const shoppers = Array.from({ length: 4 }, async () => {
    while (!stop) {
      assert.equal((await call('GET', '/api/products?pageSize=2')).status, 200);
      ++answers;
    }
  });
  await renew();
  // No signal: the gateway looks by itself.
  await eventually('new connections see the new one', async () => (await serial()) === '77' ? true : undefined);
  assert.notEqual(before, '77');

  await writeFile(`${directory}/shop.crt`, 'not a certificate');
  await signal('gateway', 'SIGHUP');
  await eventually('the bad one is refused', async () => {
    const line = (await gatewayLog()).split('\n').find((each) => each.includes('reload.failed'));
    return line && JSON.parse(line).what === 'certificate' ? true : undefined;
  });
  assert.equal(await serial(), '77');
  // The gateway may have looked at the certificate by itself before it got the signal.
  await eventually('the signal makes it read everything', async () =>
    /"reload\.done".*"what":"descriptor_set"/.test(await gatewayLog()) ? true : undefined);
  const enough = answers + 20;
  await eventually('people still shop', async () => answers > enough ? true : undefined);
  stop = true;
  await Promise.all(shoppers);
});
