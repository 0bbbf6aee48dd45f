-- What operators may do to a saga. Each command is one function, and leaves its event in its own
-- transaction.

ALTER TABLE saga_event
  ADD COLUMN kind     text NOT NULL DEFAULT 'STEP',
  ADD COLUMN operator text,
  ADD COLUMN command  text,
  ADD COLUMN note     text,
  ADD CONSTRAINT saga_event_kind_known CHECK (kind IN ('STEP', 'OPERATOR')),
  ADD CONSTRAINT saga_event_names_operator
    CHECK ((kind = 'OPERATOR') = (operator IS NOT NULL AND command IS NOT NULL AND note IS NOT NULL)),
  ADD CONSTRAINT saga_event_command_known
    CHECK (command IN ('RETRY', 'FORCE_ABORT', 'PROPOSE_ROLL_FORWARD', 'ROLL_FORWARD'));

-- Finds those that wait for a person; there should be none.
CREATE INDEX saga_dead ON saga (order_id) WHERE dead;

-- Who wants to turn a split decision forward, and what the participants said when they were asked.
-- A row is evidence: what does not allow it is not written.
CREATE TABLE saga_resolution (
  saga_resolution_id bigint GENERATED ALWAYS AS IDENTITY,
  order_id           uuid  NOT NULL,
  operator           text  NOT NULL,
  note               text  NOT NULL,
  hold_state         text  NOT NULL,   -- a name of HoldState
  stock_state        text  NOT NULL,   -- a name of ReservationState
  evidence           jsonb NOT NULL,   -- all that they said
  create_time        timestamptz NOT NULL DEFAULT clock_timestamp(),
  CONSTRAINT saga_resolution_pkey PRIMARY KEY (saga_resolution_id),
  CONSTRAINT saga_resolution_saga_fkey FOREIGN KEY (order_id) REFERENCES saga,
  CONSTRAINT saga_resolution_is_split CHECK (hold_state = 'CAPTURED' OR stock_state = 'COMMITTED'),
  CONSTRAINT saga_resolution_nothing_let_go CHECK (hold_state IN ('RESERVED', 'CAPTURED')
                                                   AND stock_state IN ('RESERVED', 'COMMITTED'))
);
CREATE INDEX saga_resolution_by_order ON saga_resolution (order_id, create_time);
CREATE TRIGGER saga_resolutions_are_immutable BEFORE UPDATE OR DELETE OR TRUNCATE ON saga_resolution
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- How many people have said so lately.
CREATE FUNCTION saga_resolvers(id uuid) RETURNS bigint LANGUAGE sql STABLE
SECURITY DEFINER SET search_path = orders, pg_temp
AS $$
  SELECT count(DISTINCT operator) FROM saga_resolution
  WHERE order_id = id AND create_time > clock_timestamp() - interval '24 hours'
$$;

-- The only steps there are. A decision is never taken back, by nobody; the one that was split is
-- completed, when two people have seen that it was taken and nothing of it was given back.
CREATE OR REPLACE FUNCTION check_saga_step() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = orders, pg_temp
AS $$
BEGIN
  IF (OLD.state, NEW.state) NOT IN (('RESERVING', 'COMMITTING'), ('RESERVING', 'ABORTING'),
                                    ('COMMITTING', 'CONFIRMED'), ('ABORTING', 'CANCELLED'),
                                    ('CONFIRMED', 'REFUNDING'), ('REFUNDING', 'REFUNDED'))
     AND NOT ((OLD.state, NEW.state) = ('ABORTING', 'COMMITTING') AND OLD.dead
              AND saga_resolvers(OLD.order_id) >= 2) THEN
    RAISE EXCEPTION 'saga % violates constraint "saga_steps": it cannot go from % to %',
      OLD.order_id, OLD.state, NEW.state USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  NEW.update_time := clock_timestamp();
  RETURN NEW;
END $$;

-- As before, but that the reason of an abort goes when the abort does.
DROP TRIGGER saga_facts_stay ON saga;
CREATE TRIGGER saga_facts_stay BEFORE UPDATE ON saga FOR EACH ROW
  WHEN ((OLD.order_id, OLD.user_id, OLD.cart_version)
          IS DISTINCT FROM (NEW.order_id, NEW.user_id, NEW.cart_version)
        OR OLD.state <> 'RESERVING' AND (OLD.state, NEW.state) <> ('ABORTING', 'COMMITTING')
           AND (OLD.reason, OLD.failure) IS DISTINCT FROM (NEW.reason, NEW.failure)
        OR NEW.lease_epoch < OLD.lease_epoch OR OLD.cart_cleared AND NOT NEW.cart_cleared)
  EXECUTE FUNCTION refuse_change();

