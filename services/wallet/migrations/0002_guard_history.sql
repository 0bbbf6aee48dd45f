-- What was written stays: these rules hold for the owner, too.

CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% of % is not allowed', TG_OP, TG_TABLE_NAME
    USING ERRCODE = 'integrity_constraint_violation';
END $$;

CREATE TRIGGER journal_is_immutable BEFORE UPDATE OR DELETE OR TRUNCATE ON journal
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER operation_stays BEFORE DELETE OR TRUNCATE ON operation
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER hold_stays BEFORE DELETE OR TRUNCATE ON hold
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER account_stays BEFORE DELETE OR TRUNCATE ON account
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- A hold is decided once: RESERVED -> CAPTURED, RELEASED, EXPIRED or REFUSED.
CREATE FUNCTION check_hold_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.state <> 'RESERVED' OR NEW.state = 'RESERVED'
     OR (NEW.hold_id, NEW.account_id, NEW.order_id, NEW.currency, NEW.amount, NEW.create_time)
        IS DISTINCT FROM
        (OLD.hold_id, OLD.account_id, OLD.order_id, OLD.currency, OLD.amount, OLD.create_time) THEN
    RAISE EXCEPTION 'hold % cannot go from % to %', OLD.hold_id, OLD.state, NEW.state
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER hold_is_decided_once BEFORE UPDATE ON hold
  FOR EACH ROW EXECUTE FUNCTION check_hold_change();

-- An operation's key and fingerprint stand; only its journal row is filled in, once.
CREATE FUNCTION check_operation_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.journal_id IS NOT NULL
     OR (NEW.user_id, NEW.kind, NEW.idempotency_key, NEW.fingerprint)
        IS DISTINCT FROM (OLD.user_id, OLD.kind, OLD.idempotency_key, OLD.fingerprint) THEN
    RAISE EXCEPTION 'an operation is recorded once'
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER operation_is_recorded_once BEFORE UPDATE ON operation
  FOR EACH ROW EXECUTE FUNCTION check_operation_change();

-- At commit, a captured hold has its journal row, with the same amount, and the reverse.
CREATE FUNCTION check_capture_is_posted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (
    SELECT 1 FROM hold h JOIN journal j ON j.hold_id = h.hold_id
    WHERE h.hold_id = NEW.hold_id AND h.state = 'CAPTURED' AND j.kind = 'CAPTURE'
      AND j.amount = h.captured AND j.debit_id = h.account_id AND j.order_id = h.order_id) THEN
    RAISE EXCEPTION 'hold % is captured without its posting', NEW.hold_id
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER hold_capture_is_posted AFTER UPDATE ON hold
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.state = 'CAPTURED')
  EXECUTE FUNCTION check_capture_is_posted();
CREATE CONSTRAINT TRIGGER journal_capture_is_held AFTER INSERT ON journal
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.kind = 'CAPTURE')
  EXECUTE FUNCTION check_capture_is_posted();
