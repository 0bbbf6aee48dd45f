-- C6: a reservation has lines, unless it was refused or released before it came. Source: the
-- functions of 0004_create_functions.sql.
SELECT order_id
FROM reservation
  LEFT JOIN (SELECT order_id, count(*) AS lines FROM reservation_line GROUP BY order_id) line
    USING (order_id)
WHERE (fingerprint IS NULL OR state = 'REFUSED') = (lines IS NOT NULL);
