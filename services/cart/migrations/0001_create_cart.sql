-- Carts and their lines. All tables are keyed by user_id. They change only through the functions
-- of the last migration, which run with the owner's rights: the app role can read, nothing else.

-- One row per user who ever had a line. It stays for ever, so that its version never comes back.
CREATE TABLE cart (
  user_id    uuid   NOT NULL,
  -- Grows with every change of the lines; kept by a trigger.
  version    bigint NOT NULL DEFAULT 0,
  -- Number of lines; kept by a trigger.
  line_count int    NOT NULL DEFAULT 0,
  CONSTRAINT cart_pkey PRIMARY KEY (user_id),
  CONSTRAINT cart_line_count_bounded CHECK (line_count BETWEEN 0 AND 100)
) WITH (fillfactor = 50);  -- room for HOT updates

CREATE TABLE line (
  user_id     uuid   NOT NULL,
  product_id  uuid   NOT NULL,
  -- Order of the lines: greater than that of every line that was there before it.
  position    bigint NOT NULL,
  quantity    int    NOT NULL,
  -- Minor units: price of one piece when the line was added.
  added_price bigint NOT NULL,
  -- What the catalog said last, shown while it cannot be asked.
  name        text    NOT NULL,
  image_url   text    NOT NULL,
  unit_price  bigint  NOT NULL,  -- minor units
  available   int     NOT NULL,  -- counted to 99, which is all that a line can want
  active      boolean NOT NULL,  -- false: not sold any more
  CONSTRAINT line_pkey PRIMARY KEY (user_id, product_id),
  CONSTRAINT line_cart_fkey FOREIGN KEY (user_id) REFERENCES cart,
  CONSTRAINT line_quantity_bounded CHECK (quantity BETWEEN 1 AND 99),
  CONSTRAINT line_position_positive CHECK (position > 0),
  -- 100 lines of 99 pieces at this price fit into a bigint a hundred times over.
  CONSTRAINT line_added_price_bounded CHECK (added_price BETWEEN 0 AND 1000000000000),
  CONSTRAINT line_unit_price_bounded CHECK (unit_price BETWEEN 0 AND 1000000000000),
  CONSTRAINT line_available_bounded CHECK (available BETWEEN 0 AND 99),
  CONSTRAINT line_name_length CHECK (length(name) BETWEEN 1 AND 200),
  CONSTRAINT line_image_url_length CHECK (length(image_url) <= 2048)
) WITH (fillfactor = 80);

-- Orders whose items were taken out of the cart; each has that effect once.
CREATE TABLE removed_order (
  user_id     uuid NOT NULL,
  order_id    uuid NOT NULL,
  remove_time timestamptz NOT NULL DEFAULT clock_timestamp(),
  CONSTRAINT removed_order_pkey PRIMARY KEY (user_id, order_id)
);

GRANT SELECT ON cart, line, removed_order TO cart_app;
