-- Whoever has signed in to an account in a browser has tries of their own there, from wherever they come: strangers who
-- know the address of an account that is signed in nowhere delay each other, and not its owner.

-- As before; `device` names what this browser has kept of a sign-in of `device_owner`, null without.
CREATE FUNCTION admit_login(address text, ip text, device_owner uuid, device text, OUT wait_s int, OUT owner uuid)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = identity, pg_temp AS $$
DECLARE
  account bytea;
  client  bytea := login_subject('address', '', ip);
BEGIN
  SELECT u.user_id INTO owner FROM users u WHERE email_key(u.email) = email_key(address);
  account := CASE
    WHEN owner = device_owner THEN login_subject('device', owner::text, device)
    WHEN EXISTS (SELECT 1 FROM session s WHERE s.user_id = owner AND s.revoke_time IS NULL
                 AND s.client_ip = ip AND is_live(s)) THEN login_subject('account', address, ip)
    ELSE login_subject('account', address, '') END;
  DELETE FROM login_attempt WHERE subject IN (
    SELECT a.subject FROM login_attempt a WHERE a.last_time < clock_timestamp() - interval '1 day'
    ORDER BY a.last_time LIMIT 10 FOR UPDATE SKIP LOCKED);
  PERFORM lock_attempts(ARRAY[account, client]);
  SELECT ceil(extract(epoch FROM max(a.wait_until) - clock_timestamp())) INTO wait_s
    FROM login_attempt a WHERE a.subject IN (account, client);
  wait_s := greatest(coalesce(wait_s, 0), 0);
  IF wait_s > 0 THEN RETURN; END IF;
  PERFORM count_attempt(account, 10);
  PERFORM count_attempt(client, 3000);
END $$;
CREATE OR REPLACE FUNCTION admit_login(address text, ip text, OUT wait_s int, OUT owner uuid)
LANGUAGE sql SECURITY DEFINER SET search_path = identity, pg_temp AS $$
  SELECT a.wait_s, a.owner FROM admit_login(address, ip, NULL, NULL) a;
$$;

-- As before; a try that is not `counted` is of a recovery code: nobody guesses 120 bits, and tries of six digits shall
-- not keep the owner from the codes on paper.
CREATE FUNCTION admit_challenge(challenge bytea, counted boolean, OUT owner uuid, OUT wait_s int)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = identity, pg_temp AS $$
BEGIN
  SELECT c.user_id INTO owner FROM login_challenge c
    WHERE c.challenge_hash = challenge AND c.expire_time > clock_timestamp();
  wait_s := CASE WHEN counted AND owner IS NOT NULL
                 THEN admit_try(user_subject('code', owner), interval '1 day') ELSE 0 END;
END $$;

-- A try of a code by somebody who is signed in and has given the right password, which was no wrong try of that.
CREATE FUNCTION admit_own_code(owner uuid) RETURNS int
LANGUAGE plpgsql SECURITY DEFINER SET search_path = identity, pg_temp AS $$
BEGIN
  PERFORM forget_tries(user_subject('step-up', owner));
  RETURN admit_code(owner);
END $$;

-- As before, but with room for a thousand sign-ins that wait for a code, not ten: whoever else has the password cannot
-- push out that of the owner, who is the one that has the code.
CREATE OR REPLACE FUNCTION begin_login(owner uuid, seen text, better text, session uuid, token bytea, ip text, agent text,
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
                         ORDER BY o.expire_time DESC OFFSET 999));
  INSERT INTO login_challenge (challenge_hash, user_id) VALUES (challenge, owner);
  RETURN 'CHALLENGE';
END $$;

REVOKE ALL ON FUNCTION admit_login(text, text, uuid, text), admit_challenge(bytea, boolean), admit_own_code FROM PUBLIC;
GRANT EXECUTE ON FUNCTION admit_login(text, text, uuid, text), admit_challenge(bytea, boolean), admit_own_code
  TO identity_app;
