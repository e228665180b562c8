"""A voucher fills the teller's form in a browser: marked, confirmed, and only then sent."""

from __future__ import annotations

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from authorization.models import Request
from foundation.imaging import selectors as imaging
from foundation.imaging.models import Document
from foundation.people import services as people_services
from tests.authorization.test_seat import scan
from tests.browser import axe, ready
from tests.factories import authorization as factory
from tests.factories import monitoring as papers
from tests.factories import people

pytestmark = pytest.mark.slow
READ = "1024000187"


@pytest.fixture
def form(browse, settings, tmp_path) -> tuple[Page, factory.Counter]:
    """Open the form of a withdrawal with its voucher on it."""
    settings.MEDIA_ROOT = tmp_path
    with people_services.acting_as_system(reason="test"):
        bank = people.branch()
        manager = people.staff(bank.branch, "ops_manager", name="周明")
        people.numbers(manager, people.staff(bank.branch, "risk_manager", name="吴芳"))
        counter = factory.counter(bank)
        teller = people.staff(bank.outlet, "teller", name="王晓雯")
    page = browse(teller)
    page.goto(reverse("authorization:new", args=["1002"]))
    scan(page, 0)
    return page, counter


def read_it() -> None:
    with people_services.acting_as_system(reason="test"):
        (document,) = Document.objects.all()
        (paper,) = imaging.pages(document_id=document.pk)
        papers.read(paper, confidence=96, voucher_no=READ)


def test_the_voucher_fills_what_is_empty_and_nothing_goes_before_it_is_confirmed(form):
    page, counter = form
    number = page.locator("#entry [name=voucher_no]")
    page.locator("#entry [name=payer_account]").fill(counter.payer.number)
    page.locator("#entry [name=amount]").fill("60,000.00")

    read_it()

    expect(number).to_have_value(READ, timeout=10_000)
    expect(page.locator("#id_voucher_no-read")).to_be_visible()
    assert axe(page) == []
    with page.expect_navigation():
        page.keyboard.press("F9")
    ready(page)
    with people_services.acting_as_system(reason="test"):
        assert not Request.objects.exists()
    expect(number).to_have_value(READ)

    number.focus()
    page.keyboard.press("End")
    page.keyboard.type(" ")
    page.keyboard.press("F9")
    page.wait_for_url("**/item/**")
    with people_services.acting_as_system(reason="test"):
        assert Request.objects.get().voucher_no == READ


def test_enter_confirms_a_field(form):
    page, counter = form
    page.locator("#entry [name=payer_account]").fill(counter.payer.number)
    read_it()
    expect(page.locator("#id_voucher_no-read")).to_be_visible(timeout=10_000)

    page.locator("#entry [name=voucher_no]").focus()
    page.keyboard.press("Enter")

    expect(page.locator("#id_voucher_no-read")).to_have_count(0)
    expect(page.locator("#confirm-read")).to_be_hidden()
    assert page.locator("#entry [name=unconfirmed]").input_value() == ""
