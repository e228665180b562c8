-- The parts of posting that the one entry and the batch share. All run as the owner, inside them.

-- Posting takes a share of the institution's day: no state of a day is changed before whoever is posting has finished.
CREATE FUNCTION ledger_day_whole() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_advisory_xact_lock(4701, OLD.institution_id::int);
  RETURN NEW;
END $$;

-- Take back a leg that was tried, in the transaction that tried it.
CREATE FUNCTION ledger_put_back(p_account bigint, p_shard smallint, p_amount bigint)
RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  IF p_shard > 0 THEN
    UPDATE ledger_shard s SET seq = s.seq - 1, balance_fen = s.balance_fen
      - CASE s.normal_side WHEN 'debit' THEN p_amount ELSE -p_amount END
    WHERE s.account_id = p_account AND s.shard = p_shard;
  ELSIF p_account IS NOT NULL THEN
    UPDATE ledger_account a SET seq = a.seq - 1, balance_fen = a.balance_fen
      - CASE a.normal_side WHEN 'debit' THEN p_amount ELSE -p_amount END
    WHERE a.id = p_account;
  END IF;
END $$;

-- Move one shard of a sharded account: one that nobody holds, or in turn the one that this
-- connection waits for. Nothing is answered where the account is not sharded or may not move.
CREATE FUNCTION ledger_shard_moved(
  p_number text, p_amount bigint, p_value date, OUT id bigint, OUT home bigint,
  OUT currency text, OUT after bigint, OUT seq bigint, OUT shard smallint
) LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
  v_own int := pg_backend_pid();
BEGIN
  UPDATE ledger_shard s SET seq = s.seq + 1, balance_fen = s.balance_fen
    + CASE s.normal_side WHEN 'debit' THEN p_amount ELSE -p_amount END
  FROM (
    SELECT f.account_id, f.shard FROM ledger_shard f
    WHERE f.number = p_number AND f.used AND f.opened_on <= p_value AND (f.state = 'active'
      OR f.state = 'stop_payment' AND (p_amount > 0) = (f.normal_side = 'debit'))
    ORDER BY (f.shard + v_own) % f.shards LIMIT 1 FOR NO KEY UPDATE SKIP LOCKED
  ) free
  WHERE s.account_id = free.account_id AND s.shard = free.shard
  RETURNING s.account_id, s.institution_id, s.currency, s.balance_fen, s.seq, s.shard
  INTO ledger_shard_moved.id, home, ledger_shard_moved.currency, after, ledger_shard_moved.seq,
    ledger_shard_moved.shard;
  IF ledger_shard_moved.id IS NULL THEN
    ledger_shard_moved.shard := 0;
  END IF;
END $$;

-- Lock the accounts of the legs in the order of their numbers and weigh the entry: what each leg
-- finds and leaves, or the refusal. Of a sharded account a free shard is locked, not the account.
CREATE FUNCTION ledger_weigh(
  p_accounts text[], p_amounts bigint[], p_value date, p_day text, p_date date, p_reverses bigint,
  OUT ids bigint[], OUT homes bigint[], OUT currencies text[], OUT afters bigint[],
  OUT seqs bigint[], OUT shards smallint[], OUT refusal text, OUT detail text
) LANGUAGE plpgsql AS $$
DECLARE
  n int := cardinality(p_accounts);
  r record;
  i int;
  v_before bigint;
  v_balance bigint;
  v_seq bigint;
  v_legs int := 0;
