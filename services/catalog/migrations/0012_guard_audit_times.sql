-- A time that the chain of hashes has a number for: one without would stop whoever seals and whoever verifies. Rows of
-- before are not looked at here: the verifier names them.
ALTER TABLE audit_event ADD CONSTRAINT audit_event_time_in_reason
  CHECK (create_time >= '2000-01-01 00:00:00Z' AND create_time < '10000-01-01 00:00:00Z') NOT VALID;
