-- Every write of users and sessions, one function per RPC. Each locks the user's row before
-- sessions, and a session before its tokens, so that none waits for another in a circle.

-- Makes a session. A user has at most 100 live ones: the one unused for longest makes room.
-- REQUIRES: the user's row is locked, or new.
CREATE FUNCTION start_session(owner uuid, id uuid, token bytea, ip text, agent text)
RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  -- An ended session is kept for longer than its access tokens live.
  DELETE FROM session s
    WHERE s.user_id = owner AND s.revoke_time < clock_timestamp() - interval '1 hour';
  DELETE FROM session s WHERE s.user_id = owner AND s.revoke_time IS NULL
    AND s.last_used_time < clock_timestamp() - interval '30 days';
  UPDATE session SET revoke_time = clock_timestamp(), revoke_reason = 'TOO_MANY'
    WHERE session_id IN (SELECT s.session_id FROM session s
                         WHERE s.user_id = owner AND is_live(s)
                         ORDER BY s.last_used_time DESC OFFSET 99);
  INSERT INTO session (session_id, user_id, user_agent, client_ip) VALUES (id, owner, agent, ip);
  INSERT INTO refresh_token (token_hash, session_id) VALUES (token, id);
END $$;

-- Makes a shopper with a session; when. Violates users_email_key for an address that is taken.
CREATE FUNCTION register_user(id uuid, address text, name text, hash text,
                              session uuid, token bytea, ip text, agent text)
RETURNS timestamptz LANGUAGE plpgsql SECURITY DEFINER SET search_path = identity, pg_temp AS $$
DECLARE
  made timestamptz;
BEGIN
  INSERT INTO users (user_id, email, display_name, password_hash)
    VALUES (id, address, name, hash) RETURNING create_time INTO made;
  INSERT INTO user_role (user_id, role) VALUES (id, 'shopper');
  PERFORM start_session(id, session, token, ip, agent);
  RETURN made;
END $$;

-- Makes a session for a user whose password was checked against `seen`; false when the password
-- changed meanwhile. `better`, when not null, is the same password hashed with today's cost.
CREATE FUNCTION login(owner uuid, seen text, better text,
                      session uuid, token bytea, ip text, agent text)
RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER SET search_path = identity, pg_temp AS $$
BEGIN
  PERFORM 1 FROM users u WHERE u.user_id = owner AND u.password_hash = seen FOR NO KEY UPDATE;
  IF NOT FOUND THEN RETURN false; END IF;
  IF better IS NOT NULL THEN
    UPDATE users u SET password_hash = better WHERE u.user_id = owner;
  END IF;
  PERFORM start_session(owner, session, token, ip, agent);
  RETURN true;
END $$;

-- Replaces a refresh token. `result`:
--   ROTATED  `next` is good from now on;
--   RACED    the token was replaced within the last 10 seconds, as two tabs of one browser do:
--            nothing changed;
--   REUSED   it was replaced before that, so somebody has a copy: the session ended now;
--   EXPIRED  the session was too old, or unused for too long;
--   UNKNOWN  no such token, or its session ended.
CREATE FUNCTION refresh_session(token bytea, next bytea, ip text)
RETURNS TABLE (result text, user_id uuid, session_id uuid, roles text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = identity, pg_temp AS $$
#variable_conflict use_column
DECLARE
  s    session%ROWTYPE;
  used timestamptz;
BEGIN
  result := 'UNKNOWN';
  SELECT * INTO s FROM session WHERE session_id =
    (SELECT t.session_id FROM refresh_token t WHERE t.token_hash = token) FOR NO KEY UPDATE;
  IF NOT FOUND OR s.revoke_time IS NOT NULL THEN RETURN NEXT; RETURN; END IF;
  user_id := s.user_id;
  session_id := s.session_id;
  IF NOT is_live(s) THEN result := 'EXPIRED'; RETURN NEXT; RETURN; END IF;
  -- Read under the session's lock: of two calls with one token the second sees the first.
  SELECT t.use_time INTO STRICT used FROM refresh_token t WHERE t.token_hash = token;
  IF used > clock_timestamp() - interval '10 seconds' THEN
    result := 'RACED';
  ELSIF used IS NOT NULL THEN
    result := 'REUSED';
    UPDATE session SET revoke_time = clock_timestamp(), revoke_reason = 'TOKEN_REUSED'
      WHERE session_id = s.session_id;
  ELSE
    result := 'ROTATED';
    DELETE FROM refresh_token
      WHERE session_id = s.session_id AND use_time < clock_timestamp() - interval '7 days';
    UPDATE refresh_token SET use_time = clock_timestamp() WHERE token_hash = token;
    INSERT INTO refresh_token (token_hash, session_id) VALUES (next, s.session_id);
    UPDATE session SET last_used_time = clock_timestamp(), client_ip = ip
      WHERE session_id = s.session_id;
    roles := roles_of(s.user_id);
  END IF;
  RETURN NEXT;
END $$;

-- Ends the session of a refresh token, used or not; its id, or null when there was no live one.
CREATE FUNCTION logout(token bytea) RETURNS uuid
LANGUAGE sql SECURITY DEFINER SET search_path = identity, pg_temp AS $$
  UPDATE session SET revoke_time = clock_timestamp(), revoke_reason = 'LOGOUT'
    WHERE session_id = (SELECT t.session_id FROM refresh_token t WHERE t.token_hash = token)
      AND revoke_time IS NULL
    RETURNING session_id;
$$;

-- Ends one session of the user; false when it is not theirs, or ended before.
CREATE FUNCTION revoke_session(owner uuid, id uuid) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = identity, pg_temp AS $$
BEGIN
  UPDATE session s SET revoke_time = clock_timestamp(), revoke_reason = 'REVOKED'
    WHERE s.session_id = id AND s.user_id = owner AND is_live(s);
  RETURN FOUND;
END $$;

-- Replaces the password that was checked against `seen` and ends all sessions but `keep`; false
-- when the password changed meanwhile. A login with the old one waits for this, and then fails.
CREATE FUNCTION change_password(owner uuid, seen text, hash text, keep uuid) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = identity, pg_temp AS $$
BEGIN
  UPDATE users u SET password_hash = hash, password_change_time = clock_timestamp()
    WHERE u.user_id = owner AND u.password_hash = seen;
  IF NOT FOUND THEN RETURN false; END IF;
  UPDATE session s SET revoke_time = clock_timestamp(), revoke_reason = 'PASSWORD_CHANGED'
    WHERE s.user_id = owner AND s.session_id <> keep AND s.revoke_time IS NULL;
  RETURN true;
END $$;

REVOKE ALL ON ALL FUNCTIONS IN SCHEMA identity FROM PUBLIC;
GRANT EXECUTE ON FUNCTION email_key, roles_of, is_live TO identity_app;
GRANT EXECUTE ON FUNCTION register_user, login, refresh_session, logout, revoke_session,
  change_password TO identity_app;
