-- A second factor: with the password of a user who has one, nobody is in without a code of the user's device
-- (TOTP, RFC 6238), or one of ten codes on paper. A code is used up by the statement that it is needed for, so
-- that nothing is done twice with one, whatever races.

CREATE TABLE second_factor (
  user_id     uuid NOT NULL,
  sealed      bytea NOT NULL,   -- the secret under AES-256-GCM: nonce, ciphertext, tag; the user authenticated with it
  create_time timestamptz NOT NULL DEFAULT clock_timestamp(),
  last_step   bigint NOT NULL,  -- of 30 seconds since the epoch; codes of it and of those before are used up
  CONSTRAINT second_factor_pkey PRIMARY KEY (user_id),
  CONSTRAINT second_factor_user_fkey FOREIGN KEY (user_id) REFERENCES users,
  -- A secret of 160 bits, as RFC 4226 recommends, and never as it is.
  CONSTRAINT second_factor_is_sealed CHECK (length(sealed) = 12 + 20 + 16)
);

-- A factor that is to be: nothing asks for it until its user has shown that the device has it.
CREATE TABLE second_factor_enrolment (
  user_id     uuid NOT NULL,
  session_id  uuid NOT NULL,    -- where it began, and is to end: the password was asked for there
  sealed      bytea NOT NULL,
  expire_time timestamptz NOT NULL DEFAULT clock_timestamp() + interval '10 minutes',
  CONSTRAINT second_factor_enrolment_pkey PRIMARY KEY (user_id),
  CONSTRAINT second_factor_enrolment_user_fkey FOREIGN KEY (user_id) REFERENCES users,
  CONSTRAINT second_factor_enrolment_session_fkey
    FOREIGN KEY (session_id) REFERENCES session ON DELETE CASCADE,
  CONSTRAINT second_factor_enrolment_is_sealed CHECK (length(sealed) = 12 + 20 + 16)
);
CREATE INDEX second_factor_enrolment_by_session ON second_factor_enrolment (session_id);

CREATE TABLE recovery_code (
  user_id   uuid NOT NULL,
  code_hash bytea NOT NULL,     -- SHA-256 of 120 random bits, which nobody can guess from it
  use_time  timestamptz,
  CONSTRAINT recovery_code_pkey PRIMARY KEY (user_id, code_hash),
  CONSTRAINT recovery_code_factor_fkey
    FOREIGN KEY (user_id) REFERENCES second_factor ON DELETE CASCADE,
  CONSTRAINT recovery_code_is_a_digest CHECK (length(code_hash) = 32)
);
CREATE TRIGGER recovery_code_is_used_once BEFORE UPDATE ON recovery_code
  FOR EACH ROW WHEN (OLD.use_time IS NOT NULL) EXECUTE FUNCTION refuse_revival();

-- A sign-in whose password was right; it ends with the factor that it waits for.
CREATE TABLE login_challenge (
  challenge_hash bytea NOT NULL,
  user_id        uuid NOT NULL,
  expire_time    timestamptz NOT NULL DEFAULT clock_timestamp() + interval '5 minutes',
  CONSTRAINT login_challenge_pkey PRIMARY KEY (challenge_hash),
  CONSTRAINT login_challenge_factor_fkey
    FOREIGN KEY (user_id) REFERENCES second_factor ON DELETE CASCADE,
  CONSTRAINT login_challenge_is_a_digest CHECK (length(challenge_hash) = 32)
);
CREATE INDEX login_challenge_by_user ON login_challenge (user_id, expire_time);

-- A factor stays what it is, and no step of it comes twice; for the owner, too.
CREATE FUNCTION check_factor_step() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.last_step <= OLD.last_step
     OR (OLD.user_id, OLD.sealed, OLD.create_time) IS DISTINCT FROM (NEW.user_id, NEW.sealed, NEW.create_time) THEN
    RAISE EXCEPTION 'a factor violates constraint "second_factor_steps": step % comes after %',
      NEW.last_step, OLD.last_step USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER second_factor_steps BEFORE UPDATE ON second_factor
  FOR EACH ROW EXECUTE FUNCTION check_factor_step();

ALTER TABLE session DROP CONSTRAINT session_revoke_reason_known,
  ADD CONSTRAINT session_revoke_reason_known CHECK (revoke_reason IN
    ('LOGOUT', 'REVOKED', 'PASSWORD_CHANGED', 'FACTOR_CHANGED', 'TOKEN_REUSED', 'TOO_MANY'));

-- Of the tries that each user has: the kinds are 'code', of the second factor, and 'step-up', the password that
-- somebody who is signed in gives again.
CREATE FUNCTION user_subject(kind text, owner uuid) RETURNS bytea LANGUAGE sql IMMUTABLE
  RETURN login_subject(kind, owner::text, '');

