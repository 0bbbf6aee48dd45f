-- C7: a product costs what its history says last. Source: the triggers of 0008_add_admin_commands.sql.
SELECT product_id
FROM product
  LEFT JOIN (SELECT DISTINCT ON (product_id) product_id, price AS last_price FROM product_change
             ORDER BY product_id, product_change_id DESC) history USING (product_id)
WHERE price IS DISTINCT FROM last_price;
