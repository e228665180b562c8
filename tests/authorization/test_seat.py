"""The counter by keyboard alone: an identity checked, an account opened, its receipt taken away."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import FileChooser, Page, expect
from playwright.sync_api import TimeoutError as TookTooLong

from authorization import rules
from authorization.models import Request
from foundation.ledger.models import Account
from foundation.people import services as people_services
from tests.browser import ready, violations
from tests.factories import authorization as factory
from tests.factories import people

pytestmark = pytest.mark.slow


@pytest.fixture
def seats(browse, settings, tmp_path) -> tuple[Page, Page]:
    """Open a window at the counter and one at the desk of an authorizer."""
    settings.MEDIA_ROOT = tmp_path
    with people_services.acting_as_system(reason="test"):
        bank = people.branch()
        manager = people.staff(bank.branch, "ops_manager", name="周明")
        people.numbers(manager, people.staff(bank.branch, "risk_manager", name="吴芳"))
        factory.counter(bank)
        teller = people.staff(bank.outlet, "teller", name="王晓雯")
        authorizer = people.staff(bank.centre, "authorizer", name="李静")
    return browse(teller), browse(authorizer)


def chooser(page: Page) -> FileChooser:
    """Press F6 until the files are there to choose: one that closes holds the next up a moment."""
    for _ in range(8):
        try:
            with page.expect_file_chooser(timeout=1_500) as chosen:
                page.keyboard.press("F6")
        except TookTooLong:
            continue
        return chosen.value
    raise AssertionError("F6 does not let files be chosen")


def scan(page: Page, place: int) -> None:
    """Choose a file for the next image with F6 and wait until it is kept."""
    ready(page)
    chosen = chooser(page)
    file = {"name": f"{place}.png", "mimeType": "image/png", "buffer": factory.image()}
    chosen.set_files(files=[file])
    expect(page.locator("#images .op-shots a img")).to_have_count(place + 1, timeout=15_000)


def key_in(page: Page, **typed: str) -> None:
    """Type each text into its field, and go on with Enter."""
    for name, text in typed.items():
        page.locator(f"#entry [name={name}]").focus()
        page.keyboard.type(text)
        page.keyboard.press("Enter")


def check(page: Page, shape: str, look: str) -> None:
    """Key an identity number, check it with F8, and see what was said."""
    page.locator("#entry [name=id_number]").focus()
    page.keyboard.press("Control+A")
    page.keyboard.type(factory.identity(shape))
    page.keyboard.press("F8")
    expect(page.locator(f"#identity .op-note--{look}")).to_be_visible(timeout=10_000)


def the_item() -> Request:
    with people_services.acting_as_system(reason="test"):
        found: Request = Request.objects.get()
    return found


def test_an_account_is_opened_by_keys_alone(seats):
    counter, desk = seats
    counter.goto("/authorization/mine/")
    ready(counter)
    counter.keyboard.press("F2")
    counter.wait_for_url("**/authorization/new/")
    ready(counter)
    assert violations(counter) == []
    counter.keyboard.press(str([*rules.TRADE_CODES].index("1202") + 1))
    counter.wait_for_url("**/authorization/new/1202/")
    ready(counter)
    for place in range(len(rules.SLOTS)):
        scan(counter, place)
    key_in(counter, payee_name=factory.CUSTOMER)
    check(counter, "992", "bad")
    check(counter, "001", "ok")
    key_in(counter, mobile="13800138000", address="北京市海淀区清河中街1号")
    for product in ("internet_bank", "sms_alert", "atm_transfer"):
        counter.locator(f"#entry [name={product}]").focus()
        counter.keyboard.press("Space")
    key_in(counter, atm_daily="20000", amount="100")
    expect(counter.locator("amount-input output").last).to_contain_text("壹佰元整")
    key_in(counter, voucher_no="0744719026")
    counter.evaluate("scrollTo(0, 0)")
    assert violations(counter) == []
    counter.keyboard.press("F9")
    counter.wait_for_url(re.compile(r"/authorization/item/\d+/"), timeout=15_000)

    assert the_item().state == rules.QUEUED
    desk.goto("/authorization/workbench/")
    expect(desk.locator("#item")).to_be_visible(timeout=15_000)
    ready(desk)
    assert violations(desk) == []
    desk.keyboard.press("F9")
    expect(desk.locator("#item")).to_have_count(0, timeout=15_000)

    item = the_item()
    assert item.state == rules.POSTED
    counter.goto(f"/authorization/receipt/{item.number}/")
    ready(counter)
    assert violations(counter) == []
    with counter.expect_download() as taken:
        counter.keyboard.press("F9")
    assert taken.value.suggested_filename == f"receipt-{item.number}.pdf"
    assert taken.value.path().read_bytes().startswith(b"%PDF-")
    with people_services.acting_as_system(reason="test"):
        assert Account.objects.get(number=item.payee_account).own_fen == 10_000


def test_other_businesses_check_an_identity_beside_the_form(seats):
    counter, _desk = seats
    counter.goto("/authorization/new/1002/")
    ready(counter)
    counter.locator("#id_checked_name").focus()
    counter.keyboard.type("张明远")
    counter.keyboard.press("Tab")
    counter.keyboard.type(factory.identity())
    counter.keyboard.press("F8")

    expect(counter.locator("#identity .op-note--ok")).to_contain_text("张明远")
    assert violations(counter) == []
    counter.locator("#id_checked_number").fill("123")
    counter.keyboard.press("Enter")
    expect(counter.locator("#identity .op-errors")).to_be_visible()
