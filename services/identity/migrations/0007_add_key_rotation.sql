-- Keys take turns. There is always one that signs and, but for moments, one that is published and will sign
-- next, so that everybody who verifies knows it by then.

CREATE UNIQUE INDEX signing_key_one_is_next ON signing_key (state) WHERE state = 'NEXT';

-- A key goes one way, and what it is stays.
CREATE FUNCTION check_key_step() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = identity, pg_temp AS $$
BEGIN
  IF (OLD.state, NEW.state) NOT IN (('NEXT', 'SIGNING'), ('SIGNING', 'RETIRED'))
     OR (OLD.key_id, OLD.sealed, OLD.create_time) IS DISTINCT FROM (NEW.key_id, NEW.sealed, NEW.create_time) THEN
    RAISE EXCEPTION 'key % violates constraint "signing_key_steps": it cannot go from % to %',
      OLD.key_id, OLD.state, NEW.state USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER signing_key_steps BEFORE UPDATE ON signing_key
  FOR EACH ROW EXECUTE FUNCTION check_key_step();

-- Makes the next key sign. `wait_s` is 0 when it does; otherwise nothing happened, and it is how long to
-- wait until the key has been published for as long as `known_after`, null when there is none.
CREATE FUNCTION rotate_signing_key(known_after interval, OUT id text, OUT wait_s int)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = identity, pg_temp AS $$
BEGIN
  -- Of two that rotate at once the second finds no next key.
  PERFORM 1 FROM signing_key k WHERE k.state = 'SIGNING' FOR UPDATE;
  SELECT k.key_id, greatest(ceil(extract(epoch FROM k.create_time + known_after - clock_timestamp())), 0)
    INTO id, wait_s FROM signing_key k WHERE k.state = 'NEXT' FOR UPDATE;
  IF wait_s IS DISTINCT FROM 0 THEN RETURN; END IF;
  UPDATE signing_key SET state = 'RETIRED', retire_time = clock_timestamp() WHERE state = 'SIGNING';
  UPDATE signing_key SET state = 'SIGNING' WHERE state = 'NEXT';
END $$;

REVOKE ALL ON ALL FUNCTIONS IN SCHEMA identity FROM PUBLIC;
GRANT EXECUTE ON FUNCTION rotate_signing_key TO identity_app;
