-- As before, but that a hold which is reserved while this waits for its locks is not captured by it: nobody has
-- locked it in its place in the order, and two such calls waited for each other (the deadlock was broken,
-- and retried). It was unknown when it was asked about, and that is the answer.
CREATE OR REPLACE FUNCTION capture_holds(ids uuid[], units bigint[])
RETURNS TABLE (hold_id uuid, result text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = wallet, pg_temp AS $$
#variable_conflict use_column
DECLARE
  done uuid[];  -- decided by this call: captured, or expired
  locked uuid[];
  instant timestamptz;
BEGIN
  -- Locks first, in id order: UPDATE .. FROM takes them in any order.
  SELECT coalesce(array_agg(l.hold_id), '{}') INTO locked
    FROM (SELECT hold_id FROM hold WHERE hold_id = ANY (ids) ORDER BY hold_id FOR NO KEY UPDATE) l;
  -- Read once, under the locks: nobody else can say otherwise about these holds.
  instant := clock_timestamp();
  WITH wanted AS (SELECT * FROM unnest(ids, units) AS w (id, amount)),
       taken AS (
         UPDATE hold h SET decide_time = instant,
           state = CASE WHEN h.coordinated OR h.expire_time > instant
                        THEN 'CAPTURED' ELSE 'EXPIRED' END,
           captured = CASE WHEN h.coordinated OR h.expire_time > instant THEN w.amount END
         FROM wanted w
         WHERE h.hold_id = w.id AND h.hold_id = ANY (locked) AND h.state = 'RESERVED'
           AND w.amount BETWEEN 1 AND h.amount
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
    FROM unnest(ids, units) AS w (id, amount)
      LEFT JOIN hold h ON h.hold_id = w.id AND h.hold_id = ANY (locked);
END $$;
