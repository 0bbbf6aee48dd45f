-- O10: money is taken, stock sold, only after COMMIT was decided, and neither is released once it was.
-- True at every moment, of orders under way, too. Source: the contradiction rule of docs/LLD.md.
SELECT s.order_id, s.state, h.state AS hold, r.state AS reservation
FROM orders.saga s
  JOIN orders.orders o USING (order_id)
  LEFT JOIN wallet.hold h ON h.hold_id = o.hold_id
  LEFT JOIN catalog.reservation r ON r.order_id = s.order_id
WHERE CASE WHEN s.state IN ('RESERVING', 'ABORTING', 'CANCELLED')
           THEN h.state = 'CAPTURED' OR r.state IN ('COMMITTED', 'RETURNED')
           ELSE h.state IN ('RELEASED', 'EXPIRED', 'REFUSED') OR r.state IN ('RELEASED', 'REFUSED')
                OR h.hold_id IS NULL OR r.order_id IS NULL
      END;
