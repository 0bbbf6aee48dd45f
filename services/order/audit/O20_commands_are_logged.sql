-- O20: each cancellation, refund and command to a saga is in the audit log, with whose it was, and the
-- log has no others. Source: the triggers of 0010_add_audit_log.sql.
SELECT order_id, print
FROM (SELECT order_id, encode(fingerprint, 'hex') AS print, operator, count(*) AS made
      FROM cancellation GROUP BY 1, 2, 3
      UNION ALL
      SELECT order_id, saga_event_id::text, operator, 1 FROM saga_event
      WHERE kind = 'OPERATOR' AND command <> 'REFUND') command
  FULL JOIN
     (SELECT CASE WHEN subject ~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' THEN subject::uuid END AS order_id, coalesce(details ->> 'fingerprint', details ->> 'saga_event_id') AS print,
             CASE action WHEN 'order.cancel' THEN NULL ELSE actor END AS operator, count(*) AS logged
      FROM audit_event WHERE action IN ('order.cancel', 'order.refund') OR action LIKE 'saga.%'
      GROUP BY 1, 2, 3) event USING (order_id, print)
WHERE made IS DISTINCT FROM logged OR command.operator IS DISTINCT FROM event.operator;
