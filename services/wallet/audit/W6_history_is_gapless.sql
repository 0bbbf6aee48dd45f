-- W6: the postings of an account are numbered from 1 without a gap, and the balance after each is
-- the one before it and the amount. Source: docs/LLD.md.
WITH posting AS (
  SELECT debit_id AS account_id, debit_seq AS seq, debit_after AS after, -amount AS delta
  FROM journal
  UNION ALL SELECT credit_id, credit_seq, credit_after, amount FROM journal),
step AS (
  SELECT account_id, seq, after, delta,
         lag(seq, 1, 0::bigint) OVER history AS seq_before,
         lag(after, 1, 0::bigint) OVER history AS balance_before
  FROM posting WINDOW history AS (PARTITION BY account_id ORDER BY seq))
SELECT account_id, seq FROM step WHERE seq <> seq_before + 1 OR after <> balance_before + delta;
