-- People whom somebody else signs in. Their account has no password, and no address to sign in with: an
-- address is what the provider says, and nobody gets another account by it, nor keeps somebody from
-- registering theirs (docs/adr/2026-11-28-external-accounts.md).
ALTER TABLE users
  ALTER COLUMN email DROP NOT NULL,
  ALTER COLUMN password_hash DROP NOT NULL,
  ADD CONSTRAINT users_address_with_password CHECK ((email IS NULL) = (password_hash IS NULL));

CREATE TABLE external_identity (
  issuer       text NOT NULL,
  subject      text NOT NULL,
  user_id      uuid NOT NULL,
  email        text NOT NULL,   -- what the provider said first; empty when nothing
  create_time  timestamptz NOT NULL DEFAULT clock_timestamp(),
  CONSTRAINT external_identity_pkey PRIMARY KEY (issuer, subject),
  CONSTRAINT external_identity_of_one_user UNIQUE (user_id),
  CONSTRAINT external_identity_user_fkey FOREIGN KEY (user_id) REFERENCES users,
  CONSTRAINT external_identity_issuer_bounded CHECK (char_length(issuer) BETWEEN 1 AND 512),
  CONSTRAINT external_identity_subject_bounded CHECK (char_length(subject) BETWEEN 1 AND 255),
  CONSTRAINT external_identity_email_bounded CHECK (char_length(email) <= 254)
);

-- The address to show; of people without a password, the one that their provider said.
CREATE FUNCTION address_of(u users) RETURNS text LANGUAGE sql STABLE
  RETURN coalesce(u.email, (SELECT e.email FROM external_identity e WHERE e.user_id = u.user_id), '');

-- The account of a provider's subject; made, with `id`, when there is none yet.
CREATE FUNCTION link_external(provider text, person text, id uuid, address text, name text,
                              OUT owner uuid, OUT made boolean, OUT roles text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = identity, pg_temp AS $$
BEGIN
  made := false;
  SELECT e.user_id INTO owner FROM external_identity e WHERE e.issuer = provider AND e.subject = person;
  IF NOT FOUND THEN
    -- Of two first tokens at once the second finds the account of the first.
    PERFORM pg_advisory_xact_lock(hashtextextended(provider || chr(10) || person, 0));
    SELECT e.user_id INTO owner FROM external_identity e WHERE e.issuer = provider AND e.subject = person;
  END IF;
  IF NOT FOUND THEN
    INSERT INTO users (user_id, display_name) VALUES (id, name);
    INSERT INTO user_role (user_id, role) VALUES (id, 'shopper');
    INSERT INTO external_identity (issuer, subject, user_id, email) VALUES (provider, person, id, address);
    owner := id;
    made := true;
  END IF;
  roles := roles_of(owner);
END $$;

-- Makes a session for a provider's subject.
CREATE FUNCTION login_external(provider text, person text, id uuid, address text, name text,
                               session uuid, token bytea, ip text, agent text,
                               OUT owner uuid, OUT made boolean, OUT roles text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = identity, pg_temp AS $$
BEGIN
  SELECT l.owner, l.made, l.roles INTO owner, made, roles FROM link_external(provider, person, id, address, name) l;
  PERFORM 1 FROM users u WHERE u.user_id = owner FOR NO KEY UPDATE;
  PERFORM start_session(owner, session, token, ip, agent);
END $$;

REVOKE ALL ON ALL FUNCTIONS IN SCHEMA identity FROM PUBLIC;
GRANT EXECUTE ON FUNCTION link_external, login_external, address_of TO identity_app;
GRANT SELECT ON external_identity TO identity_app;
