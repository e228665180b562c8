-- What takes an item back is that item turned round: the same amount, of the same outlet, posted, and itself
-- no opening and no correction. So what people decide about is what the ledger then reverses.
CREATE FUNCTION authorization_correction_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM authorization_request item WHERE item.id = NEW.corrects_id
        AND item.institution_id = NEW.institution_id AND item.state = 'posted' AND item.entry_id IS NOT NULL
        AND item.corrects_id IS NULL AND item.trade_code <> '1202' AND item.amount_fen = NEW.amount_fen
        AND item.payee_account = NEW.payer_account AND item.payer_account = NEW.payee_account) THEN
        RAISE EXCEPTION 'what is taken back is not the item turned round' USING ERRCODE = 'OP109';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER authorization_correction_guard BEFORE INSERT OR UPDATE ON authorization_request
    FOR EACH ROW WHEN (NEW.corrects_id IS NOT NULL) EXECUTE FUNCTION authorization_correction_guard();
ALTER TABLE authorization_request ENABLE ALWAYS TRIGGER authorization_correction_guard;
