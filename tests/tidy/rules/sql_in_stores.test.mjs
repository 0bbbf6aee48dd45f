import assert from 'node:assert/strict';
import test from 'node:test';

import { findings } from '../findings.mjs';
import sqlInStores from './sql_in_stores.mjs';

test('SQL outside a store is found, however it is written', () => {
  const texts = {
    'services/cart/cart_service.cc':
      'f();\nRun("SELECT 1");\nRun("insert into cart values (1)");\n',
    'services/cart/cart.cc': 'constexpr char k[] = R"sql(\n  UPDATE cart\n  SET a = 1)sql";\n',
    'gateway/a.cc': 'Run("DELETE "\n    "FROM cart");\n',
  };
  assert.deepEqual(findings(sqlInStores, texts), [
    'services/cart/cart_service.cc:2 SQL: SELECT 1',
    'services/cart/cart_service.cc:3 SQL: insert into cart values (1)',
    'services/cart/cart.cc:1 SQL: UPDATE cart',
    'gateway/a.cc:1 SQL: DELETE FROM cart',
  ]);
});

test('stores, the database layer, tests, comments and sentences are let through', () => {
  const texts = {
    'services/cart/cart_store.cc': 'Run("SELECT 1");\n',
    'shared/db/migrator.cc': 'Run("SELECT 1");\n',
    'services/cart/cart_store_test.cc': 'Run("SELECT 1");\n',
    'services/cart/cart.cc': '// SELECT 1\nFail("Select one from the list, or update it.");\n',
  };
  assert.deepEqual(findings(sqlInStores, texts), []);
});
