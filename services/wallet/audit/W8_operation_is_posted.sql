-- W8: each key that moved money has its one posting, to its user, and nothing but a capture is
-- posted without a key. Source: docs/LLD.md; claim and effect are one transaction.
SELECT o.user_id, o.kind, j.journal_id
FROM operation o
  FULL JOIN (SELECT journal_id, kind, credit_id FROM journal WHERE kind <> 'CAPTURE') j
    USING (journal_id)
WHERE o.user_id IS NULL OR j.journal_id IS NULL OR o.kind <> j.kind
   OR o.kind = 'DEPOSIT' AND o.user_id <> j.credit_id;
