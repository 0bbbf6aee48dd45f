-- O19: each order is in the audit log as it was placed, with the fingerprint of its call, and the log
-- has no other. Source: the triggers of 0010_add_audit_log.sql, in the transaction of the order.
WITH event AS (
  SELECT audit_event_id, CASE WHEN subject ~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' THEN subject::uuid END AS order_id, user_id, details
  FROM audit_event WHERE action = 'order.place')
SELECT order_id, audit_event_id
FROM orders o FULL JOIN event e USING (order_id)
WHERE (o.user_id, hold_id::text, total::text, encode(fingerprint, 'hex')) IS DISTINCT FROM
      (e.user_id, details ->> 'hold_id', details ->> 'total', details ->> 'fingerprint')
UNION ALL
SELECT order_id, min(audit_event_id) FROM event GROUP BY 1 HAVING count(*) > 1;
