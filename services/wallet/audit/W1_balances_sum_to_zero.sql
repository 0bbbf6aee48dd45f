-- W1: the balances of a currency sum to zero. Source: double entry, docs/LLD.md.
SELECT currency FROM account GROUP BY currency HAVING sum(posted) <> 0;
