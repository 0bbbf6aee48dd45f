import assert from 'node:assert/strict';
import test from 'node:test';

import { findings } from '../findings.mjs';
import expandOnly from './expand_only.mjs';

const at = (sql, name = 'services/cart/migrations/0099_change_cart.sql') => findings(expandOnly, { [name]: sql });

test('what adds is good', () => {
  const good = `
    -- DROP TABLE is what the version after the next may do.
    CREATE TABLE visit (id uuid PRIMARY KEY, seen timestamptz NOT NULL);
    ALTER TABLE cart ADD COLUMN note text, ADD COLUMN rank int NOT NULL DEFAULT 0;
    ALTER TABLE cart ADD COLUMN other int DEFAULT 0 NOT NULL;
    CREATE OR REPLACE FUNCTION add_item(uuid) RETURNS void LANGUAGE sql AS $$ SELECT $$;
    DROP INDEX cart_by_user;
    ALTER TABLE cart DROP CONSTRAINT cart_bounded;
    REVOKE ALL ON FUNCTION add_item FROM PUBLIC;`;
  assert.deepEqual(at(good), []);
});

for (const [sql, what] of /** @type {[string, RegExp][]} */ ([
  ['DROP TABLE cart;', /drops/],
  ['ALTER TABLE cart DROP COLUMN note;', /drops/],
  ['DROP FUNCTION add_item(uuid);', /drops/],
  ['ALTER TABLE cart RENAME COLUMN a TO b;', /renames/],
  ['ALTER TABLE cart ALTER COLUMN a TYPE bigint;', /type/],
  ['ALTER TABLE cart ALTER COLUMN a SET NOT NULL;', /refuses/],
  ['ALTER TABLE cart ADD COLUMN a int NOT NULL;', /does not fill/],
  ['ALTER TABLE cart ADD COLUMN a int NOT NULL CHECK (a > 0),\n ADD COLUMN b int;', /does not fill/],
  ['REVOKE INSERT ON cart FROM cart_app;', /right/],
  ['TRUNCATE cart;', /throws/],
])) {
  test(`found: ${sql}`, () => {
    const found = at(`SELECT 1;\n${sql}`);
    assert.equal(found.length, 1, String(found));
    assert.match(found[0], /0099_change_cart\.sql:2 /);
    assert.match(found[0], what);
  });
}

test('what was there before the rule is left alone', () => {
  assert.deepEqual(at('DROP TABLE cart;', 'services/cart/migrations/0003_create_functions.sql'), []);
});
