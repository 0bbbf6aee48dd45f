-- W4: no account but the world's has less than it set aside, or less than nothing. Source:
-- docs/LLD.md; the constraints account_held_not_negative and account_available_not_negative.
SELECT account_id FROM account WHERE held < 0 OR kind <> 'WORLD' AND posted - held < 0;
