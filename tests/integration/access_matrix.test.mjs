// Every route as everybody, and every RPC with every certificate: what is let through, and what is not.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import http2 from 'node:http2';
import { tmpdir } from 'node:os';
import { before, test } from 'node:test';
import { Forger } from '../edge/forge.mjs';
import { rpcs } from './access.mjs';
import { call, dataDirectory, password, query, Shopper, shopUrl } from './shop.mjs';

const build = process.env.CARTWRIGHT_BUILD
  ?? new URL(`../../build/${process.env.CARTWRIGHT_PRESET ?? 'release'}`, import.meta.url).pathname;
const processes = ['gateway', 'identity', 'catalog', 'cart', 'order', 'wallet'];
/** @type {Map<string, {method: string, path: string}>} by the name of the RPC */
const routes = new Map();
/** @type {Record<string, string | undefined>} tokens */
const people = { anonymous: undefined };

before(async () => {
  const { body } = await call('GET', '/openapi.json');
  for (const [path, operations] of Object.entries(body.paths)) {
    for (const [method, { operationId }] of Object.entries(/** @type {Record<string, any>} */ (operations))) {
      // A second binding of an RPC has its name and a number.
      if (routes.has(operationId.replace(/2$/, ''))) continue;
      routes.set(operationId, { method: method.toUpperCase(), path: path.replace(/\{[^}]*\}/g, randomUUID()) });
    }
  }
  const [shopper, admin] = await Promise.all([Shopper.register(), Shopper.register()]);
  await query(`INSERT INTO identity.user_role (user_id, role) VALUES ('${admin.id}', 'admin')`);
  const session = await call('POST', '/api/auth/login', { json: { email: admin.email, password } });
  const forger = await Forger.make(session.body.accessToken);
  const now = Math.floor(Date.now() / 1000);
  Object.assign(people, {
    shopper: shopper.token,
    admin: session.body.accessToken,
    'admin for another audience': forger.signed({}, { aud: 'another' }),
    'admin of another issuer': forger.signed({}, { iss: 'https://issuer.example' }),
    'admin of yesterday': forger.signed({}, { iat: now - 90_000, nbf: now - 90_000, exp: now - 86_400 }),
    'admin with an ID token': forger.signed({ typ: 'JWT' }, {}),
    'admin by a key of nobody': forger.signed({}, {}, forger.stranger.privateKey),
  });
});

test('the expectation has every RPC, and nothing else', () => {
  const list = execFileSync(`${build}/bin/cartwright-call`, [`--descriptor_set=${build}/cartwright.descriptors.binpb`, 'list'],
    { encoding: 'utf8' });
  const served = list.trim().split('\n').map((line) => line.split(' ')[0]).sort();
  assert.deepEqual(rpcs.map(({ service, name }) => `${service}/${name}`).sort(), served);
});

test('what users and administrators may do is called by the gateway, where their token is verified', () => {
  const others = rpcs.filter(({ access, callers }) => ['USER', 'ADMIN'].includes(access)
    && callers.some((caller) => !['gateway', 'operator'].includes(caller)));
  // Read while a checkout is served; docs/adr/2026-11-28-whose-call-it-is.md.
  assert.deepEqual(others.map(({ name, callers }) => `${name} ${callers.join(' ')}`), ['GetCart gateway order']);
  assert.deepEqual(rpcs.filter(({ access, callers }) => access === 'INTERNAL' && callers.includes('gateway')).map(({ name }) => name).sort(),
    ['CheckExternalToken', 'GetChangeCursor', 'ListRevokedSessions']);
});

test('a route is documented for each RPC that people may call, and for no other', () => {
  const open = rpcs.filter(({ access }) => access !== 'INTERNAL').map(({ name }) => name).sort();
  assert.deepEqual([...routes.keys()].sort(), open);
});

/** Cookies, or tokens of clients: without them a refusal is the RPC's own answer. */
const withCredentialsOfTheirOwn = ['Refresh', 'FinishExternalLogin', 'GetUserinfo'];

/** Why somebody is turned away; undefined when they are not. @param {string} access @param {string} who */
function refusal(access, who) {
  if (access === 'PUBLIC' || who === 'admin') return undefined;
  if (who === 'anonymous') return '401 TOKEN_MISSING';
  if (who === 'shopper') return access === 'ADMIN' ? '403 INSUFFICIENT_SCOPE' : undefined;
  return who === 'admin of yesterday' ? '401 TOKEN_EXPIRED' : '401 TOKEN_INVALID';
}

