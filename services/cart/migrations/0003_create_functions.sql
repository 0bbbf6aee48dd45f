-- The operations of the cart. Each is one call, one transaction, READ COMMITTED. Everything that
-- changes lines locks the cart's row first, so changes of one cart come one after the other, no
-- update is lost and no two of them can deadlock. Who finds no cart leaves it at that: one that
-- appears right after is not locked. SECURITY DEFINER: the app role has no other way to change
-- a cart.

-- A cart beside one of its lines: what every operation answers, lines in their order. A cart
-- without lines is one row of nulls beside its version. `granted`: pieces that the call added.
CREATE TYPE stored_line AS (
  version bigint, product_id uuid, quantity int, added_price bigint, name text, image_url text,
  unit_price bigint, available int, active boolean, granted int
);

-- The cart as it stands, by primary keys; no row for a user who never had one. `ids` and
-- `pieces`: what was granted.
CREATE FUNCTION lines_of(usr uuid, ids uuid[], pieces int[]) RETURNS SETOF stored_line
LANGUAGE sql STABLE AS $$
  SELECT c.version, l.product_id, l.quantity, l.added_price, l.name, l.image_url, l.unit_price,
         l.available, l.active, coalesce(g.granted, 0)
  FROM cart c
    LEFT JOIN line l ON l.user_id = c.user_id
    LEFT JOIN unnest(ids, pieces) AS g (product_id, granted) ON g.product_id = l.product_id
  WHERE c.user_id = usr
  ORDER BY l.position, l.product_id
$$;

-- The user's cart, made when missing, locked until the end of the transaction.
CREATE FUNCTION lock_cart(usr uuid) RETURNS cart LANGUAGE plpgsql AS $$
DECLARE
  mine cart%ROWTYPE;
BEGIN
  SELECT * INTO mine FROM cart WHERE user_id = usr FOR NO KEY UPDATE;
  IF NOT FOUND THEN
    INSERT INTO cart (user_id) VALUES (usr) ON CONFLICT (user_id) DO NOTHING;
    SELECT * INTO STRICT mine FROM cart WHERE user_id = usr FOR NO KEY UPDATE;
  END IF;
  RETURN mine;
END $$;

-- Adds pieces of distinct, active products, each with what the catalog says of it. Beyond 99
-- pieces of a product or 100 lines: with `cap` as many as fit, first come first served, else
-- nothing of that product.
CREATE FUNCTION add_items(usr uuid, ids uuid[], pieces int[], names text[], image_urls text[],
                          prices bigint[], stocks int[], cap boolean) RETURNS SETOF stored_line
LANGUAGE plpgsql SECURITY DEFINER SET search_path = cart, pg_temp AS $$
DECLARE
  mine cart%ROWTYPE := lock_cart(usr);
  granted int[];
BEGIN
  WITH wanted AS (
         SELECT w.*, coalesce(l.quantity, 0) AS there, l.product_id IS NULL AS is_new,
                row_number() OVER (PARTITION BY l.product_id IS NULL ORDER BY w.place) AS nth
         FROM unnest(ids, pieces, names, image_urls, prices, stocks) WITH ORDINALITY
                AS w (product_id, pieces, name, image_url, unit_price, available, place)
           LEFT JOIN line l ON l.user_id = usr AND l.product_id = w.product_id),
       fitting AS (
         SELECT w.*, CASE WHEN w.is_new AND w.nth > 100 - mine.line_count THEN 0
                          WHEN w.there + w.pieces <= 99 THEN w.pieces
                          WHEN cap THEN 99 - w.there
                          ELSE 0 END AS fits
         FROM wanted w),
       grown AS (
         UPDATE line l SET quantity = l.quantity + f.fits FROM fitting f
         WHERE l.user_id = usr AND l.product_id = f.product_id AND NOT f.is_new AND f.fits > 0),
       added AS (
         INSERT INTO line (user_id, product_id, position, quantity, added_price, name, image_url,
                           unit_price, available, active)
         -- Each insert makes the version grow, so the next line's position is beyond these.
         SELECT usr, f.product_id, mine.version + f.nth, f.fits, f.unit_price, f.name,
                f.image_url, f.unit_price, f.available, true
         FROM fitting f WHERE f.is_new AND f.fits > 0)
  SELECT array_agg(f.fits ORDER BY f.place) INTO granted FROM fitting f;
  RETURN QUERY SELECT s.* FROM lines_of(usr, ids, granted) s;
