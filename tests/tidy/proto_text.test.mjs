import assert from 'node:assert/strict';
import test from 'node:test';

import { declarationsIn } from './proto_text.mjs';

const text = `syntax = "proto3";
import "x.proto";

// A service.
service CartService {
  // Reads.
  rpc GetCart(A) returns (B) {
    option (google.api.http) = {get: "/api/cart"};
  }
  rpc Bare(A) returns (B);
}

message A {
  option deprecated = true;
  reserved 3;
  // An id.
  string id = 1 [(field) = {
    bind: {subject: true}
  }];
  map<string, int32> counts = 2;
  oneof source {
    bool yes = 4;
  }
  // Kinds.
  enum Kind {
    // None.
    KIND_UNSPECIFIED = 0;
    NEGATIVE = -1 [(http_status) = 400];
  }
}
`;

test('every declaration is found with its line and whether it has a comment', () => {
  assert.deepEqual(
    declarationsIn(text).map((d) => `${d.line} ${d.kind} ${d.name} ${d.documented}`),
    [
      '5 service CartService true',
      '7 rpc GetCart true',
      '10 rpc Bare false',
      '13 message A false',
      '17 field id true',
      '20 field counts false',
      '21 oneof source false',
      '22 field yes false',
      '25 enum Kind true',
      '27 value KIND_UNSPECIFIED true',
      '28 value NEGATIVE false',
    ],
  );
});

test('the body of an rpc is what stands in its braces', () => {
  const [, get, bare] = declarationsIn(text);
  assert.equal(get.body.trim(), 'option (google.api.http) = {get: "/api/cart"};');
  assert.equal(bare.body, '');
});
