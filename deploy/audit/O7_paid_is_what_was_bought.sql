-- O7: what was taken from a user for an order at its end, less what was given back, is its total when
-- it is confirmed, and nothing when it is not; nothing is taken without an order. Source: docs/LLD.md.
WITH paid AS (
  SELECT order_id, debit_id AS user_id, amount FROM wallet.journal WHERE kind = 'CAPTURE'
  UNION ALL SELECT order_id, credit_id, -amount FROM wallet.journal WHERE kind = 'REFUND'),
bought AS (
  SELECT order_id, o.user_id, CASE s.state WHEN 'CONFIRMED' THEN total ELSE 0 END AS price
  FROM orders.orders o JOIN orders.saga s USING (order_id)
  WHERE s.state IN ('CONFIRMED', 'CANCELLED', 'REFUNDED'))
SELECT order_id, user_id
FROM bought FULL JOIN (SELECT order_id, user_id, sum(amount) AS taken FROM paid GROUP BY 1, 2) p
  USING (order_id, user_id)
WHERE coalesce(price, 0) <> coalesce(taken, 0)
  AND NOT EXISTS (SELECT 1 FROM orders.saga s WHERE s.order_id = p.order_id
                  AND s.user_id = p.user_id AND s.state NOT IN ('CONFIRMED', 'CANCELLED', 'REFUNDED'));
