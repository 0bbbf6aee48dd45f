-- What was written stays: these rules hold for the owner, too.

CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% of % is not allowed', TG_OP, TG_TABLE_NAME
    USING ERRCODE = 'integrity_constraint_violation';
END $$;

CREATE TRIGGER stock_journal_is_immutable BEFORE UPDATE OR DELETE OR TRUNCATE ON stock_journal
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER reservation_line_is_immutable
  BEFORE UPDATE OR DELETE OR TRUNCATE ON reservation_line
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER reservation_stays BEFORE DELETE OR TRUNCATE ON reservation
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER stock_stays BEFORE DELETE OR TRUNCATE ON stock
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER product_stays BEFORE DELETE OR TRUNCATE ON product
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- A reservation is decided once: RESERVED -> COMMITTED or RELEASED; to REFUSED only while it has
-- no lines yet, which is within the transaction that made it.
CREATE FUNCTION check_reservation_change() RETURNS trigger LANGUAGE plpgsql
SET enable_seqscan = off AS $$
BEGIN
  IF OLD.state <> 'RESERVED' OR NEW.state = 'RESERVED'
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
CREATE TRIGGER reservation_is_decided_once BEFORE UPDATE ON reservation
  FOR EACH ROW EXECUTE FUNCTION check_reservation_change();

-- At commit, the journal has each line of a committed reservation, with its quantity.
-- (By its keys: it runs at commit, after the settings of the function that caused it.)
CREATE FUNCTION check_commit_is_journaled() RETURNS trigger LANGUAGE plpgsql
SET enable_seqscan = off AS $$
BEGIN
  IF EXISTS (
    SELECT 1 FROM reservation_line l LEFT JOIN stock_journal j
      ON j.order_id = l.order_id AND j.product_id = l.product_id AND j.kind = 'COMMIT'
    WHERE l.order_id = NEW.order_id AND j.delta IS DISTINCT FROM -l.quantity) THEN
    RAISE EXCEPTION 'reservation % is committed without its journal', NEW.order_id
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER reservation_commit_is_journaled AFTER UPDATE ON reservation
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.state = 'COMMITTED')
  EXECUTE FUNCTION check_commit_is_journaled();
