"""The pages of the automatic tier in a browser: both widths, light and dark, nobody shut out."""

from __future__ import annotations

import pytest
from django.urls import reverse

from authorization.models import TierPublication, TierSet
from authorization.services import tier
from foundation.people import services as people_services
from tests.authorization.desk import decided, minutes
from tests.browser import axe, ready
from tests.factories import authorization as factory
from tests.factories import people, publishing
from tests.factories import tier as sets

pytestmark = pytest.mark.slow
WIDE = "document.documentElement.scrollWidth > innerWidth"


@pytest.fixture
def manager(browse, settings, tmp_path):
    """Let a round be judged and decided, and return who may look."""
    settings.MEDIA_ROOT = tmp_path
    with people_services.acting_as_system(reason="test"):
        bank = people.branch()
        manager = people.staff(bank.head, "ops_manager", name="周明")
        risk = people.staff(bank.head, "risk_manager", name="吴芳")
        people.numbers(manager, risk)
        sets.in_force(manager, risk)
        counter, teller = factory.counter(bank), people.staff(bank.outlet, "teller")
        item = factory.sent(teller, factory.withdrawal(counter))
        decided(people.staff(bank.centre, "authorizer"), "approve", at=minutes(1))
        tier.judge(number=item.number, at=minutes(2))
        publishing.published(TierSet.objects.get(), manager, risk, "1101")
        tier.propose_set(
            lines=sets.LINES, valid_from=people.DAY, reason="试", by=manager, at=minutes(0)
        )
    return manager


@pytest.mark.parametrize("size", [(1366, 768), (1920, 1080)])
def test_its_pages_fit_and_shut_nobody_out(manager, browse, size):
    page = browse(manager)
    page.set_viewport_size({"width": size[0], "height": size[1]})
    with people_services.acting_as_system(reason="test"):
        made, row = TierSet.objects.latest("id"), TierPublication.objects.get()
    span = f"?first={people.DAY}&last={people.DAY}"
    for address in (
        reverse("authorization:tier") + span,
        reverse("authorization:tier_items") + span,
        reverse("authorization:tier_sets"),
        reverse("authorization:propose_tier"),
        reverse("authorization:tier_set", args=[made.pk]),
        reverse("authorization:publications"),
        reverse("authorization:publish_tier"),
        reverse("authorization:publication", args=[row.pk]),
        reverse("authorization:publication_items", args=[row.pk]),
    ):
        page.goto(address)
        ready(page)
        assert not page.evaluate(WIDE), address
        for theme in ("light", "dark"):
            page.evaluate("theme => document.documentElement.dataset.bsTheme = theme", theme)
            assert axe(page) == [], f"{address} {theme}"


def test_a_figure_opens_its_rounds_and_the_round_its_item(manager, browse):
    page = browse(manager)
    page.goto(f"{reverse('authorization:tier')}?first={people.DAY}&last={people.DAY}")
    page.locator("[data-row='1002'] [data-figure='1']").first.click()
    page.locator("tbody tr a").first.click()

    assert "/authorization/item/" in page.url
