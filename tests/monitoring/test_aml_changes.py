"""What the books change beneath a large value after it was built: it follows, is marked, lapses."""

import pytest
from django.db import DatabaseError, connection, transaction
from django.urls import reverse

from foundation.kernel.flow import StepNotAllowed
from foundation.ledger import services as books
from foundation.ledger.models import Entry
from foundation.people.services import acting
from foundation.trail import selectors as trail
from monitoring.models import LargeValue
from monitoring.rules import aml as rules
from monitoring.services import aml, large
from tests.factories import aml as factory
from tests.factories import ledger as ledger_factory
from tests.factories import people
from tests.factories.people import DAY, NOON


@pytest.fixture
def desk(bank):
    manager = people.staff(bank.branch, "ops_manager", name="周明")
    people.numbers(manager, people.staff(bank.branch, "risk_manager", name="吴芳"))
    return factory.desk(bank)


@pytest.fixture
def till(bank):
    books.open_day(institution_id=bank.outlet.pk, on=DAY, at=NOON, by="t")
    return ledger_factory.account(bank.outlet, "1001", "现金二", overdraft_allowed=True)


@pytest.fixture
def account(bank):
    return factory.customer(bank.outlet)


def build():
    aml.build_day(on=DAY, at=NOON)
    return LargeValue.objects.get()


def take_back(bank, journal_no):
    entry = Entry.objects.get(journal_no=journal_no, institution=bank.outlet)
    books.reverse(
        entry_id=entry.pk, key=f"undo-{journal_no}", institution_id=bank.outlet.pk,
        trade_code="1401", teller="000000", business_date=DAY, at=NOON, reason="录错",
    )  # fmt: skip


def worked_at(row, desk, state):
    if state != rules.GAPS:
        factory.filled(row, desk.analyst)
    if state == rules.PASSED:
        aml.review(large_id=row.pk, passed=True, remark="", by=desk.reviewer, at=NOON)


def told(row):
    return [
        event.action.rpartition(".")[2] for event in reversed(trail.timeline(subject=row.subject))
    ]


@pytest.mark.parametrize("state", rules.TO_REPORT)
def test_what_was_taken_back_lapses_with_the_reason(bank, desk, till, account, state):
    journal_no = factory.move(account, till, 5_000_000)
    worked_at(build(), desk, state)
    take_back(bank, journal_no)

    row = build()

    assert (row.state, row.changed, row.amount_fen) == (rules.LAPSED, rules.UNDONE, 5_000_000)
    assert "lapse_large" in told(row)
    with acting(staff=desk.reviewer), pytest.raises(rules.NothingToReport):
        aml.ask_report(by=desk.reviewer, at=NOON)


def test_what_is_left_below_the_threshold_lapses_and_may_come_again(bank, desk, till, account):
    factory.move(account, till, 3_000_000)
    journal_no = factory.move(account, till, 2_000_000)
    build()
    take_back(bank, journal_no)
    row = build()
    assert (row.state, row.changed) == (rules.LAPSED, rules.BELOW)

    factory.move(account, till, 4_000_000)

    row = build()
    assert (row.state, row.changed, row.amount_fen) == (rules.GAPS, "", 7_000_000)


@pytest.mark.parametrize("state", rules.FOLLOWED)
def test_what_changed_is_marked_kept_from_the_report_and_taken_up_anew(
    bank, desk, till, account, state
):
    factory.move(account, till, 5_000_000)
    worked_at(build(), desk, state)
    with pytest.raises(StepNotAllowed):
        large.take_up(large_id=build().pk, by=desk.analyst, at=NOON)
    factory.move(account, till, 1_000_000)
    row = build()
    assert (row.state, row.changed, row.amount_fen) == (state, rules.MOVED, 5_000_000)
    assert aml.report_large(branch_id=bank.branch.pk, by=desk.reviewer, at=NOON) is None

    with acting(staff=desk.analyst):
        row = large.take_up(large_id=row.pk, by=desk.analyst, at=NOON)

    assert (row.state, row.changed, row.amount_fen) == (rules.GAPS, "", 6_000_000)
    assert build().reviewed_by is None
    worked_at(row, desk, rules.PASSED)
    made = aml.report_large(branch_id=bank.branch.pk, by=desk.reviewer, at=NOON)
    assert "60000.00" in bytes(made.content).decode()


