-- I3: each signing key is in the audit log, once, and the log has no other. Source: the
-- triggers of 0008_add_audit_log.sql; a key is never deleted.
SELECT key_id, state
FROM signing_key
  FULL JOIN (SELECT subject AS key_id, count(*) FILTER (WHERE action = 'key.create') AS made
             FROM audit_event WHERE result = 'OK' AND action LIKE 'key.%' GROUP BY 1) event USING (key_id)
WHERE state IS NULL OR made IS DISTINCT FROM 1;
