-- O9: the items of an order went out of its user's cart, once, if and only if they were bought. Source:
-- docs/LLD.md; removed_order_pkey, and cart_cleared is marked after the cart answered.
SELECT order_id, s.state
FROM orders.saga s FULL JOIN cart.removed_order r USING (order_id, user_id)
WHERE s.order_id IS NULL
   OR s.cart_cleared AND r.order_id IS NULL
   OR s.state IN ('RESERVING', 'ABORTING', 'CANCELLED') AND r.order_id IS NOT NULL;
