-- The bug: a sweeper that gives overdue holds back without asking the order service.
SELECT wallet.expire_hold(hold_id) FROM wallet.hold
WHERE state = 'RESERVED' AND expire_time < clock_timestamp();
