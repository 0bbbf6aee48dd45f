-- O3: a cancelled order keeps no money and no stock, and both participants remember that. Source:
-- docs/LLD.md; CANCELLED comes after both releases, a release of what was never reserved leaves a
-- tombstone, and what was released is never reserved again.
SELECT s.order_id, h.state AS hold, r.state AS reservation
FROM orders.saga s
  JOIN orders.orders o USING (order_id)
  LEFT JOIN wallet.hold h ON h.hold_id = o.hold_id
  LEFT JOIN catalog.reservation r ON r.order_id = s.order_id
WHERE s.state = 'CANCELLED'
  AND (h.state IN ('RESERVED', 'CAPTURED') IS NOT FALSE
       OR r.state IN ('RESERVED', 'COMMITTED', 'RETURNED') IS NOT FALSE);
