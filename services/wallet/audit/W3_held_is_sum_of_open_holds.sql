-- W3: what an account has set aside is the sum of its open holds. Source: docs/LLD.md.
SELECT account_id
FROM account
  FULL JOIN (SELECT account_id, sum(amount) AS total FROM hold WHERE state = 'RESERVED'
             GROUP BY account_id) open_hold USING (account_id)
WHERE coalesce(held, 0) <> coalesce(total, 0);
