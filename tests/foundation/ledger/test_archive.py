"""Months leave the books in their order; what they came to stays, and nobody is misled."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.db.utils import DatabaseError, OperationalError, ProgrammingError
from django.urls import reverse
from django.utils import timezone

from foundation.ledger import rules, selectors, services
from foundation.ledger.models import ArchivedMonth, Carried, Entry, Posting
from foundation.ledger.rules import Leg
from foundation.people import services as people
from foundation.trail.models import Event
from ops_platform import verifying
from tests.factories import ledger as factory
from tests.factories import people as people_factory
from tests.factories.ledger import DAY, NOON, pay

MONTH, NEXT = DAY.replace(day=1), date(2026, 12, 2)
AFTER = NEXT + timedelta(days=1)


def asked(statement: str, *values: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


@pytest.fixture
def past(bank):
    """November with legs of every kind, the last made when December had begun; then December."""
    hot = factory.account(bank.outlet, "1001", "待清算", overdraft_allowed=True)
    factory.spread(hot, 4)
    pay(bank, bank.payer, bank.payee, 700, key="old")
    pay(bank, hot, bank.payee, 30)
    legs = [Leg(bank.payer.number, 3), Leg(bank.payee.number, -2), Leg(bank.till.number, -1)]
    services.post(key="three", institution_id=bank.outlet.pk, legs=legs, trade_code="1101",
                  teller="1", business_date=DAY, at=NOON)  # fmt: skip
    # The other outlet is a day further: numbers of an account do not go by dates.
    factory.close_day(bank.other)
    services.open_day(institution_id=bank.other.pk, on=NEXT, at=NOON, by="t")
    pay(bank, bank.other_till, bank.payee, 5, institution_id=bank.other.pk, business_date=NEXT)
    pay(bank, bank.payer, bank.payee, 11, key="late")
    factory.close_day(bank.outlet)
    services.open_day(institution_id=bank.outlet.pk, on=NEXT, at=NOON, by="t")
    pay(bank, bank.payer, bank.payee, 13, business_date=NEXT, key="new")
    for place in (bank.outlet, bank.other):
        factory.close_day(place, NEXT)
        services.open_day(institution_id=place.pk, on=AFTER, at=NOON, by="t")
    services.close_dates()
    return hot


def archive(month: date = MONTH) -> ArchivedMonth:
    return services.archive_month(month=month, at=NOON, by="1 运维")


def test_what_an_archived_month_came_to_still_counts(bank, past):
    numbers = [*bank.accounts, past]
    before = {row.number: selectors.balance(number=row.number) for row in numbers}
    on = {row.number: selectors.balance_on(account_id=row.pk, on=DAY) for row in numbers}
    legs = Posting.objects.filter(business_date=DAY).count()
    assert legs == 11

    month = archive()

    assert (month.lines, month.legs) == (5, legs)
    assert selectors.archived_until() == date(2026, 11, 30)
    assert {row.number: selectors.balance(number=row.number) for row in numbers} == before
    assert {r.number: selectors.balance_on(account_id=r.pk, on=DAY) for r in numbers} == on
    assert sum(Carried.objects.values_list("fen", flat=True)) == 0
    assert Entry.objects.count() == 2
    (told,) = Event.objects.filter(action="ledger.archive_month")
    assert (told.subject, told.detail["legs"]) == ("ledger.month:2026-11", legs)


def test_the_books_are_sound_after_it_and_go_on(bank, past):
    archive()
    pay(bank, bank.payer, bank.payee, 17, business_date=AFTER)
    pay(bank, past, bank.payee, 19, business_date=AFTER)
    for place in (bank.outlet, bank.other):
        factory.close_day(place, AFTER)
    services.close_dates()

    seen = verifying.look()

    assert [(one.kind, one.subject, one.found) for one in seen.differences] == []
    assert selectors.guards_off() == ()


def test_balances_at_every_moment_after_it_are_what_they_were(bank, past):
    rows = [*bank.accounts, past]
    with connection.cursor() as cursor:
        cursor.execute("SELECT DISTINCT made_at FROM ledger_posting ORDER BY 1")
        moments = [at for (at,) in cursor.fetchall()]
    moments = [*(at + timedelta(microseconds=n) for at in moments for n in (-1, 0, 1))]

    def balances() -> dict[object, int]:
        return {
            (row.number, at): selectors.balance_at(account_id=row.pk, at=at)
            for row in rows
            for at in moments
            if at >= last
        }

    last = moments[0]
    before = balances()
    last = archive().last_made_at or moments[-1]

    assert len(balances()) >= 7 * 4
    assert balances().items() <= before.items()
    with pytest.raises(rules.Archived):
        selectors.balance_at(account_id=bank.payer.pk, at=last - timedelta(microseconds=1))
    with pytest.raises(DatabaseError, match="left the books"), transaction.atomic():
        asked("SELECT ledger_balance_at(%s, %s)", bank.payer.pk, last - timedelta(seconds=1))


def test_only_the_earliest_month_leaves_and_only_once_it_is_closed_for_good(bank, past):
    for month in (date(2026, 12, 1), date(2026, 10, 1), DAY):
        with pytest.raises(rules.NotArchivable):
            archive(month)
    with pytest.raises(DatabaseError, match="earliest month"), transaction.atomic():
        asked("SELECT ledger_archive_month(%s, now(), 'x')", date(2026, 12, 1))
    archive()

    with pytest.raises(rules.NotArchivable):
        archive(date(2026, 12, 1))
    with pytest.raises(DatabaseError, match="closed for good"), transaction.atomic():
        asked("SELECT ledger_archive_month(%s, now(), 'x')", date(2026, 12, 1))


def test_a_month_of_which_a_day_may_be_opened_again_stays(bank):
    for place in (bank.outlet, bank.other):
        factory.close_day(place)
    services.close_dates()

    with pytest.raises(rules.NotArchivable):
        archive()
    with pytest.raises(DatabaseError, match="closed for good"), transaction.atomic():
        asked("SELECT ledger_archive_month(%s, now(), 'x')", MONTH)


def test_nobody_archives_from_a_part_of_the_bank(bank, past):
    asked("SELECT set_config('app.scope', %s, true)", str(bank.outlet.pk))

    with pytest.raises(ProgrammingError, match="as a whole"), transaction.atomic():
        asked("SELECT ledger_archive_month(%s, now(), 'x')", MONTH)


def test_what_left_is_refused_and_not_shown_as_empty(bank, past, desk):
    entry = Entry.objects.get(key="old").pk
    archive()

    query = selectors.JournalQuery(first=DAY, last=NEXT)
    for ask in (
        lambda: selectors.journal(query=query),
        lambda: selectors.full_statement(account=bank.payer, first=DAY, last=NEXT),
        lambda: selectors.entry(entry_id=entry),
    ):
        with pytest.raises(rules.Archived):
            ask()
    client = desk(bank.outlet)
    for address in (
        reverse("ledger:journal"),
        reverse("ledger:statement", args=[bank.payer.number]),
    ):
        page = client.get(address, {"first": DAY.isoformat(), "last": NEXT.isoformat()})
        assert page.status_code == 422
        assert "2026-11-30" in page.content.decode()
        assert f'value="{DAY.isoformat()}"' in page.content.decode()
    assert client.get(reverse("ledger:entry", args=[entry])).status_code == 409


def test_the_same_key_again_says_that_its_entry_left(bank, past):
    archive()

    with pytest.raises(rules.Archived):
        pay(bank, bank.payer, bank.payee, 700, key="old")
    assert selectors.balance(number=bank.payer.number).fen == 100_000 - 727


def test_nothing_comes_into_a_month_that_left(bank, past):
    archive()

    with pytest.raises(DatabaseError, match="left the books"), transaction.atomic():
        asked("SELECT ledger_month(%s)", DAY)
    with pytest.raises(rules.DayClosed):
        pay(bank, bank.payer, bank.payee, 1)


def test_what_was_archived_is_not_changed(books_past):
    owner = books_past
    for statement in ("UPDATE {} SET currency = 'USD'", "DELETE FROM {}", "TRUNCATE {}"):
        for table in ("ledger_archive.journalline_202611", "ledger_archive.leg_202611"):
            with pytest.raises(Exception, match="append-only"):
                owner.execute(statement.format(table))
    with pytest.raises(Exception, match="append-only"):
        owner.execute("UPDATE ledger_carried SET fen = 0")


@pytest.mark.parametrize(
    ("damage", "kind"),
    [
        ("UPDATE ledger_archive.journalline_202611 SET teller = 'x'", "archived month differs"),
        ("DELETE FROM ledger_archive.leg_202611 WHERE line = 1", "archived month differs"),
        ("UPDATE ledger_carried SET fen = fen + 1 WHERE fen > 0", "archived month differs"),
        ("UPDATE ledger_carried SET fen = fen + 1 WHERE fen > 0", "balance differs"),
        ("UPDATE ledger_carried SET legs = legs + 1", "balance differs"),
        ("DELETE FROM ledger_carried", "statement broken"),
    ],
)
def test_damage_to_the_archive_is_found(books_past, damage, kind):
    owner = books_past
    for table in ("ledger_archive.journalline_202611", "ledger_archive.leg_202611",
                  "ledger_carried"):  # fmt: skip
        owner.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
    owner.execute("ALTER TABLE ledger_carried NO FORCE ROW LEVEL SECURITY")
    owner.execute(damage)
    assert owner.rowcount > 0

    with people.acting_as_system(reason="test"):
        found = {one.kind for one in verifying.look().differences}

    assert {kind, "guard off"} <= found


def test_a_month_that_was_taken_elsewhere_is_not_missed(books_past):
    owner = books_past
    owner.execute("DROP TABLE ledger_archive.journalline_202611, ledger_archive.leg_202611")

    with people.acting_as_system(reason="test"):
        assert selectors.archive_differences() == ()


@pytest.fixture
def closed_past(committed_db):
    """Committed books whose November may be archived, and their owner."""
    made = factory.bank()
    with people.acting_as_system(reason="test"), transaction.atomic():
        legs = [Leg(made.payer.number, 3), Leg(made.payee.number, -2), Leg(made.till.number, -1)]
        services.post(key="three", institution_id=made.outlet.pk, legs=legs, trade_code="1101",
                      teller="1", business_date=DAY, at=NOON)  # fmt: skip
        for place in (made.outlet, made.other):
            factory.close_day(place)
            services.open_day(institution_id=place.pk, on=NEXT, at=NOON, by="t")
        pay(made, made.payer, made.payee, 13, business_date=NEXT)
        for place in (made.outlet, made.other):
            factory.close_day(place, NEXT)
            services.open_day(institution_id=place.pk, on=AFTER, at=NOON, by="t")
        services.close_dates()
    with committed_db.as_owner() as owner:
        yield made, owner


@pytest.fixture
def books_past(closed_past):
    """Committed books of which November was archived, and their owner."""
    _made, owner = closed_past
    with people.acting_as_system(reason="test"), transaction.atomic():
        archive()
    return owner


IMPORT = """
SELECT line, reason FROM ledger_import_journal(jsonb_build_array(jsonb_build_object(
  'line', 2, 'institution', '110101', 'business_date', '2026-11-20', 'journal_no', 'A1',
  'at', now(), 'teller', '1', 'trade_code', '1', 'account', '1', 'side', 'debit',
  'amount_fen', 1, 'currency', 'CNY', 'counter_account', '', 'voucher_no', '')), false)
