-- Administrators see the orders of everybody, and call them off as the buyer can: the same decision,
-- the same saga, with who did it in `cancellation` and in an event.

-- Null: the buyer did it. A key is that of whoever used it.
ALTER TABLE cancellation
  ADD COLUMN operator text,
  ADD CONSTRAINT cancellation_operator_says_why CHECK (operator IS NULL OR reason IS NOT NULL),
  DROP CONSTRAINT cancellation_idempotency_key_key,
  -- False: the order was called off already. The call said so and did nothing, and its key is used up.
  ADD COLUMN effective bool NOT NULL DEFAULT true,
  DROP CONSTRAINT cancellation_pkey;
CREATE UNIQUE INDEX cancellation_one_effective ON cancellation (order_id) WHERE effective;
CREATE UNIQUE INDEX cancellation_idempotency_key_key ON cancellation (user_id, idempotency_key)
  WHERE operator IS NULL;
CREATE UNIQUE INDEX cancellation_operator_key_key ON cancellation (operator, idempotency_key)
  WHERE operator IS NOT NULL;

ALTER TABLE saga_event
  DROP CONSTRAINT saga_event_command_known,
  ADD CONSTRAINT saga_event_command_known
    CHECK (command IN ('RETRY', 'FORCE_ABORT', 'PROPOSE_ROLL_FORWARD', 'ROLL_FORWARD', 'REFUND'));

-- Finds the few orders that ended otherwise than most.
CREATE INDEX saga_called_off ON saga (order_id)
  WHERE state IN ('REFUNDING', 'REFUNDED', 'ABORTING', 'CANCELLED');

-- What cancel_order of 0007 did, for the buyer (`who` is null) and for an administrator (`usr` is).
CREATE FUNCTION call_off_order(id uuid, usr uuid, who text, key text, payload bytea, words text,
                               owner text, lease interval, OUT outcome text, OUT epoch bigint)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = orders, pg_temp AS $$
DECLARE
  mine saga%ROWTYPE;
  print bytea;
BEGIN
  SELECT * INTO mine FROM saga
    WHERE order_id = id AND user_id = coalesce(usr, user_id) FOR NO KEY UPDATE;
  IF NOT FOUND THEN outcome := 'UNKNOWN'; RETURN; END IF;
  IF who IS NULL THEN
    SELECT fingerprint INTO print FROM cancellation
      WHERE user_id = usr AND idempotency_key = key AND operator IS NULL;
  ELSE
    SELECT fingerprint INTO print FROM cancellation WHERE operator = who AND idempotency_key = key;
  END IF;
  outcome := CASE
    WHEN print = payload THEN 'REPLAY'
    WHEN print IS NOT NULL THEN 'MISMATCH'
    WHEN mine.state IN ('REFUNDING', 'REFUNDED') OR mine.reason = 'ORDER_CANCELLED' THEN 'ALREADY'
    WHEN mine.dead OR mine.state IN ('ABORTING', 'CANCELLED') THEN 'REFUSED'
    WHEN mine.state = 'COMMITTING' THEN 'BUSY'
    ELSE 'CANCELLED' END;
  IF outcome = 'REPLAY' AND mine.lease_owner = owner AND mine.lease_until > clock_timestamp()
     AND mine.state IN ('REFUNDING', 'ABORTING') AND NOT mine.dead THEN
    epoch := mine.lease_epoch;
  END IF;
  IF outcome NOT IN ('CANCELLED', 'ALREADY') THEN RETURN; END IF;
  -- There is no effective one of this order, or it would be called off already.
  INSERT INTO cancellation (order_id, user_id, operator, idempotency_key, fingerprint, reason, effective)
    VALUES (id, mine.user_id, who, key, payload, words, outcome = 'CANCELLED') ON CONFLICT DO NOTHING;
  -- The key went to another order, of which we hold no lock, at this moment.
  IF NOT FOUND THEN outcome := 'MISMATCH'; END IF;
  IF outcome <> 'CANCELLED' THEN RETURN; END IF;
  UPDATE saga
    SET state = CASE state WHEN 'CONFIRMED' THEN 'REFUNDING' ELSE 'ABORTING' END,
        reason = CASE state WHEN 'RESERVING' THEN 'ORDER_CANCELLED' END,
        lease_owner = owner, lease_epoch = lease_epoch + 1, lease_until = clock_timestamp() + lease,
        next_attempt = clock_timestamp(), retry_count = 0, crash_count = 0
    WHERE order_id = id RETURNING lease_epoch INTO epoch;
  IF who IS NOT NULL THEN PERFORM record_operator(id, who, 'REFUND', words); END IF;
END $$;

CREATE OR REPLACE FUNCTION cancel_order(id uuid, usr uuid, key text, payload bytea, words text, owner text,
                             lease interval, OUT outcome text, OUT epoch bigint)
LANGUAGE sql SECURITY DEFINER SET search_path = orders, pg_temp AS $$
  SELECT c.outcome, c.epoch FROM call_off_order(id, usr, NULL, key, payload, words, owner, lease) c
$$;

-- The same for an administrator, of anybody's order.
CREATE FUNCTION refund_order(id uuid, who text, key text, payload bytea, words text, owner text,
                             lease interval, OUT outcome text, OUT epoch bigint)
LANGUAGE sql SECURITY DEFINER SET search_path = orders, pg_temp AS $$
  SELECT c.outcome, c.epoch FROM call_off_order(id, NULL, who, key, payload, words, owner, lease) c
$$;

REVOKE ALL ON FUNCTION call_off_order, refund_order FROM PUBLIC;
GRANT EXECUTE ON FUNCTION refund_order TO order_app;
