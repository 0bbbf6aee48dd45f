-- What becomes of second factors stands in the audit log, too, by the same statement that does it. (A code that was
-- refused is there as what it was given for.)
CREATE FUNCTION log_factor() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = identity, pg_temp AS $$
DECLARE
  owner uuid := CASE TG_OP WHEN 'DELETE' THEN OLD.user_id ELSE NEW.user_id END;
BEGIN
  INSERT INTO audit_event (action, user_id, subject)
    VALUES (CASE TG_OP WHEN 'INSERT' THEN 'factor.enable' ELSE 'factor.disable' END, owner, owner);
  RETURN NULL;
END $$;
CREATE TRIGGER second_factor_is_logged AFTER INSERT OR DELETE ON second_factor
  FOR EACH ROW EXECUTE FUNCTION log_factor();
CREATE TRIGGER second_factors_stay BEFORE TRUNCATE ON second_factor
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_rewriting();

-- Ten at once, by one statement; one by one as they are used.
CREATE FUNCTION log_recovery_codes() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = identity, pg_temp AS $$
BEGIN
  INSERT INTO audit_event (action, user_id, subject)
    SELECT DISTINCT 'recovery_codes.replace', m.user_id, m.user_id FROM made m;
  RETURN NULL;
END $$;
CREATE TRIGGER recovery_codes_are_logged AFTER INSERT ON recovery_code REFERENCING NEW TABLE AS made
  FOR EACH STATEMENT EXECUTE FUNCTION log_recovery_codes();

CREATE FUNCTION log_recovery() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = identity, pg_temp AS $$
BEGIN
  INSERT INTO audit_event (action, user_id, subject) VALUES ('recovery_code.use', NEW.user_id, NEW.user_id);
  RETURN NULL;
END $$;
CREATE TRIGGER recovery_code_use_is_logged AFTER UPDATE ON recovery_code FOR EACH ROW
  WHEN (OLD.use_time IS NULL AND NEW.use_time IS NOT NULL) EXECUTE FUNCTION log_recovery();

REVOKE ALL ON FUNCTION log_factor, log_recovery_codes, log_recovery FROM PUBLIC;
