"""A screen left alone: a warning in time, a lock that hides, and the work as it was behind it."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, expect

from authorization.models import Request
from foundation.people import services
from foundation.people.models import Staff
from tests.browser import ready
from tests.factories import authorization as factory
from tests.factories import people

PASSWORD = "Right-9-horse-battery"
ASK = "fetch('/ui/keys/').then(answer => answer.status)"


@pytest.fixture
def teller(live: Any, settings: Any, tmp_path: Any) -> Staff:
    settings.MEDIA_ROOT = tmp_path
    with services.acting_as_system(reason="test"):
        bank = people.branch()
        manager = people.staff(bank.branch, "ops_manager", name="周明")
        people.numbers(manager, people.staff(bank.branch, "risk_manager", name="吴芳"))
        person = people.staff(bank.outlet, "teller", name="王晓雯")
        people.password(person, PASSWORD)
        factory.counter(bank)
    return person


@pytest.fixture
def typed(teller: Staff) -> dict[str, str]:
    with services.acting_as_system(reason="test"):
        payer = factory.Account.objects.get(name="张明远")
    return {
        "payer_account": payer.number, "voucher_no": "0744719023",
        "amount": "60,000.00", "purpose": "家用",
    }  # fmt: skip


@pytest.fixture
def entry(teller: Staff, typed: dict[str, str], browse: Any) -> Page:
    """Open the teller's form, half filled, with an image; ten idle minutes lock it."""
    page: Page = browse(teller)
    page.clock.install()
    page.goto(reverse("authorization:new", args=["1002"]))
    ready(page)
    image = {"name": "v.png", "mimeType": "image/png", "buffer": factory.image()}
    page.locator("#images input[type=file]").set_input_files(image)
    expect(page.locator("#images a img")).to_have_count(1)
    for name, text in typed.items():
        page.locator(f"#id_{name}").fill(text)
    return page


def left_alone(page: Page, teller: Staff, **time: float) -> None:
    """Let so much time go by without a hand at work, for the page and for the server."""
    away = timedelta(**time)
    page.clock.fast_forward(round(away.total_seconds() * 1000))
    Staff.objects.filter(pk=teller.pk).update(seen_at=timezone.now() - away)


def test_keep_working_shortly_before_the_lock_keeps_the_session(entry, teller):
    left_alone(entry, teller, minutes=9, seconds=10)
    warning = entry.locator(".op-toast", has_text="锁屏")
    expect(warning).to_be_visible()
    with entry.expect_response("**/people/stay/") as told:
        warning.get_by_role("button").click()

    expect(warning).to_have_count(0)
    assert told.value.status == 204
    left_alone(entry, teller, minutes=8)
    assert entry.evaluate(ASK) == 200
    expect(entry.locator("#ops-lock")).to_be_hidden()


def test_the_warning_counts_down(entry, teller):
    left_alone(entry, teller, minutes=9, seconds=10)
    warning = entry.locator(".op-toast", has_text="锁屏")
    expect(warning).to_be_visible()
    entry.clock.fast_forward(42_000)

    expect(warning).to_contain_text(re.compile(r"[5-8] 秒"))
    expect(warning).to_have_count(1)


def test_a_key_of_the_keyboard_is_a_sign_of_life_as_well(entry, teller):
    left_alone(entry, teller, minutes=9, seconds=10)
    expect(entry.locator(".op-toast", has_text="锁屏")).to_be_visible()
    with entry.expect_response("**/people/stay/"):
        entry.keyboard.press("Shift")

    expect(entry.locator(".op-toast", has_text="锁屏")).to_have_count(0)
    assert not locked(entry)


def test_without_a_hand_the_screen_locks_and_the_half_filled_form_survives(entry, teller, typed):
    entry.locator("#id_purpose").focus()
    with entry.expect_response("**/people/lock/"):
        left_alone(entry, teller, minutes=10, seconds=1)
    expect(entry.locator("#ops-lock")).to_be_visible()
    assert not entry.locator("#entry").is_visible()
    assert entry.evaluate(ASK) == 423

    unlock(entry, "wrong")
    expect(entry.locator("#ops-lock-error")).to_have_text("密码不正确。")
    unlock(entry, PASSWORD)
    expect(entry.locator("#ops-lock")).to_be_hidden()

    assert {name: entry.locator(f"#id_{name}").input_value() for name in typed} == typed
    assert entry.locator("#images a img").is_visible()
    assert entry.evaluate("document.activeElement.id") == "id_purpose"
    entry.keyboard.press("F9")
    entry.wait_for_url("**/authorization/item/**")
    with services.acting_as_system(reason="test"):
        (item,) = Request.objects.all()
    assert (item.amount_fen, item.purpose) == (6_000_000, "家用")


def test_a_locked_page_that_was_loaded_again_opens_where_it_was(entry, teller):
    left_alone(entry, teller, minutes=10, seconds=11)
    expect(entry.locator("#ops-lock")).to_be_visible()
    address = entry.url
    entry.reload()
    assert entry.locator("main input[name=password]").is_visible()
    entry.locator("main input[name=password]").fill("wrong")
    entry.keyboard.press("Enter")
    entry.locator("main .op-errors").wait_for()
    entry.locator("main input[name=password]").fill(PASSWORD)
    with entry.expect_navigation():
        entry.keyboard.press("Enter")

    assert entry.url == address


def locked(page: Page) -> bool:
    return page.locator("#ops-lock").is_visible()


def unlock(page: Page, password: str) -> None:
    page.locator("#ops-lock-password").fill(password)
    page.keyboard.press("Enter")
