-- O18: a hold that was ever reserved or refused for an order is of its total. Source: docs/LLD.md; a reused
-- id with another payload is a MISMATCH and changes nothing.
SELECT o.order_id, o.hold_id
FROM orders.orders o
  JOIN wallet.hold h USING (hold_id)
WHERE h.account_id IS NOT NULL
  AND (h.amount, h.currency) IS DISTINCT FROM (o.total, o.currency);
