"""Accounts, statements and the journal, read by another system within a person's institutions."""

from __future__ import annotations

import pytest
from django.urls import reverse

from tests.factories import people

DAY = str(people.DAY)


def journal(caller, **query):
    return caller.get(reverse("api_ledger:journal"), {"first": DAY, "last": DAY, **query})


def test_an_account_tells_its_balance_as_text(caller, counter):
    told = caller.get(reverse("api_ledger:account", args=[counter.payer.number])).json()

    assert told["balance"] == "900000.00"
    assert told["held"] == "0.00"
    assert told["institution"] == counter.outlet.number


def test_accounts_are_found_by_name_and_number(caller, counter):
    address = reverse("api_ledger:accounts")

    by_name = caller.get(address, {"text": "张明远"}).json()["rows"]
    by_number = caller.get(address, {"text": counter.payer.number[:8], "limit": "200"}).json()
    behind = caller.get(address, {"after": "9" * 19}).json()["rows"]

    assert [row["number"] for row in by_name] == [counter.payer.number]
    assert counter.payer.number in {row["number"] for row in by_number["rows"]}
    assert behind == []


def test_a_statement_shows_what_made_the_balance(caller, counter):
    rows = caller.get(reverse("api_ledger:statement", args=[counter.payer.number])).json()["rows"]

    assert [(row["amount"], row["balance_after"]) for row in rows] == [("-900000.00", "900000.00")]


def test_an_account_of_another_outlet_is_not_there(caller, counter, elsewhere):
    number = elsewhere.payer_account

    for name in ("api_ledger:account", "api_ledger:statement"):
        assert caller.get(reverse(name, args=[number])).status_code == 404
    # Whether what was typed makes sense is said only of what may be seen.
    bad = {"limit": "0"}
    for about, status in ((number, 404), (counter.payer.number, 422)):
        asked = caller.get(reverse("api_ledger:statement", args=[about]), bad)
        assert asked.status_code == status
    found = caller.get(reverse("api_ledger:accounts"), {"text": number}).json()
    assert found["rows"] == []


def test_the_journal_is_searched_by_its_fields(caller, counter, elsewhere):
    every = journal(caller).json()["rows"]
    fitting = journal(caller, account_number=counter.payer.number, amount="900000.00").json()
    behind = journal(caller, before=str(every[-1]["id"])).json()["rows"]

    assert every
    assert {row["institution"] for row in every} == {counter.outlet.number}
    assert all(row["amount"] == "900000.00" for row in fitting["rows"])
    assert behind == []


@pytest.mark.parametrize(
    "query",
    [
        {"first": "2026-11-24"},
        {"first": "2026-10-01"},
        {"first": "1999-01-01"},
        {"limit": "201"},
        {"amount": "1,000.00"},
        {"teller": "' OR 1=1"},
    ],
)
def test_a_search_without_bounds_or_sense_is_refused(caller, query):
    assert journal(caller, **query).status_code == 422
