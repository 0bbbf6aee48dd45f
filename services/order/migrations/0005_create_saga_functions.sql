-- Everything that changes an order or its saga. The role that serves can read and call these, and
-- nothing else, so no rule here can be gone round. Each call is one statement and one commit.
-- Rows are locked by order id; place_order and resolve_order first take a lock on the id itself.

REVOKE INSERT ON orders, order_line FROM order_app;
REVOKE INSERT (order_id, user_id, cart_version, lease_owner, lease_until),
  UPDATE (state, reason, failure, lease_owner, lease_epoch, lease_until, next_attempt, retry_count,
          crash_count, cart_cleared, dead, dead_reason) ON saga FROM order_app;

-- T1: the order, its lines and its saga, in one call and one transaction. Returns the order that
-- the key has then, new or not, and whether it was made for another payload. Violates
-- saga_cart_once when this version of the cart is ordered already, saga_open_once when the items of
-- another order are not out of the cart yet, orders_user_seq_key when the user has placed another one
-- since the cart was about to be read, order_tombstone_stays when it was told already that there is no
-- such order.
CREATE OR REPLACE FUNCTION place_order(id uuid, usr uuid, number bigint, key text, payload bytea, hold uuid,
                                       cart text, cur char(3), cost bigint, address jsonb, products uuid[],
                                       names text[], prices bigint[], quantities int[], owner text,
                                       lease interval, OUT placed_id uuid, OUT mismatch bool,
                                       OUT placed_time timestamptz)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = orders, pg_temp AS $$
DECLARE
  earlier orders%ROWTYPE;
BEGIN
  -- Against resolve_order, which must know whether there is such an order or never will be.
  PERFORM pg_advisory_xact_lock(hashtextextended(id::text, 0));
  IF EXISTS (SELECT 1 FROM order_tombstone t WHERE t.order_id = id) THEN
    RAISE EXCEPTION 'order % violates constraint "order_tombstone_stays"', id
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  INSERT INTO orders (order_id, user_id, user_seq, idempotency_key, fingerprint, hold_id, cart_version,
                      currency, total, shipping_address)
    VALUES (id, usr, number, key, payload, hold, cart, cur, cost, address)
    ON CONFLICT (user_id, idempotency_key) DO NOTHING
    RETURNING order_id, false, create_time INTO placed_id, mismatch, placed_time;
  IF NOT FOUND THEN
    -- A statement of its own, so it sees the row that made ours a conflict.
    SELECT * INTO STRICT earlier FROM orders WHERE user_id = usr AND idempotency_key = key;
    placed_id := earlier.order_id;
    mismatch := earlier.fingerprint <> payload;
    placed_time := earlier.create_time;
    RETURN;
  END IF;
  INSERT INTO order_line (order_id, position, product_id, name, unit_price, quantity)
    SELECT id, l.position, l.product, l.name, l.price, l.quantity
    FROM unnest(products, names, prices, quantities) WITH ORDINALITY
      AS l (product, name, price, quantity, position);
  INSERT INTO saga (order_id, user_id, cart_version, lease_owner, lease_until)
    VALUES (id, usr, cart, owner, clock_timestamp() + lease);
END $$;

-- T2, the decision: to commit, or to abort because of `why`. Its time; null when the saga was
-- decided already, or is leased to somebody else.
CREATE FUNCTION decide_saga(id uuid, epoch bigint, why text, details jsonb) RETURNS timestamptz
LANGUAGE plpgsql SECURITY DEFINER SET search_path = orders, pg_temp AS $$
DECLARE
  decided timestamptz;
BEGIN
  UPDATE saga SET state = CASE WHEN why IS NULL THEN 'COMMITTING' ELSE 'ABORTING' END, reason = why,
                  failure = details, retry_count = 0
    WHERE order_id = id AND lease_epoch = epoch AND state = 'RESERVING'
    RETURNING update_time INTO decided;
  RETURN decided;
END $$;

-- The pause of a saga that is given back: a random part of min(30 s, 100 ms * 2^retries).
CREATE FUNCTION pause_after(retries int) RETURNS interval LANGUAGE sql AS $$
  SELECT random() * least(interval '30 seconds', interval '0.1 second' * 2 ^ least(retries, 9));
$$;

-- T3 of many. A saga that is CONFIRMED already only gets the mark of its cart, and so does one that
-- was cancelled since; whoever refunds keeps his lease. One whose cart is not cleared is given back
-- for another try.
CREATE FUNCTION confirm_sagas(cleared uuid[], kept uuid[]) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = orders, pg_temp AS $$
BEGIN
  PERFORM 1 FROM saga WHERE order_id = ANY (cleared || kept) ORDER BY order_id FOR NO KEY UPDATE;
  UPDATE saga SET cart_cleared = true
    WHERE order_id = ANY (cleared) AND state = 'REFUNDING' AND NOT cart_cleared;
  UPDATE saga
    SET state = CASE state WHEN 'COMMITTING' THEN 'CONFIRMED' ELSE state END, crash_count = 0,
        cart_cleared = cart_cleared OR order_id = ANY (cleared), lease_until = clock_timestamp(),
        next_attempt = clock_timestamp() + pause_after(retry_count),
        retry_count = retry_count + (order_id = ANY (kept))::int
    WHERE order_id = ANY (cleared || kept) AND state IN ('COMMITTING', 'CONFIRMED', 'REFUNDED');
END $$;

-- The end of an abort.
CREATE FUNCTION cancel_saga(id uuid) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = orders, pg_temp AS $$
BEGIN
  UPDATE saga SET state = 'CANCELLED', crash_count = 0 WHERE order_id = id AND state = 'ABORTING';
