"""The exported workbook holds the same figures as the board, and who took it."""

import io

import openpyxl
import pytest
from django.urls import reverse

from dashboards import gateways
from dashboards.rules import Sheet
from foundation.people import services as acting
from foundation.trail.models import Event
from tests.factories.people import DAY


@pytest.fixture
def book(client, morning):
    client.force_login(morning.supervisor)
    said = {"on": str(DAY), "until": morning.now.isoformat()}
    answer = client.get(reverse("dashboards:export"), said)
    assert answer.status_code == 200
    return openpyxl.load_workbook(io.BytesIO(answer.content))


def test_the_workbook_says_the_same(book):
    figures = {row[0].value: row[1].value for row in book["指标"].iter_rows(min_row=2, max_col=2)}

    assert figures["授权决定"] == 6
    assert figures["已拒绝"] == 2


def test_the_workbook_says_who_took_it(book, morning):
    cells = [cell.value for row in book["指标"].iter_rows() for cell in row if cell.value]

    assert any(str(cell).startswith(morning.supervisor.label) for cell in cells)


def test_the_trail_says_who_took_it_and_what_was_asked_for(book, morning):
    with acting.acting(staff=morning.supervisor):
        event = Event.objects.get(action="dashboards:export")

    assert (event.actor, event.result) == (morning.supervisor.label, "ok")
    assert event.detail["on"] == str(DAY)


def test_a_text_that_looks_like_a_formula_stays_a_text():
    data = gateways.workbook(sheets=[Sheet("a", ("x",), [("=1+1",)])], mark="m")

    page = openpyxl.load_workbook(io.BytesIO(data))["a"]
    assert page["A2"].data_type == "s"
