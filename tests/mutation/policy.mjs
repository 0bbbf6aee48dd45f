// Changes a policy where processes read it: in the descriptor set, which the gateway loads, and in the
// descriptors that are compiled into a service. Both have the same bytes of a method, and no change here
// makes them longer or shorter.

import assert from 'node:assert/strict';

const accesses = { PUBLIC: 1, USER: 2, ADMIN: 3, INTERNAL: 4 };
/** The tag of MethodOptions' field 58001, our policy. */
const policyTag = Buffer.from([0x8a, 0xa9, 0x1c]);

/** A field of bytes as it is on the wire. @param {number} tag @param {string} text */
const field = (tag, text) => Buffer.concat([Buffer.from([tag, text.length]), Buffer.from(text)]);

/** Where the method's policy begins, and ends. @param {Buffer} bytes @param {string} method */
function policyOf(bytes, method) {
  const name = Buffer.concat([field(0x0a, method), Buffer.from([0x12])]);
  const at = bytes.indexOf(name);
  assert.ok(at >= 0, `there is no method ${method}`);
  assert.equal(bytes.indexOf(name, at + 1), -1, `there are two methods ${method}`);
  const tag = bytes.indexOf(policyTag, at);
  assert.ok(tag >= 0 && tag < at + 400, `${method} has no policy`);
  const start = tag + policyTag.length;
  const long = bytes[start] >= 0x80;
  const length = long ? (bytes[start] & 0x7f) | (bytes[start + 1] << 7) : bytes[start];
  const begin = start + (long ? 2 : 1);
  return { begin, end: begin + length };
}

/** Lets others in. @param {Buffer} bytes @param {string} method @param {'PUBLIC' | 'USER' | 'ADMIN' | 'INTERNAL'} access */
export function setAccess(bytes, method, access) {
  const { begin } = policyOf(bytes, method);
  assert.equal(bytes[begin], 0x08, `${method} says no access first`);
  assert.notEqual(bytes[begin + 1], accesses[access], `${method} is ${access} already`);
  bytes[begin + 1] = accesses[access];
}

/** Puts one caller in the place of another, whose name is as long. @param {Buffer} bytes @param {string} method @param {string} caller @param {string} other */
export function setCaller(bytes, method, caller, other) {
  assert.equal(caller.length, other.length);
  const { begin, end } = policyOf(bytes, method);
  const at = bytes.indexOf(field(0x12, caller), begin);
  assert.ok(at >= 0 && at < end, `${caller} is no caller of ${method}`);
  bytes.write(other, at + 2);
}
