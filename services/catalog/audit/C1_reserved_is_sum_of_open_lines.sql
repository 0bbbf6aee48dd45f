-- C1: reserved stock is the sum of the open reservations' lines. Source: docs/LLD.md.
SELECT product_id
FROM stock
  FULL JOIN (SELECT product_id, sum(quantity) AS total
             FROM reservation_line JOIN reservation USING (order_id) WHERE state = 'RESERVED'
             GROUP BY product_id) open_line USING (product_id)
WHERE coalesce(reserved, 0) <> coalesce(total, 0);
