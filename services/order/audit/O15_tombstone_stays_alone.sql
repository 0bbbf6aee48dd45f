-- O15: an order of which a participant was told that it will never come did not come. Source:
-- resolve_order and place_order, which exclude each other.
SELECT order_id FROM order_tombstone JOIN orders USING (order_id);
