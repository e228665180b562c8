"""The page of the accounts."""

from __future__ import annotations

import pytest
from django.urls import reverse

from tests.factories.ledger import account

ADDRESS = reverse("ledger:accounts")


def test_only_accounts_of_the_own_institutions_are_shown(bank, desk):
    page = desk(bank.outlet).get(ADDRESS)

    assert {row.pk for row in page.context["rows"]} == {
        bank.till.pk, bank.payer.pk, bank.payee.pk,
    }  # fmt: skip
    assert bank.payer.name not in page.content.decode(), "customers' names are masked in lists"


def test_an_account_is_found_by_its_grouped_number(bank, desk):
    grouped = f"{bank.payer.number[:4]} {bank.payer.number[4:]}"

    page = desk(bank.outlet).get(ADDRESS, {"text": grouped})

    assert [row.pk for row in page.context["rows"]] == [bank.payer.pk]


def test_nothing_found_says_so(bank, desk):
    page = desk(bank.outlet).get(ADDRESS, {"text": "没有这个人"})

    assert "没有符合的账户" in page.content.decode()


def test_more_than_a_page_goes_on(bank, desk):
    for number in range(50):
        account(bank.outlet, "2011", f"客户{number}")

    first = desk(bank.outlet).get(ADDRESS)
    second = desk(bank.outlet).get(ADDRESS, {"after": first.context["following"]})

    assert (len(first.context["rows"]), len(second.context["rows"])) == (50, 3)


@pytest.mark.parametrize("wrong", [{"after": "x"}, {"text": "x" * 41}])
def test_what_nobody_types_is_answered_and_not_a_fault(bank, desk, wrong):
    assert desk(bank.outlet).get(ADDRESS, wrong).status_code == 422


def test_a_person_without_the_permission_is_kept_out(bank, desk):
    assert desk(bank.branch, "sysadmin").get(ADDRESS).status_code == 403
