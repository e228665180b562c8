"""What a teller is told of their own items without asking: the bell, and the page of an item."""

import pytest
from django.urls import reverse
from django.utils import timezone, translation

from authorization import rules, services
from authorization.models import Decision, OnSite, Request
from foundation.people import services as people_services
from ops_platform import frame
from tests.authorization.desk import decided, minutes
from tests.browser import BACKEND
from tests.factories import authorization as factory
from tests.factories import people
from tests.factories import rules as rule_factory

PAGE = {"HTTP_USER_AGENT": "Mozilla/5.0 Chrome/120.0"}
REFRESH = "document.dispatchEvent(new Event('ops:refresh'))"
PART = PAGE | {"HTTP_HX_REQUEST": "true"}


@pytest.fixture
def today(monkeypatch):
    """Let the bell ring on the day on which the items of the test are entered."""
    monkeypatch.setattr(timezone, "localdate", lambda *_: people.DAY)
    monkeypatch.setattr("ops_platform.frame.timezone.now", lambda: minutes(31))


@pytest.fixture
def as_teller(client, teller):
    client.force_login(teller, backend=BACKEND)
    return client


@pytest.fixture
def on_site(bank, counter, teller):
    """Return how an item comes before its outlet, and what is said of it there."""

    def ended(step, centre):
        said = rule_factory.plain(amount_from_fen=1, outlet_levels=1, centre_levels=centre)
        rule_factory.in_force(said, valid_from=people.DAY)
        item = factory.sent(teller, factory.withdrawal(counter))
        by = people.staff(bank.outlet, "outlet_supervisor", name="孙丽")
        services.look(number=item.number, by=by, at=minutes(1))
        return services.decide_on_site(
            number=item.number, step=step, shown=item.content_hash, by=by, at=minutes(2),
            reasons=["A08"] if step == "reject" else (),
        )  # fmt: skip

    return ended


def page_of(item):
    return reverse("authorization:item", args=[item.number])


@pytest.mark.usefixtures("today")
class TestTheBell:
    def test_a_rejection_is_told_with_its_reason_until_a_page_has_shown_it(
        self, as_teller, waiting, authorizer, teller
    ):
        assert not [*frame.untold(teller)]
        decided(authorizer, "reject", at=minutes(1), reasons=("A08",))

        (notice,) = frame.untold(teller)
        with translation.override("en"):
            (in_english,) = frame.untold(teller)
        as_teller.get(notice.address, **PAGE)

        assert waiting.number in notice.text
        assert "凭证涂改" in notice.text
        assert in_english.text == f"Item {waiting.number} was rejected: Voucher altered."
        assert notice.urgent
        assert not [*frame.untold(teller)]

    def test_what_nobody_decided_in_time_is_told_while_it_is_with_the_leads(
        self, bank, waiting, teller
    ):
        people.number_of(None, "authorization.undecided_seconds", "180")
        services.send_up(number=waiting.number, at=minutes(4))

        (notice,) = frame.untold(teller)
        lead = people.staff(bank.centre, "auth_lead", grade=3)
        decided(lead, "approve", at=minutes(6))

        assert waiting.number in notice.text
        assert "主管" in notice.text
        assert not notice.urgent
        (approved,) = frame.untold(teller)
        assert "已授权并记账" in approved.text

    def test_an_approval_is_told_while_its_customer_waits(
        self, as_teller, counter, teller, waiting, authorizer
    ):
        factory.sent(teller, factory.withdrawal(counter, "100.00"))  # nobody decided about it
        decided(authorizer, "approve", at=minutes(2))

        (notice,) = frame.untold(teller)
        as_teller.get(page_of(waiting), **PAGE)

        assert notice.text == f"业务 {waiting.number} 已授权并记账。"
        assert not notice.urgent
        assert not [*frame.untold(teller)]

    @pytest.mark.parametrize("centre", [0, 1])
    def test_so_is_a_no_on_site(self, as_teller, on_site, teller, centre):
        item = on_site("reject", centre)

        (notice,) = frame.untold(teller)
        as_teller.get(notice.address, **PAGE)

        assert item.number in notice.text
        assert "凭证涂改" in notice.text
        assert not [*frame.untold(teller)]

    def test_so_is_a_yes_on_site_that_posts(self, as_teller, on_site, teller):
        item = on_site("approve", 0)

        (notice,) = frame.untold(teller)
        as_teller.get(notice.address, **PAGE)

        assert notice.text == f"业务 {item.number} 已授权并记账。"
        assert not [*frame.untold(teller)]

    def test_a_yes_on_site_that_the_centre_follows_is_not_told_apart(
        self, on_site, teller, authorizer
    ):
        on_site("approve", 1)
        assert not [*frame.untold(teller)]
        decided(authorizer, "approve", at=minutes(3))
        Decision.objects.update(seen_at=minutes(4))

        assert OnSite.objects.get().seen_at is None
        assert not [*frame.untold(teller)]

    def test_and_no_longer(self, teller, waiting, authorizer):
        decided(authorizer, "approve", at=minutes(0.9))

        assert Request.objects.get(pk=waiting.pk).state == rules.POSTED
        assert not [*frame.untold(teller)]

    def test_nobody_is_told_of_anothers(self, bank, waiting, authorizer):
        decided(authorizer, "reject", at=minutes(1), reasons=("A08",))

        assert not [*frame.untold(people.staff(bank.outlet, "teller"))]

    def test_the_top_bar_is_answered_with_the_bell(self, as_teller, waiting, authorizer):
        before = as_teller.get(reverse("ui:top"), **PART).content.decode()
        decided(authorizer, "reject", at=minutes(1), reasons=("A08",))

        after = as_teller.get(reverse("ui:top"), **PART).content.decode()

        assert 'id="bell" hx-swap-oob="true"' in after
        assert '<span class="op-dot" aria-hidden="true">1</span>' in after
        assert "op-dot" not in before