-- Counts a try before it is looked at, and tells for how many seconds, rounded up, none may be made; such a try is
-- not counted. Ten are free, and each further one doubles the wait, from a second to 15 minutes. `forgiven`: how
-- long after the last try all are.
CREATE FUNCTION admit_try(what bytea, forgiven interval) RETURNS int LANGUAGE plpgsql AS $$
DECLARE
  wait_s int;
BEGIN
  PERFORM lock_attempts(ARRAY[what]);
  SELECT ceil(extract(epoch FROM a.wait_until - clock_timestamp())) INTO wait_s
    FROM login_attempt a WHERE a.subject = what;
  IF wait_s > 0 THEN RETURN wait_s; END IF;
  INSERT INTO login_attempt AS a (subject, attempts, wait_until) VALUES (what, 1, now())
    ON CONFLICT (subject) DO UPDATE SET (attempts, last_time, wait_until) = (
      SELECT n, t, t + CASE WHEN n < 10 THEN interval '0'
                       ELSE least(interval '1 second' * 2 ^ least(n - 10, 20), interval '15 minutes') END
      FROM (SELECT CASE WHEN a.last_time < t - forgiven THEN 1 ELSE a.attempts + 1 END AS n, t
            FROM (SELECT clock_timestamp() AS t) clock) c);
  RETURN 0;
END $$;

-- A try of a code. Of a million codes three are good: only a day without a try, or a good one, forgives.
CREATE FUNCTION admit_code(owner uuid) RETURNS int
LANGUAGE sql SECURITY DEFINER SET search_path = identity, pg_temp AS $$
  SELECT admit_try(user_subject('code', owner), interval '1 day');
$$;

-- A try of the password by somebody who is signed in; counted apart from sign-ins, so that nobody who is not
-- keeps them from it.
CREATE FUNCTION admit_step_up(owner uuid) RETURNS int
LANGUAGE sql SECURITY DEFINER SET search_path = identity, pg_temp AS $$
  SELECT admit_try(user_subject('step-up', owner), interval '1 hour');
$$;

-- A try of a code for a sign-in; `owner` is null when there is no such sign-in, or not any more.
CREATE FUNCTION admit_challenge(challenge bytea, OUT owner uuid, OUT wait_s int)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = identity, pg_temp AS $$
BEGIN
  SELECT c.user_id INTO owner FROM login_challenge c
    WHERE c.challenge_hash = challenge AND c.expire_time > clock_timestamp();
  wait_s := CASE WHEN owner IS NULL THEN 0 ELSE admit_code(owner) END;
END $$;

CREATE FUNCTION forget_tries(what bytea) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  PERFORM lock_attempts(ARRAY[what]);
  DELETE FROM login_attempt a WHERE a.subject = what;
END $$;

-- Uses up what was shown for the factor as it was `seen`, null for none: the step of a code, or the hash of a
-- recovery code. False when that is used up, or the factor is another one; true when there is none and none was seen.
-- REQUIRES: the user's row is locked.
CREATE FUNCTION use_factor(owner uuid, seen bytea, step bigint, recovery bytea) RETURNS boolean
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
  RETURN true;
END $$;

-- Locks the user's row and uses up what a user who is signed in has shown once more: the password, as it was `seen`,
-- and the factor, if any. False when either changed meanwhile, or the code is used up.
CREATE FUNCTION step_up(owner uuid, seen text, factor bytea, step bigint, recovery bytea) RETURNS boolean
LANGUAGE plpgsql AS $$
BEGIN
  PERFORM 1 FROM users u WHERE u.user_id = owner AND u.password_hash = seen FOR NO KEY UPDATE;
  IF NOT FOUND OR NOT use_factor(owner, factor, step, recovery) THEN RETURN false; END IF;
  PERFORM forget_tries(user_subject('step-up', owner));
  RETURN true;
END $$;

-- REQUIRES: the user's row is locked.
CREATE FUNCTION end_other_sessions(owner uuid, keep uuid, reason text) RETURNS int LANGUAGE plpgsql AS $$
DECLARE
  ended int;
BEGIN
  UPDATE session s SET revoke_time = clock_timestamp(), revoke_reason = reason
    WHERE s.user_id = owner AND s.session_id <> keep AND s.revoke_time IS NULL;
  GET DIAGNOSTICS ended = ROW_COUNT;
  DELETE FROM login_challenge c WHERE c.user_id = owner;
  RETURN ended;
END $$;

