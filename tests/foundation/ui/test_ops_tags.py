"""Filters and tags: money, masking, states, differences."""

from __future__ import annotations

import pytest
from django.utils.safestring import mark_safe

from foundation.kernel.money import Money
from foundation.ui.templatetags import ops


@pytest.mark.parametrize(
    ("amount", "shown"),
    [(328650000, "3,286,500.00"), (Money(-5), "-0.05"), (0, "0.00"), (None, "—"), ("", "—")],
)
def test_money_is_shown_in_yuan(amount, shown):
    assert ops.money(amount) == shown


def test_an_amount_is_shown_in_capitals():
    assert ops.capitals(123450) == "壹仟贰佰叁拾肆元伍角"
    assert ops.capitals(None) == ""


def test_accounts_and_names_are_masked():
    assert ops.account("0302011729300418876") == "0302 0117 2930 0418 876"
    assert ops.mask_account("0302011729300418876") == "030201*********8876"
    assert ops.mask_name("张明远") == "张*"
    assert ops.mask_mobile("13812341234") == "138****1234"
    assert ops.mask_id("110108199001011234") == "110***********1234"


def test_a_state_is_word_and_sign_and_colour():
    badge = ops.state_badge("denied")

    assert "op-chip--bad" in badge
    assert "#x" in badge
    assert "已拒绝" in badge


def test_an_unknown_state_is_shown_as_it_is_and_escaped():
    assert "&lt;b&gt;" in ops.state_badge("<b>")


def test_only_what_differs_is_marked():
    assert ops.mark_differences("恒运物流", "恒远物流") == "恒<mark>远</mark>物流"
    assert ops.mark_differences("恒运", "恒运物流<") == "<mark>恒运物流&lt;</mark>"
    assert ops.mark_differences("恒运", "") == "—"


def test_long_numbers_are_read_in_groups_of_four():
    assert ops.in_groups("1079837861963243461") == "1079 8378 6196 3243 461"
    assert ops.in_groups("11240241") == "11240241"
    assert ops.in_groups("579,900.00") == "579,900.00"
    assert (
        ops.mark_differences("1079837861963243461", "1079837867703243461")
        == "1079 8378 6<mark>770</mark> 3243 461"
    )
    assert ops.mark_differences("1079837861963243461", "107983786196324346").startswith(
        "<mark>1079 8378"
    )


def test_an_icon_with_a_label_speaks():
    assert 'aria-hidden="true"' in ops.icon("check")
    assert 'aria-label="&lt;ok&gt;"' in ops.icon("check", label="<ok>")


def test_the_platform_acts_under_no_foreign_name():
    assert ops.actor("110037 李静") == "110037 李静"
    for label in ("system", "system monitoring", "system:schedule"):
        assert ops.actor(label) == "平台"
    assert ops.actor("systems analyst") == "systems analyst"


def test_a_badge_remembered_for_a_safe_text_is_not_shown_for_its_plain_twin():
    word = "<b>x</b>"

    assert "<b>" in ops.state_badge("odd", mark_safe(word))
    assert "<b>" not in ops.state_badge("odd", word)
    assert "<i" not in ops.icon("x", "<i>")
