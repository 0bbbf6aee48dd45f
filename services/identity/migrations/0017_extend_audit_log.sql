-- What else the log has to say: who was refused by a provider, and that a code of the authorization code flow came to
-- somebody whom it was not issued to, or twice.

-- A time that the chain of hashes has a number for. Rows of before are not looked at here: the verifier names them.
ALTER TABLE audit_event ADD CONSTRAINT audit_event_time_in_reason
  CHECK (create_time >= '2000-01-01 00:00:00Z' AND create_time < '10000-01-01 00:00:00Z') NOT VALID;

-- As log_wrong_password, and about whom or what it is when no user is known.
CREATE FUNCTION log_refusal(what text, usr uuid, about text, ip text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = identity, pg_temp AS $$
BEGIN
  IF what NOT IN ('session.login', 'password.change', 'factor.enable', 'factor.disable', 'recovery_codes.replace') THEN
    RAISE EXCEPTION 'nothing that takes a proof: %', what USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  INSERT INTO audit_event (action, result, user_id, subject, client_address)
    VALUES (what, 'FAILED', usr, coalesce(usr::text, nullif(about, ''), 'nobody'), nullif(ip, ''));
END $$;

-- As before, and a code that gives nothing leaves a row.
CREATE OR REPLACE FUNCTION redeem_code(code bytea, client text, uri text, s256 text, token bytea,
                                       OUT result text, OUT owner uuid, OUT granted text, OUT once text,
                                       OUT sign_in_time timestamptz)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = identity, pg_temp AS $$
DECLARE
  c authorization_code%ROWTYPE;
  s session%ROWTYPE;
BEGIN
  result := 'UNKNOWN';
  SELECT * INTO c FROM authorization_code a WHERE a.code_hash = code FOR NO KEY UPDATE;
  IF NOT FOUND THEN RETURN; END IF;
  SELECT * INTO STRICT s FROM session x WHERE x.session_id = c.session_id;
  owner := s.user_id;
  IF c.use_time IS NOT NULL THEN
    result := 'REUSED';
    UPDATE oauth_token t SET revoke_time = clock_timestamp() WHERE t.code_hash = code AND t.revoke_time IS NULL;
  ELSE
    UPDATE authorization_code a SET use_time = clock_timestamp() WHERE a.code_hash = code;
    IF (c.client_id, c.redirect_uri, c.challenge) <> (client, uri, s256) THEN
      result := 'MISMATCH';
    ELSIF c.expire_time <= clock_timestamp() OR NOT is_live(s) THEN
      result := 'EXPIRED';
    ELSE
      result := 'GRANTED';
      INSERT INTO oauth_token (token_hash, code_hash) VALUES (token, code);
      granted := c.scope;
      once := c.nonce;
      sign_in_time := s.create_time;
      RETURN;
    END IF;
  END IF;
  INSERT INTO audit_event (action, result, user_id, subject, details)
    VALUES ('client.redeem', 'FAILED', owner, client,
            jsonb_build_object('outcome', result, 'issued_to', c.client_id));
END $$;

REVOKE ALL ON FUNCTION log_refusal FROM PUBLIC;
GRANT EXECUTE ON FUNCTION log_refusal TO identity_app;
