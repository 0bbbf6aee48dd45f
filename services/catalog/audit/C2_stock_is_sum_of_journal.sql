-- C2: stock is the sum of its journal. Source: docs/LLD.md.
SELECT product_id
FROM stock
  LEFT JOIN (SELECT product_id, sum(delta) AS total FROM stock_journal GROUP BY product_id) history
    USING (product_id)
WHERE on_hand <> coalesce(total, 0);
