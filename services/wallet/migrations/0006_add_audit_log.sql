-- The audit log: who did what, when, from where, and what came of it. A row is written by triggers, in
-- the transaction of what it tells of, so that nothing is done without its row and none tells of what
-- was rolled back. No secret and no words of people get here.
--
-- A chain of hashes lies over the rows, made behind them (docs/adr/2026-11-28-audit-log-sealed-behind.md).
-- The same in every schema that has a log, but for the name of the schema.

CREATE TABLE audit_event (
  transaction_id xid8   NOT NULL DEFAULT pg_current_xact_id(),
  audit_event_id bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
  create_time    timestamptz NOT NULL DEFAULT clock_timestamp(),
  action         text   NOT NULL,
  result         text   NOT NULL DEFAULT 'OK',
  -- An operator, or the process that called, by its certificate; whoever is at the database, else.
  actor          text   NOT NULL
    DEFAULT coalesce(nullif(current_setting('cartwright.actor', true), ''), session_user),
  database_role  name   NOT NULL DEFAULT session_user,
  user_id        uuid,                      -- whose it is; of a failed sign-in null when nobody's
  subject        text   NOT NULL,           -- what it was done to
  client_address text   DEFAULT nullif(current_setting('cartwright.client_address', true), ''),
  details        jsonb  NOT NULL DEFAULT '{}',
  CONSTRAINT audit_event_pkey PRIMARY KEY (transaction_id, audit_event_id)
);

-- The chain: sha256 of the hash before and the row. The first hash before is that of the schema's name.
CREATE TABLE audit_seal (
  seq            bigint NOT NULL,
  transaction_id xid8   NOT NULL,
  audit_event_id bigint NOT NULL,
  hash           bytea  NOT NULL,
  CONSTRAINT audit_seal_pkey PRIMARY KEY (seq),
  CONSTRAINT audit_seal_is_a_digest CHECK (length(hash) = 32)
);

CREATE FUNCTION refuse_rewriting() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% of % is not allowed', TG_OP, TG_TABLE_NAME
    USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER audit_events_are_immutable BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_event
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_rewriting();
CREATE TRIGGER audit_seals_are_immutable BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_seal
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_rewriting();

-- What is hashed of a row; deploy/audit_log has the same expression, so that no verdict rests on a
-- function that whoever owns the database can replace.
CREATE FUNCTION audit_event_bytes(e audit_event) RETURNS bytea LANGUAGE sql STABLE AS $$
  SELECT convert_to(jsonb_build_array(e.transaction_id::text, e.audit_event_id,
    (extract(epoch FROM e.create_time) * 1000000)::bigint, e.action, e.result, e.actor,
    e.database_role::text, e.user_id, e.subject, e.client_address, e.details)::text, 'UTF8')
$$;

-- Seals up to `most` rows, in the order of their transactions; how many, or null when another process
-- is at it. Only rows of transactions below the oldest that runs: none can come before them any more,
-- however late it commits.
CREATE FUNCTION seal_audit_events(most int) RETURNS int
LANGUAGE plpgsql SECURITY DEFINER SET search_path = wallet, pg_temp
SET enable_seqscan = off AS $$
DECLARE
  tail    audit_seal%ROWTYPE;
  horizon xid8;
  event   audit_event%ROWTYPE;
  sealed  int := 0;
BEGIN
  IF NOT pg_try_advisory_xact_lock(hashtext('seal:wallet')) THEN RETURN NULL; END IF;
  -- Statements of their own, in this order: what the horizon calls over is seen by the next.
  horizon := pg_snapshot_xmin(pg_current_snapshot());
  SELECT * INTO tail FROM audit_seal ORDER BY seq DESC LIMIT 1;
  IF NOT FOUND THEN
    tail := (0, '0', 0, sha256(convert_to('wallet', 'UTF8')));
  END IF;
  FOR event IN
    SELECT * FROM audit_event a
    WHERE (a.transaction_id, a.audit_event_id) > (tail.transaction_id, tail.audit_event_id)
      AND a.transaction_id < horizon
    ORDER BY a.transaction_id, a.audit_event_id LIMIT most
  LOOP
    tail := (tail.seq + 1, event.transaction_id, event.audit_event_id,
             sha256(tail.hash || audit_event_bytes(event)));
    INSERT INTO audit_seal (seq, transaction_id, audit_event_id, hash)
      VALUES (tail.seq, tail.transaction_id, tail.audit_event_id, tail.hash);
    sealed := sealed + 1;
  END LOOP;
  RETURN sealed;
END $$;

GRANT SELECT ON audit_event, audit_seal TO wallet_app;

-- Each hold that was asked for, once its transaction has decided whether there is one.
CREATE FUNCTION log_hold() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = wallet, pg_temp SET enable_seqscan = off AS $$
BEGIN
  INSERT INTO audit_event (action, result, user_id, subject, details)
    SELECT 'wallet.hold', CASE h.state WHEN 'REFUSED' THEN 'REFUSED' ELSE 'OK' END, h.account_id, h.hold_id,
           jsonb_build_object('order_id', h.order_id, 'currency', h.currency, 'amount', h.amount)
    FROM hold h WHERE h.hold_id = NEW.hold_id;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER hold_is_logged AFTER INSERT ON hold DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW WHEN (NEW.account_id IS NOT NULL) EXECUTE FUNCTION log_hold();

