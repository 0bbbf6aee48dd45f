-- K2: a line has 1 to 99 pieces. Source: the constraint line_quantity_bounded.
SELECT user_id, product_id FROM line WHERE quantity NOT BETWEEN 1 AND 99;
