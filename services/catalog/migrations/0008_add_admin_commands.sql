-- What administrators may do to products and stock. Each command is one function and one transaction;
-- what it changed is written down by triggers, so that nobody can change a product or its price, the
-- owner included, without a row that says so.

-- The history of a product: what it cost from then on, and what the fields that were changed had been.
CREATE TABLE product_change (
  product_change_id bigint GENERATED ALWAYS AS IDENTITY,
  product_id        uuid   NOT NULL,
  kind              text   NOT NULL,
  price             bigint NOT NULL,   -- minor units, after it
  before            jsonb  NOT NULL,   -- {column: old value} of those that were changed
  operator          text,              -- null: not by a command of an administrator
  create_time       timestamptz NOT NULL DEFAULT clock_timestamp(),
  CONSTRAINT product_change_pkey PRIMARY KEY (product_change_id),
  CONSTRAINT product_change_product_fkey FOREIGN KEY (product_id) REFERENCES product,
  CONSTRAINT product_change_kind_known CHECK (kind IN ('CREATE', 'UPDATE', 'ARCHIVE', 'UNARCHIVE')),
  CONSTRAINT product_change_names_fields CHECK ((kind = 'CREATE') = (before = '{}'))
);
CREATE INDEX product_change_by_product ON product_change (product_id, product_change_id);
CREATE TRIGGER product_changes_are_immutable BEFORE UPDATE OR DELETE OR TRUNCATE ON product_change
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- What there was before the history began.
INSERT INTO product_change (product_id, kind, price, before, create_time)
  SELECT product_id, 'CREATE', price, '{}', create_time FROM product ORDER BY create_time, product_id;

-- Who does it: set by the commands below, for their transaction.
CREATE FUNCTION operator_of_transaction() RETURNS text LANGUAGE sql STABLE AS $$
  SELECT nullif(current_setting('catalog.operator', true), '')
$$;

CREATE FUNCTION record_new_products() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = catalog, pg_temp AS $$
BEGIN
  INSERT INTO product_change (product_id, kind, price, before, operator)
    SELECT product_id, 'CREATE', price, '{}', operator_of_transaction() FROM added;
  RETURN NULL;
END $$;
CREATE TRIGGER product_arrival_is_recorded AFTER INSERT ON product
  REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION record_new_products();

CREATE FUNCTION record_product_change() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = catalog, pg_temp AS $$
BEGIN
  INSERT INTO product_change (product_id, kind, price, before, operator)
    SELECT NEW.product_id,
           CASE WHEN OLD.active = NEW.active THEN 'UPDATE'
                WHEN NEW.active THEN 'UNARCHIVE' ELSE 'ARCHIVE' END,
           NEW.price, jsonb_object_agg(was.key, was.value), operator_of_transaction()
    FROM jsonb_each(to_jsonb(OLD) - '{search,create_time,update_time}'::text[]) was
    WHERE was.value IS DISTINCT FROM to_jsonb(NEW) -> was.key;
  RETURN NULL;
END $$;
CREATE TRIGGER product_change_is_recorded AFTER UPDATE ON product FOR EACH ROW
  WHEN ((OLD.name, OLD.description, OLD.category_id, OLD.price, OLD.image_url, OLD.active)
        IS DISTINCT FROM
        (NEW.name, NEW.description, NEW.category_id, NEW.price, NEW.image_url, NEW.active))
  EXECUTE FUNCTION record_product_change();

-- Administrators look for archived products, too; by name, a part of it being found by
-- product_by_trigrams.
CREATE INDEX product_by_any_name ON product (name, product_id);
CREATE INDEX product_archived_by_name ON product (name, product_id) WHERE NOT active;

-- Commands that a key makes once, of one administrator each; of a correction of the stock, also who
-- made it and why. What a refused command did is nothing, and its key may be used again.
CREATE TABLE admin_command (
  operator         text  NOT NULL,
  command          text  NOT NULL,
  idempotency_key  text  NOT NULL,
  fingerprint      bytea NOT NULL,   -- of what the client sent
  product_id       uuid  NOT NULL,
  stock_journal_id bigint,
  reason           text,
  create_time      timestamptz NOT NULL DEFAULT clock_timestamp(),
  CONSTRAINT admin_command_pkey PRIMARY KEY (operator, command, idempotency_key),
  CONSTRAINT admin_command_known CHECK (command IN ('CREATE_PRODUCT', 'ADJUST_STOCK')),
  CONSTRAINT admin_command_key_length CHECK (length(idempotency_key) BETWEEN 1 AND 255),
  CONSTRAINT admin_command_reason_length CHECK (length(reason) BETWEEN 1 AND 200),
  CONSTRAINT admin_command_adjustment_is_journaled
    CHECK ((command = 'ADJUST_STOCK') = (stock_journal_id IS NOT NULL AND reason IS NOT NULL)),
  CONSTRAINT admin_command_journal_key UNIQUE (stock_journal_id),
  -- Checked at commit: a product is claimed before it is made.
  CONSTRAINT admin_command_product_fkey FOREIGN KEY (product_id) REFERENCES product
    DEFERRABLE INITIALLY DEFERRED,
  CONSTRAINT admin_command_journal_fkey FOREIGN KEY (stock_journal_id) REFERENCES stock_journal
);
CREATE INDEX admin_command_adjustments ON admin_command (product_id, stock_journal_id)
  WHERE stock_journal_id IS NOT NULL;
CREATE TRIGGER admin_commands_are_immutable BEFORE UPDATE OR DELETE OR TRUNCATE ON admin_command
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- A correction is seen wherever the number stands: whoever made it wants to see it.
CREATE TRIGGER stock_adjustment_is_counted AFTER INSERT ON stock_journal FOR EACH ROW
  WHEN (NEW.kind = 'ADJUST') EXECUTE FUNCTION count_public_change();