-- The end of a hold without a payment; of one that never came, its tombstone.
CREATE FUNCTION log_release() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = wallet, pg_temp AS $$
BEGIN
  INSERT INTO audit_event (action, user_id, subject, details)
    VALUES (CASE NEW.state WHEN 'EXPIRED' THEN 'wallet.expire' ELSE 'wallet.release' END,
            NEW.account_id, NEW.hold_id, jsonb_build_object('order_id', NEW.order_id, 'amount', NEW.amount));
  RETURN NULL;
END $$;
CREATE TRIGGER hold_release_is_logged AFTER UPDATE ON hold FOR EACH ROW
  WHEN (OLD.state = 'RESERVED' AND NEW.state IN ('RELEASED', 'EXPIRED')) EXECUTE FUNCTION log_release();
CREATE TRIGGER hold_tombstone_is_logged AFTER INSERT ON hold FOR EACH ROW
  WHEN (NEW.account_id IS NULL) EXECUTE FUNCTION log_release();

CREATE FUNCTION log_capture() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = wallet, pg_temp AS $$
BEGIN
  INSERT INTO audit_event (action, user_id, subject, details)
    VALUES ('wallet.capture', NEW.debit_id, NEW.hold_id, jsonb_build_object(
      'journal_id', NEW.journal_id, 'order_id', NEW.order_id, 'debit', NEW.debit_id,
      'credit', NEW.credit_id, 'currency', NEW.currency, 'amount', NEW.amount));
  RETURN NULL;
END $$;
CREATE TRIGGER journal_capture_is_logged AFTER INSERT ON journal FOR EACH ROW
  WHEN (NEW.kind = 'CAPTURE') EXECUTE FUNCTION log_capture();

-- A deposit or a refund, when its key has its posting, so that the fingerprint of the call is in the log.
CREATE FUNCTION log_operation() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = wallet, pg_temp SET enable_seqscan = off AS $$
BEGIN
  INSERT INTO audit_event (action, user_id, subject, details)
    SELECT 'wallet.' || lower(j.kind), j.credit_id, coalesce(j.refund_of, j.credit_id), jsonb_build_object(
      'journal_id', j.journal_id, 'order_id', j.order_id, 'debit', j.debit_id, 'credit', j.credit_id,
      'currency', j.currency, 'amount', j.amount, 'fingerprint', encode(NEW.fingerprint, 'hex'))
    FROM journal j WHERE j.journal_id = NEW.journal_id;
  RETURN NULL;
END $$;
CREATE TRIGGER operation_is_logged AFTER UPDATE ON operation FOR EACH ROW
  WHEN (OLD.journal_id IS NULL AND NEW.journal_id IS NOT NULL) EXECUTE FUNCTION log_operation();

-- What was done before there was a log.
INSERT INTO audit_event (create_time, action, result, actor, user_id, subject, details)
  SELECT create_time, 'wallet.hold', CASE state WHEN 'REFUSED' THEN 'REFUSED' ELSE 'OK' END, 'unknown',
         account_id, hold_id, jsonb_build_object('order_id', order_id, 'currency', currency, 'amount', amount)
  FROM hold WHERE account_id IS NOT NULL ORDER BY create_time, hold_id;
INSERT INTO audit_event (create_time, action, actor, user_id, subject, details)
  SELECT decide_time, CASE state WHEN 'EXPIRED' THEN 'wallet.expire' ELSE 'wallet.release' END, 'unknown',
         account_id, hold_id, jsonb_build_object('order_id', order_id, 'amount', amount)
  FROM hold WHERE state IN ('RELEASED', 'EXPIRED') ORDER BY decide_time, hold_id;
INSERT INTO audit_event (create_time, action, actor, user_id, subject, details)
  SELECT j.create_time, 'wallet.' || lower(j.kind), 'unknown',
         CASE j.kind WHEN 'CAPTURE' THEN j.debit_id ELSE j.credit_id END,
         coalesce(j.hold_id, j.refund_of, j.credit_id),
         jsonb_build_object('journal_id', j.journal_id, 'order_id', j.order_id, 'debit', j.debit_id,
           'credit', j.credit_id, 'currency', j.currency, 'amount', j.amount)
         || CASE WHEN o.journal_id IS NULL THEN '{}'
                 ELSE jsonb_build_object('fingerprint', encode(o.fingerprint, 'hex')) END
  FROM journal j LEFT JOIN operation o USING (journal_id) ORDER BY j.journal_id;

REVOKE ALL ON FUNCTION refuse_rewriting, audit_event_bytes, seal_audit_events, log_hold, log_release,
  log_capture, log_operation FROM PUBLIC;
GRANT EXECUTE ON FUNCTION seal_audit_events TO wallet_app;
