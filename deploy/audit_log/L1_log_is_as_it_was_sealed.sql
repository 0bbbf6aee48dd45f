-- L1: the audit log of a schema is as it was sealed: of what the chain of hashes covers, no row was
-- altered, taken out or put in, and no seal. Source: NNNN_add_audit_log.sql of the schema; what is hashed
-- of a row is audit_event_bytes there, which is not asked: whoever alters rows can replace it.
WITH seal AS (
  SELECT seq, transaction_id, audit_event_id, hash,
         lag(hash, 1, sha256(convert_to(current_schema(), 'UTF8'))) OVER chain AS hash_before,
         lag(seq, 1, 0::bigint) OVER chain AS seq_before,
         lag(transaction_id, 1, '0') OVER chain AS transaction_before,
         lag(audit_event_id, 1, 0::bigint) OVER chain AS event_before
  FROM audit_seal WINDOW chain AS (ORDER BY seq)),
event AS (
  SELECT *, create_time >= '2000-01-01 00:00:00Z' AND create_time < '10000-01-01 00:00:00Z' AS has_time
  FROM audit_event),
link AS (
  SELECT seq, transaction_id, audit_event_id, event.action, event.actor, event.subject,
         CASE
           -- Of such a time there is no number: it could be neither sealed nor compared below.
           WHEN NOT has_time THEN 'the time of the row is none that anything happens at'
           WHEN seq IS NULL THEN
             CASE WHEN (transaction_id, audit_event_id) <= (last_transaction, last_event)
                  THEN 'a row that was never sealed was put in' END
           WHEN seq <> seq_before + 1
             OR (transaction_id, audit_event_id) <= (transaction_before, event_before)
             THEN 'seals before it were taken out, or put in'
           WHEN event.action IS NULL THEN 'the row was taken out'
           WHEN hash <> sha256(hash_before || convert_to(jsonb_build_array(
                  event.transaction_id::text, event.audit_event_id,
                  (extract(epoch FROM event.create_time) * 1000000)::bigint, event.action, event.result,
                  event.actor, event.database_role::text, event.user_id, event.subject,
                  event.client_address, event.details)::text, 'UTF8'))
             THEN 'the row, or its seal or the one before, was altered'
         END AS what
  FROM seal FULL JOIN event USING (transaction_id, audit_event_id)
    LEFT JOIN (SELECT transaction_id AS last_transaction, audit_event_id AS last_event
               FROM audit_seal ORDER BY seq DESC LIMIT 1) tail ON true)
SELECT current_schema() AS log, what, seq, transaction_id, audit_event_id, action, actor, subject
FROM link WHERE what IS NOT NULL ORDER BY seq NULLS FIRST, transaction_id, audit_event_id;
