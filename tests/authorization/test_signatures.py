"""Where customer, teller, authorizers and outlet sign on paper."""

import pytest
from django.urls import reverse

from authorization import selectors
from tests.authorization.desk import decided, minutes
from tests.browser import BACKEND
from tests.factories import authorization as factory
from tests.factories import people
from tests.factories import rules as rule_factory

PAGE = {"HTTP_USER_AGENT": "Mozilla/5.0 Chrome/120.0"}
ZONES = ("客户签名：", "柜员：", "授权：", "网点业务章：")


@pytest.fixture
def by_two(bank, counter, teller, authorizer):
    """Let two say yes to one item."""
    said = rule_factory.plain(amount_from_fen=1, centre_levels=2)
    rule_factory.in_force(said, valid_from=people.DAY)
    factory.sent(teller, factory.withdrawal(counter))
    decided(authorizer, "approve", at=minutes(1))
    second = people.staff(bank.centre, "authorizer", name="陈晨")
    return decided(second, "approve", at=minutes(3)), authorizer, second


@pytest.mark.parametrize("name", ["item", "receipt"])
def test_paper_names_who_signs_both_of_two_levels(name, client, by_two, teller):
    item, first, second = by_two
    client.force_login(teller, backend=BACKEND)

    page = client.get(reverse(f"authorization:{name}", args=[item.number]), **PAGE).content.decode()

    zone = page[page.index("op-sign") :]
    assert all(word in zone for word in ZONES)
    assert f"{first.label}, {second.label}" in zone
    assert teller.label in zone


def test_so_does_the_file(client, by_two, teller, monkeypatch):
    item, _first, second = by_two
    printed = []

    def keep(*given):
        printed.append(given)
        return b"%PDF-"

    monkeypatch.setattr("foundation.ui.pdf.printed", keep)
    client.force_login(teller, backend=BACKEND)

    client.post(reverse("authorization:receipt_file", args=[item.number]), **PAGE)

    ((template, shown),) = printed
    assert template == "authorization/_receipt_pdf.html"
    assert shown["approvers"][1] == second.label


def test_who_said_yes_to_an_earlier_round_does_not_sign(bank, counter, teller, authorizer, by_two):
    item, _first, _second = by_two

    assert len(selectors.approvers(request=item)) == 2
    item.attempt += 1
    assert selectors.approvers(request=item) == ()


def test_what_needed_nobody_is_signed_by_nobody(client, counter, teller):
    item = factory.sent(teller, factory.withdrawal(counter, "100.00"))
    client.force_login(teller, backend=BACKEND)

    page = client.get(reverse("authorization:receipt", args=[item.number]), **PAGE)

    assert page.context["approvers"] == ()
    assert "<dt>授权</dt><dd>—</dd>" in page.content.decode()


def test_ones_own_decisions_name_oneself_in_no_row(client, waiting, authorizer):
    decided(authorizer, "approve", at=minutes(1))
    client.force_login(authorizer, backend=BACKEND)

    table = client.get(reverse("authorization:decided"), **PAGE).context["table"]

    assert "Authorizer" not in [column.title for column in table.columns]
    assert all(len(row.cells) == len(table.columns) for row in table.rows)
