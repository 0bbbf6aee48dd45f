-- Guessing passwords becomes slow, for an account that does not exist as for one that does, and never
-- impossible for its owner.

-- Sign-ins that were tried since the last success, by what they have in common. Each counts when it begins,
-- so that many at once are no more than many one after the other.
CREATE TABLE login_attempt (
  subject     bytea NOT NULL,   -- SHA-256 of an account, of an account at a known address, or of an address
  attempts    int   NOT NULL,
  last_time   timestamptz NOT NULL DEFAULT clock_timestamp(),
  wait_until  timestamptz NOT NULL,
  CONSTRAINT login_attempt_pkey PRIMARY KEY (subject),
  CONSTRAINT login_attempt_is_a_digest CHECK (length(subject) = 32),
  CONSTRAINT login_attempt_counted CHECK (attempts >= 0),
  -- Whoever locks somebody out has to come back for it.
  CONSTRAINT login_attempt_wait_bounded CHECK (wait_until <= last_time + interval '15 minutes')
) WITH (fillfactor = 80);
CREATE INDEX login_attempt_by_time ON login_attempt (last_time);

CREATE FUNCTION login_subject(kind text, address text, ip text) RETURNS bytea LANGUAGE sql IMMUTABLE
  RETURN sha256(convert_to(kind || ' ' || email_key(address) || ' ' || ip, 'UTF8'));

-- Counts an attempt, and how long to wait after it. An hour without one forgives all.
CREATE FUNCTION count_attempt(what bytea, free int) RETURNS void LANGUAGE sql AS $$
  INSERT INTO login_attempt AS a (subject, attempts, wait_until) VALUES (what, 1, now())
  ON CONFLICT (subject) DO UPDATE
    SET (attempts, last_time, wait_until) = (
      SELECT n, t, t + CASE WHEN n < free THEN interval '0'
                       ELSE least(interval '1 second' * 2 ^ least(n - free, 20), interval '15 minutes') END
      FROM (SELECT CASE WHEN a.last_time < t - interval '1 hour' THEN 1 ELSE a.attempts + 1 END AS n, t
            FROM (SELECT clock_timestamp() AS t) clock) c)
$$;

-- One of two that come at once sees the count of the other; the same order for all.
CREATE FUNCTION lock_attempts(subjects bytea[]) RETURNS void LANGUAGE sql AS $$
  SELECT pg_advisory_xact_lock(('x' || left(encode(l.subject, 'hex'), 16))::bit(64)::bigint)
  FROM (SELECT subject FROM unnest(subjects) AS u (subject) ORDER BY subject) l
$$;

-- Before a password is looked at: the user of an e-mail address, and for how many seconds, rounded up, none
-- may be tried; such a try is not counted. An account has 100 tries (NIST SP 800-63B, 5.2.2),
-- an address 3,000, and each further one doubles the wait; the gateway lets either try a few times a minute. From
-- an address where its user is signed in, an account has 100 of its own:
-- who guesses from elsewhere does not lock them out.
CREATE FUNCTION admit_login(address text, ip text, OUT wait_s int, OUT owner uuid)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = identity, pg_temp AS $$
DECLARE
  account bytea;
  client  bytea := login_subject('address', '', ip);
BEGIN
  SELECT u.user_id INTO owner FROM users u WHERE email_key(u.email) = email_key(address);
  account := login_subject('account', address,
    CASE WHEN EXISTS (SELECT 1 FROM session s WHERE s.user_id = owner AND s.revoke_time IS NULL
                      AND s.client_ip = ip AND is_live(s)) THEN ip ELSE '' END);
  DELETE FROM login_attempt WHERE subject IN (
    SELECT a.subject FROM login_attempt a WHERE a.last_time < clock_timestamp() - interval '1 day'
    ORDER BY a.last_time LIMIT 10 FOR UPDATE SKIP LOCKED);
  PERFORM lock_attempts(ARRAY[account, client]);
  SELECT ceil(extract(epoch FROM max(a.wait_until) - clock_timestamp())) INTO wait_s
    FROM login_attempt a WHERE a.subject IN (account, client);
  wait_s := greatest(coalesce(wait_s, 0), 0);
  IF wait_s > 0 THEN RETURN; END IF;
  PERFORM count_attempt(account, 100);
  PERFORM count_attempt(client, 3000);
END $$;

-- As before, and what was counted against the account is forgotten, and of the address the one try that was
-- no guess.
CREATE OR REPLACE FUNCTION login(owner uuid, seen text, better text,
                      session uuid, token bytea, ip text, agent text)
RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER SET search_path = identity, pg_temp AS $$
DECLARE
  accounts bytea[];
  client   bytea := login_subject('address', '', ip);
BEGIN
  SELECT ARRAY[login_subject('account', u.email, ''), login_subject('account', u.email, ip)] INTO accounts
    FROM users u WHERE u.user_id = owner AND u.password_hash = seen FOR NO KEY UPDATE;
  IF NOT FOUND THEN RETURN false; END IF;
  IF better IS NOT NULL THEN
    UPDATE users u SET password_hash = better WHERE u.user_id = owner;
  END IF;
  PERFORM lock_attempts(accounts || client);
  DELETE FROM login_attempt a WHERE a.subject = ANY (accounts);
  UPDATE login_attempt a SET attempts = greatest(a.attempts - 1, 0) WHERE a.subject = client;
  PERFORM start_session(owner, session, token, ip, agent);
  RETURN true;
END $$;

-- A hash may name the pepper that went into it, by a parameter of PHC strings.
ALTER TABLE users DROP CONSTRAINT users_password_is_hashed,
  ADD CONSTRAINT users_password_is_hashed
    CHECK (password_hash ~ '^\$argon2id\$v=19\$m=\d+,t=\d+,p=\d+(,keyid=[A-Za-z0-9_-]{8})?\$');

REVOKE ALL ON ALL FUNCTIONS IN SCHEMA identity FROM PUBLIC;
GRANT EXECUTE ON FUNCTION admit_login TO identity_app;
