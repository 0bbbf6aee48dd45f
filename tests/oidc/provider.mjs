// Somebody else's OpenID Connect provider (npm oidc-provider) on a port of its own, over TLS, which tests can
// rotate, stop and start again; and people who sign in to it without a browser.

import { execFileSync } from 'node:child_process';
import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import https from 'node:https';
import { tmpdir } from 'node:os';
import { rename, writeFile } from 'node:fs/promises';

import Provider from 'oidc-provider';

/** What the shop's access tokens of this provider are for. */
export const audience = 'https://api.shop.example';
/** A resource of the provider for each way to sign, and one that is not the shop. */
export const resources = {
  es256: 'https://api.shop.example/es256',
  rs256: 'https://api.shop.example/rs256',
  other: 'https://api.other.example',
};

/** A key of the provider. @param {'ES256' | 'RS256'} alg */
function newKey(alg) {
  const pair = alg === 'ES256'
    ? generateKeyPairSync('ec', { namedCurve: 'P-256' })
    : generateKeyPairSync('rsa', { modulusLength: 2048 });
  return { ...pair.privateKey.export({ format: 'jwk' }), alg, use: 'sig', kid: randomUUID() };
}

/**
 * What is wrong with the tokens of some people.
 * @type {Record<string, (payload: any) => void>}
 */
const faults = {
  late: (payload) => {
    payload.iat -= 7200;
    payload.exp = payload.iat + 3600;
  },
  long: (payload) => {
    payload.exp = payload.iat + 20 * 3600;
  },
  longAgo: (payload) => {
    payload.iat -= 3700;
    payload.exp = payload.iat + 20 * 3600;
  },
  elsewhere: (payload) => {
    payload.iss = 'https://other.example';
  },
};

export class TestProvider {
  #directory = mkdtempSync(`${tmpdir()}/cartwright-provider.`);
  /** @type {https.Server} */
  #server;
  #port = 0;
  /** @type {(request: any, response: any) => void} */
  #handle = () => {};
  /** @type {string[]} */
  #redirectUris;
  requests = 0;

  /** @param {string[]} redirectUris of the client `shop` */
  constructor(redirectUris) {
    this.#redirectUris = redirectUris;
    execFileSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes',
      '-days', '2', '-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1',
      '-keyout', this.#file('key'), '-out', this.#file('crt')], { stdio: 'ignore' });
    this.#server = this.#makeServer();
  }

