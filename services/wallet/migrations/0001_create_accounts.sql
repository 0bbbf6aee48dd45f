-- Accounts, holds and the journal. Money moves only through the functions of the next
-- migrations, which run with the owner's rights: the app role can read, and nothing else.

CREATE TABLE account (
  account_id  uuid   NOT NULL,
  -- USER: the id is the user's. MERCHANT and WORLD are shards, so that no row is hot.
  kind        text   NOT NULL,
  currency    char(3) NOT NULL,
  -- Minor units. What was posted; the part of it that holds set aside.
  posted      bigint NOT NULL DEFAULT 0,
  held        bigint NOT NULL DEFAULT 0,
  -- Number of journal rows that touch the account; gapless.
  seq         bigint NOT NULL DEFAULT 0,
  create_time timestamptz NOT NULL DEFAULT clock_timestamp(),
  CONSTRAINT account_pkey PRIMARY KEY (account_id),
  CONSTRAINT account_currency_key UNIQUE (account_id, currency),
  CONSTRAINT account_kind_known CHECK (kind IN ('USER', 'MERCHANT', 'WORLD')),
  CONSTRAINT account_held_not_negative CHECK (held >= 0),
  -- The world is where deposits come from: the mirror of all money in the shop.
  CONSTRAINT account_available_not_negative CHECK (kind = 'WORLD' OR posted - held >= 0),
  CONSTRAINT account_balance_bounded CHECK (kind <> 'USER' OR posted <= 1000000000000000),
  -- Rows are locked in id order; the shared rows have the greatest ids, so they are locked last.
  CONSTRAINT account_shared_ids_last
    CHECK ((kind = 'USER') = (account_id < 'ffffffff-0000-0000-0000-000000000000'))
) WITH (fillfactor = 50);  -- room for HOT updates

CREATE TABLE hold (
  hold_id     uuid   NOT NULL,
  account_id  uuid,                -- null in a tombstone
  order_id    uuid,
  currency    char(3),
  amount      bigint NOT NULL,
  captured    bigint,
  state       text   NOT NULL,
  expire_time timestamptz,         -- an alarm, not a right: the order service decides
  reason      text,
  create_time timestamptz NOT NULL DEFAULT clock_timestamp(),
  decide_time timestamptz,
  CONSTRAINT hold_pkey PRIMARY KEY (hold_id),
  CONSTRAINT hold_state_known
    CHECK (state IN ('RESERVED', 'CAPTURED', 'RELEASED', 'EXPIRED', 'REFUSED')),
  CONSTRAINT hold_amount_bounded CHECK (amount BETWEEN 0 AND 1000000000000),
  CONSTRAINT hold_captured_when_captured CHECK ((state = 'CAPTURED') = (captured IS NOT NULL)),
  CONSTRAINT hold_captured_bounded CHECK (captured BETWEEN 1 AND amount),
  -- A tombstone says: released before it was reserved.
  CONSTRAINT hold_tombstone_released
    CHECK (account_id IS NOT NULL AND order_id IS NOT NULL AND currency IS NOT NULL AND amount > 0
           OR account_id IS NULL AND amount = 0 AND state = 'RELEASED')
) WITH (fillfactor = 80);
CREATE INDEX hold_open_by_expire_time ON hold (expire_time) WHERE state = 'RESERVED';
CREATE INDEX hold_open_by_account ON hold (account_id) WHERE state = 'RESERVED';

-- One row is one balanced movement: an unbalanced one cannot be written.
CREATE TABLE journal (
  journal_id    bigint GENERATED ALWAYS AS IDENTITY,
  kind          text   NOT NULL,
  debit_id      uuid   NOT NULL,
  credit_id     uuid   NOT NULL,
  currency      char(3) NOT NULL,
  amount        bigint NOT NULL,
  hold_id       uuid,
  order_id      uuid,
  -- Place in the history of each account, and its balance right after.
  debit_seq     bigint NOT NULL,
  debit_after   bigint NOT NULL,
  credit_seq    bigint NOT NULL,
  credit_after  bigint NOT NULL,
  create_time   timestamptz NOT NULL DEFAULT clock_timestamp(),
  CONSTRAINT journal_pkey PRIMARY KEY (journal_id),
  CONSTRAINT journal_kind_known CHECK (kind IN ('DEPOSIT', 'CAPTURE', 'REFUND')),
  CONSTRAINT journal_amount_positive CHECK (amount > 0),
  CONSTRAINT journal_two_accounts CHECK (debit_id <> credit_id),
  CONSTRAINT journal_capture_has_hold CHECK ((kind = 'CAPTURE') = (hold_id IS NOT NULL)),
  CONSTRAINT journal_order_when_sold CHECK ((kind <> 'DEPOSIT') = (order_id IS NOT NULL)),
  CONSTRAINT journal_debit_seq_key UNIQUE (debit_id, debit_seq),
  CONSTRAINT journal_credit_seq_key UNIQUE (credit_id, credit_seq),
  -- A second capture of a hold is impossible even if all code is wrong.
  CONSTRAINT journal_hold_key UNIQUE (hold_id),
  CONSTRAINT journal_debit_fkey FOREIGN KEY (debit_id, currency) REFERENCES account (account_id, currency),
  CONSTRAINT journal_credit_fkey FOREIGN KEY (credit_id, currency) REFERENCES account (account_id, currency),
  CONSTRAINT journal_hold_fkey FOREIGN KEY (hold_id) REFERENCES hold
);

-- Keys of calls that move money; claimed in the transaction of the effect.
CREATE TABLE operation (
  user_id         uuid  NOT NULL,
  kind            text  NOT NULL,
  idempotency_key text  NOT NULL,
  fingerprint     bytea NOT NULL,
  journal_id      bigint,
  CONSTRAINT operation_pkey PRIMARY KEY (user_id, kind, idempotency_key),
  CONSTRAINT operation_kind_known CHECK (kind IN ('DEPOSIT', 'REFUND')),
  CONSTRAINT operation_key_length CHECK (length(idempotency_key) BETWEEN 1 AND 255),
  CONSTRAINT operation_journal_fkey FOREIGN KEY (journal_id) REFERENCES journal
    DEFERRABLE INITIALLY DEFERRED
);

GRANT SELECT ON account, hold, journal, operation TO wallet_app;
