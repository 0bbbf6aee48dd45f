-- Captured money goes back as a new posting, never as an edit: one journal row per refund, from the
-- shard that the capture paid to the user who paid.

ALTER TABLE hold
  ADD COLUMN refunded bigint NOT NULL DEFAULT 0,
  ADD CONSTRAINT hold_refunded_bounded CHECK (refunded BETWEEN 0 AND coalesce(captured, 0));

ALTER TABLE journal
  ADD COLUMN refund_id uuid,
  ADD COLUMN refund_of uuid,  -- the hold; hold_id is of its capture, which is one row for ever
  ADD CONSTRAINT journal_refund_has_id CHECK ((kind = 'REFUND') = (refund_id IS NOT NULL)),
  ADD CONSTRAINT journal_refund_has_hold CHECK ((kind = 'REFUND') = (refund_of IS NOT NULL)),
  -- A second posting of a refund is impossible even if all code is wrong.
  ADD CONSTRAINT journal_refund_key UNIQUE (refund_id),
  ADD CONSTRAINT journal_refund_of_fkey FOREIGN KEY (refund_of) REFERENCES hold,
  -- Of deposits only: what was paid must be able to go back to whoever filled the account since.
  ADD CONSTRAINT journal_deposit_balance_bounded
    CHECK (kind <> 'DEPOSIT' OR credit_after <= 1000000000000000);
ALTER TABLE account DROP CONSTRAINT account_balance_bounded;
CREATE INDEX journal_by_refund_of ON journal (refund_of) WHERE refund_of IS NOT NULL;

-- A hold is decided once: RESERVED -> CAPTURED, RELEASED, EXPIRED or REFUSED. Of a captured one,
-- what was paid back can grow, and nothing else can change.
CREATE OR REPLACE FUNCTION check_hold_change() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  -- The row as it was, with the columns that may change as they are now: a column that is added later
  -- is guarded without a word.
  same record := OLD;
BEGIN
  IF OLD.state = 'CAPTURED' AND NEW.refunded > OLD.refunded THEN
    same.refunded := NEW.refunded;
  ELSIF OLD.state = 'RESERVED' AND NEW.state <> 'RESERVED' THEN
    same.state := NEW.state;
    same.captured := NEW.captured;
    same.reason := NEW.reason;
    same.decide_time := NEW.decide_time;
  END IF;
  IF NEW = OLD OR NEW <> same THEN
    RAISE EXCEPTION 'hold % cannot go from % to %', OLD.hold_id, OLD.state, NEW.state
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;

-- At commit, what a hold says was paid back is the sum of its refunds, each of them the reverse of
-- the capture.
CREATE FUNCTION check_refund_is_posted() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  id uuid;
BEGIN
  IF TG_TABLE_NAME = 'hold' THEN id := NEW.hold_id; ELSE id := NEW.refund_of; END IF;
  IF EXISTS (
    SELECT 1 FROM hold h JOIN journal c ON c.hold_id = h.hold_id
      LEFT JOIN journal r ON r.refund_of = h.hold_id
    WHERE h.hold_id = id GROUP BY h.hold_id
    HAVING max(h.refunded) <> coalesce(sum(r.amount), 0)
        OR count(*) FILTER (WHERE (r.debit_id, r.credit_id, r.order_id)
                                  <> (c.credit_id, c.debit_id, c.order_id)) > 0) THEN
    RAISE EXCEPTION 'hold % is paid back without its postings', id
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER hold_refund_is_posted AFTER UPDATE ON hold
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.refunded <> OLD.refunded)
  EXECUTE FUNCTION check_refund_is_posted();
CREATE CONSTRAINT TRIGGER journal_refund_is_recorded AFTER INSERT ON journal
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.kind = 'REFUND')
  EXECUTE FUNCTION check_refund_is_posted();

-- Pays captured money back, all or a part of it: REFUNDED (also for a replay), UNKNOWN, MISMATCH
-- (more than is left, or another call used the id), or the state of a hold that is not captured; then
-- nothing changed. `payload` is the fingerprint of hold and amount.
CREATE FUNCTION refund_hold(refund uuid, id uuid, units bigint, payload bytea) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = wallet, pg_temp AS $$
DECLARE
  -- A refund id is the shop's, whoever is paid: its operation belongs to nobody.
  nobody CONSTANT uuid := '00000000-0000-0000-0000-000000000000';
  found_hold hold%ROWTYPE;
  claimed bytea;
  shard uuid;
  mine record;
  theirs record;
  posting bigint;
BEGIN
  -- Refunds of one hold take turns, so that whoever finds no claim may make it.
  SELECT * INTO found_hold FROM hold WHERE hold_id = id FOR NO KEY UPDATE;
  IF NOT FOUND THEN RETURN 'UNKNOWN'; END IF;
  SELECT fingerprint INTO claimed FROM operation
    WHERE user_id = nobody AND kind = 'REFUND' AND idempotency_key = refund::text;
  IF FOUND THEN RETURN CASE WHEN claimed = payload THEN 'REFUNDED' ELSE 'MISMATCH' END; END IF;
  IF found_hold.state <> 'CAPTURED' THEN RETURN found_hold.state; END IF;
  IF units NOT BETWEEN 1 AND found_hold.captured - found_hold.refunded THEN
    RETURN 'MISMATCH';
  END IF;
  INSERT INTO operation (user_id, kind, idempotency_key, fingerprint)
    VALUES (nobody, 'REFUND', refund::text, payload) ON CONFLICT DO NOTHING;
  IF NOT FOUND THEN RETURN 'MISMATCH'; END IF;  -- by a refund of another hold, just now
  UPDATE hold SET refunded = refunded + units WHERE hold_id = id;
  SELECT credit_id INTO STRICT shard FROM journal WHERE hold_id = id;
  mine := post(found_hold.account_id, 'USER', found_hold.currency, units);
  theirs := post(shard, 'MERCHANT', found_hold.currency, -units);
  INSERT INTO journal (kind, debit_id, credit_id, currency, amount, order_id, refund_id, refund_of,
                       debit_seq, debit_after, credit_seq, credit_after)
    VALUES ('REFUND', shard, found_hold.account_id, found_hold.currency, units, found_hold.order_id,
            refund, id, theirs.new_seq, theirs.new_posted, mine.new_seq, mine.new_posted)
    RETURNING journal_id INTO posting;
  UPDATE operation SET journal_id = posting
    WHERE user_id = nobody AND kind = 'REFUND' AND idempotency_key = refund::text;
  RETURN 'REFUNDED';
END $$;

REVOKE ALL ON FUNCTION refund_hold, check_refund_is_posted FROM PUBLIC;
GRANT EXECUTE ON FUNCTION refund_hold TO wallet_app;
