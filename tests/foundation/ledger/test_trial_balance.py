"""The pages of the past: statement, trial balance, its accounts, tie-out, and their files."""

from __future__ import annotations

import io
from datetime import timedelta

import openpyxl
import pytest
from django.urls import reverse

from foundation.ledger import services
from foundation.trail.models import Event
from tests.factories import ledger as factory
from tests.factories.ledger import DAY, pay


@pytest.fixture
def window(bank, desk, monkeypatch):
    """Sit at the branch, over books closed on the day."""
    monkeypatch.setattr("foundation.ledger.rules._days._checks", {})
    pay(bank, bank.payer, bank.far_payee, 12_345)
    for place in (bank.outlet, bank.other):
        factory.close_day(place)
    services.close_dates()
    return desk(bank.branch, "ops_manager")


def show(window, name, *args, **given):
    return window.get(reverse(f"ledger:{name}", args=args), {"on": DAY, **given})


def test_the_trial_balance_shows_every_subject_and_opens_its_accounts(window):
    page = show(window, "trial_balance")

    text = page.content.decode()
    assert "1,000.00" in text
    assert reverse("ledger:trial_accounts", args=["2011"]) in text
    assert page.context["totals"][2] == (100_000, 100_000)
    accounts = show(window, "trial_accounts", "2011").context["rows"]
    assert sum(row.movement.closing_fen for row in accounts) == 100_000


def test_it_may_be_of_one_institution_with_all_below(window, bank):
    page = show(window, "trial_balance", place=bank.other.number)

    assert [(row.code, row.movement.closing_fen) for row in page.context["found"].rows] == [
        ("2011", 12_345)
    ]


@pytest.mark.parametrize("name", ["trial_balance", "tie_out"])
def test_the_field_says_which_date_is_shown_where_none_was_asked(window, name):
    page = window.get(reverse(f"ledger:{name}"))

    assert page.context["asked"]["on"] == DAY
    assert f'name="on" value="{DAY.isoformat()}"' in page.content.decode()


@pytest.mark.parametrize("wrong", [{"place": "999"}, {"on": "1999-01-01"}, {"currency": "x"}])
@pytest.mark.parametrize("name", ["trial_balance", "tie_out"])
def test_what_cannot_be_asked_is_told_at_its_field(window, name, wrong):
    assert show(window, name, **wrong).status_code == 422


def test_an_institution_out_of_sight_is_not_among_yours(bank, desk):
    answer = show(desk(bank.outlet), "trial_balance", place=bank.other.number)

    assert answer.status_code == 422


def test_the_tie_out_agrees(window):
    page = show(window, "tie_out")

    assert page.context["differing"] == 0
    assert len(page.context["rows"]) == 3


def test_a_statement_proves_itself(window, bank):
    address = reverse("ledger:statement", args=[bank.payer.number])

    page = window.get(address, {"first": DAY, "last": DAY + timedelta(days=3)})

    whole = page.context["statement"].whole
    assert (whole.opening_fen, whole.debit_fen, whole.credit_fen) == (0, 12_345, 100_000)
    assert whole.proved
    assert "876.55" in page.content.decode()


@pytest.mark.parametrize(
    ("first", "last"),
    [("2026-11-23", "2026-11-22"), ("1999-01-01", "1999-01-02"), ("2025-01-01", "2026-11-23")],
)
def test_a_statement_of_wrong_days_is_told(window, bank, first, last):
    address = reverse("ledger:statement", args=[bank.payer.number])

    assert window.get(address, {"first": first, "last": last}).status_code == 422


@pytest.mark.parametrize("name", ["trial_balance", "trial_accounts", "tie_out", "statement"])
def test_each_goes_out_as_a_file_and_that_is_on_the_trail(window, bank, name):
    args = {"trial_accounts": ["2011"], "statement": [bank.payer.number]}.get(name, [])
    given = {"first": DAY, "last": DAY}

    book = show(window, name, *args, export="xlsx", **given)
    text = show(window, name, *args, export="csv", **given)
    sheet = show(window, name, *args, export="pdf", **given)

    page = openpyxl.load_workbook(io.BytesIO(book.content)).active
    assert page.max_row == len(text.content.decode("utf-8-sig").splitlines())
    assert page.max_row > 1
    assert sheet.content.startswith(b"%PDF-")
    assert Event.objects.filter(action=f"ledger:{name}", result="ok").count() == 3
