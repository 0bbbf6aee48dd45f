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
LANGUAGE plpgsql SECURITY DEFINER SET search_path = identity, pg_temp
SET enable_seqscan = off AS $$
DECLARE
  tail    audit_seal%ROWTYPE;
  horizon xid8;
  event   audit_event%ROWTYPE;
  sealed  int := 0;
BEGIN
  IF NOT pg_try_advisory_xact_lock(hashtext('seal:identity')) THEN RETURN NULL; END IF;
  -- Statements of their own, in this order: what the horizon calls over is seen by the next.
  horizon := pg_snapshot_xmin(pg_current_snapshot());
  SELECT * INTO tail FROM audit_seal ORDER BY seq DESC LIMIT 1;
  IF NOT FOUND THEN
    tail := (0, '0', 0, sha256(convert_to('identity', 'UTF8')));
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

GRANT SELECT ON audit_event, audit_seal TO identity_app;

-- Accounts and their passwords. A password that is hashed again with today's cost is still the same.
CREATE FUNCTION log_user() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = identity, pg_temp AS $$
BEGIN
  INSERT INTO audit_event (action, user_id, subject)
    VALUES (CASE WHEN TG_OP = 'INSERT' THEN 'user.register'
                 WHEN OLD.password_change_time = NEW.password_change_time THEN 'password.rehash'
                 ELSE 'password.change' END, NEW.user_id, NEW.user_id);
  RETURN NULL;
END $$;
CREATE TRIGGER user_is_logged AFTER INSERT ON users FOR EACH ROW EXECUTE FUNCTION log_user();
CREATE TRIGGER user_password_is_logged AFTER UPDATE ON users FOR EACH ROW
  WHEN ((OLD.password_hash, OLD.password_change_time)
        IS DISTINCT FROM (NEW.password_hash, NEW.password_change_time)) EXECUTE FUNCTION log_user();

-- That of a shopper comes with the account.
CREATE FUNCTION log_role() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = identity, pg_temp AS $$
BEGIN
  IF TG_OP <> 'INSERT' AND OLD.role <> 'shopper' THEN
    INSERT INTO audit_event (action, user_id, subject) VALUES ('role.revoke', OLD.user_id, OLD.role);
  END IF;
  IF TG_OP <> 'DELETE' AND NEW.role <> 'shopper' THEN
    INSERT INTO audit_event (action, user_id, subject) VALUES ('role.grant', NEW.user_id, NEW.role);
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER user_role_is_logged AFTER INSERT OR UPDATE OR DELETE ON user_role
  FOR EACH ROW EXECUTE FUNCTION log_role();
CREATE TRIGGER user_roles_stay BEFORE TRUNCATE ON user_role
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_rewriting();

-- A session begins with a sign-in, and ends for a reason.
CREATE FUNCTION log_session() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = identity, pg_temp AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    INSERT INTO audit_event (action, user_id, subject, client_address)
      VALUES ('session.login', NEW.user_id, NEW.session_id, NEW.client_ip);
  ELSE
    INSERT INTO audit_event (action, user_id, subject)
      VALUES (CASE NEW.revoke_reason WHEN 'LOGOUT' THEN 'session.logout'
                                     WHEN 'TOKEN_REUSED' THEN 'session.token_reuse'
                                     ELSE 'session.revoke' END, NEW.user_id, NEW.session_id);
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER session_is_logged AFTER INSERT ON session FOR EACH ROW EXECUTE FUNCTION log_session();
CREATE TRIGGER session_end_is_logged AFTER UPDATE ON session FOR EACH ROW
  WHEN (OLD.revoke_time IS NULL AND NEW.revoke_time IS NOT NULL) EXECUTE FUNCTION log_session();

CREATE FUNCTION log_key() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = identity, pg_temp AS $$
BEGIN
  INSERT INTO audit_event (action, subject)
    VALUES (CASE TG_OP WHEN 'INSERT' THEN 'key.create' ELSE 'key.rotate' END, NEW.key_id);
  RETURN NULL;
END $$;
CREATE TRIGGER signing_key_is_logged AFTER INSERT ON signing_key FOR EACH ROW EXECUTE FUNCTION log_key();
CREATE TRIGGER signing_key_turn_is_logged AFTER UPDATE ON signing_key FOR EACH ROW
  WHEN (OLD.state <> 'SIGNING' AND NEW.state = 'SIGNING') EXECUTE FUNCTION log_key();

-- What leaves no other trace here: a wrong password. `what` is what it was given for.
CREATE FUNCTION log_wrong_password(what text, usr uuid, ip text) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = identity, pg_temp AS $$
  INSERT INTO audit_event (action, result, user_id, subject, client_address)
    VALUES (what, 'FAILED', usr, coalesce(usr::text, 'nobody'), nullif(ip, ''))
$$;

-- What was done before there was a log.
INSERT INTO audit_event (create_time, action, actor, user_id, subject)
  SELECT create_time, 'user.register', 'unknown', user_id, user_id FROM users ORDER BY create_time, user_id;
INSERT INTO audit_event (action, actor, user_id, subject)
  SELECT 'role.grant', 'unknown', user_id, role FROM user_role WHERE role <> 'shopper' ORDER BY user_id, role;
INSERT INTO audit_event (create_time, action, actor, subject)
  SELECT create_time, 'key.create', 'unknown', key_id FROM signing_key ORDER BY create_time, key_id;

REVOKE ALL ON FUNCTION refuse_rewriting, audit_event_bytes, seal_audit_events, log_user, log_role, log_session,
  log_key, log_wrong_password FROM PUBLIC;
GRANT EXECUTE ON FUNCTION seal_audit_events, log_wrong_password TO identity_app;
