"""Each kind of tampering, by the owner of the database, is found by the check that names it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import transaction
from django.urls import reverse

from foundation.ledger import services as ledger
from foundation.ledger.rules import Leg
from foundation.people import services as people
from foundation.trail import services as trail
from foundation.trail.models import Look, LookCheck
from foundation.worklist import services as worklist
from ops_platform import tasks, verifying
from tests.factories import ledger as factory
from tests.factories import people as people_factory
from tests.factories.ledger import DAY, NOON, pay

NEXT = DAY + timedelta(days=1)


@pytest.fixture(autouse=True)
def own_anchor(settings, tmp_path, monkeypatch):
    settings.OPS_VAR = tmp_path
    monkeypatch.setattr("foundation.ledger.rules._days._checks", {})


@pytest.fixture
def bank(committed_db):
    """Books of a closed day and of an open one, with marks, a hold, and the anchor dropped."""
    made = factory.bank()
    with people.acting_as_system(reason="test"):
        for _ in range(500):
            pay(made, made.payer, made.payee, 1)
        with transaction.atomic():
            ledger.post(
                key="three", institution_id=made.outlet.pk, trade_code="1101", teller="1",
                business_date=DAY, at=NOON, legs=[
                    Leg(made.payer.number, 3), Leg(made.payee.number, -2), Leg(made.till.number, -1)
                ],
            )  # fmt: skip
        ledger.place_hold(number=made.payer.number, fen=5, reason="r", at=NOON, by="t")
        for place in (made.outlet, made.other):
            factory.close_day(place)
            ledger.open_day(institution_id=place.pk, on=NEXT, at=NOON, by="t")
        assert ledger.close_dates() == 1
        pay(made, made.payer, made.far_payee, 9, business_date=NEXT)
        ledger.drop_anchor(at=NOON)
    return made


@pytest.fixture
def tamper(committed_db) -> Callable[..., None]:
    """Do to the database what only its owner can, past every guard; then put the guards back."""

    def done(*statements: str) -> None:
        with committed_db.as_owner() as owner:
            owner.execute(
                "SELECT relnamespace::regnamespace || '.' || relname FROM pg_class"
                " WHERE relkind IN ('r', 'p') AND relrowsecurity AND relforcerowsecurity"
            )
            forced = [row[0] for row in owner.fetchall()]
            for table in forced:
                owner.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
            owner.execute(
                "SELECT tgrelid::regclass::text, tgname FROM pg_trigger t"
                " JOIN pg_class c ON c.oid = t.tgrelid WHERE NOT tgisinternal AND"
                " (c.relname LIKE 'ledger\\_%' OR c.relnamespace = 'ledger_parts'::regnamespace)"
            )
            triggers = owner.fetchall()
            for table, name in triggers:
                owner.execute(f"ALTER TABLE {table} DISABLE TRIGGER {name}")
            for statement in statements:
                owner.execute(statement)
                assert owner.rowcount > 0, f"nothing was tampered with: {statement}"
            for table, name in triggers:
                owner.execute(f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {name}")
            for table in forced:
                owner.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")

    return done


def found_by(seen: verifying.Seen) -> dict[str, set[str]]:
    checks: dict[str, set[str]] = {}
    for one in seen.looked.found:
        checks.setdefault(one.code, set()).add(one.kind)
    return checks


MADE_ANEW = """
UPDATE ledger_dayclosing SET sealed_by = 'x';
UPDATE ledger_dayclosing c SET digest = ledger_seal_digest(c)
"""
TAMPERINGS = {
    "the amount of an entry is changed": (
        "UPDATE ledger_journalline SET amount_fen = amount_fen + 1 WHERE first_seq = 2",
        {("balances", "balance differs"),
         ("seals", "seal content differs"), ("turnover", "turnover differs"),
         ("ties", "closing balance differs"), ("marks", "mark differs")},
    ),
    "a leg is changed": (
        "UPDATE ledger_leg SET amount_fen = amount_fen + 1 WHERE line = 1",
        {("balanced", "unbalanced"), ("balanced", "day unbalanced"),
         ("complete", "journal line differs"), ("balances", "balance differs"),
         ("seals", "seal content differs"), ("turnover", "turnover differs"),
         ("ties", "closing balance differs")},
    ),
    "a balance is changed": (
        "UPDATE ledger_account SET balance_fen = balance_fen + 1 WHERE seq > 2",
        {("balances", "balance differs")},
    ),
    "a journal line is removed": (
        "DELETE FROM ledger_journalline WHERE journal_no = '00000003'",
        {("complete", "journal number missing"), ("seals", "seal content differs"),
         ("turnover", "turnover differs")},
    ),
    "an entry is removed and its legs stay": (
        "DELETE FROM ledger_journalline WHERE first_account_id IS NULL",
        {("complete", "leg without entry"), ("seals", "seal content differs"),
         ("turnover", "turnover differs")},
    ),
    "a line tells of another account": (
        "UPDATE ledger_journalline SET account_number = '7' WHERE journal_no = '00000003'",
        {("complete", "journal line differs"), ("seals", "seal content differs")},
    ),
    "the value date of an entry is changed": (
        "UPDATE ledger_journalline SET value_date = '2020-01-01' WHERE journal_no = '00000003'",
        {("seals", "seal content differs")},
    ),
    "the words of an entry are changed": (
        "UPDATE ledger_journalline SET teller = '999999' WHERE journal_no = '00000003'",
        {("seals", "seal content differs")},
    ),
    "a seal's figures are changed": (
        "UPDATE ledger_dayclosing SET figures = '{}' WHERE entries > 1",
        {("seals", "seal differs")},
    ),
    "a seal is made anew, right in itself": (
        MADE_ANEW,
        {("anchor", "seal not the anchored")},
    ),
    "a signature is removed": (
        "DELETE FROM ledger_daysignature WHERE place = 2",
        {("seals", "day without seal or signatures")},
    ),
    "turnover is changed": (
        "UPDATE ledger_turnover SET debit_fen = debit_fen + 1",
        {("turnover", "turnover differs")},
    ),
    "a closing balance is changed": (
        "UPDATE ledger_closingbalance SET balance_fen = balance_fen + 1",
        {("ties", "closing balance differs"), ("ties", "general ledger differs")},
    ),
    "the general ledger is changed": (
        "UPDATE ledger_subjectbalance SET closing_fen = closing_fen + 1",
        {("ties", "general ledger differs")},
    ),
    "a mark is changed": (
        "UPDATE ledger_mark SET debit_fen = debit_fen + 1",
        {("marks", "mark differs")},
    ),
    "a moment is changed": (
        "UPDATE ledger_journalline SET made_at = made_at - interval '1 day' WHERE first_seq = 2",
        {("marks", "moment goes backward")},
    ),
    "what is held is changed": (
        "UPDATE ledger_account SET held_fen = held_fen + 1 WHERE held_fen > 0",
        {("holds", "held differs")},
    ),
}  # fmt: skip


def test_untouched_books_are_sound(bank):
    assert found_by(verifying.look()) == {}
    assert found_by(verifying.look_since()) == {}


@pytest.mark.parametrize("name", TAMPERINGS)
def test_tampering_is_found_by_its_check(bank, tamper, name):
    statement, wanted = TAMPERINGS[name]

    tamper(statement)

    checks = found_by(verifying.look())
    found = {(code, kind) for code, kinds in checks.items() for kind in kinds}
    assert wanted <= found
    if len(wanted) == 1:
        assert {code for code, _kind in found} == {code for code, _kind in wanted}


A_MONTH_UNGUARDED = """
DO $$ BEGIN
  EXECUTE format('ALTER TABLE %s DISABLE TRIGGER ledger_legs_sound', (
    SELECT min(inhrelid)::regclass FROM pg_inherits
    WHERE inhparent = 'ledger_leg'::regclass));
