-- The pieces of a committed order can come back, once: COMMITTED -> RETURNED, with a journal row per
-- line. And a reservation whose time ran out has a word of its own, EXPIRED; only the sweeper says it,
-- after the order service said that the order is called off.

ALTER TABLE reservation
  DROP CONSTRAINT reservation_state_known,
  ADD CONSTRAINT reservation_state_known CHECK
    (state IN ('RESERVED', 'COMMITTED', 'RELEASED', 'EXPIRED', 'REFUSED', 'RETURNED'));

-- A reservation is decided once: RESERVED -> COMMITTED, RELEASED or EXPIRED; to REFUSED only while it
-- has no lines yet, which is within the transaction that made it. COMMITTED -> RETURNED changes the
-- state alone.
CREATE OR REPLACE FUNCTION check_reservation_change() RETURNS trigger LANGUAGE plpgsql
SET enable_seqscan = off AS $$
BEGIN
  IF OLD.state = 'COMMITTED' AND NEW.state = 'RETURNED'
     AND to_jsonb(NEW) - 'state' = to_jsonb(OLD) - 'state' THEN
    RETURN NEW;
  END IF;
  IF OLD.state <> 'RESERVED' OR NEW.state IN ('RESERVED', 'RETURNED')
     OR (NEW.state = 'REFUSED'
         AND EXISTS (SELECT 1 FROM reservation_line l WHERE l.order_id = OLD.order_id))
     OR (NEW.order_id, NEW.fingerprint, NEW.expire_time, NEW.create_time)
        IS DISTINCT FROM
        (OLD.order_id, OLD.fingerprint, OLD.expire_time, OLD.create_time) THEN
    RAISE EXCEPTION 'reservation % cannot go from % to %', OLD.order_id, OLD.state, NEW.state
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;

-- At commit, the journal has each line of a returned reservation, with its quantity, and no line of
-- an order came back that is not.
CREATE FUNCTION check_return_is_journaled() RETURNS trigger LANGUAGE plpgsql
SET enable_seqscan = off AS $$
BEGIN
  IF NOT EXISTS (SELECT 1 FROM reservation r
                 WHERE r.order_id = NEW.order_id AND r.state = 'RETURNED')
     OR EXISTS (
       SELECT 1 FROM (SELECT * FROM reservation_line WHERE order_id = NEW.order_id) l
         FULL JOIN (SELECT * FROM stock_journal
                    WHERE order_id = NEW.order_id AND kind = 'RETURN') j USING (product_id)
       WHERE j.delta IS DISTINCT FROM l.quantity) THEN
    RAISE EXCEPTION 'reservation % is returned without its journal', NEW.order_id
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER reservation_return_is_journaled AFTER UPDATE ON reservation
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.state = 'RETURNED')
  EXECUTE FUNCTION check_return_is_journaled();
CREATE CONSTRAINT TRIGGER stock_journal_return_is_recorded AFTER INSERT ON stock_journal
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.kind = 'RETURN')
  EXECUTE FUNCTION check_return_is_journaled();

-- Puts the pieces of a committed order back on the shelf: RETURNED (also for a replay), or UNKNOWN or
-- the state of a reservation that is not committed, and then nothing changed.
CREATE FUNCTION return_stock(ord uuid) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = catalog, pg_temp
SET enable_seqscan = off AS $$
DECLARE
  found_state text;
BEGIN
  SELECT state INTO found_state FROM reservation WHERE order_id = ord FOR NO KEY UPDATE;
  IF found_state IS DISTINCT FROM 'COMMITTED' THEN RETURN coalesce(found_state, 'UNKNOWN'); END IF;
  UPDATE reservation SET state = 'RETURNED' WHERE order_id = ord;
  PERFORM 1 FROM stock
    WHERE product_id IN (SELECT product_id FROM reservation_line WHERE order_id = ord)
    ORDER BY product_id FOR NO KEY UPDATE;
  INSERT INTO stock_journal (product_id, delta, kind, order_id)
    SELECT product_id, quantity, 'RETURN', ord FROM reservation_line WHERE order_id = ord;
  UPDATE stock s SET on_hand = s.on_hand + l.quantity FROM reservation_line l
    WHERE l.order_id = ord AND s.product_id = l.product_id;
  RETURN 'RETURNED';
END $$;

-- The functions of 0004 with the new words: what was returned was committed for good, what has
-- expired was released.

CREATE OR REPLACE FUNCTION reserve_stock(ord uuid, ids uuid[], quantities int[], payload bytea,
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
                 WHEN known.state IN ('RELEASED', 'EXPIRED') THEN 'ABORTED'
                 WHEN known.state = 'RETURNED' THEN 'COMMITTED'
                 ELSE known.state END;
  missing := CASE WHEN result = 'REFUSED' THEN known.shortages END;
END $$;

CREATE OR REPLACE FUNCTION release_stock(ord uuid, why text) RETURNS text
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
  IF found_state <> 'RESERVED' THEN
    RETURN CASE found_state WHEN 'RETURNED' THEN 'COMMITTED' WHEN 'EXPIRED' THEN 'RELEASED'
                            ELSE found_state END;
  END IF;
  UPDATE reservation SET state = 'RELEASED', reason = why, decide_time = clock_timestamp()
    WHERE order_id = ord;
  PERFORM 1 FROM stock
    WHERE product_id IN (SELECT product_id FROM reservation_line WHERE order_id = ord)
    ORDER BY product_id FOR NO KEY UPDATE;
  UPDATE stock s SET reserved = s.reserved - l.quantity FROM reservation_line l
    WHERE l.order_id = ord AND s.product_id = l.product_id;
  RETURN 'RELEASED';
END $$;

CREATE OR REPLACE FUNCTION commit_stock(orders uuid[])
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
    SELECT w.id, CASE WHEN r.state = 'RETURNED' THEN 'COMMITTED' ELSE coalesce(r.state, 'UNKNOWN') END
    FROM unnest(orders) AS w (id) LEFT JOIN reservation r ON r.order_id = w.id;
END $$;

REVOKE ALL ON FUNCTION return_stock, check_return_is_journaled FROM PUBLIC;
GRANT EXECUTE ON FUNCTION return_stock TO catalog_app;
