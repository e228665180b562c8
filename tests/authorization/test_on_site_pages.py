"""The pages of an outlet's supervisor: the list, one item, a yes, a no, and who sees neither."""

import re

import pytest
from django.urls import reverse

from authorization import rules, services
from authorization.models import OnSite, Request
from tests.factories import authorization as factory
from tests.factories import people
from tests.factories import rules as rule_factory

BROWSER = {"HTTP_USER_AGENT": "Mozilla/5.0 Chrome/120.0"}


@pytest.fixture
def item(counter, teller):
    said = rule_factory.plain(amount_from_fen=1, outlet_levels=1)
    rule_factory.in_force(said, valid_from=people.DAY)
    return factory.sent(teller, factory.withdrawal(counter))


@pytest.fixture
def desk(client, bank, item):
    """Sign the supervisor of the outlet in."""
    client.force_login(people.staff(bank.outlet, "outlet_supervisor", name="孙丽"))
    return client


def page(client, name, *args):
    return client.get(reverse(f"authorization:{name}", args=args), **BROWSER)


def send(client, item, step, **more):
    address = reverse("authorization:on_site_decide", args=[item.number])
    return client.post(address, {"step": step, "shown": item.content_hash, **more}, **BROWSER)


def opened(client, item):
    """Open an item that waits, as the list and the bell do, and follow to its page."""
    address = reverse("authorization:on_site_look", args=[item.number])
    return client.post(address, follow=True, **BROWSER)


def state(item):
    return Request.objects.get(pk=item.pk).state


def test_the_list_leads_to_the_item_and_the_item_to_the_centre(desk, item):
    assert item.number in page(desk, "on_site").content.decode()

    shown = opened(desk, item)
    assert "6,000" in shown.content.decode() or "60,000.00" in shown.content.decode()
    assert OnSite.objects.get().step == ""
    answer = send(desk, item, "approve")

    assert answer.url == reverse("authorization:on_site")
    assert state(item) == rules.QUEUED
    assert item.number not in page(desk, "on_site").content.decode()
    assert "孙丽" in page(desk, "item", item.number).content.decode()


def test_a_no_without_a_reason_is_asked_for_it(desk, item):
    opened(desk, item)

    answer = send(desk, item, "reject")

    assert (answer.status_code, state(item)) == (409, rules.ON_SITE)
    assert "E2005" in answer.content.decode()
    assert send(desk, item, "return", reasons=["A18"], remark="金额").status_code == 302
    assert state(item) == rules.RETURNED
    assert (
        "<td>A18 录入要素与凭证不符; 金额</td>" in page(desk, "item", item.number).content.decode()
    )


def test_a_refused_no_comes_back_as_it_was_typed(desk, item):
    before = opened(desk, item).content.decode()
    assert "data-open-again" not in before

    shown = send(desk, item, "return", reasons=["A30", "A18"], remark=" ").content.decode()

    assert 'id="return" aria-labelledby="return-title" data-open-again' in shown
    assert sorted(re.findall(r'name="reasons" value="(A..)" checked>', shown)) == ["A18", "A30"]
    again = send(desk, item, "reject", remark="<b>金额</b>涂改").content.decode()
    assert 'id="reject" aria-labelledby="reject-title" data-open-again' in again
    assert ">&lt;b&gt;金额&lt;/b&gt;涂改</textarea>" in again


def test_what_was_opened_by_nobody_is_not_decided(desk, item):
    answer = send(desk, item, "approve")

    assert (answer.status_code, state(item)) == (409, rules.ON_SITE)
    assert "E2119" in answer.content.decode()


def test_what_cannot_be_read_changes_nothing(desk, item):
    assert send(desk, item, "perhaps").status_code == 302
    opened(desk, item)
    assert send(desk, item, "perhaps").status_code == 422
    assert state(item) == rules.ON_SITE


def test_one_that_waits_no_more_is_shown_as_it_stands(desk, item, teller):
    services.withdraw(number=item.number, teller=teller, at=people.NOON)

    where = reverse("authorization:item", args=[item.number])
    assert page(desk, "on_site_item", item.number).url == where
    assert opened(desk, item).redirect_chain[0][0] == where
    assert not OnSite.objects.exists()


def test_what_is_only_asked_for_is_not_opened(desk, item):
    assert page(desk, "on_site_item", item.number).url == reverse("authorization:on_site")
    assert page(desk, "on_site_look", item.number).status_code == 405
    assert not OnSite.objects.exists()

    first = opened(desk, item)
    again = page(desk, "on_site_item", item.number)

    assert (first.status_code, again.status_code) == (200, 200)
    assert OnSite.objects.count() == 1


def test_the_list_and_the_bell_open_it(desk, item):
    door = f'formaction="{reverse("authorization:on_site_look", args=[item.number])}"'
    bell = f'action="{reverse("authorization:on_site_look", args=[item.number])}"'

    assert door in page(desk, "on_site").content.decode()
    told = desk.get(reverse("ui:notices"), **BROWSER).content.decode()
    assert bell in told
    assert "csrfmiddlewaretoken" in told


def test_the_bell_tells_the_supervisor(desk, item):
    assert item.number in desk.get(reverse("ui:notices"), **BROWSER).content.decode()


def test_another_outlet_sees_nothing_of_it(client, bank, item):
    client.force_login(people.staff(bank.sibling, "outlet_supervisor", name="郑洁"))

    assert item.number not in page(client, "on_site").content.decode()
    assert page(client, "on_site_item", item.number).status_code == 404
    assert opened(client, item).status_code == 404


def test_the_teller_sees_where_it_stands_and_takes_it_back(client, item, teller):
    client.force_login(teller)
    shown = page(client, "item", item.number).content.decode()

    assert reverse("authorization:withdraw", args=[item.number]) in shown
    assert page(client, "on_site").status_code == 403
