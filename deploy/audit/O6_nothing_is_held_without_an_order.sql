-- O6: there is no hold for a saga and no reservation without its order. Source: docs/LLD.md; T1 comes first. A
-- tombstone, which holds nothing, may stand alone.
SELECT order_id, hold_id
FROM wallet.hold LEFT JOIN orders.orders o USING (order_id, hold_id)
WHERE o.order_id IS NULL AND amount > 0 AND coordinated
UNION ALL
SELECT order_id, NULL
FROM catalog.reservation r LEFT JOIN orders.orders o USING (order_id)
WHERE o.order_id IS NULL AND r.fingerprint IS NOT NULL;
