-- O17: who is told that the money, or the stock, was not enough was told so by who keeps it. Source:
-- docs/LLD.md; an error is never read as a refusal, and a refusal is durable.
SELECT s.order_id, s.reason, h.state AS hold, r.state AS reservation
FROM orders.saga s
  JOIN orders.orders o USING (order_id)
  LEFT JOIN wallet.hold h USING (hold_id)
  LEFT JOIN catalog.reservation r ON r.order_id = s.order_id
WHERE s.reason = 'INSUFFICIENT_FUNDS' AND h.state IS DISTINCT FROM 'REFUSED'
   OR s.reason = 'OUT_OF_STOCK' AND r.state IS DISTINCT FROM 'REFUSED';
