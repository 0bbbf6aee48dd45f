-- Why a saga was left to a person stays, when somebody has brought it back.

ALTER TABLE saga_event
  DROP CONSTRAINT saga_event_kind_known,
  ADD CONSTRAINT saga_event_kind_known CHECK (kind IN ('STEP', 'OPERATOR', 'DEAD')),
  ADD CONSTRAINT saga_event_death_says_why CHECK (kind <> 'DEAD' OR note IS NOT NULL);

CREATE FUNCTION record_death() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = orders, pg_temp AS $$
BEGIN
  INSERT INTO saga_event (order_id, state, reason, lease_owner, lease_epoch, kind, note)
    VALUES (NEW.order_id, NEW.state, NEW.reason, NEW.lease_owner, NEW.lease_epoch, 'DEAD', NEW.dead_reason);
  RETURN NULL;
END $$;
CREATE TRIGGER saga_dies AFTER UPDATE ON saga FOR EACH ROW WHEN (NEW.dead AND NOT OLD.dead)
  EXECUTE FUNCTION record_death();

-- Two people, not two spellings of one.
CREATE FUNCTION person(name text) RETURNS text LANGUAGE sql IMMUTABLE STRICT
  RETURN lower(btrim(name) COLLATE "und-x-icu");

CREATE OR REPLACE FUNCTION saga_resolvers(id uuid) RETURNS bigint LANGUAGE sql STABLE
SECURITY DEFINER SET search_path = orders, pg_temp
AS $$
  SELECT count(DISTINCT person(operator)) FROM saga_resolution
  WHERE order_id = id AND create_time > clock_timestamp() - interval '24 hours'
$$;

-- Whoever has spoken speaks once a day. Whatever writes a resolution comes by here.
CREATE FUNCTION check_resolver() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = orders, pg_temp AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM saga_resolution r
             WHERE r.order_id = NEW.order_id AND person(r.operator) = person(NEW.operator)
               AND r.create_time > clock_timestamp() - interval '24 hours') THEN
    RAISE EXCEPTION 'resolution of % violates constraint "saga_resolution_once_a_day"', NEW.order_id
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER saga_resolution_once_a_day BEFORE INSERT ON saga_resolution
  FOR EACH ROW EXECUTE FUNCTION check_resolver();

REVOKE ALL ON FUNCTION record_death, person, check_resolver FROM PUBLIC;
