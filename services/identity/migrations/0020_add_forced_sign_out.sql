-- Ends all sessions of a user, for an administrator; how many, or null when there is no such user. Besides the row of
-- each session the audit log has one of the command, also when there was nothing to end.
CREATE FUNCTION revoke_user_sessions(owner uuid) RETURNS int
LANGUAGE plpgsql SECURITY DEFINER SET search_path = identity, pg_temp AS $$
DECLARE
  ended int;
BEGIN
  PERFORM 1 FROM users u WHERE u.user_id = owner FOR NO KEY UPDATE;
  IF NOT FOUND THEN RETURN NULL; END IF;
  -- No session has this id.
  ended := end_other_sessions(owner, '00000000-0000-0000-0000-000000000000', 'REVOKED');
  INSERT INTO audit_event (action, user_id, subject, details)
    VALUES ('user.sign_out', owner, owner, jsonb_build_object('sessions', ended));
  RETURN ended;
END $$;

REVOKE ALL ON FUNCTION revoke_user_sessions FROM PUBLIC;
GRANT EXECUTE ON FUNCTION revoke_user_sessions TO identity_app;
