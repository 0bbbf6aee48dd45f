-- T1: the order, its lines and its saga, in one call and one transaction. Returns the order that
-- the key has then, new or not, and whether it was made for another payload. Violates
-- saga_cart_once when this version of the cart is ordered already, saga_open_once when the items of
-- another order are not out of the cart yet, orders_user_seq_key when the user has placed another one
-- since the cart was about to be read.
CREATE FUNCTION place_order(id uuid, usr uuid, number bigint, key text, payload bytea, hold uuid, cart text,
                            cur char(3), cost bigint, address jsonb, products uuid[], names text[],
                            prices bigint[], quantities int[], owner text, lease interval,
                            OUT placed_id uuid, OUT mismatch bool,
                            OUT placed_time timestamptz)
LANGUAGE plpgsql AS $$
DECLARE
  earlier orders%ROWTYPE;
BEGIN
  INSERT INTO orders (order_id, user_id, user_seq, idempotency_key, fingerprint, hold_id, cart_version,
                      currency, total, shipping_address)
    VALUES (id, usr, number, key, payload, hold, cart, cur, cost, address)
    ON CONFLICT (user_id, idempotency_key) DO NOTHING
    RETURNING order_id, false, create_time INTO placed_id, mismatch, placed_time;
  IF NOT FOUND THEN
    -- A statement of its own, so it sees the row that made ours a conflict.
    SELECT * INTO STRICT earlier FROM orders WHERE user_id = usr AND idempotency_key = key;
    placed_id := earlier.order_id;
    mismatch := earlier.fingerprint <> payload;
    placed_time := earlier.create_time;
    RETURN;
  END IF;
  INSERT INTO order_line (order_id, position, product_id, name, unit_price, quantity)
    SELECT id, l.position, l.product, l.name, l.price, l.quantity
    FROM unnest(products, names, prices, quantities) WITH ORDINALITY
      AS l (product, name, price, quantity, position);
  INSERT INTO saga (order_id, user_id, cart_version, lease_owner, lease_until)
    VALUES (id, usr, cart, owner, clock_timestamp() + lease);
END $$;

REVOKE ALL ON ALL FUNCTIONS IN SCHEMA orders FROM PUBLIC;
GRANT EXECUTE ON FUNCTION place_order TO order_app;
