-- Orders and their lines: what was bought, at the prices of that moment. Written once by T1.

CREATE TABLE orders (
  order_id         uuid    NOT NULL,   -- version 7: time-ordered, so it also orders the lists
  user_id          uuid    NOT NULL,
  -- Its number among the user's orders. An order takes the number after the one that was the last
  -- before its cart was read: one that was placed meanwhile makes the cart out of date.
  user_seq         bigint  NOT NULL,
  idempotency_key  text    NOT NULL,
  fingerprint      bytea   NOT NULL,   -- of what the client sent, and of nothing else
  hold_id          uuid    NOT NULL,
  cart_version     text    NOT NULL,
  currency         char(3) NOT NULL,
  total            bigint  NOT NULL,   -- minor units
  shipping_address jsonb   NOT NULL,
  create_time      timestamptz NOT NULL DEFAULT clock_timestamp(),
  CONSTRAINT orders_pkey PRIMARY KEY (order_id),
  CONSTRAINT orders_user_seq_key UNIQUE (user_id, user_seq),
  CONSTRAINT orders_user_seq_positive CHECK (user_seq >= 1),
  CONSTRAINT orders_idempotency_key_key UNIQUE (user_id, idempotency_key),
  CONSTRAINT orders_hold_key UNIQUE (hold_id),
  CONSTRAINT orders_key_length CHECK (length(idempotency_key) BETWEEN 1 AND 255),
  CONSTRAINT orders_total_bounded CHECK (total BETWEEN 1 AND 1000000000000)
);
CREATE INDEX orders_by_user ON orders (user_id, order_id DESC);

CREATE TABLE order_line (
  order_id   uuid   NOT NULL,
  position   int    NOT NULL,
  product_id uuid   NOT NULL,
  name       text   NOT NULL,
  unit_price bigint NOT NULL,
  quantity   int    NOT NULL,
  CONSTRAINT order_line_pkey PRIMARY KEY (order_id, position),
  CONSTRAINT order_line_product_key UNIQUE (order_id, product_id),
  CONSTRAINT order_line_order_fkey FOREIGN KEY (order_id) REFERENCES orders,
  CONSTRAINT order_line_price_not_negative CHECK (unit_price >= 0),
  CONSTRAINT order_line_quantity_bounded CHECK (quantity BETWEEN 1 AND 99)
);

CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% of % is not allowed', TG_OP, TG_TABLE_NAME
    USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER orders_are_immutable BEFORE UPDATE OR DELETE OR TRUNCATE ON orders
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER order_lines_are_immutable BEFORE UPDATE OR DELETE OR TRUNCATE ON order_line
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- At commit, an order costs what its lines cost.
CREATE FUNCTION check_order_total() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.total IS DISTINCT FROM
     (SELECT sum(quantity * unit_price) FROM order_line WHERE order_id = NEW.order_id) THEN
    RAISE EXCEPTION 'order % does not cost what its lines cost', NEW.order_id
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER orders_total_is_sum AFTER INSERT ON orders
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION check_order_total();

-- Nor can a line be added to it later.
CREATE FUNCTION check_lines_total() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM orders o WHERE o.order_id IN (SELECT order_id FROM added)
             AND o.total <> (SELECT sum(quantity * unit_price) FROM order_line l
                             WHERE l.order_id = o.order_id)) THEN
    RAISE EXCEPTION 'an order does not cost what its lines cost'
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER order_lines_total_is_sum AFTER INSERT ON order_line
  REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION check_lines_total();

GRANT SELECT, INSERT ON orders, order_line TO order_app;
