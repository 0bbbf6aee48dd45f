-- O12: a saga is where its last step led. Source: the triggers saga_begins and saga_moves.
SELECT order_id
FROM saga s
  LEFT JOIN (SELECT DISTINCT ON (order_id) order_id, state FROM saga_event
             ORDER BY order_id, saga_event_id DESC) e USING (order_id)
WHERE s.state IS DISTINCT FROM e.state;
