-- The bug: holds that are overdue are given back without asking the order service.
SET search_path = wallet;
WITH expired AS (UPDATE hold SET state = 'EXPIRED', decide_time = clock_timestamp()
                 WHERE state = 'RESERVED' AND expire_time < clock_timestamp() RETURNING account_id, amount)
UPDATE account a SET held = held - e.amount FROM expired e WHERE a.account_id = e.account_id;
