"""The page of friction: counted by hand, each figure as long as the list that it opens."""

import csv
import io
import re
from datetime import date, timedelta
from decimal import Decimal
from html import unescape

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from authorization import selectors, services
from authorization.models import Request
from authorization.rules import Month
from foundation.people import services as acting
from foundation.trail.models import Event
from tests.authorization.desk import decided, minutes
from tests.browser import BACKEND
from tests.factories import authorization as factory
from tests.factories import people
from tests.factories import rules as rows

NOVEMBER = Month(date(2026, 11, 1))


@pytest.fixture
def month(counter, teller, authorizer):
    """Send six: approved, approved, rejected, back and then approved, back, waiting; one passes."""
    rows.in_force(rows.plain("1101", always=True))
    factory.sent(teller, factory.withdrawal(counter, "1.00"))
    for step, at, reasons in (
        ("approve", 1, ()),
        ("approve", 3, ()),
        ("reject", 4, ("A07",)),
        ("return", 5, ("A01", "A18")),
    ):
        factory.sent(teller, factory.withdrawal(counter))
        item = decided(authorizer, step, at=minutes(at), reasons=reasons)
    services.resubmit(
        number=item.number, order=factory.withdrawal(counter), teller=teller, at=minutes(8)
    )
    decided(authorizer, "approve", at=minutes(10), took=40)
    factory.sent(teller, factory.transfer(counter))
    decided(authorizer, "return", at=minutes(12), reasons=("A01",))
    factory.sent(teller, factory.transfer(counter))


@pytest.fixture
def lead(bank):
    return people.staff(bank.centre, "auth_lead", name="郑岚")


@pytest.fixture
def as_lead(client, lead):
    client.force_login(lead, backend=BACKEND)
    return client


def friction(month=NOVEMBER):
    return selectors.friction(month=month, until=month.last)


def page(client, **asked):
    return client.get(reverse("authorization:friction"), {"month": "2026-11", **asked})


def test_counted_by_hand(month):
    withdrawal, transfer = friction()

    assert (withdrawal.submitted, withdrawal.held, withdrawal.decided) == (5, 4, 4)
    assert (withdrawal.returned, withdrawal.rejected, withdrawal.first) == (1, 1, 2)
    assert (withdrawal.looks, withdrawal.view_ms) == (5, 120_000)
    assert withdrawal.view_seconds == Decimal("24.0")
    assert (withdrawal.back_ended, withdrawal.back_seconds) == (1, 600)
    assert (withdrawal.straight, withdrawal.straight_seconds) == (3, 480)
    assert withdrawal.extra_seconds == 440
    assert (transfer.submitted, transfer.held, transfer.decided, transfer.returned) == (2, 2, 1, 1)
    assert transfer.extra_seconds == 0


def test_all_together_is_the_sum_of_the_lines(month):
    lines = friction()
    whole = selectors.friction_whole(lines=lines)

    assert (whole.submitted, whole.held, whole.decided, whole.returned) == (7, 6, 5, 2)
    assert whole.extra_seconds == 440


def test_reasons_count_each_item_once_a_reason(month):
    found = selectors.friction_reasons(month=NOVEMBER, until=NOVEMBER.last, decided=5)
    of_one = selectors.friction_reasons(
        month=NOVEMBER, until=NOVEMBER.last, decided=4, trade_code="1002"
    )

    assert [(line.reason.code, line.items) for line in found] == [
        ("A01", 2),
        ("A07", 1),
        ("A18", 1),
    ]
    assert [(line.reason.code, line.per_100) for line in of_one] == [
        ("A01", Decimal("25.0")), ("A07", Decimal("25.0")), ("A18", Decimal("25.0")),
    ]  # fmt: skip


def test_consults_are_counted_with_their_seconds(counter, teller, authorizer, bank):
    second = people.staff(bank.centre, "authorizer", name="赵志远")
    for place, consults in enumerate((0, 2)):
        factory.sent(teller, factory.withdrawal(counter))
        for turn in range(consults):
            asked = minutes(place * 20 + turn * 5)
            opened = services.open_next(authorizer=authorizer, at=asked)
            services.hold(
                number=opened.number, kind="consult", question="可否？",
                fence=opened.opened_fence, authorizer=authorizer, at=asked,
            )  # fmt: skip
            services.answer(
                number=opened.number, text="可以", by=second, at=asked + timedelta(seconds=30)
            )
        decided(authorizer, "approve", at=minutes(place * 20 + 15))

    (line,) = friction()

    assert (line.decided, line.consulted, line.consults, line.consult_seconds) == (2, 1, 2, 60)
    assert (line.consults_per_100, line.consult_seconds_per_100) == (Decimal(100), Decimal(3000))


