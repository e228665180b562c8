"""Where the guards of `guards.sql` stand: on the tables, and on the months that are there."""

STAND = """
DROP TRIGGER ledger_sealed ON ledger_posting;
DROP TRIGGER ledger_balanced ON ledger_entry;
DROP FUNCTION ledger_sealed();
DROP FUNCTION ledger_balanced();
ALTER TABLE ledger_entry DROP CONSTRAINT ledger_entry_id_says_day;
ALTER TABLE ledger_posting DROP CONSTRAINT ledger_posting_not_nothing,
  DROP CONSTRAINT ledger_posting_day_of_entry;
ALTER TABLE ledger_journalline DROP CONSTRAINT ledger_line_id_says_day,
  DROP CONSTRAINT ledger_line_side_known, DROP CONSTRAINT ledger_line_positive,
  DROP CONSTRAINT ledger_line_source;
-- One constraint where there were four: each is read and made ready anew by every statement.
ALTER TABLE ledger_journalline ADD CONSTRAINT ledger_line_sound CHECK (
  amount_fen > 0 AND side IN ('debit', 'credit') AND source IN ('own', 'import')
  AND (source = 'own') = (entry_id IS NOT NULL)
  AND id / 10000000000 = ledger_day_prefix(business_date)) NOT VALID;
ALTER TABLE ledger_journalline VALIDATE CONSTRAINT ledger_line_sound;
CREATE TRIGGER ledger_entry_sound AFTER INSERT ON ledger_entry
  FOR EACH ROW EXECUTE FUNCTION ledger_entry_sound();
DO $$
DECLARE
  v_table regclass;
BEGIN
  FOR v_table IN SELECT 'ledger_posting'::regclass UNION ALL
    SELECT inhrelid FROM pg_inherits WHERE inhparent = 'ledger_posting'::regclass
  LOOP
    EXECUTE format('CREATE TRIGGER ledger_legs_sound AFTER INSERT ON %s REFERENCING NEW TABLE'
      ' AS added FOR EACH STATEMENT EXECUTE FUNCTION ledger_legs_sound()', v_table);
    EXECUTE format('ALTER TABLE %s ENABLE ALWAYS TRIGGER ledger_legs_sound', v_table);
  END LOOP;
  FOR v_table IN SELECT 'ledger_entry'::regclass UNION ALL
    SELECT inhrelid FROM pg_inherits WHERE inhparent = 'ledger_entry'::regclass
  LOOP
    EXECUTE format('ALTER TABLE %s ENABLE ALWAYS TRIGGER ledger_entry_sound', v_table);
  END LOOP;
END $$;
CREATE TRIGGER ledger_account_sound BEFORE INSERT OR UPDATE OF number, currency, normal_side, kind,
  state, held_fen, overdraft_allowed, shards ON ledger_account
  FOR EACH ROW EXECUTE FUNCTION ledger_account_sound();
ALTER TABLE ledger_account ENABLE ALWAYS TRIGGER ledger_account_sound;
CREATE TRIGGER ledger_shards_follow AFTER UPDATE OF state ON ledger_account
  FOR EACH ROW EXECUTE FUNCTION ledger_shards_follow();
ALTER TABLE ledger_account ENABLE ALWAYS TRIGGER ledger_shards_follow;
CREATE TRIGGER ledger_day_whole BEFORE UPDATE OF state ON ledger_businessday
  FOR EACH ROW EXECUTE FUNCTION ledger_day_whole();
ALTER TABLE ledger_businessday ENABLE ALWAYS TRIGGER ledger_day_whole;
-- A line has the id of its entry: only of those from before the index is needed.
DROP INDEX ledger_line_by_entry;
CREATE INDEX ledger_line_by_entry ON ledger_journalline (entry_id) WHERE entry_id <> id;
SELECT setval('ledger_entry_serial',
  greatest((SELECT last_value FROM ledger_entry_serial),
           (SELECT last_value FROM ledger_line_serial)) + 32);
"""
# The way back would have to find an unchecked row first: it is the restore of a backup.
FALL = "SELECT 1"
