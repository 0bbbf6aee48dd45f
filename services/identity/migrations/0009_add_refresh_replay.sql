-- The answer to a refresh whose first answer was lost. `next` is the token that replaced the one that
-- came again, as only who asked for it can name it: while it is the session's current one, nobody has
-- used it, and saying it once more makes nothing that there is not. The session's roles; null when
-- `next` is not its current token. Whether it is asked in time is decided before (refresh_session).
CREATE FUNCTION replay_refresh(session uuid, next bytea) RETURNS text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = identity, pg_temp AS $$
  SELECT roles_of(s.user_id) FROM refresh_token t JOIN session s USING (session_id)
    WHERE t.token_hash = next AND t.session_id = session AND t.use_time IS NULL AND is_live(s)
$$;

REVOKE ALL ON FUNCTION replay_refresh FROM PUBLIC;
GRANT EXECUTE ON FUNCTION replay_refresh TO identity_app;
