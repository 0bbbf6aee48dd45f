-- An account has ten tries, not a hundred: what a person mistypes is fewer, and the waits after them begin with a
-- second. The limit that NIST SP 800-63B names is one that nobody may go beyond.

-- As before, but for the number: after ten tries each further one doubles the wait. From where its user is signed
-- in, an account has ten of its own.
CREATE OR REPLACE FUNCTION admit_login(address text, ip text, OUT wait_s int, OUT owner uuid)
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
  PERFORM count_attempt(account, 10);
  PERFORM count_attempt(client, 3000);
END $$;
