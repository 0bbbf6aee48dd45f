-- O12: a saga is where its last step led, for the reason that it had. Source: the triggers saga_begins and
-- saga_moves.
SELECT order_id
FROM saga s
  LEFT JOIN (SELECT DISTINCT ON (order_id) order_id, state, reason FROM saga_event
             WHERE kind = 'STEP' ORDER BY order_id, saga_event_id DESC) e USING (order_id)
WHERE (s.state, s.reason) IS DISTINCT FROM (e.state, e.reason);
