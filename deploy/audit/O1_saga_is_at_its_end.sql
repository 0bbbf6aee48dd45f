-- O1: every saga is at its end, its cart included, and none is dead. Only once nothing is under way:
-- `./cartwright audit --quiescent`. Source: docs/LLD.md.
SELECT order_id, state, dead
FROM orders.saga
WHERE dead OR state NOT IN ('CONFIRMED', 'CANCELLED', 'REFUNDED')
   OR state IN ('CONFIRMED', 'REFUNDED') AND NOT cart_cleared;
