-- K4: no two lines of a cart have one place. Source: add_items.
SELECT user_id, position FROM line GROUP BY user_id, position HAVING count(*) > 1;
