-- The operations of the wallet. Each is one call, one transaction, READ COMMITTED: every
-- statement sees what others committed before it. Lock order: hold or operation, then user
-- account, then shared account. SECURITY DEFINER: the app role has no other way to move money.

-- The shared account of `kind` that takes the movements of `seed`; 8 shards per kind.
CREATE FUNCTION shard_of(kind text, seed text) RETURNS uuid LANGUAGE sql IMMUTABLE AS $$
  SELECT ('ffffffff-' || CASE kind WHEN 'MERCHANT' THEN '0001' ELSE '0002' END
          || '-4000-8000-' || lpad(to_hex(hashtext(seed) & 7), 12, '0'))::uuid
$$;

-- Adds to an account and takes the next place in its history. Makes a missing account.
CREATE FUNCTION post(id uuid, account_kind text, cur char(3), delta bigint,
                     OUT new_seq bigint, OUT new_posted bigint)
LANGUAGE plpgsql AS $$
BEGIN
  UPDATE account SET posted = posted + delta, seq = seq + 1
    WHERE account_id = id AND currency = cur RETURNING seq, posted INTO new_seq, new_posted;
  IF NOT FOUND THEN
    INSERT INTO account (account_id, kind, currency) VALUES (id, account_kind, cur)
      ON CONFLICT (account_id) DO NOTHING;
    UPDATE account SET posted = posted + delta, seq = seq + 1
      WHERE account_id = id AND currency = cur
      RETURNING seq, posted INTO STRICT new_seq, new_posted;
  END IF;
END $$;

-- Puts money in. One row: result OK, REPLAY or MISMATCH (same key, other payload), the posting
-- of the key, and what the user has now.
CREATE FUNCTION deposit(usr uuid, key text, payload bytea, cur char(3), units bigint)
RETURNS TABLE (result text, journal_id bigint, balance_after bigint, create_time timestamptz,
               posted bigint, held bigint, amount bigint)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = wallet, pg_temp AS $$
#variable_conflict use_column
DECLARE
  claimed bytea;
  id bigint;
  world record;
  mine record;
BEGIN
  INSERT INTO operation (user_id, kind, idempotency_key, fingerprint)
    VALUES (usr, 'DEPOSIT', key, payload) ON CONFLICT DO NOTHING;
  IF FOUND THEN
    result := 'OK';
    mine := post(usr, 'USER', cur, units);
    world := post(shard_of('WORLD', usr || key), 'WORLD', cur, -units);
    INSERT INTO journal (kind, debit_id, credit_id, currency, amount,
                         debit_seq, debit_after, credit_seq, credit_after)
      VALUES ('DEPOSIT', shard_of('WORLD', usr || key), usr, cur, units,
              world.new_seq, world.new_posted, mine.new_seq, mine.new_posted)
      RETURNING journal.journal_id INTO id;
    UPDATE operation SET journal_id = id
      WHERE user_id = usr AND kind = 'DEPOSIT' AND idempotency_key = key;
  ELSE
    -- A statement of its own, so it sees the row that made ours a conflict.
    SELECT fingerprint, operation.journal_id INTO STRICT claimed, id FROM operation
      WHERE user_id = usr AND kind = 'DEPOSIT' AND idempotency_key = key;
    result := CASE WHEN claimed = payload THEN 'REPLAY' ELSE 'MISMATCH' END;
  END IF;
  RETURN QUERY
    SELECT result, j.journal_id, j.credit_after, j.create_time, a.posted, a.held, j.amount
    FROM journal j JOIN account a ON a.account_id = j.credit_id WHERE j.journal_id = id;
END $$;

-- Sets money aside: RESERVED, REFUSED (for ever), ABORTED (was released first), MISMATCH, or
-- the state that a replay finds.
CREATE FUNCTION reserve_hold(id uuid, usr uuid, ord uuid, cur char(3), units bigint,
                             time_to_live interval) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = wallet, pg_temp AS $$
DECLARE
  found_hold hold%ROWTYPE;
BEGIN
  INSERT INTO hold (hold_id, account_id, order_id, currency, amount, state, expire_time)
    VALUES (id, usr, ord, cur, units, 'RESERVED', clock_timestamp() + time_to_live)
    ON CONFLICT (hold_id) DO NOTHING;
  IF NOT FOUND THEN
    SELECT * INTO STRICT found_hold FROM hold WHERE hold_id = id;
    IF found_hold.account_id IS NULL THEN RETURN 'ABORTED'; END IF;
    IF (found_hold.account_id, found_hold.order_id, found_hold.currency, found_hold.amount)
       IS DISTINCT FROM (usr, ord, cur, units) THEN
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

-- Gives held money back; of an unknown hold it leaves a tombstone. Returns the state that the
-- hold has then: RELEASED, or what was decided before.
CREATE FUNCTION release_hold(id uuid, why text) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = wallet, pg_temp AS $$
DECLARE
  found_hold hold%ROWTYPE;