-- Ends all sessions of the user but `keep`, and the sign-ins that wait for a code; how many, null when `keep` is
-- no live session of theirs.
CREATE FUNCTION revoke_other_sessions(owner uuid, keep uuid) RETURNS int
LANGUAGE plpgsql SECURITY DEFINER SET search_path = identity, pg_temp AS $$
BEGIN
  PERFORM 1 FROM users u WHERE u.user_id = owner FOR NO KEY UPDATE;
  PERFORM 1 FROM session s WHERE s.session_id = keep AND s.user_id = owner AND is_live(s);
  IF NOT FOUND THEN RETURN NULL; END IF;
  RETURN end_other_sessions(owner, keep, 'REVOKED');
END $$;

-- The first step of a sign-in, of a user whose password was checked against `seen`. `better`, when not null, is the
-- same password hashed with today's cost. What was counted against the account is forgotten, and of the address the
-- one try that was no guess.
--   SESSION    there is no second factor, and the session is made;
--   CHALLENGE  there is one: `challenge` is good for 5 minutes, and nothing else is made;
--   STALE      the password changed meanwhile.
CREATE FUNCTION begin_login(owner uuid, seen text, better text, session uuid, token bytea, ip text, agent text,
                            challenge bytea)
RETURNS text LANGUAGE plpgsql SECURITY DEFINER SET search_path = identity, pg_temp AS $$
DECLARE
  accounts bytea[];
  client   bytea := login_subject('address', '', ip);
  guarded  boolean;
BEGIN
  SELECT ARRAY[login_subject('account', u.email, ''), login_subject('account', u.email, ip)] INTO accounts
    FROM users u WHERE u.user_id = owner AND u.password_hash = seen FOR NO KEY UPDATE;
  IF NOT FOUND THEN RETURN 'STALE'; END IF;
  guarded := EXISTS (SELECT 1 FROM second_factor f WHERE f.user_id = owner);
  -- A process from before there were factors asks for none; it cannot let these users in.
  IF guarded AND challenge IS NULL THEN RETURN 'STALE'; END IF;
  IF better IS NOT NULL THEN
    UPDATE users u SET password_hash = better WHERE u.user_id = owner;
  END IF;
  PERFORM lock_attempts(accounts || client);
  DELETE FROM login_attempt a WHERE a.subject = ANY (accounts);
  UPDATE login_attempt a SET attempts = greatest(a.attempts - 1, 0) WHERE a.subject = client;
  IF NOT guarded THEN
    PERFORM start_session(owner, session, token, ip, agent);
    RETURN 'SESSION';
  END IF;
  DELETE FROM login_challenge c WHERE c.user_id = owner AND (c.expire_time < clock_timestamp() OR
    c.challenge_hash IN (SELECT o.challenge_hash FROM login_challenge o WHERE o.user_id = owner
                         ORDER BY o.expire_time DESC OFFSET 9));
  INSERT INTO login_challenge (challenge_hash, user_id) VALUES (challenge, owner);
  RETURN 'CHALLENGE';
END $$;

-- The second step: SESSION, WRONG (the code is used up, or the factor is another one: nothing happened), or EXPIRED
-- (no such sign-in, or not any more).
CREATE FUNCTION finish_login(challenge bytea, seen bytea, step bigint, recovery bytea,
                             session uuid, token bytea, ip text, agent text)
RETURNS text LANGUAGE plpgsql SECURITY DEFINER SET search_path = identity, pg_temp AS $$
DECLARE
  owner uuid;
BEGIN
  PERFORM 1 FROM users u
    WHERE u.user_id = (SELECT c.user_id FROM login_challenge c WHERE c.challenge_hash = challenge)
    FOR NO KEY UPDATE;
  -- Under the lock: a change of the password, and another try, may have been first.
  SELECT c.user_id INTO owner FROM login_challenge c
    WHERE c.challenge_hash = challenge AND c.expire_time > clock_timestamp();
  IF NOT FOUND THEN RETURN 'EXPIRED'; END IF;
  IF NOT use_factor(owner, seen, step, recovery) THEN RETURN 'WRONG'; END IF;
  DELETE FROM login_challenge c WHERE c.challenge_hash = challenge;
  PERFORM start_session(owner, session, token, ip, agent);
  RETURN 'SESSION';
END $$;

-- Replaces the password and ends all sessions but `keep`; false when step_up says so. A sign-in with the old one
-- waits for this, and then fails.
CREATE FUNCTION replace_password(owner uuid, seen text, hash text, keep uuid,
                                 factor bytea, step bigint, recovery bytea)
RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER SET search_path = identity, pg_temp AS $$
BEGIN
  IF NOT step_up(owner, seen, factor, step, recovery) THEN RETURN false; END IF;
  UPDATE users u SET password_hash = hash, password_change_time = clock_timestamp() WHERE u.user_id = owner;
  PERFORM end_other_sessions(owner, keep, 'PASSWORD_CHANGED');
  RETURN true;
