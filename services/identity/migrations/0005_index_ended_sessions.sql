-- Those who verify access tokens ask every second which sessions ended lately.
CREATE INDEX session_ended_by_time ON session (revoke_time, session_id)
  WHERE revoke_time IS NOT NULL;
