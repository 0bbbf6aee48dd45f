import assert from 'node:assert/strict';
import test from 'node:test';

import { findings } from '../findings.mjs';
import exceptions from './exceptions.mjs';

const text =
  'void F() {\n  try {\n    G();\n  } catch (const std::exception& e) {\n    throw;\n  }\n}\n';

test('exceptions are found outside the borders', () => {
  assert.deepEqual(findings(exceptions, { 'services/cart/cart.cc': text }), [
    'services/cart/cart.cc:2 "try"',
    'services/cart/cart.cc:4 "catch"',
    'services/cart/cart.cc:5 "throw"',
  ]);
  assert.equal(
    findings(exceptions, { 'shared/kit/kit.cc': text, 'gateway/router.cc': text }).length,
    6,
  );
});

test('borders, words and comments are let through', () => {
  const texts = {
    'shared/db/connection.cc': text,
    'shared/rpc/pipeline.cc': text,
    'shared/kit/service_main.cc': text,
    'gateway/http_server.cc': text,
    'gateway/problem.cc':
      '// try again\nreturn "try again";\nretry();\nstd::rethrow_exception(e);\n',
  };
  assert.deepEqual(findings(exceptions, texts), []);
});
