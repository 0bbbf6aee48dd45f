-- The bug: nobody remembers that an order has taken its items out of the cart, so a call that comes twice takes
-- out what was put in since.
CREATE OR REPLACE FUNCTION cart.remove_ordered_items(usr uuid, ord uuid, ids uuid[], pieces int[]) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = cart, pg_temp AS $$
BEGIN
  PERFORM lock_cart(usr);
  INSERT INTO removed_order (user_id, order_id) VALUES (usr, ord) ON CONFLICT DO NOTHING;
  DELETE FROM line l WHERE l.user_id = usr AND l.product_id = ANY (ids);
END $$;
