"""The scripts of the shell in a real browser: keys, amounts, images, lock, search."""

from __future__ import annotations

import re
from io import BytesIO
from itertools import product

import pytest
from PIL import Image, ImageChops

from tests.browser import violations
from tests.factories import people


@pytest.fixture
def shell(browse, settings):
    settings.OPS_DEMO = True
    page = browse(people.staff(people.branch().branch, "ops_manager"))
    page.goto("/ui/gallery/")
    for started in (".op-stage", "amount-input input.op-num", "ops-timer svg", ".op-shots"):
        page.wait_for_selector(started, state="attached")
    return page


def test_an_amount_is_grouped_while_typed_and_written_in_capitals(shell):
    field = shell.locator("amount-input input")

    field.press_sequentially("3286500")
    typed = field.input_value()
    field.blur()

    assert typed == "3,286,500"
    assert field.input_value() == "3,286,500.00"
    assert shell.locator("amount-input output").inner_text() == "叁佰贰拾捌万陆仟伍佰元整"


def test_an_amount_in_capitals_becomes_figures(shell):
    field = shell.locator("amount-input input")
    field.fill("人民币壹佰元零")
    unread = field.input_value()
    field.fill("人民币叁佰贰拾捌万陆仟伍佰圆正")

    assert unread == "人民币壹佰元零"
    assert field.input_value() == "3,286,500.00"
    assert shell.locator("amount-input output").inner_text() == "叁佰贰拾捌万陆仟伍佰元整"


def test_full_width_digits_become_narrow_and_the_caret_keeps_its_place(shell):
    field = shell.locator("amount-input input")
    field.fill("１２３４．５")
    assert field.input_value() == "1,234.5"

    field.fill("1234567")
    field.press("Home")
    field.press_sequentially("9")

    assert field.input_value() == "91,234,567"
    assert field.evaluate("node => node.selectionStart") == 1


def test_an_amount_pasted_with_its_separators_astray_stays_and_is_no_amount(shell):
    field, said = shell.locator("amount-input input"), shell.locator("amount-input output")
    for astray in ("1,50", "12,00.5", "1,000,00"):
        field.fill(astray)
        field.blur()

        assert field.input_value() == astray
        assert re.search("op-bad", said.get_attribute("class"))

    field.press("End")
    field.press_sequentially("7")
    assert field.input_value() == "1,000,007"
    field.fill("1,234.5")
    field.blur()
    assert (field.input_value(), said.inner_text()) == ("1,234.50", "壹仟贰佰叁拾肆元伍角")


def test_enter_leads_through_the_fields_to_the_button(shell):
    shell.locator("#id_account").focus()
    for _field in range(3):
        shell.keyboard.press("Enter")

    assert shell.evaluate("document.activeElement.name") == "day"
    shell.keyboard.press("Shift+Enter")
    assert shell.evaluate("document.activeElement.name") == "kind"


def test_the_help_lists_only_keys_that_work_now(shell):
    shell.keyboard.press("?")
    everywhere = shell.locator("#ops-keys-body").inner_text()
    shell.keyboard.press("Escape")

    shell.keyboard.press("F10")
    shell.wait_for_selector("#sample-dialog[open]")
    shell.keyboard.press("F9")

    assert "F9" in everywhere
    assert "F10" in everywhere
    assert shell.locator("#sample-dialog").is_visible()


def test_reject_is_three_keys(shell):
    shell.keyboard.press("F10")
    shell.keyboard.press("2")
    chosen = shell.locator("#sample-dialog input:checked").get_attribute("value")
    shell.keyboard.press("Enter")

    assert chosen == "2"
    assert not shell.locator("#sample-dialog").is_visible()


def test_keys_are_not_taken_from_somebody_who_types(shell):
    shell.locator("#id_purpose").focus()
    shell.keyboard.type("f?r")

    assert shell.locator("#id_purpose").input_value() == "f?r"
    assert not shell.locator("dialog[open]").count()


def test_the_alternative_of_an_f_key_works(shell):
    shell.keyboard.press("Control+Alt+Digit0")

    assert shell.locator("#sample-dialog").is_visible()


def beside(page):
    """Put a second image beside the first; what compares is loaded when it is asked for."""
    page.keyboard.press("v")
    page.locator(".op-stage").nth(1).wait_for()


def test_images_are_chosen_turned_compared_and_flown_to_by_keyboard(shell):
    seen = "document.querySelectorAll('.op-rail__seen--yes').length"
    shell.locator("#sample-viewer").scroll_into_view_if_needed()
    assert shell.evaluate(seen) == 1

    shell.keyboard.press("2")
    assert shell.evaluate(seen) == 2
    shell.keyboard.press("1")
    shell.keyboard.press("ArrowDown")
    lit = shell.locator(".op-box--on").get_attribute("data-name")
    beside(shell)

    assert lit == "payee"
    assert shell.locator(".op-stage").count() == 2


PLACES = """() => [...document.querySelectorAll('.op-stage')].map(node => {
    const pan = node.querySelector('.op-pan'), at = new DOMMatrix(pan.style.transform);
    return [(node.clientWidth / 2 - at.e) / (at.a * parseFloat(pan.style.width)),
            at.a * parseFloat(pan.style.width) / node.clientWidth];
})"""


def near(one, other):
    return all(abs(a - b) < 0.01 for a, b in zip(one, other, strict=True))


