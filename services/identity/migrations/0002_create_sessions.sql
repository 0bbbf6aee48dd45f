-- A session is one sign-in on one device; its refresh tokens form a chain in which each replaces
-- the one before. Of a token only the SHA-256 is stored.

CREATE TABLE session (
  session_id     uuid NOT NULL,
  user_id        uuid NOT NULL,
  user_agent     text NOT NULL,
  client_ip      text NOT NULL,
  create_time    timestamptz NOT NULL DEFAULT clock_timestamp(),
  last_used_time timestamptz NOT NULL DEFAULT clock_timestamp(),
  -- However often it is used, it ends here; unused for 7 days it ends before.
  expire_time    timestamptz NOT NULL DEFAULT clock_timestamp() + interval '30 days',
  revoke_time    timestamptz,
  revoke_reason  text,
  CONSTRAINT session_pkey PRIMARY KEY (session_id),
  CONSTRAINT session_user_fkey FOREIGN KEY (user_id) REFERENCES users,
  CONSTRAINT session_revoke_reason_known CHECK (revoke_reason IN
    ('LOGOUT', 'REVOKED', 'PASSWORD_CHANGED', 'TOKEN_REUSED', 'TOO_MANY')),
  CONSTRAINT session_revoked_for_a_reason
    CHECK ((revoke_time IS NULL) = (revoke_reason IS NULL))
) WITH (fillfactor = 80);
-- Without last_used_time in it, so that a refresh is a HOT update.
CREATE INDEX session_live_by_user ON session (user_id) WHERE revoke_time IS NULL;
CREATE INDEX session_ended_by_user ON session (user_id, revoke_time)
  WHERE revoke_time IS NOT NULL;

CREATE TABLE refresh_token (
  token_hash  bytea NOT NULL,
  session_id  uuid NOT NULL,
  use_time    timestamptz,   -- when it was replaced
  CONSTRAINT refresh_token_pkey PRIMARY KEY (token_hash),
  CONSTRAINT refresh_token_session_fkey
    FOREIGN KEY (session_id) REFERENCES session ON DELETE CASCADE,
  CONSTRAINT refresh_token_is_a_digest CHECK (length(token_hash) = 32)
) WITH (fillfactor = 80);
CREATE INDEX refresh_token_by_session ON refresh_token (session_id, use_time);
-- Whatever races, one token of a session is good.
CREATE UNIQUE INDEX refresh_token_one_is_current ON refresh_token (session_id)
  WHERE use_time IS NULL;

-- What ended stays ended, and what was used stays used; for the owner, too.
CREATE FUNCTION refuse_revival() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'a row of % cannot come back to life', TG_TABLE_NAME
    USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER session_ends_once BEFORE UPDATE ON session
  FOR EACH ROW WHEN (OLD.revoke_time IS NOT NULL) EXECUTE FUNCTION refuse_revival();
CREATE TRIGGER refresh_token_is_used_once BEFORE UPDATE ON refresh_token
  FOR EACH ROW WHEN (OLD.use_time IS NOT NULL AND NEW.use_time IS NULL)
  EXECUTE FUNCTION refuse_revival();

-- Neither revoked, nor too old, nor unused for too long.
CREATE FUNCTION is_live(s session) RETURNS boolean LANGUAGE sql STABLE
  RETURN s.revoke_time IS NULL AND s.expire_time > clock_timestamp()
         AND s.last_used_time > clock_timestamp() - interval '7 days';

REVOKE ALL ON ALL FUNCTIONS IN SCHEMA identity FROM PUBLIC;
GRANT EXECUTE ON FUNCTION is_live, email_key, roles_of TO identity_app;
GRANT SELECT ON session TO identity_app;
