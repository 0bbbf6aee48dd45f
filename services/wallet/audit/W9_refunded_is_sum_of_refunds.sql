-- W9: what a hold paid back is the sum of its refunds, each from the shard that the capture paid to
-- the account that paid. Source: docs/LLD.md; the triggers of 0004_refund_holds.sql.
SELECT h.hold_id
FROM hold h
  LEFT JOIN journal c ON c.hold_id = h.hold_id
  LEFT JOIN journal r ON r.refund_of = h.hold_id
GROUP BY h.hold_id
HAVING max(h.refunded) <> coalesce(sum(r.amount), 0)
    OR count(*) FILTER (WHERE (r.debit_id, r.credit_id, r.order_id)
                              IS DISTINCT FROM (c.credit_id, c.debit_id, c.order_id)
                              AND r.journal_id IS NOT NULL) > 0;
