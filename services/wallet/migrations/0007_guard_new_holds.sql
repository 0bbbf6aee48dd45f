-- A hold that is captured from its first row on has its posting, too: what 0002 demands of a change holds for
-- every way in which a row can come.
CREATE CONSTRAINT TRIGGER new_hold_capture_is_posted AFTER INSERT ON hold
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.state = 'CAPTURED')
  EXECUTE FUNCTION check_capture_is_posted();
