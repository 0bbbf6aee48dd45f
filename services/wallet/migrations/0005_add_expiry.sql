-- Holds whose time ran out. The hold of a saga is coordinated: its expire_time is an alarm, and only
-- the order service can say that it may go. A unilateral one is for callers who promised nothing to
-- others: it ends by itself, at its expire_time and not a moment later.

ALTER TABLE hold
  ADD COLUMN coordinated bool NOT NULL DEFAULT true,
  ADD CONSTRAINT hold_unilateral_expires CHECK (coordinated OR expire_time IS NOT NULL);

-- Sets money aside: RESERVED, REFUSED (for ever), ABORTED (was released first, or has expired),
-- MISMATCH, or the state that a replay finds.
CREATE FUNCTION reserve_hold(id uuid, usr uuid, ord uuid, cur char(3), units bigint,
                             time_to_live interval, coord bool) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = wallet, pg_temp AS $$
DECLARE
  found_hold hold%ROWTYPE;
BEGIN
  INSERT INTO hold (hold_id, account_id, order_id, currency, amount, state, expire_time,
                    coordinated)
    VALUES (id, usr, ord, cur, units, 'RESERVED', clock_timestamp() + time_to_live, coord)
    ON CONFLICT (hold_id) DO NOTHING;
  IF NOT FOUND THEN
    SELECT * INTO STRICT found_hold FROM hold WHERE hold_id = id;
    IF found_hold.account_id IS NULL THEN RETURN 'ABORTED'; END IF;
    IF (found_hold.account_id, found_hold.order_id, found_hold.currency, found_hold.amount,
        found_hold.coordinated) IS DISTINCT FROM (usr, ord, cur, units, coord) THEN
      RETURN 'MISMATCH';
    END IF;
    IF found_hold.state IN ('RELEASED', 'EXPIRED') THEN RETURN 'ABORTED'; END IF;
    RETURN found_hold.state;
  END IF;
  -- The condition is checked on the newest version of the row, under its lock.
  UPDATE account SET held = held + units
    WHERE account_id = usr AND currency = cur AND posted - held >= units;
  IF FOUND THEN RETURN 'RESERVED'; END IF;
  UPDATE hold SET state = 'REFUSED', decide_time = clock_timestamp() WHERE hold_id = id;
  RETURN 'REFUSED';
END $$;

-- For processes of the version before, while both run.
CREATE OR REPLACE FUNCTION reserve_hold(id uuid, usr uuid, ord uuid, cur char(3), units bigint,
                                        time_to_live interval) RETURNS text
LANGUAGE sql SECURITY DEFINER SET search_path = wallet, pg_temp AS $$
  SELECT reserve_hold(id, usr, ord, cur, units, time_to_live, true)
$$;

-- Frees an overdue hold: EXPIRED (also for a replay), UNKNOWN, or the state that it has, RESERVED
-- when its time is not over. REQUIRES: of a coordinated hold, the order service has made durable
-- that the order is called off.
CREATE FUNCTION expire_hold(id uuid) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = wallet, pg_temp AS $$
DECLARE
  found_hold hold%ROWTYPE;
BEGIN
  SELECT * INTO found_hold FROM hold WHERE hold_id = id FOR NO KEY UPDATE;
  IF NOT FOUND THEN RETURN 'UNKNOWN'; END IF;
  IF found_hold.state <> 'RESERVED' OR found_hold.expire_time > clock_timestamp() THEN
    RETURN found_hold.state;
  END IF;
  UPDATE hold SET state = 'EXPIRED', reason = 'expired', decide_time = clock_timestamp()
    WHERE hold_id = id;
  UPDATE account SET held = held - found_hold.amount WHERE account_id = found_hold.account_id;
  RETURN 'EXPIRED';
END $$;