class TestTheItemsPage:
    def test_its_teller_sees_live_how_it_stands(self, as_teller, waiting, authorizer):
        page = as_teller.get(page_of(waiting), **PAGE).content.decode()
        assert f'topics="authorization" src="{page_of(waiting)}"' in page
        decided(authorizer, "return", at=minutes(1), reasons=("A18",))

        part = as_teller.get(page_of(waiting), **PART).content.decode()

        assert "<html" not in part
        assert "A18 录入要素与凭证不符" in part
        assert reverse("authorization:correct", args=[waiting.number]) in part

    def test_the_part_counts_as_seen(self, as_teller, waiting, authorizer):
        decided(authorizer, "approve", at=minutes(1))

        part = as_teller.get(page_of(waiting), **PART).content.decode()

        assert reverse("authorization:receipt", args=[waiting.number]) in part
        made = Request.objects.get(pk=waiting.pk).decisions.get()
        assert made.seen_at is not None

    def test_nobody_else_s_page_asks_again_and_nothing_does_at_the_end(
        self, client, as_teller, waiting, authorizer
    ):
        decided(authorizer, "reject", at=minutes(1), reasons=("A08",))
        assert Request.objects.get(pk=waiting.pk).state == rules.REJECTED

        ended = as_teller.get(page_of(waiting), **PAGE).content.decode()
        client.force_login(authorizer, backend=BACKEND)
        others = client.get(page_of(waiting), **PAGE).content.decode()

        assert ended.count("A08 凭证涂改") > 1, "at its head, and at the decision"
        assert f'src="{page_of(waiting)}"' not in ended
        assert f'src="{page_of(waiting)}"' not in others


def test_a_longer_bell_asks_no_more_often(
    counter, teller, authorizer, today, django_assert_num_queries
):
    for place in range(3):
        factory.sent(teller, factory.withdrawal(counter, voucher_no=f"744719{place:02}"))
        decided(authorizer, "reject", at=minutes(1 + place), reasons=("A08",))

    with django_assert_num_queries(2):
        assert len([*frame.untold(teller)]) == 3


@pytest.fixture
def counted(live, settings, tmp_path):
    """Found a bank that a browser sees, with one item that waits."""
    settings.MEDIA_ROOT = tmp_path
    with people_services.acting_as_system(reason="test"):
        bank = people.branch()
        manager = people.staff(bank.branch, "ops_manager")
        people.numbers(manager, people.staff(bank.branch, "risk_manager"))
        teller = people.staff(bank.outlet, "teller")
        item = factory.sent(teller, factory.withdrawal(factory.counter(bank)))
        return teller, people.staff(bank.centre, "authorizer"), item


@pytest.mark.slow
def test_the_bell_rings_on_whatever_page_until_the_item_was_seen(browse, counted):
    teller, authorizer, item = counted
    with people_services.acting_as_system(reason="test"):
        Request.objects.update(business_date=timezone.localdate())
    page = browse(teller)
    page.route("**/live/?*", lambda route: route.fulfill(status=204))  # not served in tests
    page.goto(reverse("authorization:choose"))
    with people_services.acting_as_system(reason="test"):
        decided(authorizer, "reject", at=minutes(1), reasons=("A08",))

    page.evaluate(REFRESH)
    page.wait_for_selector("#bell .op-dot >> text=1")
    page.locator("#bell").click()
    page.locator(f"#ops-drawer a >> text={item.number}").click()

    page.wait_for_selector(".op-sub >> text=凭证涂改")
    page.evaluate(REFRESH)
    page.wait_for_selector("#bell .op-dot", state="detached")


@pytest.mark.slow
def test_an_open_item_shows_how_it_stands(browse, counted):
    teller, authorizer, item = counted
    page = browse(teller)
    page.route("**/live/?*", lambda route: route.fulfill(status=204))  # not served in tests
    page.goto(page_of(item))
    assert "排队中" in page.locator(".op-sub").inner_text()
    with people_services.acting_as_system(reason="test"):
        decided(authorizer, "approve", at=minutes(1))

    page.evaluate(REFRESH)

    page.locator(".op-sub a >> text=回单").click()
    page.wait_for_url("**/receipt/**")
