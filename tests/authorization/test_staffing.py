"""The page of staffing: arrivals by quarter and skill, what they need, and the roster beside it."""

import csv
import io
from datetime import datetime, time, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from authorization import selectors, services
from foundation.people import services as acting
from foundation.people.rules import Hours
from foundation.trail.models import Event
from tests.authorization.desk import decided, minutes
from tests.browser import BACKEND
from tests.factories import authorization as factory
from tests.factories import people
from tests.factories import rules as rows

DAY = people.DAY
LUNCH = Hours(time(8, 30), time(17), time(12, 15), time(13))


@pytest.fixture
def lead(bank):
    return people.staff(bank.centre, "auth_lead", name="郑岚")


@pytest.fixture
def noon(counter, teller, authorizer):
    """Let three withdrawals come at noon, one of them again at 12:20, and a transfer that waits."""
    rows.in_force(rows.plain("1101", always=True, skill="transfers"))
    for step, at in (("approve", 2), ("approve", 3), ("return", 4)):
        factory.sent(teller, factory.withdrawal(counter))
        item = decided(
            authorizer, step, at=minutes(at), took=30, reasons=("A01",) if step == "return" else ()
        )
    services.resubmit(
        number=item.number, order=factory.withdrawal(counter), teller=teller, at=minutes(20)
    )
    decided(authorizer, "approve", at=minutes(21), took=60)
    factory.sent(teller, factory.transfer(counter))


@pytest.fixture
def rostered(bank, lead, authorizer):
    """Let two of the centre have a shift whose break begins at 12:15, one of whom decides."""
    before = datetime.combine(DAY - timedelta(days=3), time(1), people.NOON.tzinfo)
    acting.add_shift(
        institution=bank.centre, code="A", name="早班", hours=LUNCH,
        valid_from=DAY - timedelta(days=3), by=lead, at=before,
    )  # fmt: skip
    helper = people.staff(bank.centre, "dispatcher")
    acting.set_roster(
        institution=bank.centre, numbers=[authorizer.number, helper.number], days=[DAY], shift="A",
        by=lead, at=before,
    )  # fmt: skip


def found(*, on=DAY, today=DAY, mean=False):
    return selectors.staffing(on=on, today=today, mean=mean)


def by_text(staffing):
    return {quarter.text: quarter for quarter in staffing.quarters}


def test_each_round_counts_where_it_came(noon):
    quarters = by_text(found())

    assert {skill: int(n) for skill, n in quarters["12:00"].skills.items()} == {
        "CASH": 3, "transfers": 1,
    }  # fmt: skip
    assert {skill: int(n) for skill, n in quarters["12:15"].skills.items()} == {"CASH": 1}
    assert found().arrivals == 5


def test_handling_is_what_was_measured_of_the_rounds_of_the_quarter(noon):
    quarters = by_text(found())

    assert (quarters["12:00"].handling_seconds, quarters["12:00"].measured) == (30, True)
    assert quarters["12:15"].handling_seconds == 60
    assert found().handling_seconds == Decimal("37.5")


def test_who_sits_is_in_a_shift_and_not_in_the_break_and_may_decide(noon, rostered):
    quarters = by_text(found())

    assert [quarters[text].seated for text in ("08:30", "12:00", "12:15", "12:45", "13:00")] == [
        1, 1, 0, 0, 1,
    ]  # fmt: skip
    assert found().planned == 1
    assert quarters["12:15"].gap == -1
    assert "12:15" in [quarter.text for quarter in found().short]


def test_a_mean_takes_the_latest_days_of_the_same_kind(noon):
    sunday = found(on=DAY + timedelta(days=6), today=DAY, mean=True)
    tuesday = found(on=DAY + timedelta(days=1), today=DAY)

    assert (sunday.days, sunday.arrivals) == ([], 0)
    assert (tuesday.mean, tuesday.days, tuesday.arrivals) == (True, [DAY], 5)


def test_another_branchs_rounds_are_not_counted(noon, bank):
    with acting.acting(staff=people.staff(bank.elsewhere, "outlet_supervisor")):
        assert found().arrivals == 0


def test_arrivals_are_one_question(noon):
    with CaptureQueriesContext(connection) as asked:
        found()

    assert sum("authorization_decision" in query["sql"] for query in asked) == 1
    assert len(asked) <= 4


@pytest.fixture
def as_lead(client, lead):
    client.force_login(lead, backend=BACKEND)
    return client


def page(client, **asked):
    return client.get(reverse("authorization:staffing"), {"on": str(DAY), **asked})


def test_the_page_shows_the_table_beside_the_chart_and_marks_what_is_short(noon, rostered, as_lead):
    shown = page(as_lead).content.decode()

    assert '<tr class="op-row--bad" data-row="12:15">' in shown
    assert 'id="chart-staffing" aria-hidden="true"' in shown
    assert '"seated": 1' in shown
    assert f"week={DAY}" in shown


def test_a_day_without_anything_says_so(as_lead):
    assert "当日没有到达，也没有排班" in page(as_lead, on="2020-02-02").content.decode()


def test_nonsense_is_taken_as_not_said(as_lead):
    for odd in ("x", "2026-02-30", "1800-01-01"):
        assert page(as_lead, on=odd, by="'").status_code == 200


def test_a_day_beyond_the_calendar_is_refused_in_words(as_lead):
    assert page(as_lead, on="2089-12-31").status_code in {200, 409}


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_the_quarters_are_saved_as_a_file_and_told(noon, rostered, as_lead, lead, kind):
    answer = page(as_lead, export=kind)

    if kind == "csv":
        lines = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    else:
        book = load_workbook(io.BytesIO(answer.content))
        lines = [[str(cell) for cell in row] for row in book.active.iter_rows(values_only=True)]
    noon_line = next(line for line in lines if line[1] == "12:00")
    assert noon_line[0] == str(DAY)
    assert [float(cell) for cell in noon_line[2:5]] == [4, 3, 1]
    assert Event.objects.filter(action="authorization:staffing", actor=lead.label).exists()
