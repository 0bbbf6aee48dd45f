-- The bug: the key of a deposit is not claimed, so every retry is another deposit.
SET search_path = wallet;
CREATE OR REPLACE FUNCTION deposit(usr uuid, key text, payload bytea, cur char(3), units bigint)
RETURNS TABLE (result text, journal_id bigint, balance_after bigint, create_time timestamptz,
               posted bigint, held bigint, amount bigint)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = wallet, pg_temp AS $$
#variable_conflict use_column
DECLARE
  id bigint;
  world record;
  mine record;
BEGIN
  INSERT INTO operation (user_id, kind, idempotency_key, fingerprint)
    VALUES (usr, 'DEPOSIT', key, payload) ON CONFLICT DO NOTHING;
  mine := post(usr, 'USER', cur, units);
  world := post(shard_of('WORLD', usr || key), 'WORLD', cur, -units);
  INSERT INTO journal (kind, debit_id, credit_id, currency, amount,
                       debit_seq, debit_after, credit_seq, credit_after)
    VALUES ('DEPOSIT', shard_of('WORLD', usr || key), usr, cur, units,
            world.new_seq, world.new_posted, mine.new_seq, mine.new_posted)
    RETURNING journal.journal_id INTO id;
  UPDATE operation SET journal_id = id
    WHERE user_id = usr AND kind = 'DEPOSIT' AND idempotency_key = key AND operation.journal_id IS NULL;
  RETURN QUERY
    SELECT 'OK'::text, j.journal_id, j.credit_after, j.create_time, a.posted, a.held, j.amount
    FROM journal j JOIN account a ON a.account_id = j.credit_id WHERE j.journal_id = id;
END $$;
