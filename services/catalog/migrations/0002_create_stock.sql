-- Stock, its journal, and the reservations of orders. They change only through the functions of
-- a later migration, which run with the owner's rights: the app role can read, and nothing else.

CREATE TABLE stock (
  product_id uuid   NOT NULL,
  on_hand    bigint NOT NULL,
  reserved   bigint NOT NULL DEFAULT 0,  -- the part of it that open reservations set aside
  CONSTRAINT stock_pkey PRIMARY KEY (product_id),
  CONSTRAINT stock_reserved_within_on_hand CHECK (reserved BETWEEN 0 AND on_hand),
  CONSTRAINT stock_product_fkey FOREIGN KEY (product_id) REFERENCES product
) WITH (fillfactor = 30);  -- room for HOT updates

-- Why on_hand is what it is: it is the sum of the deltas.
CREATE TABLE stock_journal (
  stock_journal_id bigint GENERATED ALWAYS AS IDENTITY,
  product_id       uuid   NOT NULL,
  delta            bigint NOT NULL,
  kind             text   NOT NULL,
  order_id         uuid,
  create_time      timestamptz NOT NULL DEFAULT clock_timestamp(),
  CONSTRAINT stock_journal_pkey PRIMARY KEY (stock_journal_id),
  CONSTRAINT stock_journal_kind_known CHECK (kind IN ('INITIAL', 'COMMIT', 'ADJUST', 'RETURN')),
  CONSTRAINT stock_journal_delta_not_zero CHECK (delta <> 0),
  CONSTRAINT stock_journal_sign_of_kind
    CHECK (kind = 'ADJUST' OR (kind = 'COMMIT') = (delta < 0)),
  CONSTRAINT stock_journal_order_when_sold
    CHECK ((kind IN ('COMMIT', 'RETURN')) = (order_id IS NOT NULL)),
  -- A second commit of a line is impossible even if all code is wrong.
  CONSTRAINT stock_journal_order_line_key UNIQUE (order_id, product_id, kind),
  -- To stock, not to product: its row is locked by whoever writes here, so the check of the key
  -- adds no lock to a row that many orders share.
  CONSTRAINT stock_journal_stock_fkey FOREIGN KEY (product_id) REFERENCES stock
);

CREATE TABLE reservation (
  order_id    uuid NOT NULL,
  state       text NOT NULL,
  fingerprint bytea,        -- of the lines asked for; null in a tombstone
  shortages   jsonb,        -- of a refusal: [{product_id, requested, available}]
  reason      text,         -- of a release
  expire_time timestamptz,  -- an alarm, not a right: the order service decides
  create_time timestamptz NOT NULL DEFAULT clock_timestamp(),
  decide_time timestamptz,
  CONSTRAINT reservation_pkey PRIMARY KEY (order_id),
  CONSTRAINT reservation_state_known
    CHECK (state IN ('RESERVED', 'COMMITTED', 'RELEASED', 'REFUSED')),
  CONSTRAINT reservation_decided_unless_open
    CHECK ((state = 'RESERVED') = (decide_time IS NULL)),
  CONSTRAINT reservation_shortages_when_refused
    CHECK ((state = 'REFUSED') = (shortages IS NOT NULL)),
  -- A tombstone says: released before it was reserved.
  CONSTRAINT reservation_tombstone_released
    CHECK (fingerprint IS NOT NULL OR state = 'RELEASED')
) WITH (fillfactor = 80);
CREATE INDEX reservation_open_by_expire_time ON reservation (expire_time)
  WHERE state = 'RESERVED';

-- What was reserved; a refusal and a tombstone have no lines.
CREATE TABLE reservation_line (
  order_id   uuid NOT NULL,
  product_id uuid NOT NULL,
  quantity   int  NOT NULL,
  CONSTRAINT reservation_line_pkey PRIMARY KEY (order_id, product_id),
  CONSTRAINT reservation_line_quantity_bounded CHECK (quantity BETWEEN 1 AND 99),
  CONSTRAINT reservation_line_reservation_fkey FOREIGN KEY (order_id) REFERENCES reservation,
  CONSTRAINT reservation_line_stock_fkey FOREIGN KEY (product_id) REFERENCES stock
);

GRANT SELECT ON stock, stock_journal, reservation, reservation_line TO catalog_app;
