-- Codes that somebody who is signed in gives once more are counted apart from those of sign-ins: whoever knows a
-- password and guesses codes does not keep its owner from changing it.
CREATE OR REPLACE FUNCTION admit_code(owner uuid) RETURNS int
LANGUAGE sql SECURITY DEFINER SET search_path = identity, pg_temp AS $$
  SELECT admit_try(user_subject('own-code', owner), interval '1 day');
$$;
CREATE OR REPLACE FUNCTION admit_challenge(challenge bytea, OUT owner uuid, OUT wait_s int)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = identity, pg_temp AS $$
BEGIN
  SELECT c.user_id INTO owner FROM login_challenge c
    WHERE c.challenge_hash = challenge AND c.expire_time > clock_timestamp();
  wait_s := CASE WHEN owner IS NULL THEN 0 ELSE admit_try(user_subject('code', owner), interval '1 day') END;
END $$;
-- A good code forgives both.
CREATE OR REPLACE FUNCTION use_factor(owner uuid, seen bytea, step bigint, recovery bytea) RETURNS boolean
LANGUAGE plpgsql AS $$
DECLARE
  now_sealed bytea;
BEGIN
  SELECT f.sealed INTO now_sealed FROM second_factor f WHERE f.user_id = owner;
  IF seen IS DISTINCT FROM now_sealed THEN RETURN false; END IF;
  IF seen IS NULL THEN RETURN true; END IF;
  IF recovery IS NOT NULL THEN
    UPDATE recovery_code r SET use_time = clock_timestamp()
      WHERE r.user_id = owner AND r.code_hash = recovery AND r.use_time IS NULL;
  ELSE
    UPDATE second_factor f SET last_step = step WHERE f.user_id = owner AND f.last_step < step;
  END IF;
  IF NOT FOUND THEN RETURN false; END IF;
  PERFORM forget_tries(user_subject('code', owner));
  PERFORM forget_tries(user_subject('own-code', owner));
  RETURN true;
END $$;

-- The one function that writes to the log without doing anything else says nothing but that a proof was wrong.
CREATE OR REPLACE FUNCTION log_wrong_password(what text, usr uuid, ip text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = identity, pg_temp AS $$
BEGIN
  IF what NOT IN ('session.login', 'password.change', 'factor.enable', 'factor.disable', 'recovery_codes.replace') THEN
    RAISE EXCEPTION 'nothing that takes a proof: %', what USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  INSERT INTO audit_event (action, result, user_id, subject, client_address)
    VALUES (what, 'FAILED', usr, coalesce(usr::text, 'nobody'), nullif(ip, ''));
END $$;

-- Which applications there are, where they may send people back to, and what users agreed to.
CREATE FUNCTION log_client() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = identity, pg_temp AS $$
DECLARE
  client text := CASE TG_OP WHEN 'DELETE' THEN OLD.client_id ELSE NEW.client_id END;
BEGIN
  INSERT INTO audit_event (action, subject)
    VALUES (CASE TG_OP WHEN 'INSERT' THEN 'client.add' WHEN 'DELETE' THEN 'client.remove' ELSE 'client.change' END, client);
  RETURN NULL;
END $$;
CREATE TRIGGER oauth_client_is_logged AFTER INSERT OR UPDATE OR DELETE ON oauth_client
  FOR EACH ROW EXECUTE FUNCTION log_client();
CREATE FUNCTION log_redirect() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = identity, pg_temp AS $$
BEGIN
  INSERT INTO audit_event (action, subject, details)
    VALUES ('client.redirect', NEW.client_id, jsonb_build_object('redirect_uri', NEW.redirect_uri));
  RETURN NULL;
END $$;
CREATE TRIGGER oauth_redirect_is_logged AFTER INSERT OR UPDATE ON oauth_redirect
  FOR EACH ROW EXECUTE FUNCTION log_redirect();
CREATE FUNCTION log_consent() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = identity, pg_temp AS $$
BEGIN
  INSERT INTO audit_event (action, user_id, subject, details)
    SELECT 'client.authorize', s.user_id, NEW.client_id, jsonb_build_object('scope', NEW.scope)
    FROM session s WHERE s.session_id = NEW.session_id;
  RETURN NULL;
END $$;
CREATE TRIGGER authorization_code_is_logged AFTER INSERT ON authorization_code
  FOR EACH ROW EXECUTE FUNCTION log_consent();

REVOKE ALL ON FUNCTION log_client, log_redirect, log_consent FROM PUBLIC;
