-- O13: a saga began as RESERVING and took only the steps that there are, under a lease that only
-- went forward: a decision was never taken back, but for an abort that two operators turned forward.
-- Source: the trigger saga_steps.
WITH step AS (
  SELECT order_id, saga_event_id, state, lease_epoch,
         lag(state, 1, '') OVER history AS before,
         lag(lease_epoch, 1, 0::bigint) OVER history AS epoch_before
  FROM saga_event WHERE kind = 'STEP' WINDOW history AS (PARTITION BY order_id ORDER BY saga_event_id))
SELECT order_id, saga_event_id, before, state
FROM step
WHERE (before, state) NOT IN (
        ('', 'RESERVING'), ('RESERVING', 'COMMITTING'), ('RESERVING', 'ABORTING'),
        ('COMMITTING', 'CONFIRMED'), ('ABORTING', 'CANCELLED'),
        ('CONFIRMED', 'REFUNDING'), ('REFUNDING', 'REFUNDED'))
       AND ((before, state) <> ('ABORTING', 'COMMITTING')
            OR (SELECT count(DISTINCT operator) FROM saga_resolution r
                WHERE r.order_id = step.order_id) < 2)
   OR lease_epoch < epoch_before;
