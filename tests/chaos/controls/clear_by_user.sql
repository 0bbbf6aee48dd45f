-- The bug: an order that was bought empties the whole cart, whatever came into it meanwhile.
CREATE OR REPLACE FUNCTION cart.remove_ordered_items(usr uuid, ord uuid, ids uuid[], pieces int[]) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = cart, pg_temp AS $$
BEGIN
  PERFORM lock_cart(usr);
  INSERT INTO removed_order (user_id, order_id) VALUES (usr, ord) ON CONFLICT DO NOTHING;
  DELETE FROM line WHERE user_id = usr;
END $$;