-- Takes held money, of up to 256 distinct holds in one transaction; what is not taken is freed. One
-- row per hold: CAPTURED, or why not, in which case nothing of that hold changed; but a unilateral
-- hold that is overdue ends here, so that EXPIRED is final whatever the clock does next.
CREATE OR REPLACE FUNCTION capture_holds(ids uuid[], units bigint[])
RETURNS TABLE (hold_id uuid, result text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = wallet, pg_temp AS $$
#variable_conflict use_column
DECLARE
  done uuid[];  -- decided by this call: captured, or expired
  instant timestamptz;
BEGIN
  -- Locks first, in id order: UPDATE .. FROM takes them in any order.
  PERFORM 1 FROM hold WHERE hold_id = ANY (ids) ORDER BY hold_id FOR NO KEY UPDATE;
  -- Read once, under the locks: nobody else can say otherwise about these holds.
  instant := clock_timestamp();
  WITH wanted AS (SELECT * FROM unnest(ids, units) AS w (id, amount)),
       taken AS (
         UPDATE hold h SET decide_time = instant,
           state = CASE WHEN h.coordinated OR h.expire_time > instant
                        THEN 'CAPTURED' ELSE 'EXPIRED' END,
           captured = CASE WHEN h.coordinated OR h.expire_time > instant THEN w.amount END
         FROM wanted w
         WHERE h.hold_id = w.id AND h.state = 'RESERVED' AND w.amount BETWEEN 1 AND h.amount
         RETURNING h.hold_id)
  SELECT coalesce(array_agg(t.hold_id), '{}') INTO done FROM taken t;
  INSERT INTO account (account_id, kind, currency)
    SELECT DISTINCT shard_of('MERCHANT', h.hold_id::text), 'MERCHANT', h.currency
    FROM hold h WHERE h.hold_id = ANY (done) AND h.state = 'CAPTURED'
      AND NOT EXISTS (SELECT 1 FROM account a
                      WHERE a.account_id = shard_of('MERCHANT', h.hold_id::text))
    ORDER BY 1 ON CONFLICT (account_id) DO NOTHING;
  PERFORM 1 FROM account
    WHERE account_id IN (SELECT h.account_id FROM hold h WHERE h.hold_id = ANY (done)
                         UNION
                         SELECT shard_of('MERCHANT', h.hold_id::text) FROM hold h
                         WHERE h.hold_id = ANY (done) AND h.state = 'CAPTURED')
    ORDER BY account_id FOR NO KEY UPDATE;
  -- Balances after each posting are computed from the locked rows, before they change.
  INSERT INTO journal (kind, debit_id, credit_id, currency, amount, hold_id, order_id,
                       debit_seq, debit_after, credit_seq, credit_after)
    SELECT 'CAPTURE', m.account_id, m.shard, m.currency, m.captured, m.hold_id, m.order_id,
           d.seq + row_number() OVER by_user, d.posted - sum(m.captured) OVER by_user,
           c.seq + row_number() OVER by_shard, c.posted + sum(m.captured) OVER by_shard
    FROM (SELECT h.*, shard_of('MERCHANT', h.hold_id::text) AS shard FROM hold h
          WHERE h.hold_id = ANY (done) AND h.state = 'CAPTURED') m
      JOIN account d ON d.account_id = m.account_id
      JOIN account c ON c.account_id = m.shard
    WINDOW by_user AS (PARTITION BY m.account_id ORDER BY m.hold_id),
           by_shard AS (PARTITION BY m.shard ORDER BY m.hold_id);
  UPDATE account a SET posted = a.posted - s.captured, held = a.held - s.amount, seq = a.seq + s.n
    FROM (SELECT h.account_id, coalesce(sum(h.captured), 0) AS captured, sum(h.amount) AS amount,
                 count(h.captured) AS n
          FROM hold h WHERE h.hold_id = ANY (done) GROUP BY 1) s
    WHERE a.account_id = s.account_id;
  UPDATE account a SET posted = a.posted + s.captured, seq = a.seq + s.n
    FROM (SELECT shard_of('MERCHANT', h.hold_id::text) AS shard, sum(h.captured) AS captured,
                 count(*) AS n
          FROM hold h WHERE h.hold_id = ANY (done) AND h.state = 'CAPTURED' GROUP BY 1) s
    WHERE a.account_id = s.shard;
  RETURN QUERY
    SELECT w.id,
           CASE WHEN h.hold_id IS NULL THEN 'UNKNOWN'
                WHEN h.state = 'CAPTURED' AND h.captured = w.amount THEN 'CAPTURED'
                WHEN h.state IN ('CAPTURED', 'RESERVED') THEN 'MISMATCH'
                ELSE h.state END
    FROM unnest(ids, units) AS w (id, amount) LEFT JOIN hold h ON h.hold_id = w.id;
END $$;

REVOKE ALL ON FUNCTION expire_hold, reserve_hold(uuid, uuid, uuid, char, bigint, interval, bool)
  FROM PUBLIC;
GRANT EXECUTE ON FUNCTION expire_hold, reserve_hold(uuid, uuid, uuid, char, bigint, interval, bool)
  TO wallet_app;
