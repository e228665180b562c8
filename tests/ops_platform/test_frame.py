"""What the rooms tell the shell: waiting items, found items and accounts, what was sent back."""

from __future__ import annotations

import re
from datetime import date

import pytest
from django.urls import reverse

from foundation.people import services as acting
from foundation.people.roles import Permission
from foundation.ui import menu
from ops_platform import frame
from tests.factories import authorization as factory
from tests.factories import people

BACKEND = "django.contrib.auth.backends.ModelBackend"


@pytest.fixture(autouse=True)
def own_store(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def sent(bank, teller):
    """An item that waits for an authorizer."""
    return factory.sent(teller, factory.withdrawal(factory.counter(bank)))


@pytest.mark.parametrize(
    ("typed", "codes"),
    [
        ("1002", ["1002"]),
        (" 1101 ", ["1101"]),
        ("现金取款", ["1002"]),
        ("grxjqk", ["1002"]),
        ("100", []),
        ("9999", []),
    ],
)
def test_a_trade_code_leads_to_its_form(client, bank, typed, codes):
    client.force_login(people.staff(bank.outlet, "teller"), backend=BACKEND)

    shown = client.get(reverse("ui:search"), {"q": typed}).content.decode()

    assert re.findall(r'href="/authorization/new/(\w+)/"', shown) == codes


def test_who_enters_nothing_is_led_to_no_form(client, bank):
    client.force_login(people.staff(bank.centre, "authorizer"), backend=BACKEND)

    assert "/authorization/new/" not in client.get(reverse("ui:search"), {"q": "1002"}).text


def test_an_item_is_found_by_its_number(sent, teller):
    found = [answer.address for answer in frame.items(teller, sent.number)]

    assert found == [reverse("authorization:item", args=[sent.number])]
    assert not list(frame.items(teller, "1"))


def test_an_account_is_found_by_number_and_by_name(sent, teller):
    by_number = list(frame.accounts(teller, sent.payer_account[:10]))
    by_name = list(frame.accounts(teller, "张明"))

    assert by_number
    assert by_name
    assert not list(frame.accounts(teller, "1"))


def test_the_search_shows_what_is_in_scope_only(client, bank, sent):
    address = reverse("ui:search")
    answers = {}
    for name, institution in (("own", bank.outlet), ("other", bank.elsewhere)):
        client.force_login(people.staff(institution, "teller"), backend=BACKEND)
        answers[name] = client.get(address, {"q": sent.number}).content.decode()

    assert reverse("authorization:item", args=[sent.number]) in answers["own"]
    assert reverse("authorization:item", args=[sent.number]) not in answers["other"]


def test_the_business_date_is_the_open_day(sent, teller):
    assert frame.open_day(teller.institution_id) == sent.business_date


def test_the_business_date_is_the_calendars_where_no_day_is_open(bank, teller):
    day = date(2026, 1, 2)
    teller.institution = bank.centre

    assert frame.open_day(bank.centre.pk) is None
    assert menu.business_date(teller, day) == day


def test_an_authorizer_is_told_of_the_items_that_one_could_take(sent, bank):
    able = people.staff(bank.centre, "authorizer", grade=sent.grade_needed)
    below = people.staff(bank.centre, "authorizer", grade=sent.grade_needed - 1)
    colleague = people.staff(bank.outlet, "authorizer", grade=5)
    decides = frozenset({Permission.AUTHORIZATION_DECIDE})
    seen = {}
    for staff in (able, below, colleague):
        with acting.acting(staff=staff):
            seen[staff.pk] = menu.waiting("authorization", staff, decides)
    manager = people.staff(bank.branch, "ops_manager")
    with acting.acting(staff=manager):
        whole = menu.waiting("authorization", manager, frozenset({Permission.QUEUE_VIEW}))

    assert list(seen.values()) == [1, 0, 0]
    assert whole == 1
