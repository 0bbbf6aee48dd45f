-- A saga in the dead letter keeps what is set aside for it until a person has decided, also while it was being
-- called off: it may be there because one participant has let go and the other has not, and to free the
-- rest by time would take away both its evidence and the way forward.
CREATE OR REPLACE FUNCTION resolve_order(id uuid) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = orders, pg_temp AS $$
DECLARE
  mine saga%ROWTYPE;
BEGIN
  PERFORM pg_advisory_xact_lock(hashtextextended(id::text, 0));
  SELECT * INTO mine FROM saga WHERE order_id = id FOR NO KEY UPDATE;
  IF NOT FOUND THEN
    INSERT INTO order_tombstone (order_id) VALUES (id) ON CONFLICT DO NOTHING;
    RETURN 'ABORT';
  END IF;
  IF mine.dead AND mine.state IN ('RESERVING', 'ABORTING') THEN RETURN 'UNDECIDED'; END IF;
  IF mine.state IN ('ABORTING', 'CANCELLED') THEN RETURN 'ABORT'; END IF;
  IF mine.state <> 'RESERVING' THEN
    UPDATE saga SET next_attempt = clock_timestamp()
      WHERE order_id = id AND next_attempt > clock_timestamp();
    RETURN 'COMMIT';
  END IF;
  UPDATE saga SET state = 'ABORTING', reason = 'CHECKOUT_TIMED_OUT', lease_epoch = lease_epoch + 1,
                  retry_count = 0, lease_until = clock_timestamp(), next_attempt = clock_timestamp()
    WHERE order_id = id;
  RETURN 'ABORT';
END $$;

-- Two people, not two spellings of one: only letters and digits tell them apart, and those that look alike by
-- Unicode's compatibility forms do not.
CREATE OR REPLACE FUNCTION person(name text) RETURNS text LANGUAGE sql IMMUTABLE STRICT
  RETURN lower(regexp_replace(normalize(name, NFKC), '[^[:alnum:]]+', '', 'g') COLLATE "und-x-icu");

-- An order is written with all its lines before its saga begins. A line that comes later, even one that costs
-- nothing, is not what was bought.
CREATE FUNCTION check_line_is_in_time() RETURNS trigger LANGUAGE plpgsql
SET enable_seqscan = off AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM saga WHERE order_id = ANY (ARRAY(SELECT order_id FROM added))) THEN
    RAISE EXCEPTION 'a line violates constraint "order_lines_are_in_time": its saga has begun'
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER order_lines_are_in_time AFTER INSERT ON order_line
  REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION check_line_is_in_time();
REVOKE ALL ON FUNCTION check_line_is_in_time FROM PUBLIC;