  /** @param {string} name */
  #file(name) {
    return `${this.#directory}/provider.${name}`;
  }

  #makeServer() {
    const options = { key: readFileSync(this.#file('key')), cert: readFileSync(this.#file('crt')) };
    return https.createServer(options, (request, response) => {
      this.requests += 1;
      this.#handle(request, response);
    });
  }

  get caFile() {
    return this.#file('crt');
  }

  get issuer() {
    return `https://localhost:${this.#port}`;
  }

  async start() {
    this.#server = this.#makeServer();
    this.#server.listen(this.#port, '127.0.0.1');
    await once(this.#server, 'listening');
    this.#port = /** @type {import('node:net').AddressInfo} */ (this.#server.address()).port;
    if (!this.provider) this.rotate();
    return this;
  }

  async stop() {
    this.#server.close();
    this.#server.closeAllConnections();
    await once(this.#server, 'close');
  }

  async end() {
    await this.stop();
    rmSync(this.#directory, { recursive: true });
  }

  /** Other keys from now on; nothing that the old ones signed verifies any more. */
  rotate() {
    this.provider = new Provider(this.issuer, this.#configuration());
    this.provider.proxy = true;
    this.#handle = this.provider.callback();
  }

  /** @returns {import('oidc-provider').Configuration} */
  #configuration() {
    return {
      clients: [{
        client_id: 'shop', client_secret: 'a secret: of the shop & the provider', redirect_uris: this.#redirectUris,
        response_types: ['code'], grant_types: ['authorization_code'], id_token_signed_response_alg: 'ES256',
      }, {
        client_id: 'app', redirect_uris: ['https://app.example/back'], token_endpoint_auth_method: 'none',
        response_types: ['code'], grant_types: ['authorization_code'], id_token_signed_response_alg: 'RS256',
      }],
      jwks: { keys: [newKey('RS256'), newKey('ES256')] },
      cookies: { keys: [randomUUID()] },
      claims: { openid: ['sub'], email: ['email'], profile: ['name'] },
      conformIdTokenClaims: false,
      findAccount: (_, id) => ({
        accountId: id,
        claims: async () => ({ sub: id, name: `${id} of the provider`, email: id.includes('@') ? id : `${id}@example.org` }),
      }),
      extraTokenClaims: (_, token) => ({ groups: /** @type {any} */ (token).accountId === 'chief' ? ['shop-admins'] : ['people'] }),
      formats: {
        customizers: {
          jwt: async (_, token, jwt) => {
            faults[/** @type {any} */ (token).accountId]?.(jwt.payload);
            return jwt;
          },
        },
      },
      features: {
        devInteractions: { enabled: true },
        resourceIndicators: {
          enabled: true,
          defaultResource: () => /** @type {any} */ (undefined),
          useGrantedResource: () => true,
          getResourceServerInfo: (_, resource) => ({
            scope: 'shop',
            audience: resource === resources.other ? resource : audience,
            accessTokenFormat: 'jwt',
            accessTokenTTL: 600,
            jwt: { sign: { alg: resource === resources.rs256 ? 'RS256' : 'ES256' } },
          }),
        },
      },
      ttl: { Interaction: 600, Grant: 600, Session: 600, IdToken: 600, AccessToken: 600 },
    };
  }

  /** What the shop is told of it. @param {object} [more] */
  settings(more = {}) {
    return {
      id: 'partner', name: 'Partner', issuer: this.issuer, audience, caFile: this.caFile,
      claims: { roles: 'groups' }, roles: { 'shop-admins': 'admin' }, ...more,
    };
  }

  /** One request, without following redirects. @param {string} url @param {{form?: Record<string, string>, jar?: Map<string, string>}} [options] */
  request(url, { form, jar = new Map() } = {}) {
    return new Promise((resolve, reject) => {
      const body = form && new URLSearchParams(form).toString();
      const request = https.request(new URL(url, this.issuer), {
        method: body === undefined ? 'GET' : 'POST',
        ca: readFileSync(this.caFile),
        agent: false,
        headers: {
          ...(body === undefined ? {} : { 'Content-Type': 'application/x-www-form-urlencoded' }),
          Cookie: [...jar].map(([name, value]) => `${name}=${value}`).join('; '),
        },
      }, async (response) => {
        for (const cookie of response.headers['set-cookie'] ?? []) {
          const [pair] = cookie.split(';');
          jar.set(pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1));
        }
        let text = '';
        for await (const chunk of response) text += chunk;
        resolve({ status: response.statusCode, location: response.headers.location, text });
      });
      request.on('error', reject);
      request.end(body);
    });
  }

  /**
   * Signs somebody in and agrees to everything; where the provider then sends the browser.
   * @param {string} url of the authorization endpoint, with everything @param {string} login
   * @returns {Promise<URL>}
   */
  async signIn(url, login) {
    const jar = new Map();
    let next = url;
    for (let steps = 0; steps < 12; steps += 1) {
      const interaction = new URL(next, this.issuer).pathname.startsWith('/interaction/');
      const prompt = interaction && /name="prompt" value="(\w+)"/.exec((await this.request(next, { jar })).text)?.[1];
      const reply = await this.request(next, { jar, ...(prompt ? { form: { prompt, login, password: 'any' } } : {}) });
      if (!reply.location) throw new Error(`${next}: ${reply.status} ${reply.text}`);
      const target = new URL(reply.location, this.issuer);
      if (target.origin !== this.issuer) return target;
      next = target.href;
    }
    throw new Error('the provider never sends back');
  }
}

/** Puts providers into the file that the shop reads. @param {object[]} providers */
export async function writeProviders(providers) {
  const file = process.env.CARTWRIGHT_IDENTITY_PROVIDERS ?? '';
  // At once, as who deploys it would.
  await writeFile(`${file}.new`, JSON.stringify({ providers }));
  await rename(`${file}.new`, file);
}