def test_what_is_as_it_was_again_is_marked_no_more(bank, desk, till, account):
    factory.move(account, till, 5_000_000)
    worked_at(build(), desk, rules.PASSED)
    journal_no = factory.move(account, till, 1)
    assert build().changed == rules.MOVED
    take_back(bank, journal_no)

    assert build().changed == ""


def test_what_was_reversed_since_the_night_is_not_reported(bank, desk, till, account):
    factory.move(account, till, 5_000_000)
    journal_no = factory.move(account, till, 1_000_000)
    worked_at(build(), desk, rules.PASSED)
    take_back(bank, journal_no)

    assert aml.report_large(branch_id=bank.branch.pk, by=desk.reviewer, at=NOON) is None
    assert LargeValue.objects.get().changed == rules.MOVED


def test_a_reviewer_sends_back_what_changed_and_does_not_pass_it(bank, desk, till, account):
    factory.move(account, till, 5_000_000)
    worked_at(build(), desk, rules.FILLED)
    factory.move(account, till, 1_000_000)
    row = build()
    with pytest.raises(StepNotAllowed):
        aml.review(large_id=row.pk, passed=True, remark="", by=desk.reviewer, at=NOON)

    row = aml.review(large_id=row.pk, passed=False, remark="金额不符", by=desk.reviewer, at=NOON)

    assert (row.state, row.changed, row.amount_fen) == (rules.GAPS, "", 6_000_000)
    assert {"send_back_large", "take_up_large"} <= set(told(row))


def test_what_is_taken_up_and_is_none_any_more_lapses(bank, desk, till, account):
    journal_no = factory.move(account, till, 5_000_000)
    worked_at(build(), desk, rules.PASSED)
    take_back(bank, journal_no)
    aml.report_large(branch_id=bank.branch.pk, by=desk.reviewer, at=NOON)

    row = large.take_up(large_id=LargeValue.objects.get().pk, by=desk.analyst, at=NOON)

    assert (row.state, row.changed) == (rules.LAPSED, rules.UNDONE)


def test_the_pages_show_it_and_the_analyst_takes_it_up(bank, desk, till, account, client):
    factory.move(account, till, 5_000_000)
    worked_at(build(), desk, rules.PASSED)
    factory.move(account, till, 1_000_000)
    row = build()
    take_up = reverse("monitoring:aml_take_up", args=[row.pk])
    client.force_login(desk.reviewer)
    assert client.post(take_up).status_code == 403
    client.force_login(desk.analyst)
    assert "此后有变动" in client.get(reverse("monitoring:aml_desk")).content.decode()
    page = client.get(reverse("monitoring:aml_large", args=[row.pk])).content.decode()
    assert take_up in page

    assert client.post(take_up).status_code == 302

    assert build().state == rules.GAPS


def test_the_database_knows_the_steps_and_no_other(bank, desk, till, account):
    factory.move(account, till, 5_000_000)
    row = build()
    for change in (
        "state = 'lapsed'",
        "changed = 'moved'",
        "state = 'lapsed', changed = 'moved'",
    ):
        refused(change, row)
    worked_at(row, desk, rules.FILLED)
    refused("changed = 'moved', purpose = 'x'", row)
    refused("changed = 'below'", row)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE monitoring_largevalue SET changed = 'moved' WHERE id = %s", [row.pk])
    refused("state = 'reported'", row)


def refused(change, row):
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE monitoring_largevalue SET {change} WHERE id = %s", [row.pk])
