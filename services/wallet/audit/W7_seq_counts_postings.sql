-- W7: an account's seq is the number of its postings. Source: docs/LLD.md.
SELECT account_id
FROM account
  LEFT JOIN (SELECT account_id, count(*) AS postings
             FROM (SELECT debit_id AS account_id FROM journal
                   UNION ALL SELECT credit_id FROM journal) posting
             GROUP BY account_id) history USING (account_id)
WHERE seq <> coalesce(postings, 0);
