-- Whether what the shop shows has changed: a number that moves with every transaction that changes
-- a category, what is said of a product, or whether and (near the end) how much of it can be bought.
-- The gateway asks for it, and forgets its answers when it moved.
--
-- The number is counted in the transaction that changes something, so that it moves when the change
-- can be seen and not before: a sequence would move earlier, and who reads in between would keep the
-- old for new. It is the sum of many rows, one per backend process, so that transactions do not wait
-- for each other; in the lock order they come last, after stock. Stock far from its end is not
-- counted: while more than 10 pieces are left, a page that says one more or less misleads nobody, and
-- checkouts write nothing here.

CREATE TABLE public_change (
  slot    int    NOT NULL,
  changes bigint NOT NULL DEFAULT 0,  -- transactions
  CONSTRAINT public_change_pkey PRIMARY KEY (slot),
  CONSTRAINT public_change_slot_known CHECK (slot BETWEEN 0 AND 63)
) WITH (fillfactor = 10);  -- room for HOT updates
INSERT INTO public_change (slot) SELECT generate_series(0, 63);

-- Counts the transaction, once: a second row version for each of many rows would be for nothing.
CREATE FUNCTION count_public_change() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = catalog, pg_temp
SET enable_seqscan = off AS $$
DECLARE
  me text := pg_current_xact_id()::text;
BEGIN
  IF current_setting('catalog.public_change_counted', true) IS DISTINCT FROM me THEN
    UPDATE public_change SET changes = changes + 1 WHERE slot = pg_backend_pid() % 64;
    PERFORM set_config('catalog.public_change_counted', me, true);
  END IF;
  RETURN NULL;
END $$;

CREATE TRIGGER category_change_is_counted
  AFTER INSERT OR UPDATE OR DELETE ON category FOR EACH STATEMENT
  EXECUTE FUNCTION count_public_change();
CREATE TRIGGER product_arrival_is_counted AFTER INSERT OR DELETE ON product FOR EACH STATEMENT
  EXECUTE FUNCTION count_public_change();
CREATE TRIGGER product_change_is_counted AFTER UPDATE ON product FOR EACH ROW
  WHEN (OLD IS DISTINCT FROM NEW) EXECUTE FUNCTION count_public_change();
CREATE TRIGGER stock_arrival_is_counted AFTER INSERT OR DELETE ON stock FOR EACH STATEMENT
  EXECUTE FUNCTION count_public_change();
CREATE TRIGGER stock_change_is_counted AFTER UPDATE ON stock FOR EACH ROW
  WHEN (OLD.on_hand - OLD.reserved <> NEW.on_hand - NEW.reserved
        AND least(OLD.on_hand - OLD.reserved, NEW.on_hand - NEW.reserved) <= 10)
  EXECUTE FUNCTION count_public_change();

REVOKE ALL ON FUNCTION count_public_change FROM PUBLIC;
GRANT SELECT ON public_change TO catalog_app;
