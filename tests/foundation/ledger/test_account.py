"""The page of one account."""

from __future__ import annotations

from django.urls import reverse

from foundation.ledger import services
from foundation.trail.models import Event
from tests.factories.ledger import NOON, Bank, pay


def address(bank: Bank) -> str:
    return reverse("ledger:account", args=[bank.payer.number])


def test_balance_holds_statement_and_timeline_are_shown(bank, desk):
    pay(bank, bank.payer, bank.payee, 12_345)
    services.place_hold(number=bank.payer.number, fen=5_000, reason="司法", at=NOON, by="t")

    page = desk(bank.outlet).get(address(bank)).content.decode()

    for shown in ("876.55", "826.55", "123.45", "司法", "李静", "冻结金额"):
        assert shown in page


def test_days_are_asked_for_on_the_statement_only(bank, desk):
    page = desk(bank.outlet).get(address(bank)).content.decode()

    assert reverse("ledger:statement", args=[bank.payer.number]) in page
    assert 'type="date"' not in page


def test_a_long_statement_goes_on(bank, desk):
    for _ in range(50):
        pay(bank, bank.payer, bank.payee, 1)

    first = desk(bank.outlet).get(address(bank))
    oldest = first.context["postings"][-1].seq
    second = desk(bank.outlet).get(address(bank), {"before": oldest})

    assert (len(first.context["postings"]), len(second.context["postings"])) == (50, 1)
    assert f"before={oldest}" in first.content.decode()


def test_a_place_that_is_none_is_refused(bank, desk):
    assert desk(bank.outlet).get(address(bank), {"before": "x"}).status_code == 422


def test_an_account_of_another_outlet_or_none_is_not_there_and_the_question_is_kept(bank, desk):
    window = desk(bank.other)
    numbers = (bank.payer.number, "1" * 19, "x")

    for number in numbers:
        assert window.get(reverse("ledger:account", args=[number])).status_code == 404

    told = Event.objects.filter(result="E4004").order_by("id")
    assert [row.subject.split("/")[-2] for row in told] == list(numbers)
