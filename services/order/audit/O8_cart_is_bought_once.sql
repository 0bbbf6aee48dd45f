-- O8: no version of a cart is bought twice. Source: docs/LLD.md; the index saga_cart_once.
SELECT user_id, cart_version
FROM saga WHERE state NOT IN ('ABORTING', 'CANCELLED')
GROUP BY user_id, cart_version HAVING count(*) > 1;
