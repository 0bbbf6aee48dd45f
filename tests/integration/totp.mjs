// What somebody's device does: codes of a shared secret and the time (RFC 6238), made here once more so that the
// shop is not held against itself.

import { createHmac } from 'node:crypto';

import { query } from './shop.mjs';

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** @param {string} base32 */
function decode(base32) {
  const bits = [...base32].map((letter) => alphabet.indexOf(letter).toString(2).padStart(5, '0')).join('');
  return Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => parseInt(byte, 2)));
}

/** The code of a secret. @param {string} secret base32 @param {number} [stepsAhead] of 30 seconds */
export function codeOf(secret, stepsAhead = 0) {
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000) + stepsAhead));
  const mac = createHmac('sha1', decode(secret)).update(counter).digest();
  const number = mac.readUInt32BE(mac[19] & 0xf) & 0x7fffffff;
  return String(number % 1_000_000).padStart(6, '0');
}

/** Six digits that are no code about now. @param {string} secret */
export function wrongCodeOf(secret) {
  const good = [-2, -1, 0, 1, 2, 3].map((ahead) => codeOf(secret, ahead));
  return ['100000', '200000', '300000', '400000', '500000', '600000', '700000'].find((code) => !good.includes(code)) ?? '';
}

/** As if the last code of a user had been used long ago, so that nobody has to wait for the next. @param {string} email */
export async function passTheSteps(email) {
  await query(`SET session_replication_role = replica; UPDATE identity.second_factor SET last_step = last_step - 10
    WHERE user_id = (SELECT user_id FROM identity.users WHERE email = '${email}')`);
}
