-- Wrong codes on the way to a factor are forgiven by the right one, as everywhere else: who has just turned a factor
-- on is not kept from the next thing that asks for a code.
CREATE OR REPLACE FUNCTION confirm_enrolment(owner uuid, keep uuid, seen bytea, step bigint, codes bytea[]) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = identity, pg_temp AS $$
BEGIN
  PERFORM 1 FROM users u WHERE u.user_id = owner FOR NO KEY UPDATE;
  DELETE FROM second_factor_enrolment e WHERE e.user_id = owner AND e.session_id = keep AND e.sealed = seen
    AND e.expire_time > clock_timestamp();
  IF NOT FOUND THEN RETURN false; END IF;
  INSERT INTO second_factor (user_id, sealed, last_step) VALUES (owner, seen, step);
  PERFORM set_recovery_codes(owner, codes);
  PERFORM forget_tries(user_subject('code', owner));
  PERFORM forget_tries(user_subject('own-code', owner));
  PERFORM end_other_sessions(owner, keep, 'FACTOR_CHANGED');
  RETURN true;
END $$;
