import assert from 'node:assert/strict';
import test from 'node:test';

import { findings } from '../findings.mjs';
import noFloats from './no_floats.mjs';

test('binary fractions are found in code, protos and schema', () => {
  const texts = {
    'services/wallet/ledger.cc': 'double Half(int64_t amount);\nauto x = std::stod(text);\n',
    'proto/cartwright/cart/v1/cart.proto': 'message A {\n  double price = 1;\n}\n',
    'services/cart/migrations/0001_create_cart.sql':
      'CREATE TABLE cart (\n  price double precision,\n  b real\n);\n',
  };
  assert.deepEqual(findings(noFloats, texts), [
    'services/wallet/ledger.cc:1 "double"',
    'services/wallet/ledger.cc:2 "stod"',
    'proto/cartwright/cart/v1/cart.proto:2 "double"',
    'services/cart/migrations/0001_create_cart.sql:2 "double precision"',
    'services/cart/migrations/0001_create_cart.sql:3 "real"',
  ]);
});

test('words, metrics and other processes are let through', () => {
  const texts = {
    'services/wallet/ledger.cc': '// No double near money.\nLog("double");\n',
    'services/order/completion.cc': '  Done().Increment(static_cast<double>(count));\n',
    'services/identity/a.cc': 'double seconds;\n',
    'proto/a.proto': '// A double answer.\n',
    'services/cart/migrations/0001_create_cart.sql':
      "-- a real cart, isn't it\nCHECK (kind = 'real')\n",
    'services/catalog/migrations/0001_create_product.sql': 'rank real := ts_rank(a, b);\n',
  };
  assert.deepEqual(findings(noFloats, texts), []);
});