-- The event of a command, with the saga as the command left it.
CREATE FUNCTION record_operator(id uuid, who text, what text, why text) RETURNS void LANGUAGE sql
SECURITY DEFINER SET search_path = orders, pg_temp
AS $$
  INSERT INTO saga_event (order_id, state, reason, lease_owner, lease_epoch, kind, operator, command, note)
    SELECT order_id, state, reason, lease_owner, lease_epoch, 'OPERATOR', who, what, why
    FROM saga WHERE order_id = id
$$;

-- The answers of the commands: DONE, UNKNOWN for an order that there is not, or why not.

-- Alive, due now, and free for anybody. Violates saga_open_once when another order of the user has
-- taken its place meanwhile.
CREATE FUNCTION retry_saga(id uuid, who text, why text) RETURNS text LANGUAGE plpgsql
SECURITY DEFINER SET search_path = orders, pg_temp
AS $$
BEGIN
  UPDATE saga SET dead = false, dead_reason = NULL, crash_count = 0, retry_count = 0,
                  lease_epoch = lease_epoch + 1, lease_until = clock_timestamp(),
                  next_attempt = clock_timestamp()
    WHERE order_id = id AND (dead OR state IN ('RESERVING', 'COMMITTING', 'REFUNDING', 'ABORTING')
                             OR state IN ('CONFIRMED', 'REFUNDED') AND NOT cart_cleared);
  IF NOT FOUND THEN
    RETURN CASE WHEN EXISTS (SELECT 1 FROM saga WHERE order_id = id) THEN 'ENDED' ELSE 'UNKNOWN' END;
  END IF;
  PERFORM record_operator(id, who, 'RETRY', why);
  RETURN 'DONE';
END $$;

-- There is no look at the state here: saga_steps is what refuses it after the decision. A saga that
-- aborts already takes no step, hence the one exception.
CREATE FUNCTION force_abort_saga(id uuid, who text, why text) RETURNS text LANGUAGE plpgsql
SECURITY DEFINER SET search_path = orders, pg_temp
AS $$
BEGIN
  UPDATE saga SET state = 'ABORTING', reason = 'CHECKOUT_TIMED_OUT', failure = NULL, dead = false,
                  dead_reason = NULL, crash_count = 0, retry_count = 0,
                  lease_epoch = lease_epoch + 1, lease_until = clock_timestamp(),
                  next_attempt = clock_timestamp()
    WHERE order_id = id AND state <> 'ABORTING';
  IF NOT FOUND THEN
    RETURN CASE WHEN EXISTS (SELECT 1 FROM saga WHERE order_id = id) THEN 'DECIDED' ELSE 'UNKNOWN' END;
  END IF;
  PERFORM record_operator(id, who, 'FORCE_ABORT', why);
  RETURN 'DONE';
END $$;

-- Also PROPOSED, for the first of two. Violates saga_resolution_is_split or _nothing_let_go when
-- the evidence does not allow it, saga_cart_once or saga_open_once when another order has taken its
-- place meanwhile.
CREATE FUNCTION resolve_saga(id uuid, who text, why text, hold text, stock text, seen jsonb) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = orders, pg_temp
AS $$
DECLARE
  split bool;
BEGIN
  -- The lock makes two that resolve the same saga one after the other.
  SELECT dead AND state = 'ABORTING' INTO split FROM saga WHERE order_id = id FOR NO KEY UPDATE;
  IF NOT FOUND THEN RETURN 'UNKNOWN'; END IF;
  IF NOT split THEN RETURN 'NOT_SPLIT'; END IF;
  IF EXISTS (SELECT 1 FROM saga_resolution WHERE order_id = id AND operator = who
             AND create_time > clock_timestamp() - interval '24 hours') THEN
    RETURN 'SAME_OPERATOR';
  END IF;
  INSERT INTO saga_resolution (order_id, operator, note, hold_state, stock_state, evidence)
    VALUES (id, who, why, hold, stock, seen);
  IF saga_resolvers(id) < 2 THEN
    PERFORM record_operator(id, who, 'PROPOSE_ROLL_FORWARD', why);
    RETURN 'PROPOSED';
  END IF;
  UPDATE saga SET state = 'COMMITTING', reason = NULL, failure = NULL, dead = false,
                  dead_reason = NULL, crash_count = 0, retry_count = 0,
                  lease_epoch = lease_epoch + 1, lease_until = clock_timestamp(),
                  next_attempt = clock_timestamp()
    WHERE order_id = id;
  PERFORM record_operator(id, who, 'ROLL_FORWARD', why);
  RETURN 'DONE';
END $$;

REVOKE ALL ON ALL FUNCTIONS IN SCHEMA orders FROM PUBLIC;
GRANT EXECUTE ON FUNCTION retry_saga, force_abort_saga, resolve_saga TO order_app;
GRANT SELECT ON saga_resolution TO order_app;
