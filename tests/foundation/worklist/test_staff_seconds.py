"""Whose seconds: every figure opens the holdings that it adds up."""

from datetime import timedelta

import pytest
from django.urls import reverse

from foundation.people import services as acting
from foundation.worklist.models import Holding
from tests.factories import people
from tests.factories.people import NOON

PAGE = reverse("worklist:staff_seconds", args=["authorization"])
TODAY = {"on": NOON.date().isoformat()}


@pytest.fixture
def held(put, bank, authorizer):
    """Let the authorizer have held items so many times, half a minute each."""

    def hold(times, ended_by="finished"):
        with acting.acting_as_system(reason="test"):
            item = put()
            for fence in range(1, times + 1):
                Holding.objects.create(
                    institution=bank.outlet, item=item, staff=authorizer, fence=fence,
                    began_at=NOON, ended_at=NOON + timedelta(seconds=30), ended_by=ended_by,
                )  # fmt: skip

    return hold


def test_a_persons_seconds_are_those_of_the_holdings_behind_them(desk, held, authorizer):
    held(2)
    held(1, ended_by="expired")

    page = desk.get(PAGE, TODAY | {"staff": authorizer.number})

    [row] = page.context["rows"]
    rows = page.context["held"].rows
    assert (row.ended, row.finished, row.seconds, row.average) == (3, 2, 90, 30)
    assert row.ended == len(rows)
    assert row.seconds == sum(one.seconds for one in rows)
    assert all(word in page.content.decode() for word in ("办结", "占用超时"))


def test_the_holdings_come_in_pages(desk, held, authorizer):
    held(53)
    seen = []
    asked = TODAY | {"staff": authorizer.number}

    first = desk.get(PAGE, asked).context["held"]
    second = desk.get(PAGE, asked | {"before": first.next_before}).context["held"]

    seen = [one.pk for one in (*first.rows, *second.rows)]
    assert len(seen) == len(set(seen)) == 53
    assert second.next_before is None


def test_another_day_is_empty_and_says_so(desk, held):
    held(1)

    page = desk.get(PAGE, {"on": "2020-01-01"})

    assert page.context["rows"] == ()
    assert "当日无人领取过该队列的业务" in page.content.decode()


def test_what_cannot_be_read_is_ignored(desk):
    assert desk.get(PAGE, {"on": "never", "before": "x"}).status_code == 200


def test_holdings_of_other_institutions_are_out_of_sight(client, held, bank, authorizer):
    held(1)
    client.force_login(people.staff(bank.elsewhere, "ops_manager"))

    page = client.get(PAGE, TODAY | {"staff": authorizer.number})

    assert page.context["rows"] == ()
    assert page.context["held"].rows == ()


def test_a_teller_may_not_look(client, teller):
    client.force_login(teller)

    assert client.get(PAGE).status_code == 403
