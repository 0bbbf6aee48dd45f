-- C8: each change of a product and its price is in the audit log as it was made, and the log has no
-- other. Source: the triggers of 0009_add_audit_log.sql, in the transaction of the change.
WITH event AS (
  SELECT audit_event_id, action, subject, details, (details ->> 'product_change_id')::bigint AS change
  FROM audit_event WHERE action LIKE 'product.%')
SELECT product_change_id, audit_event_id
FROM product_change FULL JOIN event ON change = product_change_id
WHERE ('product.' || lower(kind), product_id::text, price::text, before ->> 'price')
      IS DISTINCT FROM (action, subject, details ->> 'price', details ->> 'price_before')
UNION ALL
SELECT change, min(audit_event_id) FROM event GROUP BY 1 HAVING count(*) > 1;
