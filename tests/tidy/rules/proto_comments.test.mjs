import assert from 'node:assert/strict';
import test from 'node:test';

import { findings } from '../findings.mjs';
import protoComments from './proto_comments.mjs';

const path = 'proto/cartwright/a/v1/a.proto';

test('a declaration without a comment is found, of whatever kind', () => {
  const text = `service A {
  rpc B(C) returns (D);
}
// C.
message C {
  string id = 1;
  // A kind.
  enum Kind {
    NONE = 0;
  }
}
`;
  assert.deepEqual(findings(protoComments, { [path]: text }), [
    `${path}:1 service A has no comment`,
    `${path}:2 rpc B has no comment`,
    `${path}:6 field id has no comment`,
    `${path}:9 value NONE has no comment`,
  ]);
});

test('an empty comment is none', () => {
  assert.deepEqual(findings(protoComments, { [path]: '//\nmessage A {}\n' }), [
    `${path}:2 message A has no comment`,
  ]);
});
