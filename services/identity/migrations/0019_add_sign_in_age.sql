-- A client may ask that people have signed in lately (OpenID Connect Core 1.0, 3.1.2.1: prompt=login, max_age).

-- Issues a code to a client. `since`: when the user must have signed in at the earliest; null for any time.
--   ISSUED   the code is good from now on;
--   TOO_OLD  they have signed in before that;
--   ENDED    the session is not the user's, has ended, or is that of a provider's tokens, with which nobody signed in here.
CREATE FUNCTION issue_code(code bytea, client text, uri text, owner uuid, session uuid, s256 text,
                           granted text, once text, since timestamptz)
RETURNS text LANGUAGE plpgsql SECURITY DEFINER SET search_path = identity, pg_temp AS $$
BEGIN
  PERFORM 1 FROM session s WHERE s.session_id = session AND NOT s.of_tokens FOR KEY SHARE;
  IF NOT FOUND THEN RETURN 'ENDED'; END IF;
  IF EXISTS (SELECT 1 FROM session s WHERE s.session_id = session AND s.user_id = owner AND s.create_time < since)
  THEN RETURN 'TOO_OLD'; END IF;
  RETURN CASE WHEN issue_code(code, client, uri, owner, session, s256, granted, once) THEN 'ISSUED' ELSE 'ENDED' END;
END $$;

REVOKE ALL ON FUNCTION issue_code(bytea, text, text, uuid, uuid, text, text, text, timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION issue_code(bytea, text, text, uuid, uuid, text, text, text, timestamptz) TO identity_app;
