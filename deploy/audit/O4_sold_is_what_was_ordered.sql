-- O4: what left the stock for an order is what was ordered. Source: docs/LLD.md.
SELECT order_id, product_id
FROM (SELECT order_id, product_id, quantity FROM orders.order_line JOIN orders.saga USING (order_id)
      WHERE state IN ('CONFIRMED', 'REFUNDED')) ordered
  FULL JOIN (SELECT l.order_id, l.product_id, l.quantity
             FROM catalog.reservation_line l JOIN orders.saga s USING (order_id)
             WHERE s.state IN ('CONFIRMED', 'REFUNDED')) sold USING (order_id, product_id)
WHERE ordered.quantity IS DISTINCT FROM sold.quantity;
