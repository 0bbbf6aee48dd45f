-- Keys that sign access tokens. The private half is sealed with a key that the database never sees.

CREATE TABLE signing_key (
  key_id       text  NOT NULL,   -- the key's thumbprint (RFC 7638)
  sealed       bytea NOT NULL,   -- AES-256-GCM, the key id authenticated with it
  -- NEXT is published before it signs; RETIRED for as long as a token that it signed may live.
  state        text  NOT NULL,
  create_time  timestamptz NOT NULL DEFAULT clock_timestamp(),
  retire_time  timestamptz,
  CONSTRAINT signing_key_pkey PRIMARY KEY (key_id),
  CONSTRAINT signing_key_state_known CHECK (state IN ('NEXT', 'SIGNING', 'RETIRED')),
  CONSTRAINT signing_key_retired_at_a_time CHECK ((state = 'RETIRED') = (retire_time IS NOT NULL))
);
-- However many replicas start at once, they agree on one.
CREATE UNIQUE INDEX signing_key_one_signs ON signing_key (state) WHERE state = 'SIGNING';

-- The app role makes the first key; it can replace none.
GRANT SELECT, INSERT ON signing_key TO identity_app;
