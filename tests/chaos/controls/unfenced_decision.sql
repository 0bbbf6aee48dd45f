-- The bug: who decides looks neither at the epoch of his lease nor at the state that the saga has.
SET search_path = orders;
DROP TRIGGER saga_steps ON saga;
DROP TRIGGER saga_facts_stay ON saga;
CREATE OR REPLACE FUNCTION decide_saga(id uuid, epoch bigint, why text, details jsonb) RETURNS timestamptz
LANGUAGE sql SECURITY DEFINER SET search_path = orders, pg_temp AS $$
  UPDATE saga SET state = CASE WHEN why IS NULL THEN 'COMMITTING' ELSE 'ABORTING' END, reason = why,
                  failure = details, retry_count = 0
    WHERE order_id = id RETURNING update_time
$$;