BEGIN
  ids := array_fill(NULL::bigint, ARRAY[n]);
  homes := ids; afters := ids; seqs := ids;
  currencies := array_fill(NULL::text, ARRAY[n]);
  shards := array_fill(0::smallint, ARRAY[n]);
  IF p_day IS NULL THEN
    refusal := 'E4002'; detail := p_date;
  ELSIF p_day <> 'open' THEN
    refusal := 'E4003'; detail := p_date;
  END IF;
  FOR r IN SELECT * FROM ledger_locked(p_accounts) LOOP
    v_balance := r.balance_fen;
    v_seq := r.seq;
    FOR i IN 1..n LOOP
      IF p_accounts[i] = r.number THEN
        v_balance := v_balance
          + CASE r.normal_side WHEN 'debit' THEN p_amounts[i] ELSE -p_amounts[i] END;
        v_seq := v_seq + 1;
        v_legs := v_legs + 1;
        ids[i] := r.id;
        seqs[i] := v_seq;
        afters[i] := v_balance;
        homes[i] := r.institution_id;
        currencies[i] := r.currency;
        shards[i] := r.shard;
      END IF;
    END LOOP;
    IF refusal IS NULL THEN
      refusal := CASE
        WHEN r.state = 'closed' THEN 'E4006'
        WHEN r.state = 'frozen' THEN 'E4007'
        WHEN r.state = 'stop_payment' AND v_balance < r.balance_fen THEN 'E4008'
        WHEN v_balance < r.balance_fen AND v_balance < r.held_fen
          AND NOT r.overdraft_allowed THEN 'E4009'
        WHEN r.opened_on > p_value THEN 'E4022'
      END;
      detail := CASE WHEN refusal IS NOT NULL THEN r.number END;
    END IF;
  END LOOP;
  IF p_reverses IS NOT NULL AND EXISTS (SELECT FROM ledger_reversal WHERE original = p_reverses)
  THEN
    refusal := 'E4010'; detail := p_reverses;
  END IF;
  IF v_legs < n AND coalesce(refusal, '') NOT IN ('E4002', 'E4003', 'E4010') THEN
    refusal := 'E4004'; detail := p_accounts[array_position(ids, NULL)];
  END IF;
  IF refusal IS NULL THEN
    SELECT u.currency, sum(u.fen) INTO r FROM unnest(currencies, p_amounts) u(currency, fen)
    GROUP BY u.currency HAVING sum(u.fen) <> 0 ORDER BY u.currency LIMIT 1;
    IF FOUND THEN
      refusal := 'E4005'; detail := r.currency || ' ' || r.sum;
    END IF;
  END IF;
END $$;

-- Lock these accounts, and answer them as they are now: first those with one balance, by number,
-- then of each that was spread a shard that nobody holds, or in turn the one that is waited for. An
-- account that was spread is never posted to by its row again, so no row is locked after a shard.
CREATE FUNCTION ledger_locked(p_accounts text[]) RETURNS TABLE (
  id bigint, number text, currency text, state text, normal_side text, balance_fen bigint,
  held_fen bigint, overdraft_allowed boolean, seq bigint, institution_id bigint, shard smallint,
  opened_on date
) LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
  r record;
  v_seen text[] := '{}';
  v_account bigint;
  v_shard smallint;
BEGIN
  FOR r IN SELECT a.* FROM ledger_account a WHERE a.number = ANY (p_accounts) AND NOT a.spread
    ORDER BY a.number FOR NO KEY UPDATE
  LOOP
    v_seen := v_seen || r.number::text;
    id := r.id; number := r.number; currency := r.currency; state := r.state;
    normal_side := r.normal_side; balance_fen := r.balance_fen; held_fen := r.held_fen;
    overdraft_allowed := r.overdraft_allowed; seq := r.seq; institution_id := r.institution_id;
    shard := 0; opened_on := r.opened_on;
    RETURN NEXT;
  END LOOP;
  IF cardinality(v_seen) = cardinality(p_accounts) THEN
    RETURN;
  END IF;
  FOR v_account IN
    SELECT a.id FROM ledger_account a
    WHERE a.number = ANY (p_accounts) AND a.number <> ALL (v_seen) ORDER BY a.number
  LOOP
    v_shard := ledger_shard_taken(v_account);
    RETURN QUERY SELECT s.account_id, s.number::text, s.currency::text, s.state::text,
      s.normal_side::text, s.balance_fen, 0::bigint, true, s.seq, s.institution_id, s.shard,
      s.opened_on
    FROM ledger_shard s WHERE s.account_id = v_account AND s.shard = v_shard;
  END LOOP;
