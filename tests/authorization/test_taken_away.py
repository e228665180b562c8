"""Lists of the tier and of emergencies are taken away as files, and the trail keeps by whom."""

import csv
from io import BytesIO, StringIO

import openpyxl
import pytest
from django.urls import reverse

from authorization.services import tier
from foundation.trail.models import Event
from tests.authorization.desk import decided, minutes
from tests.browser import BACKEND
from tests.factories import fallback as emergency
from tests.factories import people
from tests.factories import publishing as published
from tests.factories import tier as sets
from tests.factories.people import DAY

pytestmark = pytest.mark.usefixtures("lists")


@pytest.fixture
def manager(bank):
    return people.staff(bank.head, "ops_manager", name="周明")


@pytest.fixture
def risk(bank):
    return people.staff(bank.head, "risk_manager", name="吴芳")


@pytest.fixture
def tier_set(manager, risk):
    return sets.in_force(manager, risk)


@pytest.fixture
def row(tier_set, manager, risk):
    """Let the set decide withdrawals."""
    return published.published(tier_set, manager, risk)


@pytest.fixture
def file(client):
    """Take a page away as somebody; return its rows without the head, and the page itself."""

    def taken(staff, address, kind, **asked):
        client.force_login(staff, backend=BACKEND)
        page, answer = (client.get(address, asked | more) for more in ({}, {"export": kind}))
        assert f'.{kind}"' in answer["Content-Disposition"]
        assert f"export={kind}" in page.text, "the page offers the file"
        assert "data-print" in page.text, "and the paper"
        return rows_of(answer.content, kind), page

    return taken


def rows_of(content, kind):
    if kind == "csv":
        return list(csv.reader(StringIO(content.decode("utf-8-sig"))))[1:]
    book = openpyxl.load_workbook(BytesIO(content), read_only=True)
    return [list(row) for row in book.active.iter_rows(min_row=2, values_only=True)]


KINDS = pytest.mark.parametrize("kind", ["csv", "xlsx"])


@KINDS
@pytest.mark.usefixtures("tier_set")
def test_the_verdicts_that_a_figure_counts(file, send, authorizer, manager, kind):
    numbers = []
    for place in (1, 2):
        numbers.append(send().number)
        decided(authorizer, "approve", at=minutes(place))
    tier.judge_due(at=minutes(5))
    asked = {"first": str(DAY), "last": str(DAY), "figure": "agreed"}

    rows, page = file(manager, reverse("authorization:tier_items"), kind, **asked)

    assert [row[0] for row in rows] == numbers[::-1]
    assert page.context["page"].total == 2
    assert Event.objects.filter(action="authorization:tier_items", result="ok").count() == 1


@KINDS
def test_what_a_publication_decided(file, row, send, risk, kind):
    item = send()
    tier.judge_due(at=minutes(1))
    address = reverse("authorization:publication_items", args=[row.pk])

    rows, page = file(risk, address, kind, figure="decided")

    assert [one[0] for one in rows] == [item.number]
    assert page.context["page"].total == 1
    assert Event.objects.filter(action="authorization:publication_items").count() == 1


@KINDS
def test_emergencies_and_drills(file, bank, kind):
    crew = emergency.crew(bank)
    row = emergency.switched(crew, bank.branch)

    rows, _page = file(crew.manager, reverse("authorization:fallback"), kind)

    assert [str(one[0]) for one in rows] == [str(row.epoch)]
    assert Event.objects.filter(action="authorization:fallback", result="ok").count() == 1


def test_what_was_decided_in_one(file, client, bank):
    crew = emergency.crew(bank)
    row = emergency.switched(crew, bank.branch)
    client.force_login(crew.manager, backend=BACKEND)

    answer = client.get(reverse("authorization:epoch", args=[row.pk]), {"export": "csv"})

    assert f'filename="emergency-{row.epoch}-decided.csv"' in answer["Content-Disposition"]
    assert rows_of(answer.content, "csv") == []


def test_what_is_not_there_is_no_file(client, bank):
    client.force_login(emergency.crew(bank).manager, backend=BACKEND)

    answer = client.get(reverse("authorization:epoch", args=[999]), {"export": "csv"})

    assert answer.status_code == 404
