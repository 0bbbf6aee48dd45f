-- Frees an overdue reservation: EXPIRED (also for a replay), UNKNOWN, or the state that it has,
-- RESERVED when its time is not over. REQUIRES: the order service has made durable that the order is
-- called off.
CREATE FUNCTION expire_stock(ord uuid) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = catalog, pg_temp
SET enable_seqscan = off AS $$
DECLARE
  known reservation%ROWTYPE;
BEGIN
  SELECT * INTO known FROM reservation WHERE order_id = ord FOR NO KEY UPDATE;
  IF NOT FOUND THEN RETURN 'UNKNOWN'; END IF;
  IF known.state <> 'RESERVED' OR known.expire_time > clock_timestamp() THEN
    RETURN known.state;
  END IF;
  UPDATE reservation SET state = 'EXPIRED', reason = 'expired', decide_time = clock_timestamp()
    WHERE order_id = ord;
  PERFORM 1 FROM stock
    WHERE product_id IN (SELECT product_id FROM reservation_line WHERE order_id = ord)
    ORDER BY product_id FOR NO KEY UPDATE;
  UPDATE stock s SET reserved = s.reserved - l.quantity FROM reservation_line l
    WHERE l.order_id = ord AND s.product_id = l.product_id;
  RETURN 'EXPIRED';
END $$;

REVOKE ALL ON FUNCTION expire_stock FROM PUBLIC;
GRANT EXECUTE ON FUNCTION expire_stock TO catalog_app;
