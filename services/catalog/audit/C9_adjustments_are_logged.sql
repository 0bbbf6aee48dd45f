-- C9: each correction of the stock is in the audit log as it was made, with the fingerprint of its
-- command, and the log has no other. Source: the triggers of 0009_add_audit_log.sql.
WITH event AS (
  SELECT audit_event_id, subject, details, (details ->> 'stock_journal_id')::bigint AS stock_journal_id
  FROM audit_event WHERE action = 'stock.adjust')
SELECT stock_journal_id, audit_event_id
FROM (SELECT j.stock_journal_id, j.product_id, j.delta, c.fingerprint
      FROM stock_journal j LEFT JOIN admin_command c USING (stock_journal_id) WHERE j.kind = 'ADJUST') made
  FULL JOIN event USING (stock_journal_id)
WHERE (product_id::text, delta::text, encode(fingerprint, 'hex'))
      IS DISTINCT FROM (subject, details ->> 'delta', details ->> 'fingerprint')
UNION ALL
SELECT stock_journal_id, min(audit_event_id) FROM event GROUP BY 1 HAVING count(*) > 1;