END $$;

-- Sets the number of pieces of a line; 0 removes it. No row when there is no such line.
CREATE FUNCTION update_item(usr uuid, product uuid, pieces int) RETURNS SETOF stored_line
LANGUAGE plpgsql SECURITY DEFINER SET search_path = cart, pg_temp AS $$
BEGIN
  PERFORM 1 FROM cart c WHERE c.user_id = usr FOR NO KEY UPDATE;
  IF NOT FOUND THEN RETURN; END IF;
  IF pieces = 0 THEN
    DELETE FROM line l WHERE l.user_id = usr AND l.product_id = product;
  ELSE
    UPDATE line l SET quantity = pieces WHERE l.user_id = usr AND l.product_id = product;
  END IF;
  IF FOUND THEN
    RETURN QUERY SELECT s.* FROM lines_of(usr, '{}', '{}') s;
  END IF;
END $$;

-- Removes one line, or all when `product` is null; what is not there is removed already.
CREATE FUNCTION remove_items(usr uuid, product uuid) RETURNS SETOF stored_line
LANGUAGE plpgsql SECURITY DEFINER SET search_path = cart, pg_temp AS $$
BEGIN
  PERFORM 1 FROM cart c WHERE c.user_id = usr FOR NO KEY UPDATE;
  IF NOT FOUND THEN RETURN; END IF;
  DELETE FROM line l WHERE l.user_id = usr AND (product IS NULL OR l.product_id = product);
  RETURN QUERY SELECT s.* FROM lines_of(usr, '{}', '{}') s;
END $$;

-- Takes out what an order bought, as far as it is still there; once per order.
CREATE FUNCTION remove_ordered_items(usr uuid, ord uuid, ids uuid[], pieces int[]) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = cart, pg_temp AS $$
BEGIN
  PERFORM lock_cart(usr);
  INSERT INTO removed_order (user_id, order_id) VALUES (usr, ord) ON CONFLICT DO NOTHING;
  IF NOT FOUND THEN RETURN; END IF;
  DELETE FROM line l
    USING (SELECT b.id, sum(b.n) AS n FROM unnest(ids, pieces) AS b (id, n) GROUP BY 1) bought
    WHERE l.user_id = usr AND l.product_id = bought.id AND l.quantity <= bought.n;
  UPDATE line l SET quantity = l.quantity - bought.n
    FROM (SELECT b.id, sum(b.n) AS n FROM unnest(ids, pieces) AS b (id, n) GROUP BY 1) bought
    WHERE l.user_id = usr AND l.product_id = bought.id;
END $$;

-- Remembers what the catalog said last. Not worth waiting for a change of the same cart: the
-- next read refreshes again.
CREATE FUNCTION refresh_lines(usr uuid, ids uuid[], names text[], image_urls text[],
                              prices bigint[], stocks int[], actives boolean[]) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = cart, pg_temp AS $$
BEGIN
  PERFORM 1 FROM cart c WHERE c.user_id = usr FOR NO KEY UPDATE SKIP LOCKED;
  IF NOT FOUND THEN RETURN; END IF;
  UPDATE line l SET name = s.name, image_url = s.image_url, unit_price = s.unit_price,
                    available = s.available, active = s.active
    FROM unnest(ids, names, image_urls, prices, stocks, actives)
           AS s (product_id, name, image_url, unit_price, available, active)
    WHERE l.user_id = usr AND l.product_id = s.product_id;
END $$;

REVOKE ALL ON ALL FUNCTIONS IN SCHEMA cart FROM PUBLIC;
GRANT EXECUTE ON FUNCTION lines_of, add_items, update_item, remove_items, remove_ordered_items,
  refresh_lines TO cart_app;
