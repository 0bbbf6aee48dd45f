-- Whoever drives a saga may be late: what he saw, and what he still does, must not harm it.

-- Takes a saga out of the traffic, with its direction. False when the lease is not the latest, or when
-- the saga is not where it was seen: then what looks like a contradiction is none, since another
-- process has driven it on. `seen` is null when its state does not matter.
DROP FUNCTION mark_saga_dead(uuid, bigint, text);
CREATE FUNCTION mark_saga_dead(id uuid, epoch bigint, why text, seen text) RETURNS bool
LANGUAGE plpgsql SECURITY DEFINER SET search_path = orders, pg_temp AS $$
BEGIN
  UPDATE saga SET dead = true, dead_reason = why
    WHERE order_id = id AND lease_epoch = epoch AND state = coalesce(seen, state) AND NOT dead;
  RETURN FOUND;
END $$;

-- As before, but that no step is taken of a dead saga, by whoever drove it when it was left to a person.
CREATE OR REPLACE FUNCTION decide_saga(id uuid, epoch bigint, why text, details jsonb) RETURNS timestamptz
LANGUAGE plpgsql SECURITY DEFINER SET search_path = orders, pg_temp AS $$
DECLARE
  decided timestamptz;
BEGIN
  UPDATE saga SET state = CASE WHEN why IS NULL THEN 'COMMITTING' ELSE 'ABORTING' END, reason = why,
                  failure = details, retry_count = 0
    WHERE order_id = id AND lease_epoch = epoch AND state = 'RESERVING' AND NOT dead
    RETURNING update_time INTO decided;
  RETURN decided;
END $$;

CREATE OR REPLACE FUNCTION confirm_sagas(cleared uuid[], kept uuid[]) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = orders, pg_temp AS $$
BEGIN
  PERFORM 1 FROM saga WHERE order_id = ANY (cleared || kept) ORDER BY order_id FOR NO KEY UPDATE;
  UPDATE saga SET cart_cleared = true
    WHERE order_id = ANY (cleared) AND state = 'REFUNDING' AND NOT cart_cleared
      AND NOT dead;
  UPDATE saga
    SET state = CASE state WHEN 'COMMITTING' THEN 'CONFIRMED' ELSE state END, crash_count = 0,
        cart_cleared = cart_cleared OR order_id = ANY (cleared), lease_until = clock_timestamp(),
        next_attempt = clock_timestamp() + pause_after(retry_count),
        retry_count = retry_count + (order_id = ANY (kept))::int
    WHERE order_id = ANY (cleared || kept) AND state IN ('COMMITTING', 'CONFIRMED', 'REFUNDED')
      AND NOT dead;
END $$;

CREATE OR REPLACE FUNCTION cancel_saga(id uuid) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = orders, pg_temp AS $$
BEGIN
  UPDATE saga SET state = 'CANCELLED', crash_count = 0
    WHERE order_id = id AND state = 'ABORTING' AND NOT dead;
END $$;

CREATE OR REPLACE FUNCTION refund_saga(id uuid) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = orders, pg_temp AS $$
BEGIN
  UPDATE saga SET state = 'REFUNDED', crash_count = 0, retry_count = 0
    WHERE order_id = id AND state = 'REFUNDING' AND NOT dead;
END $$;

-- As claim_sagas, of those only that are undecided and past their deadline: to call them off nobody is
-- needed, so they do not wait for a participant that is away. By saga_live.
CREATE FUNCTION claim_overdue_sagas(owner text, most int, lease interval, decide_within interval)
RETURNS TABLE (id uuid, epoch bigint, crashes int)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = orders, pg_temp AS $$
BEGIN
  RETURN QUERY
    WITH free AS MATERIALIZED (
      SELECT order_id FROM saga
      WHERE NOT dead AND state = 'RESERVING' AND create_time + decide_within < clock_timestamp()
        AND next_attempt <= clock_timestamp() AND lease_until < clock_timestamp()
      ORDER BY next_attempt LIMIT most FOR UPDATE SKIP LOCKED)
    UPDATE saga s SET lease_epoch = s.lease_epoch + 1, lease_owner = owner,
                      crash_count = s.crash_count + 1, lease_until = clock_timestamp() + lease
      FROM free WHERE s.order_id = free.order_id
      RETURNING s.order_id, s.lease_epoch, s.crash_count;
END $$;

-- Whoever drives for longer than a lease lasts keeps it. One that was given back, or has run out, is
-- not renewed: it is anybody's.
CREATE FUNCTION renew_leases(ids uuid[], epochs bigint[], lease interval) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = orders, pg_temp AS $$
BEGIN
  PERFORM 1 FROM saga s JOIN unnest(ids, epochs) AS l (order_id, lease_epoch)
    USING (order_id, lease_epoch) ORDER BY s.order_id FOR NO KEY UPDATE OF s;
  UPDATE saga s SET lease_until = clock_timestamp() + lease
    FROM unnest(ids, epochs) AS l (order_id, lease_epoch)
    WHERE s.order_id = l.order_id AND s.lease_epoch = l.lease_epoch
      AND s.lease_until > clock_timestamp() AND NOT s.dead;
END $$;

-- As before, but that a replay has the epoch, too, when this process has the lease still and the answer
-- that told it so was lost: otherwise nobody drove it until the lease ran out.
CREATE OR REPLACE FUNCTION cancel_order(id uuid, usr uuid, key text, payload bytea, words text, owner text,
                             lease interval, OUT outcome text, OUT epoch bigint)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = orders, pg_temp AS $$
DECLARE
  mine saga%ROWTYPE;
  print bytea;
BEGIN
  SELECT * INTO mine FROM saga WHERE order_id = id AND user_id = usr FOR NO KEY UPDATE;
  IF NOT FOUND THEN outcome := 'UNKNOWN'; RETURN; END IF;
  SELECT fingerprint INTO print FROM cancellation WHERE user_id = usr AND idempotency_key = key;
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
  IF outcome <> 'CANCELLED' THEN RETURN; END IF;
  INSERT INTO cancellation (order_id, user_id, idempotency_key, fingerprint, reason)
    VALUES (id, usr, key, payload, words) ON CONFLICT (user_id, idempotency_key) DO NOTHING;
  -- The key went to another order, of which we hold no lock, at this moment.
  IF NOT FOUND THEN outcome := 'MISMATCH'; RETURN; END IF;
  UPDATE saga
    SET state = CASE state WHEN 'CONFIRMED' THEN 'REFUNDING' ELSE 'ABORTING' END,
        reason = CASE state WHEN 'RESERVING' THEN 'ORDER_CANCELLED' END,
        lease_owner = owner, lease_epoch = lease_epoch + 1, lease_until = clock_timestamp() + lease,
        next_attempt = clock_timestamp(), retry_count = 0, crash_count = 0
    WHERE order_id = id RETURNING lease_epoch INTO epoch;
END $$;

REVOKE ALL ON ALL FUNCTIONS IN SCHEMA orders FROM PUBLIC;
GRANT EXECUTE ON FUNCTION mark_saga_dead, claim_overdue_sagas, renew_leases TO order_app;