END $$;

-- Lock one shard of an account and answer its number. Where their number changes at this moment it
-- may be one that is not used any more: what it holds counts all the same.
CREATE FUNCTION ledger_shard_taken(p_account bigint) RETURNS smallint
LANGUAGE plpgsql AS $$
DECLARE
  v_shard smallint;
  v_own int := pg_backend_pid();
BEGIN
  SELECT s.shard INTO v_shard FROM ledger_shard s
  WHERE s.account_id = p_account AND s.used
  ORDER BY (s.shard + v_own) % s.shards LIMIT 1 FOR NO KEY UPDATE SKIP LOCKED;
  IF FOUND THEN
    RETURN v_shard;
  END IF;
  SELECT s.shard INTO v_shard FROM ledger_shard s WHERE s.account_id = p_account
  ORDER BY s.used DESC, (s.shard + v_own) % s.shards LIMIT 1;
  PERFORM FROM ledger_shard s
  WHERE s.account_id = p_account AND s.shard = v_shard FOR NO KEY UPDATE;
  RETURN v_shard;
END $$;

-- Write what the legs leave: of each account, or shard, what its last leg found.
CREATE FUNCTION ledger_settle(
  p_ids bigint[], p_shards smallint[], p_afters bigint[], p_seqs bigint[]
) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  UPDATE ledger_account a SET balance_fen = u.after, seq = u.seq
  FROM (
    SELECT DISTINCT ON (u.id) u.id, u.after, u.seq
    FROM unnest(p_ids, p_shards, p_afters, p_seqs) u(id, shard, after, seq)
    WHERE u.shard = 0 ORDER BY u.id, u.seq DESC
  ) u WHERE a.id = u.id;
  IF 0 < ANY (p_shards) THEN
    UPDATE ledger_shard s SET balance_fen = u.after, seq = u.seq
    FROM (
      SELECT DISTINCT ON (u.id) u.id, u.shard, u.after, u.seq
      FROM unnest(p_ids, p_shards, p_afters, p_seqs) u(id, shard, after, seq)
      WHERE u.shard > 0 ORDER BY u.id, u.seq DESC
    ) u WHERE s.account_id = u.id AND s.shard = u.shard;
  END IF;
END $$;

-- What a key answers that stands already: its entry, or that the content was another one. A key
-- that is not known answers the refusal that was found.
CREATE FUNCTION ledger_known(
  p_institution bigint, p_key text, p_hash bytea, p_refusal text, p_detail text,
  OUT entry bigint, OUT line bigint, OUT journal text, OUT refusal text, OUT detail text
) LANGUAGE plpgsql AS $$
DECLARE
  v_key record;
  v_replayed boolean;
BEGIN
  SELECT k.entry_id, k.request_hash INTO v_key FROM ledger_postingkey k
  WHERE k.institution_id = p_institution AND k.key = p_key;
  IF FOUND THEN
    SELECT * INTO entry, line, journal, v_replayed, refusal, detail
    FROM ledger_replay(v_key.entry_id, v_key.request_hash, p_hash);
  ELSE
    refusal := p_refusal; detail := p_detail;
  END IF;
END $$;

-- The first number from this one on that no imported line holds; the counter is moved to it.
CREATE FUNCTION ledger_free_number(p_institution bigint, p_date date, p_no bigint)
RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
  v_no bigint := p_no;
  v_first bigint := ledger_day_prefix(p_date) * 10000000000;
BEGIN
  WHILE EXISTS (
    SELECT FROM ledger_journalline j
    WHERE j.institution_id = p_institution AND j.business_date = p_date
      AND j.journal_no = lpad(v_no::text, 8, '0')
      AND j.id >= v_first AND j.id < v_first + 10000000000
  ) LOOP
    v_no := v_no + 1;
  END LOOP;
  IF v_no > p_no THEN
    UPDATE ledger_journalnumber SET last_no = v_no
    WHERE institution_id = p_institution AND business_date = p_date;
  END IF;
  RETURN v_no;
END $$;
