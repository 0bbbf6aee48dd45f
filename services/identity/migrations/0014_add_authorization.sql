-- The shop as an OpenID Connect provider: which applications there are, and what was issued to them.

CREATE TABLE oauth_client (
  client_id    text NOT NULL,
  name         text NOT NULL,
  secret_hash  bytea,   -- SHA-256 of 32 random bytes; null for a client that cannot keep a secret
  create_time  timestamptz NOT NULL DEFAULT clock_timestamp(),
  CONSTRAINT oauth_client_pkey PRIMARY KEY (client_id),
  CONSTRAINT oauth_client_id_form CHECK (client_id ~ '^[A-Za-z0-9._-]{1,64}$'),
  CONSTRAINT oauth_client_name_bounded CHECK (char_length(name) BETWEEN 1 AND 100),
  CONSTRAINT oauth_client_secret_is_a_digest CHECK (length(secret_hash) = 32)
);

CREATE TABLE oauth_redirect (
  client_id     text NOT NULL,
  redirect_uri  text NOT NULL,
  CONSTRAINT oauth_redirect_pkey PRIMARY KEY (client_id, redirect_uri),
  CONSTRAINT oauth_redirect_client_fkey FOREIGN KEY (client_id) REFERENCES oauth_client ON DELETE CASCADE,
  CONSTRAINT oauth_redirect_bounded CHECK (char_length(redirect_uri) <= 1024),
  -- A code goes over TLS, or stays on the machine; and never to a script, or into a fragment.
  CONSTRAINT oauth_redirect_safe CHECK (redirect_uri ~
    '^(https://[^/?#\s\\@]+|http://(localhost|127\.0\.0\.1|\[::1\])(:[0-9]+)?)([/?][^#\s\\]*)?$')
);

CREATE TABLE authorization_code (
  code_hash     bytea NOT NULL,
  client_id     text NOT NULL,
  redirect_uri  text NOT NULL,
  session_id    uuid NOT NULL,   -- in which the user agreed; what is issued ends with it
  challenge     text NOT NULL,
  scope         text NOT NULL,
  nonce         text NOT NULL,   -- empty when the client sent none
  create_time   timestamptz NOT NULL DEFAULT clock_timestamp(),
  expire_time   timestamptz NOT NULL DEFAULT clock_timestamp() + interval '60 seconds',
  use_time      timestamptz,
  CONSTRAINT authorization_code_pkey PRIMARY KEY (code_hash),
  CONSTRAINT authorization_code_redirect_fkey
    FOREIGN KEY (client_id, redirect_uri) REFERENCES oauth_redirect ON DELETE CASCADE,
  CONSTRAINT authorization_code_session_fkey FOREIGN KEY (session_id) REFERENCES session ON DELETE CASCADE,
  CONSTRAINT authorization_code_is_a_digest CHECK (length(code_hash) = 32),
  CONSTRAINT authorization_code_challenge_is_s256 CHECK (challenge ~ '^[A-Za-z0-9_-]{43}$'),
  CONSTRAINT authorization_code_is_short CHECK (expire_time <= create_time + interval '61 seconds')
);
CREATE INDEX authorization_code_by_time ON authorization_code (create_time);
CREATE INDEX authorization_code_by_session ON authorization_code (session_id);
CREATE INDEX authorization_code_by_redirect ON authorization_code (client_id, redirect_uri);
CREATE TRIGGER authorization_code_is_used_once BEFORE UPDATE ON authorization_code
  FOR EACH ROW WHEN (OLD.use_time IS NOT NULL) EXECUTE FUNCTION refuse_revival();

CREATE TABLE oauth_token (
  token_hash   bytea NOT NULL,
  code_hash    bytea NOT NULL,
  expire_time  timestamptz NOT NULL DEFAULT clock_timestamp() + interval '10 minutes',
  revoke_time  timestamptz,
  CONSTRAINT oauth_token_pkey PRIMARY KEY (token_hash),
  -- Whatever races, a code gives one token.
  CONSTRAINT oauth_token_one_of_a_code UNIQUE (code_hash),
  CONSTRAINT oauth_token_code_fkey FOREIGN KEY (code_hash) REFERENCES authorization_code ON DELETE CASCADE,
  CONSTRAINT oauth_token_is_a_digest CHECK (length(token_hash) = 32)
);
CREATE TRIGGER oauth_token_ends_once BEFORE UPDATE ON oauth_token
  FOR EACH ROW WHEN (OLD.revoke_time IS NOT NULL) EXECUTE FUNCTION refuse_revival();

-- Registers a client with its redirect URIs.
CREATE FUNCTION add_client(id text, title text, secret bytea, uris text[]) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = identity, pg_temp AS $$
  INSERT INTO oauth_client (client_id, name, secret_hash) VALUES (id, title, secret);
  INSERT INTO oauth_redirect (client_id, redirect_uri) SELECT id, u FROM unnest(uris) AS t (u);
$$;

CREATE FUNCTION remove_client(id text) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = identity, pg_temp AS $$
BEGIN
  DELETE FROM oauth_client WHERE client_id = id;
  RETURN FOUND;
END $$;

-- Issues a code to a client; false when the session is not the user's, or has ended.
CREATE FUNCTION issue_code(code bytea, client text, uri text, owner uuid, session uuid, s256 text,
                           granted text, once text)
RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER SET search_path = identity, pg_temp AS $$
BEGIN
  DELETE FROM authorization_code WHERE code_hash IN (
    SELECT c.code_hash FROM authorization_code c WHERE c.create_time < clock_timestamp() - interval '1 day'
    ORDER BY c.create_time LIMIT 10 FOR UPDATE SKIP LOCKED);
  PERFORM 1 FROM session s WHERE s.session_id = session AND s.user_id = owner AND is_live(s) FOR KEY SHARE;
  IF NOT FOUND THEN RETURN false; END IF;
  INSERT INTO authorization_code (code_hash, client_id, redirect_uri, session_id, challenge, scope, nonce)
    VALUES (code, client, uri, session, s256, granted, once);
  RETURN true;
END $$;

-- Gives `token` for a code. Whoever presents a code uses it up. `result`:
--   GRANTED   the token is good from now on;
--   REUSED    the code was used before, so somebody has a copy: what it gave has ended now;
--   MISMATCH  it was issued to another client, for another redirect URI, or another challenge;
--   EXPIRED   it was too old, or the user's session has ended;
--   UNKNOWN   no such code.
CREATE FUNCTION redeem_code(code bytea, client text, uri text, s256 text, token bytea,
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
    RETURN;
  END IF;
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
  END IF;
END $$;

REVOKE ALL ON ALL FUNCTIONS IN SCHEMA identity FROM PUBLIC;
GRANT EXECUTE ON FUNCTION add_client, remove_client, issue_code, redeem_code TO identity_app;
GRANT SELECT ON oauth_client, oauth_redirect, authorization_code, oauth_token TO identity_app;
