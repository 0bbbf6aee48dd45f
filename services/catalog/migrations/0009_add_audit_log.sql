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
LANGUAGE plpgsql SECURITY DEFINER SET search_path = catalog, pg_temp
SET enable_seqscan = off AS $$
DECLARE
  tail    audit_seal%ROWTYPE;
  horizon xid8;
  event   audit_event%ROWTYPE;
  sealed  int := 0;
BEGIN
  IF NOT pg_try_advisory_xact_lock(hashtext('seal:catalog')) THEN RETURN NULL; END IF;
  -- Statements of their own, in this order: what the horizon calls over is seen by the next.
  horizon := pg_snapshot_xmin(pg_current_snapshot());
  SELECT * INTO tail FROM audit_seal ORDER BY seq DESC LIMIT 1;
  IF NOT FOUND THEN
    tail := (0, '0', 0, sha256(convert_to('catalog', 'UTF8')));
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

GRANT SELECT ON audit_event, audit_seal TO catalog_app;

-- Every change of a product, its price above all.
CREATE FUNCTION log_product_changes() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = catalog, pg_temp AS $$
BEGIN
  INSERT INTO audit_event (action, actor, subject, details)
    SELECT 'product.' || lower(kind), coalesce(operator, session_user), product_id, jsonb_build_object(
      'product_change_id', product_change_id, 'price', price, 'price_before', before -> 'price',
      'fields', (SELECT coalesce(jsonb_agg(field ORDER BY field), '[]') FROM jsonb_object_keys(before) field))
    FROM added ORDER BY product_change_id;
  RETURN NULL;
END $$;
CREATE TRIGGER product_changes_are_logged AFTER INSERT ON product_change
  REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION log_product_changes();

-- A correction of the stock, at commit: whose command it was is written after it.
CREATE FUNCTION log_stock_adjustment() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = catalog, pg_temp SET enable_seqscan = off AS $$
BEGIN
  INSERT INTO audit_event (action, actor, subject, details)
    SELECT 'stock.adjust', coalesce(c.operator, session_user), NEW.product_id, jsonb_build_object(
      'stock_journal_id', NEW.stock_journal_id, 'delta', NEW.delta,
      'fingerprint', encode(c.fingerprint, 'hex'))
    FROM (SELECT) AS one LEFT JOIN admin_command c ON c.stock_journal_id = NEW.stock_journal_id;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER stock_adjustment_is_logged AFTER INSERT ON stock_journal
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.kind = 'ADJUST')
  EXECUTE FUNCTION log_stock_adjustment();

-- What was done before there was a log.
INSERT INTO audit_event (create_time, action, actor, subject, details)
  SELECT create_time, 'product.' || lower(kind), coalesce(operator, 'unknown'), product_id, jsonb_build_object(
    'product_change_id', product_change_id, 'price', price, 'price_before', before -> 'price',
    'fields', (SELECT coalesce(jsonb_agg(field ORDER BY field), '[]') FROM jsonb_object_keys(before) field))
  FROM product_change ORDER BY product_change_id;
INSERT INTO audit_event (create_time, action, actor, subject, details)
  SELECT j.create_time, 'stock.adjust', coalesce(c.operator, 'unknown'), j.product_id, jsonb_build_object(
    'stock_journal_id', j.stock_journal_id, 'delta', j.delta, 'fingerprint', encode(c.fingerprint, 'hex'))
  FROM stock_journal j LEFT JOIN admin_command c USING (stock_journal_id)
  WHERE j.kind = 'ADJUST' ORDER BY j.stock_journal_id;

REVOKE ALL ON FUNCTION refuse_rewriting, audit_event_bytes, seal_audit_events, log_product_changes,
  log_stock_adjustment FROM PUBLIC;
GRANT EXECUTE ON FUNCTION seal_audit_events TO catalog_app;
