-- The bug: a reserve that comes after its release is told that all went well, as dtm's barrier does.
ALTER FUNCTION wallet.reserve_hold RENAME TO reserve_hold_as_it_was;
CREATE FUNCTION wallet.reserve_hold(id uuid, usr uuid, ord uuid, cur char(3), units bigint,
                                    time_to_live interval) RETURNS text
LANGUAGE sql SECURITY DEFINER SET search_path = wallet, pg_temp AS $$
  SELECT CASE answer WHEN 'ABORTED' THEN 'RESERVED' ELSE answer END
  FROM reserve_hold_as_it_was(id, usr, ord, cur, units, time_to_live) answer
$$;
GRANT EXECUTE ON FUNCTION wallet.reserve_hold TO wallet_app;