END $$
"""


@pytest.mark.parametrize(
    "statement",
    [
        "ALTER TABLE ledger_journalline DISABLE TRIGGER ledger_append_only",
        "ALTER TABLE ledger_journalline DISABLE TRIGGER ledger_line_sound",
        "ALTER TABLE ledger_leg DISABLE TRIGGER ledger_legs_sound",
        "ALTER TABLE ledger_account DISABLE TRIGGER ledger_account_sound",
        A_MONTH_UNGUARDED,
        "DROP TRIGGER ledger_day_guard ON ledger_businessday",
        "ALTER TABLE ledger_turnover NO FORCE ROW LEVEL SECURITY",
        "GRANT UPDATE ON ledger_posting TO PUBLIC",
        "GRANT SELECT ON ledger_every_leg TO PUBLIC",
    ],
)
def test_a_guard_that_is_off_is_found_by_the_hourly_look_too(bank, committed_db, statement):
    with committed_db.as_owner() as owner:
        owner.execute(statement)

    for seen in (verifying.look(), verifying.look_since()):
        assert set(found_by(seen)) == {"immutable"}


def test_a_lost_seal_at_the_end_is_found_by_the_anchor(bank, tamper):
    tamper(
        "DELETE FROM ledger_turnover",
        "DELETE FROM ledger_daysignature",
        "DELETE FROM ledger_dayclosing",
    )

    assert "seal not the anchored" in found_by(verifying.look())["anchor"]


def test_an_item_of_work_without_its_subject_is_found(bank):
    with people.acting_as_system(reason="test"):
        people_factory.numbers(*factory.two(bank.branch, "ops_manager"))
        worklist.enqueue(
            queue="authorization", subject="authorization.request:0",
            institution_id=bank.outlet.pk, at=NOON,
        )  # fmt: skip

    found = found_by(verifying.look())
    assert found == {"work": {"open item without subject", "item without coming in"}}


def test_what_the_trail_tells_and_the_items_are_counted_both_ways(bank):
    facts = {"institution_id": bank.outlet.pk, "actor": "1", "subject": "x:1", "at": NOON}
    with people.acting_as_system(reason="test"):
        for action in ("authorization.submit", "monitoring.confirm"):
            trail.record(action=action, **facts)
        trail.record(action="authorization.approve", result="E1001", **facts)

    assert found_by(verifying.look()) == {"work": {"came in without item", "decided without item"}}


def test_the_hourly_look_begins_where_all_was_sound_and_closed(bank, tamper):
    with people.acting_as_system(reason="test"):
        tasks.verify_books()()
    tamper("UPDATE ledger_account SET balance_fen = balance_fen + 1 WHERE seq = 1")

    seen = verifying.look_since()

    assert seen.looked.first == NEXT
    assert found_by(seen) == {"balances": {"balance differs"}}


def test_what_was_found_is_kept_shown_in_words_and_sent_as_csv(bank, tamper, client):
    tamper("UPDATE ledger_account SET balance_fen = balance_fen + 1 WHERE seq > 2")
    with people.acting_as_system(reason="test"):
        tasks.verify_books()()
        auditor = people_factory.staff(bank.branch, "auditadmin")
    client.force_login(auditor, backend="django.contrib.auth.backends.ModelBackend")
    kept = Look.objects.get()

    listed = client.get(reverse("trail:looks")).content.decode()
    page = client.get(reverse("trail:look", args=[kept.pk])).content.decode()
    file = client.get(reverse("trail:look", args=[kept.pk]), {"export": "csv"})

    assert reverse("trail:look", args=[kept.pk]) in listed
    assert "余额与明细一致" in page
    assert f"/ledger/account/{bank.payer.number}/" in page
    assert bank.payer.number in file.content.decode()
    assert LookCheck.objects.filter(look=kept).count() == 12
    assert LookCheck.objects.get(look=kept, code="balances").differences == 2


def test_who_sees_one_outlet_is_not_shown_the_accounts_of_another(bank, tamper):
    from foundation.trail import selectors

    tamper("UPDATE ledger_account SET balance_fen = balance_fen + 1 WHERE seq > 2")
    with people.acting_as_system(reason="test"):
        tasks.verify_books()()
        other = people_factory.staff(bank.other, "outlet_supervisor")

    with people.acting(staff=other):
        report = selectors.look_report(look_id=Look.objects.get().pk)

    assert (report.found, report.hidden) == ((), 2)


def test_the_command_looks_since_the_last_time_too(bank, capsys):
    call_command("verify_books", "--since-last")

    assert ": 0 differences" in capsys.readouterr().out
