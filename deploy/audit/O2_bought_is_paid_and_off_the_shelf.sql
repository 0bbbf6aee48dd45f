-- O2: a confirmed order is paid in full by its user and off the shelf; of a refunded one the stock is
-- back. Source: docs/LLD.md; T3 comes after capture and commit.
SELECT s.order_id, s.state, h.state AS hold, r.state AS reservation
FROM orders.saga s
  JOIN orders.orders o USING (order_id)
  LEFT JOIN wallet.hold h ON h.hold_id = o.hold_id
  LEFT JOIN catalog.reservation r ON r.order_id = s.order_id
WHERE s.state IN ('CONFIRMED', 'REFUNDED')
  AND ((h.state, h.captured, h.account_id) IS DISTINCT FROM ('CAPTURED', o.total, o.user_id)
       OR r.state IS DISTINCT FROM CASE s.state WHEN 'CONFIRMED' THEN 'COMMITTED' ELSE 'RETURNED' END);
