-- K1: the cart's count is the number of its lines, at most 100. Source: the trigger line_is_counted.
SELECT user_id
FROM cart
  FULL JOIN (SELECT user_id, count(*) AS lines FROM line GROUP BY user_id) counted USING (user_id)
WHERE line_count IS DISTINCT FROM coalesce(lines, 0) OR line_count > 100;
