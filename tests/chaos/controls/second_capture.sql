-- The bug: nothing says that a hold is captured once, neither the key of the journal nor the state.
SET search_path = wallet;
ALTER TABLE journal DROP CONSTRAINT journal_hold_key;
ALTER FUNCTION capture_holds RENAME TO capture_holds_as_it_was;
CREATE FUNCTION capture_holds(ids uuid[], units bigint[]) RETURNS TABLE (hold_id uuid, result text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = wallet, pg_temp AS $$
DECLARE
  again hold%ROWTYPE;
  payer record;
  shop record;
BEGIN
  FOR again IN SELECT h.* FROM hold h WHERE h.hold_id = ANY (ids) AND h.state = 'CAPTURED' LOOP
    payer := post(again.account_id, 'USER', again.currency, -again.captured);
    shop := post(shard_of('MERCHANT', again.hold_id::text), 'MERCHANT', again.currency, again.captured);
    INSERT INTO journal (kind, debit_id, credit_id, currency, amount, hold_id, order_id,
                         debit_seq, debit_after, credit_seq, credit_after)
      VALUES ('CAPTURE', again.account_id, shard_of('MERCHANT', again.hold_id::text), again.currency,
              again.captured, again.hold_id, again.order_id,
              payer.new_seq, payer.new_posted, shop.new_seq, shop.new_posted);
  END LOOP;
  RETURN QUERY SELECT c.hold_id, c.result FROM capture_holds_as_it_was(ids, units) c;
END $$;
GRANT EXECUTE ON FUNCTION capture_holds TO wallet_app;
