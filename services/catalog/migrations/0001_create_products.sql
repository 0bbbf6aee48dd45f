-- Categories and products. Products are archived (active = false), never deleted: orders and
-- carts name them for ever.

CREATE TABLE category (
  category_id text NOT NULL,
  name        text NOT NULL,
  position    int  NOT NULL,  -- place in the shop's list
  CONSTRAINT category_pkey PRIMARY KEY (category_id),
  CONSTRAINT category_id_form CHECK (category_id ~ '^[a-z0-9-]{1,64}$'),
  CONSTRAINT category_name_length CHECK (length(name) BETWEEN 1 AND 100),
  CONSTRAINT category_position_key UNIQUE (position)
);

CREATE TABLE product (
  product_id  uuid   NOT NULL,
  name        text   NOT NULL,
  description text   NOT NULL,
  category_id text   NOT NULL,
  price       bigint NOT NULL,  -- minor units of the shop's currency
  image_url   text   NOT NULL,
  active      boolean     NOT NULL DEFAULT true,
  create_time timestamptz NOT NULL DEFAULT clock_timestamp(),
  update_time timestamptz NOT NULL DEFAULT clock_timestamp(),
  search      tsvector    NOT NULL GENERATED ALWAYS AS (
    setweight(to_tsvector('pg_catalog.english', name), 'A')
    || setweight(to_tsvector('pg_catalog.english', description), 'B')) STORED,
  CONSTRAINT product_pkey PRIMARY KEY (product_id),
  CONSTRAINT product_name_length CHECK (length(name) BETWEEN 1 AND 200),
  -- A page token carries the last name of its page and has at most 1,024 characters.
  CONSTRAINT product_name_fits_page_token CHECK (octet_length(name) <= 640),
  CONSTRAINT product_description_length CHECK (length(description) <= 4000),
  CONSTRAINT product_image_url_length CHECK (length(image_url) <= 1000),
  CONSTRAINT product_price_bounded CHECK (price BETWEEN 1 AND 1000000000),
  CONSTRAINT product_category_fkey FOREIGN KEY (category_id) REFERENCES category
);

-- One index per order, without and with a category; all of them carry the price, so that a
-- price filter reads no rows that it will not return.
CREATE INDEX product_by_name ON product (name, product_id, price) WHERE active;
CREATE INDEX product_by_price ON product (price, product_id) WHERE active;
CREATE INDEX product_by_age ON product (create_time, product_id, price) WHERE active;
CREATE INDEX product_by_category_name ON product (category_id, name, product_id, price)
  WHERE active;
CREATE INDEX product_by_category_price ON product (category_id, price, product_id) WHERE active;
CREATE INDEX product_by_category_age ON product (category_id, create_time, product_id, price)
  WHERE active;
CREATE INDEX product_by_words ON product USING gin (search);
CREATE INDEX product_by_trigrams ON product USING gin (lower(name) gin_trgm_ops);

-- The version of what the shop says of a product: strictly later with every change.
CREATE FUNCTION touch_product() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.update_time := greatest(clock_timestamp(), OLD.update_time + interval '1 microsecond');
  RETURN NEW;
END $$;
CREATE TRIGGER product_changes_its_version BEFORE UPDATE ON product FOR EACH ROW
  WHEN ((OLD.name, OLD.description, OLD.category_id, OLD.price, OLD.image_url, OLD.active)
        IS DISTINCT FROM
        (NEW.name, NEW.description, NEW.category_id, NEW.price, NEW.image_url, NEW.active))
  EXECUTE FUNCTION touch_product();

GRANT SELECT ON category, product TO catalog_app;
