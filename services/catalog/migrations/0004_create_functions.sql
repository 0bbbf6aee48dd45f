-- The operations on stock. Each is one call, one transaction, READ COMMITTED: every statement
-- sees what others committed before it. Lock order: reservations by order id, then stock by
-- product id. SECURITY DEFINER: the app role has no other way to move stock. Rows are found by
-- their keys only: a plan that was made while a table was small would go on scanning all of it
-- when it is not, hence enable_seqscan.

-- Sets aside all lines of an order, or none: RESERVED, REFUSED (for ever, with what was short),
-- ABORTED (was released), MISMATCH (other lines), or COMMITTED on a late replay. `payload` is the
-- fingerprint of the lines. REQUIRES: each product once, at most 100.
CREATE FUNCTION reserve_stock(ord uuid, ids uuid[], quantities int[], payload bytea,
                              time_to_live interval,
                              OUT result text, OUT missing jsonb)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = catalog, pg_temp
SET enable_seqscan = off AS $$
DECLARE
  known reservation%ROWTYPE;
BEGIN
  -- First the claim: this waits for another call with the order, and must do so without a lock on
  -- stock, which that call may still need.
  INSERT INTO reservation (order_id, state, fingerprint, expire_time)
    VALUES (ord, 'RESERVED', payload, clock_timestamp() + time_to_live)
    ON CONFLICT (order_id) DO NOTHING;
  IF FOUND THEN
    -- The locked version of a row is the newest one; a product that is not sold has none.
    WITH locked AS MATERIALIZED (
      SELECT s.product_id, s.on_hand - s.reserved AS available FROM stock s
      WHERE s.product_id = ANY (ids) ORDER BY s.product_id FOR NO KEY UPDATE),
    short AS (
      SELECT w.id, w.quantity, CASE WHEN p.active THEN l.available ELSE 0 END AS available
      FROM unnest(ids, quantities) AS w (id, quantity)
        LEFT JOIN locked l ON l.product_id = w.id
        LEFT JOIN product p ON p.product_id = w.id)
    SELECT jsonb_agg(jsonb_build_object('product_id', id, 'requested', quantity,
                                        'available', coalesce(available, 0)) ORDER BY id)
      INTO missing FROM short WHERE coalesce(available, 0) < quantity;
    IF missing IS NULL THEN
      INSERT INTO reservation_line (order_id, product_id, quantity)
        SELECT ord, w.id, w.quantity FROM unnest(ids, quantities) AS w (id, quantity);
      UPDATE stock SET reserved = reserved + quantities[array_position(ids, product_id)]
        WHERE product_id = ANY (ids);
    ELSE
      UPDATE reservation SET state = 'REFUSED', shortages = missing,
                             decide_time = clock_timestamp() WHERE order_id = ord;
    END IF;
  END IF;
  -- A statement of its own, so it sees the row that made ours a conflict.
  SELECT * INTO STRICT known FROM reservation WHERE order_id = ord;
  result := CASE WHEN known.fingerprint IS NULL THEN 'ABORTED'
                 WHEN known.fingerprint <> payload THEN 'MISMATCH'
                 WHEN known.state = 'RELEASED' THEN 'ABORTED'
                 ELSE known.state END;
  missing := CASE WHEN result = 'REFUSED' THEN known.shortages END;
END $$;

-- Gives reserved stock back; of an unknown order it leaves a tombstone. Returns the state that
-- the reservation has then: RELEASED, or what was decided before.
CREATE FUNCTION release_stock(ord uuid, why text) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = catalog, pg_temp
SET enable_seqscan = off AS $$
DECLARE
  found_state text;
BEGIN
  -- Waits for a reserve of the same order that is under way.
  INSERT INTO reservation (order_id, state, reason, decide_time)
    VALUES (ord, 'RELEASED', why, clock_timestamp()) ON CONFLICT (order_id) DO NOTHING;
  IF FOUND THEN RETURN 'RELEASED'; END IF;
  SELECT state INTO STRICT found_state FROM reservation
    WHERE order_id = ord FOR NO KEY UPDATE;
  IF found_state <> 'RESERVED' THEN RETURN found_state; END IF;
  UPDATE reservation SET state = 'RELEASED', reason = why, decide_time = clock_timestamp()
    WHERE order_id = ord;
  PERFORM 1 FROM stock
    WHERE product_id IN (SELECT product_id FROM reservation_line WHERE order_id = ord)
    ORDER BY product_id FOR NO KEY UPDATE;
  UPDATE stock s SET reserved = s.reserved - l.quantity FROM reservation_line l
    WHERE l.order_id = ord AND s.product_id = l.product_id;
  RETURN 'RELEASED';
END $$;

-- Takes reserved stock off the shelf, of up to 256 distinct orders in one transaction; each stock
-- row is written once. One row per order: COMMITTED, or why not (UNKNOWN, RELEASED, REFUSED), in
-- which case nothing of that order changed.
CREATE FUNCTION commit_stock(orders uuid[])
RETURNS TABLE (order_id uuid, result text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = catalog, pg_temp
SET enable_seqscan = off AS $$
#variable_conflict use_column
DECLARE
  done uuid[];
  ids uuid[];
  sums bigint[];
BEGIN
  -- Locks first, in id order: UPDATE takes them in any order.
  PERFORM 1 FROM reservation WHERE order_id = ANY (orders) ORDER BY order_id FOR NO KEY UPDATE;
  WITH taken AS (
    UPDATE reservation r SET state = 'COMMITTED', decide_time = clock_timestamp()
    WHERE r.order_id = ANY (orders) AND r.state = 'RESERVED' RETURNING r.order_id)
  SELECT coalesce(array_agg(t.order_id), '{}') INTO done FROM taken t;
  SELECT array_agg(g.product_id), array_agg(g.quantity) INTO ids, sums
    FROM (SELECT l.product_id, sum(l.quantity) AS quantity FROM reservation_line l
          WHERE l.order_id = ANY (done) GROUP BY 1) g;
  PERFORM 1 FROM stock WHERE product_id = ANY (ids) ORDER BY product_id FOR NO KEY UPDATE;
  INSERT INTO stock_journal (product_id, delta, kind, order_id)
    SELECT l.product_id, -l.quantity, 'COMMIT', l.order_id FROM reservation_line l
    WHERE l.order_id = ANY (done);
  UPDATE stock s SET on_hand = s.on_hand - w.quantity, reserved = s.reserved - w.quantity
    FROM unnest(ids, sums) AS w (id, quantity) WHERE s.product_id = w.id;
  RETURN QUERY
    SELECT w.id, coalesce(r.state, 'UNKNOWN')
    FROM unnest(orders) AS w (id) LEFT JOIN reservation r ON r.order_id = w.id;
END $$;

REVOKE ALL ON ALL FUNCTIONS IN SCHEMA catalog FROM PUBLIC;
GRANT EXECUTE ON FUNCTION reserve_stock, release_stock, commit_stock TO catalog_app;
