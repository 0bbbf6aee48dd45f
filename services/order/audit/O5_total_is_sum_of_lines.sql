-- O5: an order costs what its lines cost. Source: docs/LLD.md; the trigger orders_total_is_sum.
SELECT order_id
FROM orders
  LEFT JOIN (SELECT order_id, sum(quantity * unit_price) AS cost FROM order_line
             GROUP BY order_id) line USING (order_id)
WHERE total IS DISTINCT FROM cost;