END $$;

-- Keeps a factor to be, in place of another one that was; BEGUN, ON (there is a factor already), or STALE (the
-- password changed meanwhile).
CREATE FUNCTION begin_enrolment(owner uuid, seen text, session uuid, secret bytea) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = identity, pg_temp AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM second_factor f WHERE f.user_id = owner) THEN RETURN 'ON'; END IF;
  IF NOT step_up(owner, seen, NULL, NULL, NULL) THEN RETURN 'STALE'; END IF;
  INSERT INTO second_factor_enrolment AS e (user_id, session_id, sealed) VALUES (owner, session, secret)
    ON CONFLICT (user_id) DO UPDATE SET session_id = session, sealed = secret, expire_time = DEFAULT;
  RETURN 'BEGUN';
END $$;

CREATE FUNCTION set_recovery_codes(owner uuid, codes bytea[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  IF cardinality(codes) <> 10 THEN
    RAISE EXCEPTION 'not ten codes but %', cardinality(codes) USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  DELETE FROM recovery_code r WHERE r.user_id = owner;
  INSERT INTO recovery_code (user_id, code_hash) SELECT owner, c FROM unnest(codes) AS u (c);
END $$;

-- The factor that began as `seen` in the session `keep`, of which a code of `step` was shown, is on from now on, and
-- all other sessions end. False when it is not the one that is to be any more.
CREATE FUNCTION confirm_enrolment(owner uuid, keep uuid, seen bytea, step bigint, codes bytea[]) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = identity, pg_temp AS $$
BEGIN
  PERFORM 1 FROM users u WHERE u.user_id = owner FOR NO KEY UPDATE;
  DELETE FROM second_factor_enrolment e WHERE e.user_id = owner AND e.session_id = keep AND e.sealed = seen
    AND e.expire_time > clock_timestamp();
  IF NOT FOUND THEN RETURN false; END IF;
  INSERT INTO second_factor (user_id, sealed, last_step) VALUES (owner, seen, step);
  PERFORM set_recovery_codes(owner, codes);
  PERFORM forget_tries(user_subject('code', owner));
  PERFORM end_other_sessions(owner, keep, 'FACTOR_CHANGED');
  RETURN true;
END $$;

-- Takes the factor away, its recovery codes with it, and ends all sessions but `keep`; false when step_up says so.
CREATE FUNCTION disable_factor(owner uuid, seen text, keep uuid, factor bytea, step bigint, recovery bytea)
RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER SET search_path = identity, pg_temp AS $$
BEGIN
  IF NOT step_up(owner, seen, factor, step, recovery) THEN RETURN false; END IF;
  PERFORM end_other_sessions(owner, keep, 'FACTOR_CHANGED');
  DELETE FROM second_factor f WHERE f.user_id = owner;
  RETURN true;
END $$;

-- Ten new recovery codes in place of those before, and ends all sessions but `keep`; false when step_up says so.
CREATE FUNCTION replace_recovery_codes(owner uuid, seen text, keep uuid, factor bytea, step bigint, recovery bytea,
                                       codes bytea[])
RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER SET search_path = identity, pg_temp AS $$
BEGIN
  IF NOT step_up(owner, seen, factor, step, recovery) THEN RETURN false; END IF;
  PERFORM set_recovery_codes(owner, codes);
  PERFORM end_other_sessions(owner, keep, 'FACTOR_CHANGED');
  RETURN true;
END $$;

-- What processes from before call: good for users without a factor alone.
CREATE OR REPLACE FUNCTION login(owner uuid, seen text, better text,
                      session uuid, token bytea, ip text, agent text)
RETURNS boolean LANGUAGE sql SECURITY DEFINER SET search_path = identity, pg_temp AS $$
  SELECT begin_login(owner, seen, better, session, token, ip, agent, NULL) = 'SESSION';
$$;
CREATE OR REPLACE FUNCTION change_password(owner uuid, seen text, hash text, keep uuid) RETURNS boolean
LANGUAGE sql SECURITY DEFINER SET search_path = identity, pg_temp AS $$
  SELECT replace_password(owner, seen, hash, keep, NULL, NULL, NULL);
$$;

REVOKE ALL ON ALL FUNCTIONS IN SCHEMA identity FROM PUBLIC;
GRANT SELECT ON second_factor, second_factor_enrolment TO identity_app;
GRANT SELECT (user_id, use_time) ON recovery_code TO identity_app;
GRANT EXECUTE ON FUNCTION admit_code, admit_step_up, admit_challenge, revoke_other_sessions, begin_login, finish_login,
  replace_password, begin_enrolment, confirm_enrolment, disable_factor, replace_recovery_codes TO identity_app;
