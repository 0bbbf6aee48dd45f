-- O18: a hold that was ever reserved or refused for an order is of its total, its user and its currency.
-- Source: docs/LLD.md; a reused id with another payload is a MISMATCH and changes nothing.
SELECT o.order_id, o.hold_id
FROM orders.orders o
  JOIN wallet.hold h USING (hold_id)
WHERE h.account_id IS NOT NULL
  AND (h.amount, h.account_id, h.order_id) IS DISTINCT FROM (o.total, o.user_id, o.order_id);
