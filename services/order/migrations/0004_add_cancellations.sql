-- Cancellation of an order. Of one that is confirmed it is the second saga of the same row: CONFIRMED
-- -> REFUNDING is its decision, which nothing refuses or takes back, and REFUNDED is its end. One
-- that is not decided yet is called off: RESERVING -> ABORTING -> CANCELLED.

-- Who called an order off, and under which key. Written once, with the step that it stands for.
CREATE TABLE cancellation (
  order_id        uuid  NOT NULL,
  user_id         uuid  NOT NULL,
  idempotency_key text  NOT NULL,
  fingerprint     bytea NOT NULL,  -- of what the client sent
  reason          text,            -- in the user's words
  create_time     timestamptz NOT NULL DEFAULT clock_timestamp(),
  CONSTRAINT cancellation_pkey PRIMARY KEY (order_id),
  CONSTRAINT cancellation_order_fkey FOREIGN KEY (order_id) REFERENCES orders,
  CONSTRAINT cancellation_idempotency_key_key UNIQUE (user_id, idempotency_key),
  CONSTRAINT cancellation_key_length CHECK (length(idempotency_key) BETWEEN 1 AND 255),
  CONSTRAINT cancellation_reason_length CHECK (length(reason) BETWEEN 1 AND 200)
);
CREATE TRIGGER cancellations_are_immutable BEFORE UPDATE OR DELETE OR TRUNCATE ON cancellation
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- Orders that a participant asked about and that were not there: they must never come.
CREATE TABLE order_tombstone (
  order_id    uuid NOT NULL,
  create_time timestamptz NOT NULL DEFAULT clock_timestamp(),
  CONSTRAINT order_tombstone_pkey PRIMARY KEY (order_id)
);
CREATE TRIGGER order_tombstones_are_immutable
  BEFORE UPDATE OR DELETE OR TRUNCATE ON order_tombstone
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- saga_reason_when_aborted stays as it is: a refund has its words in `cancellation`.
ALTER TABLE saga DROP CONSTRAINT saga_state_known, ADD CONSTRAINT saga_state_known
  CHECK (state IN ('RESERVING', 'COMMITTING', 'CONFIRMED', 'REFUNDING', 'REFUNDED', 'ABORTING',
                   'CANCELLED'));

CREATE OR REPLACE FUNCTION check_saga_step() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (OLD.state, NEW.state) NOT IN (('RESERVING', 'COMMITTING'), ('RESERVING', 'ABORTING'),
                                    ('COMMITTING', 'CONFIRMED'), ('ABORTING', 'CANCELLED'),
                                    ('CONFIRMED', 'REFUNDING'), ('REFUNDING', 'REFUNDED')) THEN
    RAISE EXCEPTION 'saga % cannot go from % to %', OLD.order_id, OLD.state, NEW.state
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  NEW.update_time := clock_timestamp();
  RETURN NEW;
END $$;

-- What was bought stays bought when the money goes back: the version of the cart is used up, and the
-- items are to leave the cart.
DROP INDEX saga_cart_once;
CREATE UNIQUE INDEX saga_cart_once ON saga (user_id, cart_version)
  WHERE state IN ('RESERVING', 'COMMITTING', 'CONFIRMED', 'REFUNDING', 'REFUNDED');
DROP INDEX saga_open_once;
CREATE UNIQUE INDEX saga_open_once ON saga (user_id)
  WHERE NOT dead AND NOT cart_cleared
    AND state IN ('RESERVING', 'COMMITTING', 'CONFIRMED', 'REFUNDING', 'REFUNDED');
DROP INDEX saga_live;
CREATE INDEX saga_live ON saga (next_attempt)
  WHERE NOT dead AND (state IN ('RESERVING', 'COMMITTING', 'REFUNDING', 'ABORTING')
                      OR state IN ('CONFIRMED', 'REFUNDED') AND NOT cart_cleared);

GRANT SELECT ON cancellation, order_tombstone TO order_app;
