-- Lines come with their reservation. What is committed, released or refused has got all that it will ever have.
CREATE FUNCTION check_line_is_in_time() RETURNS trigger LANGUAGE plpgsql
SET enable_seqscan = off AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM reservation
             WHERE order_id = ANY (ARRAY(SELECT order_id FROM added)) AND state <> 'RESERVED') THEN
    RAISE EXCEPTION 'a line violates constraint "reservation_lines_are_in_time": its reservation is decided'
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER reservation_lines_are_in_time AFTER INSERT ON reservation_line
  REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION check_line_is_in_time();
REVOKE ALL ON FUNCTION check_line_is_in_time FROM PUBLIC;
