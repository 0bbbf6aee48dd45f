-- Stands for 60669a7467a728e9e84be5c9384452a5f3c036f60414cf2942b925f1cb3655f1
-- Since 15.20 Postgres alters no table whose rows are an argument of a function with a body that is parsed.
--
-- The access tokens of a provider that speak for a user are one session of theirs: it is listed like any other, it can
-- be ended, gateways hear of its end within two seconds, and of what was issued before that nothing is taken any more.
CREATE OR REPLACE FUNCTION is_live(s session) RETURNS boolean LANGUAGE sql STABLE AS 'SELECT false';
ALTER TABLE session ADD COLUMN of_tokens boolean NOT NULL DEFAULT false;
CREATE OR REPLACE FUNCTION is_live(s session) RETURNS boolean LANGUAGE sql STABLE
  RETURN s.revoke_time IS NULL AND s.expire_time > clock_timestamp()
         AND s.last_used_time > clock_timestamp() - interval '7 days';
CREATE UNIQUE INDEX session_one_of_tokens ON session (user_id) WHERE of_tokens AND revoke_time IS NULL;

-- Access tokens that were issued until then are refused.
ALTER TABLE external_identity ADD COLUMN signed_out_time timestamptz;

CREATE FUNCTION sign_out_tokens() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = identity, pg_temp AS $$
BEGIN
  UPDATE external_identity e SET signed_out_time = NEW.revoke_time WHERE e.user_id = NEW.user_id;
  RETURN NULL;
END $$;
CREATE TRIGGER session_end_is_of_its_tokens AFTER UPDATE ON session FOR EACH ROW
  WHEN (NEW.of_tokens AND OLD.revoke_time IS NULL AND NEW.revoke_time IS NOT NULL) EXECUTE FUNCTION sign_out_tokens();

-- As before, and tokens that nobody has shown yet are signed out, too.
CREATE OR REPLACE FUNCTION end_other_sessions(owner uuid, keep uuid, reason text) RETURNS int LANGUAGE plpgsql AS $$
DECLARE
  ended int;
BEGIN
  UPDATE session s SET revoke_time = clock_timestamp(), revoke_reason = reason
    WHERE s.user_id = owner AND s.session_id <> keep AND s.revoke_time IS NULL;
  GET DIAGNOSTICS ended = ROW_COUNT;
  UPDATE external_identity e SET signed_out_time = clock_timestamp()
    WHERE e.user_id = owner AND NOT EXISTS (SELECT 1 FROM session s WHERE s.session_id = keep AND s.of_tokens);
  DELETE FROM login_challenge c WHERE c.user_id = owner;
  RETURN ended;
END $$;

-- The account of a provider's subject, and the session that its access tokens are; both are made when there is none yet.
-- The session is null for a token that was issued before its user signed out.
CREATE FUNCTION check_external(provider text, person text, id uuid, address text, name text,
                               issued timestamptz, ip text, agent text,
                               OUT owner uuid, OUT made boolean, OUT roles text, OUT session uuid)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = identity, pg_temp AS $$
BEGIN
  SELECT l.owner, l.made, l.roles INTO owner, made, roles FROM link_external(provider, person, id, address, name) l;
  SELECT s.session_id INTO session FROM session s WHERE s.user_id = owner AND s.of_tokens AND s.revoke_time IS NULL;
  IF NOT FOUND THEN
    -- Whoever signs out waits for this, and ends what is made here; or was first, and is seen.
    PERFORM 1 FROM external_identity e WHERE e.user_id = owner FOR NO KEY UPDATE;
    SELECT s.session_id INTO session FROM session s WHERE s.user_id = owner AND s.of_tokens AND s.revoke_time IS NULL;
    IF NOT FOUND AND NOT EXISTS (SELECT 1 FROM external_identity e WHERE e.user_id = owner AND e.signed_out_time >= issued)
    THEN
      INSERT INTO session AS s (session_id, user_id, user_agent, client_ip, of_tokens)
        VALUES (gen_random_uuid(), owner, agent, ip, true) RETURNING s.session_id INTO session;
    END IF;
  ELSE
    UPDATE session s SET last_used_time = clock_timestamp(), expire_time = DEFAULT, client_ip = ip
      WHERE s.session_id = check_external.session AND s.revoke_time IS NULL
        AND s.last_used_time < clock_timestamp() - interval '5 minutes';
  END IF;
  -- Read last: who signed out meanwhile counts.
  IF EXISTS (SELECT 1 FROM external_identity e WHERE e.user_id = owner AND e.signed_out_time >= issued) THEN
    session := NULL;
  END IF;
END $$;

REVOKE ALL ON FUNCTION sign_out_tokens, check_external FROM PUBLIC;
GRANT EXECUTE ON FUNCTION check_external TO identity_app;
