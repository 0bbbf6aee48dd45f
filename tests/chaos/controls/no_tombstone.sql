-- The bug: to release what is not there yet leaves nothing behind, so a late reserve finds its way free.
ALTER FUNCTION wallet.release_hold RENAME TO release_hold_as_it_was;
CREATE FUNCTION wallet.release_hold(id uuid, why text) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = wallet, pg_temp AS $$
BEGIN
  IF NOT EXISTS (SELECT 1 FROM hold WHERE hold_id = id) THEN RETURN 'RELEASED'; END IF;
  RETURN release_hold_as_it_was(id, why);
END $$;
GRANT EXECUTE ON FUNCTION wallet.release_hold TO wallet_app;
