-- I2: whoever may do more than shop was given it, and it was not taken back since; and the reverse.
-- Source: the triggers of 0008_add_audit_log.sql.
SELECT user_id, role
FROM (SELECT user_id, role FROM user_role WHERE role <> 'shopper') held
  FULL JOIN (SELECT user_id, subject AS role,
                    count(*) FILTER (WHERE action = 'role.grant')
                    - count(*) FILTER (WHERE action = 'role.revoke') AS given
             FROM audit_event WHERE result = 'OK' AND action IN ('role.grant', 'role.revoke') GROUP BY 1, 2) event
    USING (user_id, role)
WHERE (held.user_id IS NOT NULL)::int <> coalesce(given, 0);
