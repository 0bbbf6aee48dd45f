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
LANGUAGE plpgsql SECURITY DEFINER SET search_path = orders, pg_temp
SET enable_seqscan = off AS $$
DECLARE
  tail    audit_seal%ROWTYPE;
  horizon xid8;
  event   audit_event%ROWTYPE;
  sealed  int := 0;
BEGIN
  IF NOT pg_try_advisory_xact_lock(hashtext('seal:orders')) THEN RETURN NULL; END IF;
  -- Statements of their own, in this order: what the horizon calls over is seen by the next.
  horizon := pg_snapshot_xmin(pg_current_snapshot());
  SELECT * INTO tail FROM audit_seal ORDER BY seq DESC LIMIT 1;
  IF NOT FOUND THEN
    tail := (0, '0', 0, sha256(convert_to('orders', 'UTF8')));
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

GRANT SELECT ON audit_event, audit_seal TO order_app;

-- What a user agreed to pay.
CREATE FUNCTION log_order() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = orders, pg_temp AS $$
BEGIN
  INSERT INTO audit_event (action, user_id, subject, details)
    VALUES ('order.place', NEW.user_id, NEW.order_id, jsonb_build_object(
      'hold_id', NEW.hold_id, 'currency', NEW.currency, 'total', NEW.total,
      'fingerprint', encode(NEW.fingerprint, 'hex')));
  RETURN NULL;
END $$;
CREATE TRIGGER order_is_logged AFTER INSERT ON orders FOR EACH ROW EXECUTE FUNCTION log_order();

-- Who called an order off: the buyer, or an administrator, who refunds it. One that was called off
-- already stays as it is, and the call is in the log.
CREATE FUNCTION log_cancellation() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = orders, pg_temp AS $$
BEGIN
  INSERT INTO audit_event (action, result, actor, user_id, subject, details)
    VALUES (CASE WHEN NEW.operator IS NULL THEN 'order.cancel' ELSE 'order.refund' END,
            CASE WHEN NEW.effective THEN 'OK' ELSE 'ALREADY' END,
            coalesce(NEW.operator, nullif(current_setting('cartwright.actor', true), ''), session_user),
            NEW.user_id, NEW.order_id,
            jsonb_build_object('fingerprint', encode(NEW.fingerprint, 'hex')));
  RETURN NULL;
END $$;
CREATE TRIGGER cancellation_is_logged AFTER INSERT ON cancellation
  FOR EACH ROW EXECUTE FUNCTION log_cancellation();

-- Commands to a saga; a refund is logged with its cancellation.
CREATE FUNCTION log_saga_command() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = orders, pg_temp AS $$
BEGIN
  INSERT INTO audit_event (action, actor, subject, details)
    VALUES ('saga.' || lower(NEW.command), NEW.operator, NEW.order_id,
            jsonb_build_object('saga_event_id', NEW.saga_event_id, 'state', NEW.state));
  RETURN NULL;
END $$;
CREATE TRIGGER saga_command_is_logged AFTER INSERT ON saga_event FOR EACH ROW
  WHEN (NEW.kind = 'OPERATOR' AND NEW.command <> 'REFUND') EXECUTE FUNCTION log_saga_command();

-- What was done before there was a log.
INSERT INTO audit_event (create_time, action, actor, user_id, subject, details)
  SELECT create_time, 'order.place', 'unknown', user_id, order_id, jsonb_build_object(
    'hold_id', hold_id, 'currency', currency, 'total', total, 'fingerprint', encode(fingerprint, 'hex'))
  FROM orders ORDER BY order_id;
INSERT INTO audit_event (create_time, action, result, actor, user_id, subject, details)
  SELECT create_time, CASE WHEN operator IS NULL THEN 'order.cancel' ELSE 'order.refund' END,
         CASE WHEN effective THEN 'OK' ELSE 'ALREADY' END, coalesce(operator, 'unknown'), user_id, order_id,
         jsonb_build_object('fingerprint', encode(fingerprint, 'hex'))
  FROM cancellation ORDER BY create_time, order_id;
INSERT INTO audit_event (create_time, action, actor, subject, details)
  SELECT create_time, 'saga.' || lower(command), operator, order_id,
         jsonb_build_object('saga_event_id', saga_event_id, 'state', state)
  FROM saga_event WHERE kind = 'OPERATOR' AND command <> 'REFUND' ORDER BY saga_event_id;

REVOKE ALL ON FUNCTION refuse_rewriting, audit_event_bytes, seal_audit_events, log_order, log_cancellation,
  log_saga_command FROM PUBLIC;
GRANT EXECUTE ON FUNCTION seal_audit_events TO order_app;