test('each route as everybody', async () => {
  const wrong = [];
  let asked = 0;
  for (const { name, access } of rpcs) {
    const route = routes.get(name);
    if (!route) continue;
    for (const [who, token] of Object.entries(people)) {
      const json = ['GET', 'DELETE'].includes(route.method) ? undefined : {};
      const reply = await call(route.method, route.path, { json, token, key: randomUUID(), headers: { Origin: shopUrl } });
      const got = `${reply.status} ${reply.body?.reason ?? ''}`;
      const wanted = refusal(access, who);
      asked++;
      const turnedAway = /^40[13] /.test(got) && !withCredentialsOfTheirOwn.includes(name);
      if (wanted === undefined ? turnedAway || reply.status >= 500 : got !== wanted) {
        wrong.push(`${route.method} ${route.path} (${name}) as ${who}: ${got}, not ${wanted ?? 'let through'}`);
      }
    }
  }
  console.log(`${asked} calls of ${routes.size} routes`);
  assert.deepEqual(wrong, []);
});

test('no RPC has a route by its own name', async () => {
  for (const { service, name } of rpcs) {
    const reply = await call('POST', `/${service}/${name}`, { json: {}, token: people.admin });
    // There are only files under paths that no route has, and nobody writes those.
    assert.ok([404, 405].includes(reply.status), `${name}: ${reply.status}`);
  }
});

/** @param {string} name of a file pair in the shop's directory of certificates */
function certificate(name) {
  const tls = `${dataDirectory}/tls`;
  const [ca, cert, key] = [`${tls}/ca.crt`, `${tls}/${name}.crt`, `${tls}/${name}.key`].map((file) => readFileSync(file));
  return { ca, cert, key };
}

/**
 * One session with a process of the shop.
 * @param {string} process @param {{ca: Buffer, cert?: Buffer, key?: Buffer}} identity
 * @returns {Promise<http2.ClientHttp2Session>} throws when there is no connection
 */
async function connect(process, identity) {
  const port = Number(new URL(shopUrl).port) + processes.indexOf(process);
  const session = http2.connect(`https://127.0.0.1:${port}`, { ...identity, checkServerIdentity: () => undefined });
  await new Promise((resolve, reject) => {
    // A refusal of our certificate comes after our side of the handshake.
    session.once('remoteSettings', resolve);
    session.once('error', reject);
    session.once('close', () => reject(new Error('closed')));
  });
  session.on('error', () => session.destroy());
  return session;
}

/** The grpc-status of a call with an empty message. @param {http2.ClientHttp2Session} session @param {string} path @returns {Promise<number>} */
function statusOf(session, path) {
  return new Promise((resolve, reject) => {
    const stream = session.request({
      ':method': 'POST', ':path': path, 'content-type': 'application/grpc', te: 'trailers', 'grpc-timeout': '5S',
    });
    const read = (/** @type {any} */ headers) => {
      if (headers['grpc-status'] === undefined) return;
      resolve(Number(headers['grpc-status']));
      stream.close();
    };
    stream.on('response', read);
    stream.on('trailers', read);
    stream.on('error', reject);
    stream.resume();
    stream.end(Buffer.alloc(5));
  });
}

test('each RPC with each certificate', async () => {
  const permissionDenied = 7;
  const wrong = [];
  let asked = 0;
  for (const caller of [...processes, 'operator', 'shop']) {
    for (const process of processes.slice(1)) {
      const session = await connect(process, certificate(caller));
      for (const { service, name, callers } of rpcs.filter((rpc) => rpc.process === process)) {
        const status = await statusOf(session, `/${service}/${name}`);
        asked++;
        if ((status !== permissionDenied) !== callers.includes(caller)) wrong.push(`${name} by ${caller}: status ${status}`);
      }
      session.destroy();
    }
  }
  console.log(`${asked} calls of ${rpcs.length} RPCs`);
  assert.deepEqual(wrong, []);
});

test('whoever has no certificate of our authority does not even connect', async () => {
  const directory = mkdtempSync(`${tmpdir()}/cartwright-stranger.`);
  try {
    execFileSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '1',
      '-subj', '/CN=gateway', '-addext', 'subjectAltName=DNS:gateway', '-keyout', `${directory}/key`, '-out', `${directory}/crt`],
    { stdio: 'ignore' });
    const { ca } = certificate('gateway');
    const stranger = { ca, cert: readFileSync(`${directory}/crt`), key: readFileSync(`${directory}/key`) };
    for (const process of processes.slice(1)) {
      await assert.rejects(connect(process, { ca }), Error, `${process}: no certificate`);
      await assert.rejects(connect(process, stranger), Error, `${process}: our name, another authority`);
    }
  } finally {
    rmSync(directory, { recursive: true });
  }
});
