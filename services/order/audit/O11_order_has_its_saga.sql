-- O11: an order has a saga, about the same user and cart. Source: T1 writes both or none.
SELECT order_id
FROM orders o LEFT JOIN saga s USING (order_id)
WHERE (s.user_id, s.cart_version) IS DISTINCT FROM (o.user_id, o.cart_version);