BEGIN
  -- Waits for a reserve of the same id that is under way.
  INSERT INTO hold (hold_id, amount, state, reason, decide_time)
    VALUES (id, 0, 'RELEASED', why, clock_timestamp()) ON CONFLICT (hold_id) DO NOTHING;
  IF FOUND THEN RETURN 'RELEASED'; END IF;
  SELECT * INTO STRICT found_hold FROM hold WHERE hold_id = id FOR NO KEY UPDATE;
  IF found_hold.state <> 'RESERVED' THEN RETURN found_hold.state; END IF;
  UPDATE hold SET state = 'RELEASED', reason = why, decide_time = clock_timestamp()
    WHERE hold_id = id;
  UPDATE account SET held = held - found_hold.amount WHERE account_id = found_hold.account_id;
  RETURN 'RELEASED';
END $$;

-- Takes held money, of up to 256 distinct holds in one transaction; what is not taken is freed.
-- One row per hold: CAPTURED, or why not, in which case nothing of that hold changed.
CREATE FUNCTION capture_holds(ids uuid[], units bigint[])
RETURNS TABLE (hold_id uuid, result text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = wallet, pg_temp AS $$
#variable_conflict use_column
DECLARE
  done uuid[];
BEGIN
  -- Locks first, in id order: UPDATE .. FROM takes them in any order.
  PERFORM 1 FROM hold WHERE hold_id = ANY (ids) ORDER BY hold_id FOR NO KEY UPDATE;
  WITH wanted AS (SELECT * FROM unnest(ids, units) AS w (id, amount)),
       taken AS (
         UPDATE hold h SET state = 'CAPTURED', captured = w.amount, decide_time = clock_timestamp()
         FROM wanted w
         WHERE h.hold_id = w.id AND h.state = 'RESERVED' AND w.amount BETWEEN 1 AND h.amount
         RETURNING h.hold_id)
  SELECT coalesce(array_agg(t.hold_id), '{}') INTO done FROM taken t;
  INSERT INTO account (account_id, kind, currency)
    SELECT DISTINCT shard_of('MERCHANT', h.hold_id::text), 'MERCHANT', h.currency
    FROM hold h WHERE h.hold_id = ANY (done)
      AND NOT EXISTS (SELECT 1 FROM account a
                      WHERE a.account_id = shard_of('MERCHANT', h.hold_id::text))
    ORDER BY 1 ON CONFLICT (account_id) DO NOTHING;
  PERFORM 1 FROM account
    WHERE account_id IN (SELECT h.account_id FROM hold h WHERE h.hold_id = ANY (done)
                         UNION
                         SELECT shard_of('MERCHANT', h.hold_id::text) FROM hold h
                         WHERE h.hold_id = ANY (done))
    ORDER BY account_id FOR NO KEY UPDATE;
  -- Balances after each posting are computed from the locked rows, before they change.
  INSERT INTO journal (kind, debit_id, credit_id, currency, amount, hold_id, order_id,
                       debit_seq, debit_after, credit_seq, credit_after)
    SELECT 'CAPTURE', m.account_id, m.shard, m.currency, m.captured, m.hold_id, m.order_id,
           d.seq + row_number() OVER by_user, d.posted - sum(m.captured) OVER by_user,
           c.seq + row_number() OVER by_shard, c.posted + sum(m.captured) OVER by_shard
    FROM (SELECT h.*, shard_of('MERCHANT', h.hold_id::text) AS shard FROM hold h
          WHERE h.hold_id = ANY (done)) m
      JOIN account d ON d.account_id = m.account_id
      JOIN account c ON c.account_id = m.shard
    WINDOW by_user AS (PARTITION BY m.account_id ORDER BY m.hold_id),
           by_shard AS (PARTITION BY m.shard ORDER BY m.hold_id);
  UPDATE account a SET posted = a.posted - s.captured, held = a.held - s.amount, seq = a.seq + s.n
    FROM (SELECT h.account_id, sum(h.captured) AS captured, sum(h.amount) AS amount, count(*) AS n
          FROM hold h WHERE h.hold_id = ANY (done) GROUP BY 1) s
    WHERE a.account_id = s.account_id;
  UPDATE account a SET posted = a.posted + s.captured, seq = a.seq + s.n
    FROM (SELECT shard_of('MERCHANT', h.hold_id::text) AS shard, sum(h.captured) AS captured,
                 count(*) AS n
          FROM hold h WHERE h.hold_id = ANY (done) GROUP BY 1) s
    WHERE a.account_id = s.shard;
  RETURN QUERY
    SELECT w.id,
           CASE WHEN h.hold_id IS NULL THEN 'UNKNOWN'
                WHEN h.state = 'CAPTURED' AND h.captured = w.amount THEN 'CAPTURED'
                WHEN h.state IN ('CAPTURED', 'RESERVED') THEN 'MISMATCH'
                ELSE h.state END
    FROM unnest(ids, units) AS w (id, amount) LEFT JOIN hold h ON h.hold_id = w.id;
END $$;

REVOKE ALL ON ALL FUNCTIONS IN SCHEMA wallet FROM PUBLIC;
GRANT EXECUTE ON FUNCTION deposit, reserve_hold, release_hold, capture_holds TO wallet_app;
