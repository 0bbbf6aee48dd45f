-- People with an account. The app role reads; it writes only through the functions of the next
-- migrations, which run with the owner's rights, so that it can never make an admin.

-- What two spellings of one address have in common. ICU's rules, not those of the cluster's locale,
-- so that the index means the same on every cluster.
CREATE FUNCTION email_key(email text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
  RETURN lower(normalize(email, NFC) COLLATE "und-x-icu");

CREATE TABLE users (
  user_id              uuid NOT NULL,
  email                text NOT NULL,   -- as it was given
  display_name         text NOT NULL,
  password_hash        text NOT NULL,   -- a PHC string
  create_time          timestamptz NOT NULL DEFAULT clock_timestamp(),
  password_change_time timestamptz NOT NULL DEFAULT clock_timestamp(),
  CONSTRAINT users_pkey PRIMARY KEY (user_id),
  CONSTRAINT users_email_bounded CHECK (char_length(email) BETWEEN 3 AND 254),
  CONSTRAINT users_display_name_bounded CHECK (char_length(display_name) BETWEEN 1 AND 100),
  -- Nothing but a salted hash of a slow function ever gets here.
  CONSTRAINT users_password_is_hashed CHECK (password_hash ~ '^\$argon2id\$v=19\$m=\d+,t=\d+,p=\d+\$')
);
CREATE UNIQUE INDEX users_email_key ON users (email_key(email));

CREATE TABLE user_role (
  user_id uuid NOT NULL,
  role    text NOT NULL,
  CONSTRAINT user_role_pkey PRIMARY KEY (user_id, role),
  CONSTRAINT user_role_user_fkey FOREIGN KEY (user_id) REFERENCES users,
  CONSTRAINT user_role_known CHECK (role IN ('shopper', 'admin'))
);

-- "admin,shopper".
CREATE FUNCTION roles_of(owner uuid) RETURNS text LANGUAGE sql STABLE
  RETURN (SELECT coalesce(string_agg(r.role, ',' ORDER BY r.role), '')
          FROM user_role r WHERE r.user_id = owner);

REVOKE ALL ON ALL FUNCTIONS IN SCHEMA identity FROM PUBLIC;
GRANT EXECUTE ON FUNCTION email_key, roles_of TO identity_app;
GRANT SELECT ON users, user_role TO identity_app;
