-- I1: each account is in the audit log, once, and the log has no other. Source: the triggers of
-- 0008_add_audit_log.sql; an account is never deleted.
SELECT user_id
FROM (SELECT user_id, true AS is_there FROM users) made FULL JOIN (SELECT user_id, count(*) AS times FROM audit_event WHERE action = 'user.register'
                      GROUP BY 1) event USING (user_id)
WHERE is_there IS NULL OR times IS DISTINCT FROM 1;
