-- The saga of each order: the one row that decides. RESERVING -> COMMITTING -> CONFIRMED, or
-- RESERVING -> ABORTING -> CANCELLED. The step out of RESERVING (T2) is the decision.

CREATE TABLE saga (
  order_id         uuid NOT NULL,
  user_id          uuid NOT NULL,
  cart_version     text NOT NULL,
  state            text NOT NULL DEFAULT 'RESERVING',
  reason           text,               -- why it aborts: a name of ErrorReason
  failure          jsonb,              -- metadata of the reason, so that every replay says the same
  create_time      timestamptz NOT NULL DEFAULT clock_timestamp(),
  update_time      timestamptz NOT NULL DEFAULT clock_timestamp(),
  -- Whoever holds the lease drives the saga; the epoch fences off whoever held it before.
  lease_owner      text NOT NULL,
  lease_epoch      bigint NOT NULL DEFAULT 1,
  lease_until      timestamptz NOT NULL,
  next_attempt     timestamptz NOT NULL DEFAULT clock_timestamp(),
  retry_count      int  NOT NULL DEFAULT 0,
  crash_count      int  NOT NULL DEFAULT 0,
  cart_cleared     bool NOT NULL DEFAULT false,
  -- A dead saga keeps its direction and waits for a person.
  dead             bool NOT NULL DEFAULT false,
  dead_reason      text,
  CONSTRAINT saga_pkey PRIMARY KEY (order_id),
  CONSTRAINT saga_order_fkey FOREIGN KEY (order_id) REFERENCES orders,
  CONSTRAINT saga_state_known
    CHECK (state IN ('RESERVING', 'COMMITTING', 'CONFIRMED', 'ABORTING', 'CANCELLED')),
  CONSTRAINT saga_reason_when_aborted
    CHECK ((state IN ('ABORTING', 'CANCELLED')) = (reason IS NOT NULL)),
  CONSTRAINT saga_dead_has_reason CHECK (dead = (dead_reason IS NOT NULL))
) WITH (fillfactor = 60);  -- room for HOT updates

-- The same version of a cart cannot be bought twice, whatever keys are used.
CREATE UNIQUE INDEX saga_cart_once ON saga (user_id, cart_version)
  WHERE state IN ('RESERVING', 'COMMITTING', 'CONFIRMED');
-- One order at a time: until the items of an order are out of the cart, whatever the cart holds is
-- partly bought already.
CREATE UNIQUE INDEX saga_open_once ON saga (user_id)
  WHERE NOT dead AND NOT cart_cleared AND state IN ('RESERVING', 'COMMITTING', 'CONFIRMED');
-- Finds work: everything that is not at its end.
CREATE INDEX saga_live ON saga (next_attempt)
  WHERE NOT dead AND (state IN ('RESERVING', 'COMMITTING', 'ABORTING')
                      OR state = 'CONFIRMED' AND NOT cart_cleared);

CREATE TABLE saga_event (
  saga_event_id bigint GENERATED ALWAYS AS IDENTITY,
  order_id      uuid NOT NULL,
  state         text NOT NULL,
  reason        text,
  lease_owner   text NOT NULL,
  lease_epoch   bigint NOT NULL,
  create_time   timestamptz NOT NULL DEFAULT clock_timestamp(),
  CONSTRAINT saga_event_pkey PRIMARY KEY (saga_event_id),
  CONSTRAINT saga_event_saga_fkey FOREIGN KEY (order_id) REFERENCES saga
);
CREATE INDEX saga_event_by_order ON saga_event (order_id, saga_event_id);
CREATE TRIGGER saga_events_are_immutable BEFORE UPDATE OR DELETE OR TRUNCATE ON saga_event
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER sagas_stay BEFORE DELETE OR TRUNCATE ON saga
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- The only steps there are. A decision is never taken back, by nobody.
CREATE FUNCTION check_saga_step() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (OLD.state, NEW.state) NOT IN (('RESERVING', 'COMMITTING'), ('RESERVING', 'ABORTING'),
                                    ('COMMITTING', 'CONFIRMED'), ('ABORTING', 'CANCELLED')) THEN
    RAISE EXCEPTION 'saga % cannot go from % to %', OLD.order_id, OLD.state, NEW.state
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  NEW.update_time := clock_timestamp();
  RETURN NEW;
END $$;
CREATE TRIGGER saga_steps BEFORE UPDATE ON saga
  FOR EACH ROW WHEN (OLD.state IS DISTINCT FROM NEW.state) EXECUTE FUNCTION check_saga_step();

-- What a saga is about stays, and so does why it aborts; leases and marks only go forward.
CREATE TRIGGER saga_facts_stay BEFORE UPDATE ON saga FOR EACH ROW
  WHEN ((OLD.order_id, OLD.user_id, OLD.cart_version)
          IS DISTINCT FROM (NEW.order_id, NEW.user_id, NEW.cart_version)
        OR OLD.state <> 'RESERVING' AND (OLD.reason, OLD.failure)
                                        IS DISTINCT FROM (NEW.reason, NEW.failure)
        OR NEW.lease_epoch < OLD.lease_epoch OR OLD.cart_cleared AND NOT NEW.cart_cleared)
  EXECUTE FUNCTION refuse_change();

-- Each step leaves an event in its own transaction; nobody can write one by hand.
CREATE FUNCTION record_saga_event() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = orders, pg_temp AS $$
BEGIN
  INSERT INTO saga_event (order_id, state, reason, lease_owner, lease_epoch)
    VALUES (NEW.order_id, NEW.state, NEW.reason, NEW.lease_owner, NEW.lease_epoch);
  RETURN NULL;
END $$;
CREATE TRIGGER saga_begins AFTER INSERT ON saga
  FOR EACH ROW EXECUTE FUNCTION record_saga_event();
CREATE TRIGGER saga_moves AFTER UPDATE ON saga
  FOR EACH ROW WHEN (OLD.state IS DISTINCT FROM NEW.state) EXECUTE FUNCTION record_saga_event();

-- A saga begins as RESERVING with its first lease: that is what the defaults are.
GRANT SELECT, INSERT (order_id, user_id, cart_version, lease_owner, lease_until),
  UPDATE (state, reason, failure, lease_owner, lease_epoch, lease_until, next_attempt,
          retry_count, crash_count, cart_cleared, dead, dead_reason) ON saga TO order_app;
GRANT SELECT ON saga_event TO order_app;