-- The product that the key makes: DONE, REPLAY with the one that it made, or MISMATCH when it was for
-- something else. Violates product_category_fkey for a category that there is not.
CREATE FUNCTION create_product(id uuid, label text, words text, cat text, cost bigint, picture text,
                               pieces bigint, who text, key text, payload bytea,
                               OUT outcome text, OUT made uuid)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = catalog, pg_temp AS $$
DECLARE
  earlier admin_command%ROWTYPE;
BEGIN
  INSERT INTO admin_command (operator, command, idempotency_key, fingerprint, product_id)
    VALUES (who, 'CREATE_PRODUCT', key, payload, id) ON CONFLICT DO NOTHING;
  IF NOT FOUND THEN
    -- A statement of its own, so it sees the row that made ours a conflict.
    SELECT * INTO STRICT earlier FROM admin_command c
      WHERE c.operator = who AND c.command = 'CREATE_PRODUCT' AND c.idempotency_key = key;
    outcome := CASE WHEN earlier.fingerprint = payload THEN 'REPLAY' ELSE 'MISMATCH' END;
    made := earlier.product_id;
    RETURN;
  END IF;
  PERFORM set_config('catalog.operator', who, true);
  INSERT INTO product (product_id, name, description, category_id, price, image_url)
    VALUES (id, label, words, cat, cost, picture);
  INSERT INTO stock (product_id, on_hand) VALUES (id, pieces);
  INSERT INTO stock_journal (product_id, delta, kind) SELECT id, pieces, 'INITIAL' WHERE pieces > 0;
  outcome := 'DONE';
  made := id;
END $$;

-- Changes what is not null, of the product as it was at `seen` (microseconds since the epoch); false
-- when it is not that any more.
CREATE FUNCTION update_product(id uuid, seen bigint, label text, words text, cat text, cost bigint,
                               picture text, who text) RETURNS bool
LANGUAGE plpgsql SECURITY DEFINER SET search_path = catalog, pg_temp AS $$
BEGIN
  PERFORM set_config('catalog.operator', who, true);
  UPDATE product p
    SET name = coalesce(label, p.name), description = coalesce(words, p.description),
        category_id = coalesce(cat, p.category_id), price = coalesce(cost, p.price),
        image_url = coalesce(picture, p.image_url)
    WHERE p.product_id = id AND (extract(epoch FROM p.update_time) * 1000000)::bigint = seen;
  RETURN FOUND;
END $$;

-- Puts a product on sale, or takes it off; false when there is none.
CREATE FUNCTION set_product_active(id uuid, wanted bool, who text) RETURNS bool
LANGUAGE plpgsql SECURITY DEFINER SET search_path = catalog, pg_temp AS $$
BEGIN
  PERFORM set_config('catalog.operator', who, true);
  UPDATE product SET active = wanted WHERE product_id = id;
  RETURN FOUND;
END $$;

-- DONE, REPLAY, MISMATCH, UNKNOWN for a product that there is not, or RESERVED when fewer pieces would
-- be left than are set aside; with the stock as it is then. The lock makes two with one key one after
-- the other, and stock_reserved_within_on_hand stands behind the comparison.
CREATE FUNCTION adjust_stock(id uuid, amount bigint, why text, who text, key text, payload bytea,
                             OUT outcome text, OUT pieces bigint, OUT kept bigint)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = catalog, pg_temp
SET enable_seqscan = off AS $$
DECLARE
  print bytea;
  entry bigint;
BEGIN
  -- A product may have no stock yet. Asked first: an insert of nothing counts as a change, and what is
  -- counted is locked after stock.
  IF NOT EXISTS (SELECT 1 FROM stock s WHERE s.product_id = id) THEN
    INSERT INTO stock (product_id, on_hand) SELECT p.product_id, 0 FROM product p
      WHERE p.product_id = id ON CONFLICT DO NOTHING;
  END IF;
  SELECT s.on_hand, s.reserved INTO pieces, kept FROM stock s
    WHERE s.product_id = id FOR NO KEY UPDATE;
  IF NOT FOUND THEN outcome := 'UNKNOWN'; RETURN; END IF;
  SELECT c.fingerprint INTO print FROM admin_command c
    WHERE c.operator = who AND c.command = 'ADJUST_STOCK' AND c.idempotency_key = key;
  IF FOUND THEN
    outcome := CASE WHEN print = payload THEN 'REPLAY' ELSE 'MISMATCH' END;
    RETURN;
  END IF;
  IF pieces + amount < kept THEN outcome := 'RESERVED'; RETURN; END IF;
  INSERT INTO stock_journal (product_id, delta, kind) VALUES (id, amount, 'ADJUST')
    RETURNING stock_journal_id INTO entry;
  UPDATE stock s SET on_hand = s.on_hand + amount WHERE s.product_id = id RETURNING s.on_hand INTO pieces;
  -- With one key for two products at once, the second violates admin_command_pkey and did nothing.
  INSERT INTO admin_command (operator, command, idempotency_key, fingerprint, product_id,
                             stock_journal_id, reason)
    VALUES (who, 'ADJUST_STOCK', key, payload, id, entry, why);
  outcome := 'DONE';
END $$;

REVOKE ALL ON FUNCTION operator_of_transaction, record_new_products, record_product_change,
  create_product, update_product, set_product_active, adjust_stock FROM PUBLIC;
GRANT EXECUTE ON FUNCTION create_product, update_product, set_product_active, adjust_stock TO catalog_app;
GRANT SELECT ON product_change, admin_command TO catalog_app;
