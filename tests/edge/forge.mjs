// Tokens as an attacker would make them, and, to see that each claim is checked by itself, tokens that
// the shop's own key has signed: the operator can open it.

import { createCipheriv, createDecipheriv, createHmac, createPrivateKey, createPublicKey, generateKeyPairSync,
  sign } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { query } from '../integration/shop.mjs';

/** @typedef {import('node:crypto').KeyObject} Key */

/** @param {string | Buffer} bytes */
export const encode = (bytes) => Buffer.from(bytes).toString('base64url');
/** @param {string} part */
export const decode = (part) => JSON.parse(Buffer.from(part, 'base64url').toString());

/** The key that signs in this shop, unsealed as identity does it. @returns {Promise<{kid: string, key: Key}>} */
async function openSigningKey() {
  const [[kid, hex]] = await query(
    "SELECT key_id, encode(sealed, 'hex') FROM identity.signing_key WHERE state = 'SIGNING'");
  const text = await readFile(`${process.env.CARTWRIGHT_DATA}/secrets/key_encryption.key`, 'utf8');
  const sealed = Buffer.from(hex, 'hex');
  const cipher = createDecipheriv('aes-256-gcm', Buffer.from(text.trim(), 'hex'), sealed.subarray(0, 12));
  cipher.setAAD(Buffer.from(kid));
  cipher.setAuthTag(sealed.subarray(-16));
  const der = Buffer.concat([cipher.update(sealed.subarray(12, -16)), cipher.final()]);
  return { kid, key: createPrivateKey({ key: der, format: 'der', type: 'sec1' }) };
}

/** @param {Key} key @param {string} content */
export const signEs256 = (key, content) => sign('sha256', Buffer.from(content), { key, dsaEncoding: 'ieee-p1363' });

export class Forger {
  /** @param {string} token a good one @param {string} kid @param {Key} key */
  constructor(token, kid, key) {
    const [header, claims] = token.split('.');
    this.token = token;
    this.header = decode(header);
    this.claims = decode(claims);
    this.kid = kid;
    this.key = key;
    this.stranger = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  }

  /** @param {string} token */
  static async make(token) {
    const { kid, key } = await openSigningKey();
    return new Forger(token, kid, key);
  }

  /** The good token with these members changed; undefined removes one. @param {object} header @param {object} claims @param {Key} [key] */
  signed(header, claims, key = this.key) {
    return this.signedText(JSON.stringify({ ...this.header, ...header }), JSON.stringify({ ...this.claims, ...claims }), key);
  }

  /** @param {string | Buffer} header @param {string | Buffer} claims @param {Key} [key] */
  signedText(header, claims, key = this.key) {
    const content = `${encode(header)}.${encode(claims)}`;
    return `${content}.${encode(signEs256(key, content))}`;
  }

  /** With HMAC, the public key as its secret: what an algorithm that is taken from the token allows. @param {'pem' | 'der'} format */
  hmac(format) {
    const secret = createPublicKey(this.key).export({ format: /** @type {any} */ (format), type: 'spki' });
    const content = `${encode(JSON.stringify({ ...this.header, alg: 'HS256' }))}.${this.token.split('.')[1]}`;
    return `${content}.${encode(createHmac('sha256', secret).update(content).digest())}`;
  }

  /** Without a signature. @param {string} alg @param {string} [signature] */
  unsigned(alg, signature = '') {
    return `${encode(JSON.stringify({ ...this.header, alg }))}.${this.token.split('.')[1]}.${signature}`;
  }

  /** The parts of the good token, to be put together in another way. */
  get parts() {
    const [header, claims, signature] = this.token.split('.');
    return { header, claims, signature };
  }

  /** An encrypted token (JWE) of five parts. */
  encrypted() {
    const cipher = createCipheriv('aes-256-gcm', Buffer.alloc(32), Buffer.alloc(12));
    const text = Buffer.concat([cipher.update(this.token), cipher.final()]);
    return [encode('{"alg":"dir","enc":"A256GCM"}'), '', encode(Buffer.alloc(12)), encode(text), encode(cipher.getAuthTag())].join('.');
  }
}
