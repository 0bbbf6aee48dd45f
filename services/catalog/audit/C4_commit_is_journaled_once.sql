-- C4: the journal has each line of a committed reservation, with its quantity, and no other sale.
-- A returned one was committed before. Source: the trigger reservation_commit_is_journaled.
SELECT order_id, product_id
FROM (SELECT order_id, product_id, quantity
      FROM reservation_line JOIN reservation USING (order_id)
      WHERE state IN ('COMMITTED', 'RETURNED')) sold
  FULL JOIN (SELECT order_id, product_id, delta FROM stock_journal WHERE kind = 'COMMIT') j
    USING (order_id, product_id)
WHERE sold.quantity IS DISTINCT FROM -j.delta;