END $$;

-- The end of a refund. The lease stays: whoever has it may still have to clear the cart.
CREATE FUNCTION refund_saga(id uuid) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = orders, pg_temp AS $$
BEGIN
  UPDATE saga SET state = 'REFUNDED', crash_count = 0, retry_count = 0
    WHERE order_id = id AND state = 'REFUNDING';
END $$;

-- Takes up to `most` sagas that nobody drives, by saga_live, oldest first; each is claimed by one
-- process. A state of a newer version is not among them: it is left to that version.
CREATE FUNCTION claim_sagas(owner text, most int, lease interval, decide_within interval)
RETURNS TABLE (id uuid, epoch bigint, crashes int, overdue bool)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = orders, pg_temp AS $$
BEGIN
  RETURN QUERY
    WITH free AS MATERIALIZED (
      SELECT order_id FROM saga
      WHERE NOT dead AND (state IN ('RESERVING', 'COMMITTING', 'REFUNDING', 'ABORTING')
                          OR state IN ('CONFIRMED', 'REFUNDED') AND NOT cart_cleared)
        AND next_attempt <= clock_timestamp() AND lease_until < clock_timestamp()
      ORDER BY next_attempt LIMIT most FOR UPDATE SKIP LOCKED)
    UPDATE saga s SET lease_epoch = s.lease_epoch + 1, lease_owner = owner,
                      crash_count = s.crash_count + 1, lease_until = clock_timestamp() + lease
      FROM free WHERE s.order_id = free.order_id
      RETURNING s.order_id, s.lease_epoch, s.crash_count,
                s.create_time + decide_within < clock_timestamp();
END $$;

-- Gives sagas back whose lease still stands. An orderly end of a drive, so it is no crash. They are
-- tried again after a pause that grows with each time, or, when they only waited for somebody who is
-- known to be away, within `within`.
CREATE FUNCTION park_sagas(ids uuid[], epochs bigint[], within interval) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = orders, pg_temp AS $$
BEGIN
  PERFORM 1 FROM saga s JOIN unnest(ids, epochs) AS l (order_id, lease_epoch)
    USING (order_id, lease_epoch) ORDER BY s.order_id FOR NO KEY UPDATE OF s;
  UPDATE saga s
    SET lease_until = clock_timestamp(), crash_count = 0,
        retry_count = s.retry_count + (within IS NULL)::int,
        next_attempt = clock_timestamp() + coalesce(random() * within, pause_after(s.retry_count))
    FROM unnest(ids, epochs) AS l (order_id, lease_epoch)
    WHERE s.order_id = l.order_id AND s.lease_epoch = l.lease_epoch;
END $$;

-- Takes a saga out of the traffic, with its direction. False when the lease is not the latest.
CREATE FUNCTION mark_saga_dead(id uuid, epoch bigint, why text) RETURNS bool
LANGUAGE plpgsql SECURITY DEFINER SET search_path = orders, pg_temp AS $$
BEGIN
  UPDATE saga SET dead = true, dead_reason = why
    WHERE order_id = id AND lease_epoch = epoch AND NOT dead;
  RETURN FOUND;
END $$;

-- Calls an order of a user off. `outcome` is CANCELLED when this call did it, and `epoch` the lease of
-- what is to be done now; REPLAY when the same call did it before, ALREADY when another one did, BUSY
-- while it is decided and not confirmed, REFUSED when it cannot be cancelled, UNKNOWN, or MISMATCH
-- when the key is that of another cancellation. A dead saga is REFUSED: what contradicted it is looked
-- at by a person before anything else moves.
CREATE FUNCTION cancel_order(id uuid, usr uuid, key text, payload bytea, words text, owner text,
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

-- What a participant whose hold ran out may do: COMMIT, ABORT, or nothing yet (UNDECIDED: the saga is
-- dead before its decision). An undecided order is called off first, and one that nobody has heard of
-- can never come; a decided one is driven on at once. The saga is not taken from whoever has it, but
-- its new epoch fences off what he would have decided.
CREATE FUNCTION resolve_order(id uuid) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = orders, pg_temp AS $$
DECLARE
  mine saga%ROWTYPE;
BEGIN
  PERFORM pg_advisory_xact_lock(hashtextextended(id::text, 0));
  SELECT * INTO mine FROM saga WHERE order_id = id FOR NO KEY UPDATE;
  IF NOT FOUND THEN
    INSERT INTO order_tombstone (order_id) VALUES (id) ON CONFLICT DO NOTHING;
    RETURN 'ABORT';
  END IF;
  IF mine.state IN ('ABORTING', 'CANCELLED') THEN RETURN 'ABORT'; END IF;
  IF mine.state <> 'RESERVING' THEN
    UPDATE saga SET next_attempt = clock_timestamp()
      WHERE order_id = id AND next_attempt > clock_timestamp();
    RETURN 'COMMIT';
  END IF;
  IF mine.dead THEN RETURN 'UNDECIDED'; END IF;
  UPDATE saga SET state = 'ABORTING', reason = 'CHECKOUT_TIMED_OUT', lease_epoch = lease_epoch + 1,
                  retry_count = 0, lease_until = clock_timestamp(), next_attempt = clock_timestamp()
    WHERE order_id = id;
  RETURN 'ABORT';
END $$;

REVOKE ALL ON ALL FUNCTIONS IN SCHEMA orders FROM PUBLIC;
GRANT EXECUTE ON FUNCTION place_order, decide_saga, confirm_sagas, cancel_saga, refund_saga, claim_sagas,
  park_sagas, mark_saga_dead, cancel_order, resolve_order TO order_app;