"""
POST = """
SELECT refusal FROM ledger_post({outlet}, 'open', '', '2026-12-03', now(),
  ARRAY['{payer}', '{payee}'], ARRAY[5, -5]::bigint[], '1101', '1', '', '', '', '', NULL, false)
"""


@pytest.mark.parametrize(("statement", "answers"), [(IMPORT, []), (POST, [(None,)])])
def test_whoever_is_writing_is_not_disturbed(closed_past, statement, answers):
    made, owner = closed_past
    facts = {"payer": made.payer.number, "payee": made.payee.number, "outlet": made.outlet.pk}
    owner.execute("BEGIN")
    owner.execute("SELECT set_config('app.scope', '*', true)")
    owner.execute(statement.format(**facts))
    assert owner.fetchall() == answers

    with pytest.raises(CommandError, match="not free within two seconds; nothing was archived"):
        call_command("archive_month", "2026-11")

    owner.execute("COMMIT")
    with people.acting_as_system(reason="test"), transaction.atomic():
        assert (ArchivedMonth.objects.count(), Carried.objects.count()) == (0, 0)
        assert date(2026, 11, 1) in selectors.months()
        assert archive().lines == (3 if statement == IMPORT else 2)
        assert [one.kind for one in verifying.look().differences] == []


def test_nothing_is_taken_in_while_a_month_is_counted(closed_past):
    made, owner = closed_past
    owner.execute("BEGIN; SELECT pg_advisory_xact_lock(4700, 3)")
    with people.acting_as_system(reason="test"):
        with pytest.raises(OperationalError, match="lock timeout"), transaction.atomic():
            asked(f"SET LOCAL lock_timeout = '200ms'; {IMPORT}")
        with transaction.atomic():
            asked(IMPORT.replace("false", "true"))
            pay(made, made.payer, made.payee, 5, business_date=AFTER)


REVOKED = "UPDATE ledger_closeddate SET revoked_at = now() WHERE business_date >= '{}'"
AGAIN = (
    "INSERT INTO ledger_closeddate (business_date, round, accounts, legs)"
    " VALUES ('2026-11-23', 2, 0, 0), ('2026-12-02', 2, 0, 0)"
)


@pytest.mark.parametrize(
    ("meanwhile", "words"),
    [
        (REVOKED.format("2026-12-02"), "closed for good"),
        (f"{REVOKED.format('2026-11-23')}; {AGAIN}", "opened meanwhile"),
    ],
)
def test_a_day_that_is_opened_while_the_month_is_counted_keeps_it(closed_past, meanwhile, words):
    _made, owner = closed_past
    owner.execute(
        "CREATE FUNCTION meanwhile() RETURNS trigger LANGUAGE plpgsql AS"
        f" $$ BEGIN {meanwhile}; RETURN NULL; END $$"
    )
    owner.execute(
        "CREATE TRIGGER meanwhile AFTER INSERT ON ledger_carried"
        " FOR EACH STATEMENT EXECUTE FUNCTION meanwhile()"
    )
    with people.acting_as_system(reason="test"):
        with pytest.raises(DatabaseError, match=words), transaction.atomic():
            archive()

        assert (ArchivedMonth.objects.count(), Carried.objects.count()) == (0, 0)
        assert date(2026, 11, 1) in selectors.months()


@pytest.mark.parametrize(
    ("kept", "on", "archived"),
    [("2", date(2027, 1, 31), 1), ("2", date(2026, 12, 31), 0), (None, date(2030, 1, 1), 0)],
)
def test_a_night_archives_what_is_older_than_is_kept(bank, past, kept, on, archived):
    if kept:
        manager, other = (people_factory.staff(bank.branch, "ops_manager") for _ in range(2))
        people_factory.numbers(manager, other)
        people_factory.number_of(bank.branch.parent, "ledger.kept_months", kept)

    assert services.archive_due(on=on, at=timezone.now(), by="system") == archived
    assert ArchivedMonth.objects.count() == archived


def test_the_command_archives_and_says_why_not(bank, past, capsys):
    with pytest.raises(CommandError, match="2026-12 stays"):
        call_command("archive_month", "2026-12")

    call_command("archive_month", "2026-11")

    assert "5 lines, 11 legs" in capsys.readouterr().out
