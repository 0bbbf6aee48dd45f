-- C5: the journal has each line of a returned reservation coming back, with its quantity, and
-- nothing else comes back. Source: docs/LLD.md.
SELECT order_id, product_id
FROM (SELECT order_id, product_id, quantity
      FROM reservation_line JOIN reservation USING (order_id) WHERE state = 'RETURNED') returned
  FULL JOIN (SELECT order_id, product_id, delta FROM stock_journal WHERE kind = 'RETURN') j
    USING (order_id, product_id)
WHERE returned.quantity IS DISTINCT FROM j.delta;
