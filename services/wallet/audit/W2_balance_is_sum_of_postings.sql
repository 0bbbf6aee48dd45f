-- W2: a balance is the sum of its postings. Source: double entry, docs/LLD.md.
SELECT account_id
FROM account
  LEFT JOIN (SELECT account_id, sum(delta) AS total
             FROM (SELECT credit_id AS account_id, amount AS delta FROM journal
                   UNION ALL SELECT debit_id, -amount FROM journal) posting
             GROUP BY account_id) history USING (account_id)
WHERE posted <> coalesce(total, 0);
