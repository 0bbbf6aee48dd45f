-- W10: each posting is in the audit log as it was made, with the fingerprint of its call, and the log
-- has no other. Source: the triggers of 0006_add_audit_log.sql, in the transaction of the posting.
WITH event AS (
  SELECT audit_event_id, action, details, (details ->> 'journal_id')::bigint AS journal_id
  FROM audit_event WHERE action IN ('wallet.deposit', 'wallet.capture', 'wallet.refund'))
SELECT journal_id, audit_event_id
FROM journal j FULL JOIN event e USING (journal_id) LEFT JOIN operation o USING (journal_id)
WHERE (j.debit_id::text, j.credit_id::text, j.amount::text, j.order_id::text, 'wallet.' || lower(j.kind))
      IS DISTINCT FROM
      (details ->> 'debit', details ->> 'credit', details ->> 'amount', details ->> 'order_id', action)
   OR encode(o.fingerprint, 'hex') <> details ->> 'fingerprint'
UNION ALL
SELECT journal_id, min(audit_event_id) FROM event GROUP BY 1 HAVING count(*) > 1;