def test_two_seals_are_moved_together_and_laid_over_one_another(shell):
    shell.locator("#sample-viewer").scroll_into_view_if_needed()
    beside(shell)
    shell.keyboard.press("+")
    shell.keyboard.press("+")
    shell.locator(".op-stage").first.focus()
    shell.keyboard.press("ArrowRight")
    first, second = shell.evaluate(PLACES)
    assert near(first, second)

    shell.keyboard.press("l")
    shell.keyboard.press("ArrowRight")
    first, second = shell.evaluate(PLACES)
    assert not near(first, second)
    shell.keyboard.press("l")
    assert near(*shell.evaluate(PLACES))

    over = "document.querySelectorAll('.op-stage')[1].style.opacity"
    shell.keyboard.press("o")
    assert shell.locator(".op-stages--over").count() == 1
    assert shell.evaluate(over) == "0.5"
    shell.keyboard.press("]")
    assert shell.evaluate(over) == "0.6"
    shell.keyboard.press("t")
    assert shell.evaluate(over) == "0"
    shell.keyboard.press("t")
    assert shell.evaluate(over) == "1"
    assert not violations(shell)
    shell.keyboard.press("v")
    assert shell.locator(".op-stage").count() == 1
    assert shell.locator(".op-blend").count() == 0


def test_the_image_moves_by_arrow_keys(shell):
    place = "document.querySelector('.op-pan').style.transform"
    before = shell.evaluate(place)

    shell.locator(".op-stage").focus()
    shell.keyboard.press("ArrowRight")

    assert shell.evaluate(place) != before


def transform(page):
    return page.locator(".op-pan").first.evaluate("node => node.style.transform")


def test_every_key_of_the_image_does_what_it_names(shell):
    shell.locator("#sample-viewer").scroll_into_view_if_needed()
    percent = shell.locator(".op-tools output")
    whole = int(percent.inner_text().rstrip("%"))
    stage = shell.locator(".op-stage").first

    shell.keyboard.press("+")
    near = int(percent.inner_text().rstrip("%"))
    shell.keyboard.press("-")
    shell.keyboard.press("-")
    far = int(percent.inner_text().rstrip("%"))
    assert far < whole < near
    shell.keyboard.press("0")
    assert int(percent.inner_text().rstrip("%")) == whole

    for key, angle in (("r", 90), ("r", 180), ("Shift+R", 90), ("Shift+R", 0)):
        shell.keyboard.press(key)
        assert transform(shell).endswith(f"rotate({angle}deg)")

    for key, name in (("b", "op-stage--boxes"), ("c", "op-stage--contrast")):
        before = name in stage.get_attribute("class")
        shell.keyboard.press(key)
        assert (name in stage.get_attribute("class")) != before
        shell.keyboard.press(key)
        assert (name in stage.get_attribute("class")) == before


def pixels(stage):
    return Image.open(BytesIO(stage.screenshot(animations="disabled"))).convert("RGB")


def test_images_carry_who_looks_and_when_all_over(shell):
    stage = shell.locator(".op-stages").first
    stage.scroll_into_view_if_needed()
    mark = shell.locator(".op-mark").text_content()
    marked = pixels(stage)
    shell.evaluate("document.querySelector('.op-mark').style.visibility = 'hidden'")
    changed = ImageChops.difference(marked, pixels(stage)).convert("L")

    assert "李静" in mark
    assert "127.0.0.1" in mark
    assert re.search(r"20[0-9]{2}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}", mark)
    width, height = changed.size
    for left, top in product((0, width // 2), (0, height // 2)):
        quarter = changed.crop((left, top, left + width // 2, top + height // 2))
        assert sum(quarter.histogram()[4:]) > 200, f"nothing drawn at {left},{top}"


def test_the_lock_covers_everything_and_the_screen_is_kept(shell):
    shell.locator("#id_account").fill("0302")
    shell.keyboard.press("Control+l")
    shell.wait_for_selector("#ops-lock[open]")
    shell.keyboard.press("Escape")

    assert shell.locator("#ops-lock").is_visible()
    assert not shell.locator("#id_account").is_visible()
    assert shell.locator("#id_account").input_value() == "0302"


def test_the_theme_is_switched_at_once_and_kept(shell):
    with shell.expect_response("**/ui/theme/"):
        shell.locator("[data-theme-switch]").click()
    at_once = shell.evaluate("document.documentElement.dataset.bsTheme")
    shell.reload()

    assert at_once == "dark"
    assert shell.evaluate("document.documentElement.dataset.bsTheme") == "dark"


def test_f1_opens_the_manual_of_the_page(shell):
    shell.keyboard.press("F1")
    shell.wait_for_selector("#ops-drawer article")

    assert shell.locator("#ops-drawer-title").inner_text() == "页面与按键"


def test_a_message_is_shown_and_goes(shell):
    shell.get_by_role("button", name="提示").click()

    assert shell.locator(".op-toast").inner_text() == "已同意"


def test_the_lock_is_the_servers_and_a_password_opens_it_where_the_work_was(browse, settings):
    settings.OPS_DEMO = True
    teller = people.staff(people.branch().outlet, "teller")
    people.password(teller, "Right-9-horse-battery")
    page = browse(teller)
    page.goto("/ui/gallery/")
    page.locator("#id_account").fill("0302")

    with page.expect_response("**/people/lock/"):
        page.keyboard.press("Control+l")
    locked = page.evaluate("fetch('/ui/keys/').then(answer => answer.status)")
    page.locator("#ops-lock-password").fill("wrong")
    page.keyboard.press("Enter")
    page.locator("#ops-lock-error", has_text="密码不正确").wait_for()
    page.locator("#ops-lock-password").fill("Right-9-horse-battery")
    page.keyboard.press("Enter")
    page.locator("#ops-lock").wait_for(state="hidden")

    assert locked == 423
    assert page.evaluate("fetch('/ui/keys/').then(answer => answer.status)") == 200
    assert page.locator("#id_account").input_value() == "0302"
