"""The work of a person: decisions by the weight that the rule of their transaction has."""

from decimal import Decimal

import pytest
from django.urls import reverse

from authorization.selectors import measured
from tests.authorization.desk import decided, minutes
from tests.browser import BACKEND
from tests.factories import authorization as factory
from tests.factories import people
from tests.factories import rules as rows

MONTH = measured.Cut(people.DAY.replace(day=1), people.DAY)


@pytest.fixture
def worked(counter, teller, authorizer):
    """Let one decide a heavy transfer and two plain withdrawals."""
    rows.in_force(rows.plain("1101", always=True, weight_hundredths=250), valid_from=people.DAY)
    orders = [factory.withdrawal(counter), factory.transfer(counter), factory.withdrawal(counter)]
    for place, order in enumerate(orders, 1):
        factory.sent(teller, order)
        decided(authorizer, "approve", at=minutes(place))
    return authorizer


def test_a_decision_weighs_what_its_rule_says(worked):
    (row,) = measured.measured(cut=MONTH)

    assert (row.counts["decided"], row.work, row.days) == (3, Decimal("4.5"), 1)
    assert row.work_a_day == Decimal("4.5")


@pytest.mark.parametrize(("days", "a_day"), [(0, None), (1, "4.5"), (2, "2.3"), (3, "1.5")])
def test_it_is_told_by_the_day(days, a_day):
    row = measured.Measured("x", {}, 450, days)

    assert row.work_a_day == (Decimal(a_day) if a_day else None)


@pytest.mark.parametrize(("by", "told"), [("person", True), ("trade", False)])
def test_the_page_tells_it_of_people_alone(by, told, client, worked, bank):
    client.force_login(people.staff(bank.branch, "ops_manager"), backend=BACKEND)
    asked = {"month": f"{people.DAY:%Y-%m}", "by": by}

    page = client.get(
        reverse("authorization:measured"), asked, HTTP_USER_AGENT="Mozilla/5.0 Chrome/120.0"
    )

    table = page.context["table"]
    assert ("折算业务量" in page.content.decode()) == told
    assert {len(row.cells) for row in table.rows} == {len(table.columns)}
    assert ("4.5" in table.rows[0].cells) == told
