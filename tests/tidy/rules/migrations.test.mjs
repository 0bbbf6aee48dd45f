import assert from 'node:assert/strict';
import test from 'node:test';

import { findings } from '../findings.mjs';
import migrations from './migrations.mjs';

const at = (...names) =>
  Object.fromEntries(names.map((name) => [`services/cart/migrations/${name}`, '']));

test('numbers are consecutive from 1, in each service', () => {
  const texts = at('0001_create_cart.sql', '0002_add_version.sql');
  texts['services/order/migrations/0001_create_orders.sql'] = '';
  assert.deepEqual(findings(migrations, texts), []);
});

test('a gap and a number that is there twice are found', () => {
  assert.deepEqual(findings(migrations, at('0001_create_cart.sql', '0003_add_version.sql')), [
    'services/cart/migrations/0003_add_version.sql:1 its number should be 0002',
  ]);
  assert.deepEqual(findings(migrations, at('0001_add_version.sql', '0001_create_cart.sql')), [
    'services/cart/migrations/0001_create_cart.sql:1 its number should be 0002',
  ]);
});

test('a name without a verb, without a noun, or of another kind of file is found', () => {
  const found = findings(
    migrations,
    at('0001_cart.sql', '0002_create.sql', '0003_drop_cart.down.sql'),
  );
  assert.equal(found.length, 3);
  assert.match(found[0], /0001_cart\.sql:1 the name is not/);
});
