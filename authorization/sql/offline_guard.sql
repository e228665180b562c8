-- A book is issued by who works at the outlet, behind those that there are, and stays as it was printed.
CREATE OR REPLACE FUNCTION authorization_offlinebook_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' OR NEW.institution_id IS DISTINCT FROM
       (SELECT institution_id FROM people_staff WHERE id = NEW.issued_by_id) THEN
        RAISE EXCEPTION 'a book of slips is issued at its outlet and stays' USING ERRCODE = 'OP069';
    END IF;
    PERFORM pg_advisory_xact_lock(8324, NEW.institution_id::int);
    IF EXISTS (SELECT FROM authorization_offlinebook made WHERE made.institution_id = NEW.institution_id
           AND made.first + made.count > NEW.first) THEN
        RAISE EXCEPTION 'the numbers are in a book already' USING ERRCODE = 'OP069';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER authorization_offlinebook_guard BEFORE INSERT OR UPDATE OR DELETE ON authorization_offlinebook
    FOR EACH ROW EXECUTE FUNCTION authorization_offlinebook_guard();
ALTER TABLE authorization_offlinebook ENABLE ALWAYS TRIGGER authorization_offlinebook_guard;

-- An offline time is declared by two humans once it is over, and is only ever approved or declined.
CREATE OR REPLACE FUNCTION authorization_offlineperiod_guard() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE moving CONSTANT text[] := '{state,decided_by_id,decided_at,epoch,until}';
BEGIN
    IF TG_OP = 'DELETE' OR (TG_OP = 'INSERT' AND NEW.state <> 'proposed')
       OR (TG_OP = 'UPDATE' AND (OLD.state <> 'proposed'
           OR to_jsonb(NEW) - moving IS DISTINCT FROM to_jsonb(OLD) - moving)) THEN
        RAISE EXCEPTION 'an offline time goes forward and stays' USING ERRCODE = 'OP070';
    END IF;
    IF NEW.decided_by_id IS NOT NULL AND (SELECT count(DISTINCT person) FROM people_staff
           WHERE id IN (NEW.proposed_by_id, NEW.decided_by_id)) < 2 THEN
        RAISE EXCEPTION 'an offline time is declared by two people' USING ERRCODE = 'OP070';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER authorization_offlineperiod_guard BEFORE INSERT OR UPDATE OR DELETE ON authorization_offlineperiod
    FOR EACH ROW EXECUTE FUNCTION authorization_offlineperiod_guard();
ALTER TABLE authorization_offlineperiod ENABLE ALWAYS TRIGGER authorization_offlineperiod_guard;

-- Whether what a slip says holds: its moment in an offline time in force over the outlet, whose hours are
-- not over, and its decider registered there then for the amount.
CREATE OR REPLACE FUNCTION authorization_slip_holds(slip authorization_offlineslip) RETURNS boolean
    LANGUAGE sql VOLATILE AS $$
    SELECT EXISTS (
        SELECT FROM authorization_offlineperiod made
        JOIN people_institution over ON over.id = made.institution_id
        JOIN people_institution here ON here.id = slip.institution_id AND starts_with(here.path, over.path)
        WHERE made.id = slip.period_id AND made.state = 'active' AND made.until > clock_timestamp()
          AND slip.signed_at BETWEEN made.began_at AND made.ended_at
    ) AND EXISTS (
        SELECT FROM authorization_localauthorizer known
        WHERE known.staff_id = slip.authorizer_id AND known.institution_id = slip.institution_id
          AND known.state IN ('active', 'ended') AND known.decided_at <= slip.signed_at
          AND coalesce(known.ended_at, 'infinity') > slip.signed_at AND known.most_fen >= slip.amount_fen
    )
$$;

-- A slip is of its book, goes from step to step, and is keyed, decided and checked by three humans.
CREATE OR REPLACE FUNCTION authorization_offlineslip_guard() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    steps CONSTANT text[] :=
        '{unused>keyed,keyed>unused,keyed>entered,unused>spoiled,unused>missing,missing>unused}';
    entering CONSTANT text[] := '{state,request_id,checked_by_id,checked_person,checked_at}';
    part record;
BEGIN
    IF TG_OP = 'DELETE' OR (TG_OP = 'INSERT' AND (NEW.state <> 'unused' OR NEW.institution_id IS DISTINCT FROM
           (SELECT institution_id FROM authorization_offlinebook WHERE id = NEW.book_id)))
       OR (TG_OP = 'UPDATE' AND ((NEW.number, NEW.book_id, NEW.institution_id)
           IS DISTINCT FROM (OLD.number, OLD.book_id, OLD.institution_id)
           OR NOT OLD.state || '>' || NEW.state = ANY (steps)
           OR (NEW.state = 'entered' AND to_jsonb(NEW) - entering IS DISTINCT FROM to_jsonb(OLD) - entering))) THEN
        RAISE EXCEPTION 'a slip stays in its book and goes forward' USING ERRCODE = 'OP069';
    END IF;
    FOR part IN SELECT * FROM (VALUES (NEW.authorizer_id, NEW.authorizer_person),
        (NEW.keyed_by_id, NEW.keyed_person), (NEW.checked_by_id, NEW.checked_person)) one(staff, person)
    LOOP
        IF part.person IS DISTINCT FROM (SELECT person FROM people_staff WHERE id = part.staff) THEN
            RAISE EXCEPTION 'the human is another' USING ERRCODE = 'OP069';
        END IF;
    END LOOP;
    IF NEW.authorizer_person IN (NEW.keyed_person, NEW.checked_person)
       OR NEW.keyed_person = NEW.checked_person THEN
        RAISE EXCEPTION 'keyer, decider and checker are three people' USING ERRCODE = 'OP069';
    END IF;
    IF NEW.state IN ('keyed', 'entered') AND NOT authorization_slip_holds(NEW) THEN
        RAISE EXCEPTION 'no offline time lets this slip be entered' USING ERRCODE = 'OP070';
    END IF;
    IF NEW.state = 'entered' AND NOT EXISTS (SELECT FROM authorization_request item
           WHERE item.id = NEW.request_id AND item.institution_id = NEW.institution_id AND item.state = 'new'
             AND item.teller_id = NEW.keyed_by_id AND item.trade_code = NEW.trade_code
             AND item.amount_fen = NEW.amount_fen) THEN
        RAISE EXCEPTION 'the item is not what was keyed' USING ERRCODE = 'OP069';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER authorization_offlineslip_guard BEFORE INSERT OR UPDATE OR DELETE ON authorization_offlineslip
    FOR EACH ROW EXECUTE FUNCTION authorization_offlineslip_guard();
ALTER TABLE authorization_offlineslip ENABLE ALWAYS TRIGGER authorization_offlineslip_guard;

-- Whether a decision is the one on paper of the slip that its item was entered by.
CREATE OR REPLACE FUNCTION authorization_paper_decides(made authorization_decision) RETURNS boolean
    LANGUAGE sql VOLATILE AS $$
    SELECT made.step = 'approve' AND made.fallback_id IS NULL AND EXISTS (
        SELECT FROM authorization_offlineslip slip JOIN authorization_offlineperiod spell ON spell.id = slip.period_id
        WHERE slip.id = made.offline_id AND slip.state = 'entered' AND slip.request_id = made.request_id
          AND slip.authorizer_id = made.decider_id AND spell.epoch = made.epoch
          AND authorization_slip_holds(slip))
$$;
