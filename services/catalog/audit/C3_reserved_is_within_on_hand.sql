-- C3: nothing is promised that is not there. Source: the constraint stock_reserved_within_on_hand.
SELECT product_id FROM stock WHERE reserved NOT BETWEEN 0 AND on_hand;
