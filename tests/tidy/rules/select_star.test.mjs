import assert from 'node:assert/strict';
import test from 'node:test';

import { findings } from '../findings.mjs';
import selectStar from './select_star.mjs';

test('a store lists its columns', () => {
  const texts = {
    'services/cart/cart_store.cc':
      'A("SELECT * FROM cart");\nB("SELECT count(*), a FROM cart");\nC(R"(\n  SELECT c.*\n)");\n',
    'services/cart/cart_store_test.cc': 'A("SELECT * FROM cart");\n',
  };
  assert.deepEqual(findings(selectStar, texts), [
    'services/cart/cart_store.cc:1 "SELECT *"',
    'services/cart/cart_store.cc:4 "SELECT c.*"',
  ]);
});