def test_another_month_has_none(month):
    assert friction(NOVEMBER.plus(-1)) == ()


def test_what_another_branch_does_is_not_counted(month, bank):
    with acting.acting(staff=people.staff(bank.elsewhere, "outlet_supervisor")):
        assert friction() == ()


def test_each_table_is_one_question_and_that_for_what_changed(month):
    with CaptureQueriesContext(connection) as asked:
        lines = friction()
        selectors.friction_reasons(month=NOVEMBER, until=NOVEMBER.last, decided=1)

    assert lines
    assert len(asked) == 4


def test_every_figure_opens_as_many_items_as_it_says(month, as_lead):
    shown = page(as_lead, code="1002").content.decode()
    links = re.findall(r'<a href="([^"]*)" data-figure="(\d+)"', shown)

    assert len(links) >= 12
    for address, figure in links:
        listed = as_lead.get(unescape(address)).content.decode()
        assert listed.count('href="/authorization/item/') == int(figure), address


def test_a_day_that_is_not_over_does_not_count_yet(month, as_lead):
    today = timezone.localdate()
    Request.objects.filter(trade_code="1101").update(business_date=today)
    shown = page(as_lead, month=f"{today:%Y-%m}", code="1101").content.decode()
    until = Month(today.replace(day=1)).until(today)

    assert until == today - timedelta(days=1)
    assert f"{until}</b>" in shown
    assert 'data-row="1101"' not in shown


def test_a_list_behind_a_figure_ends_with_the_last_day_that_is_over(month, as_lead):
    day = Request.objects.values_list("business_date", flat=True).distinct().get()
    asked = {"month": "2026-11", "code": "1002", "until": str(day - timedelta(days=1))}
    before = as_lead.get(reverse("authorization:items"), asked).content.decode()
    with_it = as_lead.get(reverse("authorization:items"), asked | {"until": str(day)})

    assert before.count('href="/authorization/item/') == 0
    assert with_it.content.decode().count('href="/authorization/item/') == 5
    assert f'name="until" value="{day}"' in with_it.content.decode()


def test_a_list_of_a_month_says_so_and_keeps_what_narrows_it(month, as_lead):
    asked = {"month": "2026-11", "code": "1002", "met": "returned"}
    shown = as_lead.get(reverse("authorization:items"), asked).content.decode()

    assert "2026-11-01 – 2026-11-30" in shown
    assert '<input type="hidden" name="met" value="returned">' in shown


def test_rows_are_sorted_by_the_head_that_was_chosen(month, as_lead):
    rising = page(as_lead, sort="submitted").content.decode()
    falling = page(as_lead, sort="-submitted").content.decode()

    assert rising.index('data-row="1101"') < rising.index('data-row="1002"')
    assert falling.index('data-row="1002"') < falling.index('data-row="1101"')
    assert (
        '<td><a href="?month=2026-11&amp;sort=submitted&amp;code=1101#reasons">1101</a> 个人'
        in rising
    )
    assert 'value="2026-11"' in rising
    assert 'aria-sort="descending"' in falling


def test_who_may_not_see_items_gets_figures_without_links(month, client, bank):
    client.force_login(people.staff(bank.branch, "risk_manager"), backend=BACKEND)
    shown = page(client).content.decode()

    assert 'data-row="1002"' in shown
    assert "data-figure" not in shown


def test_an_empty_month_says_so(as_lead):
    assert "本月没有业务" in page(as_lead, month="2020-02").content.decode()


def test_nonsense_is_taken_as_not_said(as_lead):
    for odd in ("x", "2026-13", "9999-01", "1999-12"):
        assert page(as_lead, month=odd, sort="'", code="zz").status_code == 200


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_the_table_is_saved_as_a_file_and_told(month, as_lead, lead, kind):
    answer = page(as_lead, export=kind, sort="code")

    if kind == "csv":
        lines = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    else:
        book = load_workbook(io.BytesIO(answer.content))
        lines = [[str(cell) for cell in row] for row in book.active.iter_rows(values_only=True)]
        assert lead.label in book.active.oddHeader.left.text
    assert [line[1] for line in lines[1:]] == ["1002", "1101"]
    assert lines[1][3:6] == ["5", "4", "4"]
    assert Event.objects.filter(action="authorization:friction", actor=lead.label).exists()


def test_an_item_carried_over_a_month_counts_where_it_was_entered(month):
    Request.objects.filter(trade_code="1101").update(
        business_date=NOVEMBER.first - timedelta(days=1)
    )

    october = friction(NOVEMBER.plus(-1))

    assert [(line.trade_code, line.decided) for line in october] == [("1101", 1)]
