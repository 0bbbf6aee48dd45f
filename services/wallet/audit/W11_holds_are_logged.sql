-- W11: each hold is in the audit log as it was asked for, once, and so is its end without a payment; the
-- log has no others. Source: the triggers of 0006_add_audit_log.sql.
WITH event AS (
  SELECT CASE WHEN subject ~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' THEN subject::uuid END AS hold_id,
         count(*) FILTER (WHERE action = 'wallet.hold') AS made,
         count(*) FILTER (WHERE action <> 'wallet.hold') AS ended,
         min(user_id::text || details::text) FILTER (WHERE action = 'wallet.hold') AS asked
  FROM audit_event WHERE action IN ('wallet.hold', 'wallet.release', 'wallet.expire') GROUP BY 1)
SELECT hold_id, made, ended
FROM hold h FULL JOIN event USING (hold_id)
WHERE coalesce(made, 0) <> coalesce((account_id IS NOT NULL)::int, 0)
   OR coalesce(ended, 0) <> coalesce((state IN ('RELEASED', 'EXPIRED'))::int, 0)
   OR account_id IS NOT NULL AND asked IS DISTINCT FROM account_id::text || jsonb_build_object(
        'order_id', order_id, 'currency', currency, 'amount', amount)::text;
