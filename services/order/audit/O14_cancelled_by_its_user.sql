-- O14: an order goes back, or is called off by its user or an administrator, if and only if there is the
-- cancellation, in its user's name. Source: call_off_order writes both or none.
SELECT order_id
FROM (SELECT order_id, user_id FROM saga
      WHERE state IN ('REFUNDING', 'REFUNDED') OR reason = 'ORDER_CANCELLED') s
  FULL JOIN (SELECT order_id, user_id FROM cancellation WHERE effective) c USING (order_id, user_id)
WHERE s.order_id IS NULL OR c.order_id IS NULL;
