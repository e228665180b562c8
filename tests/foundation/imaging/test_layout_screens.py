"""Zones drawn on a form in a browser: with the mouse, by keys, and kept as the fields say."""

from __future__ import annotations

import pytest
from django.urls import reverse

from foundation.imaging.models import Layout
from foundation.people import services as people_services
from tests.browser import axe, ready
from tests.factories import layouts as drawing
from tests.factories import people

pytestmark = pytest.mark.slow


@pytest.fixture
def page(browse, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    with people_services.acting_as_system(reason="test"):
        bank = people.branch()
        manager = people.staff(bank.head, "ops_manager", name="周明")
        people.numbers(manager, people.staff(bank.head, "risk_manager", name="吴芳"))
        row = drawing.draft(manager)
    page = browse(manager)
    page.set_viewport_size({"width": 1366, "height": 768})
    page.goto(reverse("imaging:layout", args=[row.pk]))
    ready(page)
    return page


def test_its_pages_fit_and_shut_nobody_out(page):
    made = Layout.objects.get()
    for address in (
        reverse("imaging:layout", args=[made.pk]),
        reverse("imaging:layouts"),
        reverse("imaging:draw_layout"),
    ):
        page.goto(address)
        ready(page)
        assert not page.evaluate("document.documentElement.scrollWidth > innerWidth"), address
        for theme in ("light", "dark"):
            page.evaluate("theme => document.documentElement.dataset.bsTheme = theme", theme)
            assert axe(page) == [], f"{address} {theme}"


def box(page, name):
    return [int(side) for side in page.locator(f"[name={name}-box]").input_value().split()]


def test_a_zone_is_drawn_with_the_mouse_and_kept(page):
    page.locator("[name=voucher_no-box]").focus()
    form = page.locator("#zones").bounding_box()
    page.locator("#zones").scroll_into_view_if_needed()
    form = page.locator("#zones").bounding_box()
    scale = form["width"] / drawing.SIZE[0]
    page.mouse.move(form["x"] + 800 * scale, form["y"] + 20 * scale)
    page.mouse.down()
    page.mouse.move(form["x"] + 1100 * scale, form["y"] + 70 * scale, steps=3)
    page.mouse.up()

    left, top, wide, high = box(page, "voucher_no")
    assert abs(left - 800) < 6
    assert abs(top - 20) < 6
    assert abs(wide - 300) < 6
    assert abs(high - 50) < 6
    page.get_by_role("button", name="保存区域").click()
    ready(page)
    assert "voucher_no" in {zone.name for zone in Layout.objects.get().reads}


def test_a_zone_is_moved_and_widened_by_keys(page):
    left, top, wide, high = box(page, "account")
    page.locator("rect[data-zone=account]").focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Shift+ArrowDown")

    assert box(page, "account") == [left + 2, top, wide, high + 2]
    page.locator("[name=account-box]").fill("300 100 500 40")
    assert page.locator("rect[data-zone=account]").get_attribute("x") == "300"
