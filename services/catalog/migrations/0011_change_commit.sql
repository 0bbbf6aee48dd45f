-- As before, but that a reservation which comes while this waits for its locks is not committed by it: it was
-- unknown when it was asked about, and nobody has locked it in its place in the order.
CREATE OR REPLACE FUNCTION commit_stock(orders uuid[])
RETURNS TABLE (order_id uuid, result text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = catalog, pg_temp
SET enable_seqscan = off AS $$
#variable_conflict use_column
DECLARE
  locked uuid[];
  done uuid[];
  ids uuid[];
  sums bigint[];
BEGIN
  -- Locks first, in id order: UPDATE takes them in any order.
  SELECT coalesce(array_agg(l.order_id), '{}') INTO locked FROM
    (SELECT order_id FROM reservation WHERE order_id = ANY (orders) ORDER BY order_id FOR NO KEY UPDATE) l;
  WITH taken AS (
    UPDATE reservation r SET state = 'COMMITTED', decide_time = clock_timestamp()
    WHERE r.order_id = ANY (locked) AND r.state = 'RESERVED' RETURNING r.order_id)
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
    FROM unnest(orders) AS w (id) LEFT JOIN reservation r ON r.order_id = w.id AND r.order_id = ANY (locked);
END $$;
