"""Relief: transactions that nobody refused, how sure that is, and the way to a proposal."""

import csv
import io
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from authorization import rules, selectors
from authorization.models import AuthRule, Request
from authorization.rules import Month
from authorization.selectors import _relief, days
from foundation.kernel.money import Money
from foundation.people import services as acting
from foundation.policy.models import Policy
from foundation.trail.models import Event
from tests.authorization.desk import decided, minutes
from tests.browser import BACKEND
from tests.factories import authorization as factory
from tests.factories import people
from tests.factories import rules as rows

NOVEMBER = Month(date(2026, 11, 1))


@pytest.fixture
def least(bank):
    """Let two decided items be enough."""
    old = Policy.objects.get(code="authorization.relief_items_least", institution=None)
    Policy.objects.create(
        code=old.code, value="2", valid_from=date(2020, 1, 2), reason="试",
        proposed_by=old.proposed_by, proposed_at=people.NOON, approved_by=old.approved_by,
        approved_at=people.NOON,
    )  # fmt: skip


@pytest.fixture
def decisions(least, counter, teller, authorizer):
    """Approve three transfers of 1,000.00, and two withdrawals beside one that is sent back."""
    rows.in_force(rows.plain("1101", always=True))
    for turn in range(3):
        factory.sent(teller, factory.transfer(counter))
        decided(authorizer, "approve", at=minutes(1 + turn), took=20)
    for turn, step in enumerate(("approve", "approve", "return")):
        factory.sent(teller, factory.withdrawal(counter))
        why = ("A01",) if step == "return" else ()
        decided(authorizer, step, at=minutes(10 + turn), reasons=why)


@pytest.fixture
def manager(bank):
    return people.staff(bank.branch, "ops_manager", name="周明")


@pytest.fixture
def as_manager(client, manager):
    client.force_login(manager, backend=BACKEND)
    return client


def relief(month=NOVEMBER):
    return selectors.relief(month=month, today=people.DAY + timedelta(days=1))


def page(client, **asked):
    return client.get(reverse("authorization:relief"), {"month": "2026-11", **asked})


def test_only_what_nobody_refused_is_listed(decisions):
    (line,) = relief().lines

    assert (line.trade.code, line.items, line.passed) == ("1101", 3, Money(300_000))
    assert line.seconds_a_month == 10  # sixty over six months
    assert line.most_refused == Decimal("63.16")
    assert (line.eased, line.waits) == (False, False)


def test_seats_are_of_the_busiest_hour_with_and_without_the_transaction(decisions):
    found = relief()

    assert (found.seats_now, found.seats_then, found.lines[0].seats_freed) == (1, 1, 0)


def test_many_items_free_seats(decisions):
    item = Request.objects.filter(trade_code="1101").order_by("id").first()
    more = {"business_date": item.business_date, "queued_at": item.queued_at, "state": rules.QUEUED}
    rows.copied(item, *[more | {"entry": None, "posted_at": None} for _ in range(400)])

    (line,) = relief().lines

    assert line.items == 3
    assert line.seats_freed == relief().seats_now - 1 > 0


def test_too_few_items_prove_nothing(counter, teller, authorizer):
    rows.in_force(rows.plain("1101", always=True))
    factory.sent(teller, factory.transfer(counter))
    decided(authorizer, "approve", at=minutes(1))

    assert relief().lines == ()


def test_a_day_counts_when_it_is_over(decisions):
    assert selectors.relief(month=NOVEMBER, today=people.DAY).lines == ()
    assert relief().until == people.DAY


def test_what_was_refused_since_is_no_longer_listed(decisions, monkeypatch):
    since = _relief.refused_since
    assert since(until=people.DAY - timedelta(days=1)) == {"1002"}
    assert since(until=people.DAY) == set()
    monkeypatch.setattr(_relief, "refused_since", lambda *, until: since(until=until) | {"1101"})

    assert relief().lines == ()


def test_the_months_before_count_and_those_after_do_not(decisions):
    assert relief(NOVEMBER.plus(5)).lines
    assert relief(NOVEMBER.plus(6)).lines == ()
    assert relief(NOVEMBER.plus(-1)).lines == ()


def test_what_is_eased_or_proposed_already_says_so(decisions, bank, manager):
    rows.proposed(manager, None, "1101")
    assert relief().lines[0].waits

    rows.in_force(rows.plain("1101"), valid_from=date(2026, 11, 2))
    assert relief().lines[0].eased


def test_without_the_numbers_nothing_is_proposed(decisions):
    found = relief(Month(date(2019, 11, 1)))

    assert (found.months, found.lines) == (None, ())


def test_another_branchs_items_are_not_counted(decisions, bank):
    with acting.acting(staff=people.staff(bank.elsewhere, "outlet_supervisor")):
        assert relief().lines == ()


def test_as_many_questions_for_one_line_as_for_none(decisions):
    days.kept_days.clear()
    with CaptureQueriesContext(connection) as some:
        relief()
    days.kept_days.clear()
    with CaptureQueriesContext(connection) as none:
        relief(NOVEMBER.plus(-1))

    assert len(some) == len(none) + 2  # rules in force and proposals, once for all lines


def test_the_page_leads_to_a_proposal_that_needs_nobody(decisions, as_manager):
    shown = page(as_manager).content.decode()
    address = shown.partition("/authorization/rules/1101/propose/")[2].partition('"')[0]
    form = as_manager.get(f"/authorization/rules/1101/propose/{address.replace('&amp;', '&')}")

    assert "≤ 63.16" in shown
    assert form.context["form"].initial["always"] is False
    assert "3 笔无一退回或拒绝" in form.content.decode()
    assert not AuthRule.objects.filter(trade_code="1101", approved_by=None).exists()


def test_the_usual_way_to_a_proposal_is_filled_with_the_rule_in_force(decisions, as_manager):
    form = as_manager.get(reverse("authorization:propose_rule", args=["1101"]))

    assert form.context["form"].initial["always"] is True


def test_who_may_not_propose_is_offered_no_proposal(decisions, client, bank):
    client.force_login(people.staff(bank.centre, "auth_lead"), backend=BACKEND)

    assert "/propose/" not in page(client).content.decode()


def test_empty_and_unknown_months_say_so(as_manager):
    assert "没有可减负的交易" in page(as_manager).content.decode()
    assert "无法提出建议" in page(as_manager, month="2019-01").content.decode()


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_the_list_is_saved_as_a_file_and_told(decisions, as_manager, manager, kind):
    answer = page(as_manager, export=kind)

    if kind == "csv":
        lines = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    else:
        book = load_workbook(io.BytesIO(answer.content))
        lines = [[str(cell) for cell in row] for row in book.active.iter_rows(values_only=True)]
    assert lines[1][:3] == ["2026-11", "6", "1101"]
    assert lines[1][4:7] == ["3", "63.16", "3000.00"]
    assert Event.objects.filter(action="authorization:relief", actor=manager.label).exists()


def test_a_rule_without_kinds_needs_nobody():
    for code in rules.CATALOGUE:
        said = rules.without_kinds(rows.shipped(code))
        assert rules.kinds_of(said) == ()
        rules.check_rule(said)


def test_months_of_the_page_begin_so_many_before(decisions):
    assert relief().first == NOVEMBER.plus(-5)
    assert relief().month.last - timedelta(days=29) == NOVEMBER.first
