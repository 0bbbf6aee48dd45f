-- The version of a cart says what its lines are: these rules hold for the owner, too.

CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% of % is not allowed', TG_OP, TG_TABLE_NAME
    USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER cart_stays BEFORE DELETE OR TRUNCATE ON cart
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
-- TRUNCATE fires no row trigger: lines would go and the version would not notice.
CREATE TRIGGER line_is_not_truncated BEFORE TRUNCATE ON line
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER removed_order_is_immutable BEFORE UPDATE OR DELETE OR TRUNCATE ON removed_order
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- A version only grows, and does so when the number of lines changes.
CREATE FUNCTION check_cart_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.user_id <> OLD.user_id OR NEW.version <= OLD.version THEN
    RAISE EXCEPTION 'the version of a cart only grows'
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER cart_version_grows BEFORE UPDATE ON cart
  FOR EACH ROW EXECUTE FUNCTION check_cart_change();

-- What a line is never changes; how many pieces it has, and what the catalog said, do.
CREATE FUNCTION check_line_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (NEW.user_id, NEW.product_id, NEW.position, NEW.added_price)
     IS DISTINCT FROM (OLD.user_id, OLD.product_id, OLD.position, OLD.added_price) THEN
    RAISE EXCEPTION 'a line stays what it was added as'
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER line_identity_stays BEFORE UPDATE ON line
  FOR EACH ROW EXECUTE FUNCTION check_line_change();

-- Counts the change of one line in its cart. The lock that this takes is the one under which
-- the functions work anyway.
CREATE FUNCTION count_line_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE cart SET version = version + 1,
                  line_count = line_count + CASE TG_OP WHEN 'INSERT' THEN 1
                                                       WHEN 'DELETE' THEN -1 ELSE 0 END
    WHERE user_id = CASE TG_OP WHEN 'DELETE' THEN OLD.user_id ELSE NEW.user_id END;
  RETURN NULL;
END $$;
CREATE TRIGGER line_is_counted AFTER INSERT OR DELETE ON line
  FOR EACH ROW EXECUTE FUNCTION count_line_change();
-- Not when only the catalog's answer was refreshed.
CREATE TRIGGER line_quantity_is_counted AFTER UPDATE ON line
  FOR EACH ROW WHEN (OLD.quantity <> NEW.quantity) EXECUTE FUNCTION count_line_change();
