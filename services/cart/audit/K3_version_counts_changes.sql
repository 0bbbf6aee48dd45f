-- K3: a cart's version counts the changes of its lines: it is no less than the number of lines, and
-- than any line's position, which is the version that it was added at. Source: the trigger
-- cart_version_grows.
SELECT user_id
FROM cart JOIN (SELECT user_id, max(position) AS latest FROM line GROUP BY user_id) line
  USING (user_id)
WHERE version < latest OR version < line_count;
