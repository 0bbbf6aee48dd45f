// Tables of cases: [name, bytes, what must come back]. What must come back is written as
//
//   '200'   '400 MALFORMED_REQUEST close'   '400 UNKNOWN_FIELD field=userId'   '405 allow=GET,HEAD'
//
// a status, the reason of a problem, and what else is to be seen; an array is one for each of several
// requests that are sent at once. Whatever a case is about, every reply is also held to the rules that
// hold for all of them, and a connection that was not closed must still answer the next request: a
// request that was read differently than it was meant leaves bytes behind.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { get, host, Wire } from './wire.mjs';

/** @typedef {import('./wire.mjs').Reply} Reply */
/** @typedef {[string, string | Buffer, string | string[], ((reply: Reply) => void)?]} Row */

/** @param {Reply} reply @param {string} name */
export const field = (reply, name) => reply.fields.get(name)?.join(', ');

/** Words that no answer may have: they tell about the inside. */
const inside = /googleapis|protobuf|boost|grpc(?!-timeout header)|nginx|\.cc\b|\.h:|std::|SELECT |127\.0\.0\.1:/i;

/** What browsers are told with every answer, whatever its status. */
const guards = Object.entries({
  'x-frame-options': 'DENY', 'referrer-policy': 'same-origin', 'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'camera=(), geolocation=(), microphone=(), payment=(), usb=()',
});

/** @param {Reply} reply */
export function assertAlwaysTrue(reply) {
  const only = (/** @type {string} */ name) => assert.equal(reply.fields.get(name)?.length, 1, `one ${name}`);
  only('date');
  only('x-request-id');
  only('x-content-type-options');
  assert.match(field(reply, 'x-request-id') ?? '', /^[A-Za-z0-9._-]{8,64}$/);
  assert.equal(field(reply, 'x-content-type-options'), 'nosniff');
  for (const [name, value] of guards) assert.equal(field(reply, name), value, name);
  assert.match(field(reply, 'content-security-policy') ?? '', /^default-src 'none'; .*frame-ancestors 'none'/);
  for (const name of ['server', 'via', 'x-powered-by', 'grpc-status', 'grpc-message', 'access-control-allow-origin']) {
    assert.equal(field(reply, name), undefined, `${name} is nobody's business`);
  }
  for (const [name, values] of reply.fields) {
    assert.ok(name === 'set-cookie' || values.length === 1, `${name} is there ${values.length} times`);
  }
  if (reply.status >= 400) assertProblem(reply);
}

/** @param {Reply} reply */
function assertProblem(reply) {
  assert.equal(field(reply, 'content-type'), 'application/problem+json');
  assert.match(field(reply, 'cache-control') ?? '', /no-store/);
  if (reply.status === 401) assert.match(field(reply, 'www-authenticate') ?? '', /^Bearer realm="cartwright"/);
  if (reply.status === 405) assert.ok(field(reply, 'allow'), 'a 405 says what is allowed');
  if (reply.status === 503 || reply.status === 429) assert.ok(field(reply, 'retry-after'));
  const problem = reply.json;
  if (problem === undefined) return; // of a HEAD
  assert.equal(problem.status, reply.status);
  assert.equal(problem.requestId, field(reply, 'x-request-id'));
  assert.match(problem.reason, /^[A-Z][A-Z0-9_]+[A-Z0-9]$/);
  assert.match(problem.traceId, /^[0-9a-f]{32}$/);
  assert.ok(problem.detail && problem.title && problem.code, 'a problem says something to people');
  if (problem.code === 'INVALID_ARGUMENT') assert.ok(Array.isArray(problem.violations));
  assert.doesNotMatch(reply.body.toString(), inside);
}

/** @param {Reply | undefined} reply @param {string} want */
export function assertReply(reply, want) {
  if (want === 'closed') return assert.equal(reply, undefined, 'no reply was wanted');
  assert.ok(reply, 'no reply came');
  assertAlwaysTrue(reply);
  const [status, ...words] = want.split(' ');
  assert.equal(reply.status, Number(status), `status of ${reply.body}`);
  for (const word of words) {
    const [name, value] = word.split('=');
    if (/^[A-Z]/.test(word)) assert.equal(reply.json?.reason, word);
    else if (name === 'close') assert.equal(field(reply, 'connection'), 'close');
    else if (name === 'open') assert.equal(field(reply, 'connection'), undefined);
    else if (name === 'field') assert.equal(reply.json?.violations[0]?.field, value);
    else if (name === 'allow') assert.equal(field(reply, 'allow'), value.split(',').join(', '));
    else assert.equal(name, 'head', `what is ${word}?`);
  }
  return undefined;
}

/** Runs one row on a connection of its own. @param {Row} row */
export async function runRow([, bytes, wanted, check]) {
  const wire = await Wire.open();
  try {
    wire.send(bytes);
    const wants = Array.isArray(wanted) ? wanted : [wanted];
    let closed = false;
    for (const want of wants) {
      const isHead = want.includes(' head') || (wants.length === 1 && bytes.toString('latin1').startsWith('HEAD '));
      const reply = await wire.receive(isHead);
      assertReply(reply, want);
      if (reply) check?.(reply);
      closed = reply === undefined || field(reply, 'connection') === 'close';
    }
    if (closed) {
      assert.ok(await wire.isClosed(), 'the connection stays open, or more came');
    } else {
      wire.send(get('/healthz'));
      const next = await wire.receive();
      assert.equal(next?.body.toString(), 'ok\n', 'the next request has its own answer');
    }
  } catch (error) {
    if (error instanceof Error) error.message += wire.transcript();
    throw error;
  } finally {
    wire.close();
  }
}

/** One test for each row. @param {string} title @param {Row[]} rows */
export function table(title, rows) {
  const names = new Set(rows.map(([name]) => name));
  assert.equal(names.size, rows.length, `${title}: every case has a name of its own`);
  test(title, async (t) => {
    for (const row of rows) await t.test(row[0], () => runRow(row));
  });
}

/** A request head written by hand. @param {string[]} lines @param {string} [after] */
export const raw = (lines, after = '') => `${lines.join('\r\n')}\r\n\r\n${after}`;
export const hostLine = `Host: ${host}`;
