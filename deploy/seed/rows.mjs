// What the database is told, as a script for psql. See README.md for what it leaves alone.

import { categories } from './kinds/all.mjs';

/** @typedef {import('./compose.mjs').Product} Product */

const quote = (text) => `'${text.replaceAll("'", "''")}'`;

/**
 * @param {string | number} value
 * @returns {string} as a field of COPY's text format
 */
export const copyField = (value) =>
  String(value).replace(
    /[\\\t\n\r]/g,
    (sign) => ({ '\\': '\\\\', '\t': '\\t', '\n': '\\n', '\r': '\\r' })[sign] ?? sign,
  );

/**
 * @param {Product} product
 * @param {string} imageUrl
 * @returns {string} a line for COPY, in the order of the columns in `before`
 */
export const copyLine = (
  { id, name, description, categoryId, price, onHand, createTime },
  imageUrl,
) =>
  `${[id, name, description, categoryId, price, imageUrl, onHand, createTime].map(copyField).join('\t')}\n`;

/**
 * All of it is one transaction, ended by `after`: whoever stops half way has done nothing. Two that
 * seed at the same time wait for each other. The owner of the schema may not make temporary tables.
 */
export const before = () => `\\set QUIET 1
\\set ON_ERROR_STOP 1
BEGIN;
SET LOCAL client_min_messages = warning;
SET LOCAL lock_timeout = 0;
SELECT FROM pg_advisory_xact_lock(hashtext('cartwright seed'));
INSERT INTO catalog.category (category_id, name, position)
SELECT wanted.category_id, wanted.name, wanted.place + (SELECT coalesce(max(position), 0) FROM catalog.category)
FROM (VALUES ${categories.map(({ id, name }, at) => `(${quote(id)}, ${quote(name)}, ${at + 1})`).join(', ')})
  AS wanted (category_id, name, place)
WHERE NOT EXISTS (SELECT FROM catalog.category c WHERE c.category_id = wanted.category_id);
CREATE UNLOGGED TABLE catalog.seed_product (
  product_id uuid, name text, description text, category_id text, price bigint, image_url text,
  on_hand bigint, create_time timestamptz);
COPY catalog.seed_product FROM STDIN;
`;

/**
 * Stock and its journal are made for new products only: what is on the shelves is not ours to say.
 * The vacuum empties the search indexes' waiting lists and makes index-only scans possible.
 */
export const after = `\\.
WITH added AS (
  INSERT INTO catalog.product (product_id, name, description, category_id, price, image_url,
                               create_time, update_time)
  SELECT product_id, name, description, category_id, price, image_url, create_time, create_time
  FROM catalog.seed_product
  ON CONFLICT (product_id) DO NOTHING
  RETURNING product_id
), stocked AS (
  INSERT INTO catalog.stock (product_id, on_hand, reserved)
  SELECT product_id, on_hand, 0 FROM added JOIN catalog.seed_product USING (product_id)
  RETURNING product_id, on_hand
), journaled AS (
  INSERT INTO catalog.stock_journal (product_id, delta, kind)
  SELECT product_id, on_hand, 'INITIAL' FROM stocked WHERE on_hand > 0
)
SELECT 'added ' || count(*) || ' products' FROM stocked;
DROP TABLE catalog.seed_product;
COMMIT;
VACUUM (ANALYZE) catalog.category, catalog.product, catalog.stock, catalog.stock_journal;
`;
