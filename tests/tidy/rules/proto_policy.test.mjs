import assert from 'node:assert/strict';
import test from 'node:test';

import { findings } from '../findings.mjs';
import protoPolicy from './proto_policy.mjs';

const path = 'proto/cartwright/a/v1/a.proto';
const service = (body) => `service A {\n  rpc B(C) returns (D)${body}\n}\n`;

test('a method without a policy is found', () => {
  assert.deepEqual(findings(protoPolicy, { [path]: service(';') }), [
    `${path}:2 rpc B has no option (cartwright.api.v1.method)`,
    `${path}:2 rpc B has no access`,
    `${path}:2 rpc B has no callers`,
  ]);
});

test('so is a policy that names no caller, or no access', () => {
  const policy = (body) => service(` {\n    option (cartwright.api.v1.method) = {${body}};\n  }`);
  assert.deepEqual(findings(protoPolicy, { [path]: policy('access: USER') }), [
    `${path}:2 rpc B has no callers`,
  ]);
  assert.deepEqual(
    findings(protoPolicy, { [path]: policy('access: ACCESS_UNSPECIFIED callers: "a"') }),
    [`${path}:2 rpc B has no access`],
  );
  assert.deepEqual(
    findings(protoPolicy, { [path]: policy('access: USER callers: ["a", "b"]') }),
    [],
  );
});
