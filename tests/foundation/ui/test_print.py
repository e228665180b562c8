"""What is printed: no way to go anywhere, who printed it and when, tables that fit the sheet."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from authorization import services as authorization
from foundation.people import services
from tests.browser import ready
from tests.factories import authorization as factory
from tests.factories import people

pytestmark = pytest.mark.slow

# A4 between its margins, in the pixels of CSS: upright, and lying across.
UPRIGHT, ACROSS = 703, 1031
GONE = ".op-top, .op-places, .op-side, .op-act, .op-pager, .op-btn, .op-seg, .op-skip, main button"
TOO_WIDE = """width => [...document.querySelectorAll('main table, main table th, main table td')]
    .filter(node => node.getBoundingClientRect().right > width + 1 && node.offsetParent)
    .slice(0, 3).map(node => node.outerHTML.slice(0, 120))"""
SHEETS = re.compile(rb"/Type ?/Page\b")
BOX = re.compile(rb"/MediaBox ?\[0 0 ([0-9.]+) ([0-9.]+)\]")


@pytest.fixture
def house(live: Any, settings: Any, tmp_path: Any) -> dict[str, Any]:
    """Open a branch with one posted item, and people who print what is theirs."""
    settings.MEDIA_ROOT = tmp_path
    with services.acting_as_system(reason="test"):
        bank = people.branch()
        manager = people.staff(bank.branch, "ops_manager", name="周明")
        people.numbers(manager, people.staff(bank.branch, "risk_manager", name="吴芳"))
        counter = factory.counter(bank)
        teller = people.staff(bank.outlet, "teller", name="王晓雯")
        authorizer = people.staff(bank.centre, "authorizer", name="李静", grade=5)
        sent = factory.sent(teller, factory.withdrawal(counter))
        held = authorization.open_next(authorizer=authorizer, at=people.NOON)
        assert held
        authorization.decide(
            number=held.number, step="approve", shown=held.content_hash, fence=held.opened_fence,
            decider=authorizer, at=people.NOON,
        )  # fmt: skip
        auditor = people.staff(bank.branch, "auditadmin", name="罗晓东")
        head = people.staff(bank.outlet, "outlet_supervisor", name="白玉梅")
    account = reverse("ledger:account", args=[counter.payer.number])
    journal = f"{reverse('ledger:journal')}?first={people.DAY}&last={people.DAY}"
    return {
        "receipt": (teller, reverse("authorization:receipt", args=[sent.number])),
        "item": (authorizer, reverse("authorization:item", args=[sent.number])),
        "account": (head, account),
        "journal": (head, journal),
        "trail": (auditor, reverse("trail:entries")),
        "manual": (teller, reverse("ui:manual", args=["teller"])),
    }


def opened(browse: Any, house: dict[str, Any], name: str) -> Page:
    staff, address = house[name]
    page: Page = browse(staff)
    page.goto(address)
    ready(page)
    return page


@pytest.mark.parametrize("name", ["receipt", "item", "account", "journal", "trail", "manual"])
def test_a_printed_page_is_the_matter_and_who_printed_it(name, browse, house):
    page = opened(browse, house, name)
    wide = page.evaluate("document.querySelector('.op-table th:nth-child(7)') !== null")
    width = ACROSS if wide else UPRIGHT
    page.set_viewport_size({"width": width, "height": 1000})
    page.emulate_media(media="print")

    for gone in page.locator(GONE).all():
        expect(gone).to_be_hidden()
    head = page.locator(".op-printhead")
    expect(head).to_be_visible()
    staff, _address = house[name]
    assert f"{staff.institution.name} · {staff.number} {staff.name}" in head.inner_text()
    assert page.evaluate(TOO_WIDE, width) == []
    assert page.locator("main").inner_text().count("\n") > 3, "the matter itself"


@pytest.mark.parametrize(("name", "across"), [("journal", True), ("receipt", False)])
def test_a_list_of_many_columns_lies_across(name, across, browse, house):
    data = opened(browse, house, name).pdf(prefer_css_page_size=True)
    boxes = {(float(wide) > float(high)) for wide, high in BOX.findall(data)}

    assert boxes == {across}


def test_the_head_comes_again_on_every_sheet(browse, house):
    page = opened(browse, house, "journal")
    body = "document.querySelector('.op-table tbody')"
    page.evaluate(f"{body}.innerHTML = {body}.innerHTML.repeat(60)")
    page.emulate_media(media="print")
    head, lines = page.locator(".op-printhead"), page.locator(".op-table thead")

    assert len(SHEETS.findall(page.pdf(prefer_css_page_size=True))) > 2
    for part in (head, lines):
        assert part.evaluate("node => getComputedStyle(node).display") == "table-header-group"
        assert part.evaluate("node => getComputedStyle(node).breakInside") == "avoid"


def test_the_time_on_paper_is_that_of_printing(browse, house):
    page = opened(browse, house, "receipt")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    shown = page.locator("[data-printed]").text_content() or ""
    bank = ZoneInfo("Asia/Shanghai")
    printed = datetime.strptime(shown, "%Y-%m-%d %H:%M:%S").replace(tzinfo=bank)

    assert abs(datetime.now(bank) - printed) < timedelta(seconds=30)
