-- O16: whatever an operator said about a split decision left its event, and nothing else did. Source:
-- resolve_saga of 0006_add_operator_commands.sql; both are written in one transaction.
SELECT order_id, operator
FROM (SELECT order_id, operator, note, count(*) AS said FROM saga_resolution GROUP BY 1, 2, 3) r
  FULL JOIN (SELECT order_id, operator, note, count(*) AS heard FROM saga_event
             WHERE command IN ('PROPOSE_ROLL_FORWARD', 'ROLL_FORWARD') GROUP BY 1, 2, 3) e
    USING (order_id, operator, note)
WHERE said IS DISTINCT FROM heard;
