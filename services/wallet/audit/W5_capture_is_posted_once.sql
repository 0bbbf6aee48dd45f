-- W5: a captured hold has one posting of what was captured, from its own account, and no other
-- hold has one. Source: docs/LLD.md; the triggers of 0002_guard_history.sql.
SELECT hold_id, journal_id
FROM hold h
  FULL JOIN (SELECT hold_id, journal_id, debit_id, order_id, amount FROM journal
             WHERE kind = 'CAPTURE') j USING (hold_id)
WHERE (h.state = 'CAPTURED') IS DISTINCT FROM (j.journal_id IS NOT NULL)
   OR h.state = 'CAPTURED' AND (j.amount, j.debit_id, j.order_id)
                               IS DISTINCT FROM (h.captured, h.account_id, h.order_id);
