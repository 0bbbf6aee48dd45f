import assert from 'node:assert/strict';
import test from 'node:test';

import { findings } from '../findings.mjs';
import tables from './tables.mjs';

const document = '| schema | tables |\n|---|---|\n| cart | `cart`, `line` |\n| orders | `saga` |\n';
const found = (/** @type {Record<string, string>} */ sources) => findings(tables, { 'docs/LLD.md': document, ...sources });

test('what is in the row of its schema is known', () => {
  assert.deepEqual(found({
    'services/cart/migrations/0001_create.sql': 'CREATE TABLE cart (\n);\nCREATE TABLE cart.line ();\n',
    'services/order/migrations/0001_create.sql': 'CREATE TABLE saga ();\n',
  }), []);
});

test('what is missing, or in the row of another, is not', () => {
  assert.deepEqual(found({ 'services/cart/migrations/0002_add.sql': '\nCREATE TABLE saga ();\nCREATE TABLE IF NOT EXISTS gift ();\n' }), [
    'services/cart/migrations/0002_add.sql:2 docs/LLD.md has no table saga of cart',
    'services/cart/migrations/0002_add.sql:3 docs/LLD.md has no table gift of cart',
  ]);
});
