"""Which key an action may have: never one of the browser's, never one that does two things."""

from __future__ import annotations

import re
from itertools import combinations

import pytest

from foundation.ui import keyboard
from foundation.ui.keyboard import (
    KeyForTyping,
    KeyKept,
    KeyTaken,
    KeyTooWeak,
    KeyUnusable,
    keys_of,
    with_key,
    without,
)
from tests.architecture import tidy

APPROVE = "authorization.approve"


def test_without_a_choice_every_action_has_its_usual_key():
    assert keys_of({}) == keyboard.usual()


def test_no_usual_key_does_two_things_at_once():
    """Each set of screens that can be live together has each key once."""
    keys = keyboard.usual()
    for action, key in keys.items():
        assert with_key({}, action=action, key=key) == {}


def test_codes_name_one_action_each():
    codes = [one.code for screen in keyboard.screens() for one in screen.actions]

    assert len(codes) == len(set(codes))


def test_an_action_gets_another_key():
    chosen = with_key({}, action=APPROVE, key="F11")

    assert chosen == {APPROVE: "F11"}
    assert keys_of(chosen)[APPROVE] == "F11"


def test_the_usual_key_again_is_no_choice():
    assert with_key({APPROVE: "F11"}, action=APPROVE, key="F9") == {}
    assert without({APPROVE: "F11", "everywhere.help": "Alt+H"}, action=APPROVE) == {
        "everywhere.help": "Alt+H"
    }


@pytest.mark.parametrize(
    ("key", "why"),
    [
        ("Ctrl+N", KeyKept),
        ("Ctrl+T", KeyKept),
        ("Ctrl+W", KeyKept),
        ("Ctrl+Tab", KeyKept),
        ("Ctrl+Shift+Tab", KeyKept),
        ("Ctrl+Shift+N", KeyKept),
        ("Alt+F4", KeyKept),
        ("Ctrl+C", KeyForTyping),
        ("Ctrl+V", KeyForTyping),
        ("Ctrl+Z", KeyForTyping),
        ("x", KeyTooWeak),
        ("7", KeyTooWeak),
        ("Enter", KeyUnusable),
        ("Escape", KeyUnusable),
        ("ArrowUp", KeyUnusable),
        ("Space", KeyUnusable),
        ("F13", KeyUnusable),
        ("", KeyUnusable),
        ("<script>", KeyUnusable),
        ("F9\n", KeyUnusable),
        ("F10", KeyTaken),  # reject, on the same screen
        ("F1", KeyTaken),  # everywhere
    ],
)
def test_what_an_action_cannot_have_is_refused_by_name(key, why):
    with pytest.raises(why):
        with_key({}, action=APPROVE, key=key)


def test_an_image_tool_may_have_a_letter_but_no_digit_that_chooses_an_image():
    assert with_key({}, action="images.contrast", key="x") == {"images.contrast": "x"}
    with pytest.raises(KeyUnusable):
        with_key({}, action="images.contrast", key="3")


def test_a_key_of_a_screen_shown_beside_is_taken():
    with pytest.raises(KeyTaken):
        with_key({}, action="monitoring.amount_diff", key="c")
    with pytest.raises(KeyTaken):
        with_key({"monitoring.amount_diff": "x"}, action="images.contrast", key="x")


def test_a_key_for_everywhere_is_free_everywhere():
    with pytest.raises(KeyTaken):
        with_key({}, action="everywhere.search", key="F12")


def test_the_same_key_works_on_screens_that_are_never_live_together():
    assert with_key({}, action="authorization.send", key="F10") == {"authorization.send": "F10"}


def test_two_actions_change_places_in_three_steps():
    chosen = with_key({}, action=APPROVE, key="F11")
    chosen = with_key(chosen, action="authorization.reject", key="F9")
    with pytest.raises(KeyTaken):
        without(chosen, action=APPROVE)
    chosen = with_key(chosen, action=APPROVE, key="F10")

    keys = keys_of(chosen)
    assert (keys[APPROVE], keys["authorization.reject"]) == ("F10", "F9")


def test_an_unknown_action_has_no_key():
    with pytest.raises(LookupError):
        with_key({}, action="no.such", key="F11")
    with pytest.raises(LookupError):
        without({}, action="no.such")


def test_a_choice_that_a_later_release_overtakes_counts_no_more():
    keys = keys_of({"gone.action": "F11", APPROVE: "F10"})

    assert "gone.action" not in keys
    assert keys[APPROVE] == "F9", "F10 rejects on the same screen"


def test_every_key_in_a_template_is_an_action_and_every_action_is_somewhere():
    """The gallery's samples alone have keys of their own."""
    used: set[str] = set()
    for path in tidy.under("**/templates/**/*.html"):
        text = path.read_text()
        if path.name != "gallery.html":
            assert 'data-key="' not in text, f"{path}: use the tag key"
            for shown in re.findall(r"<kbd>(F\d+|Ctrl.*?)</kbd>", text):
                pytest.fail(f"{path}: {shown} is written out; use the tag kbd")
        used |= set(re.findall(r'{% (?:key|kbd|key_name) "([a-z_.]+)"', text))
    scripts = "".join(path.read_text() for path in tidy.under("**/static/**/*.js"))
    used |= set(re.findall(r'"((?:images|everywhere)\.[a-z_]+)"', scripts))

    known = set(keyboard.usual())
    findings = {code for code in known if code.startswith("monitoring.")} - used
    # One for each business that a teller can choose, as one for each finding of an auditor.
    businesses = {code for code in known if code.startswith("authorization.business_")}
    assert used <= known
    assert known - used == findings | businesses
    assert len(businesses) == len(trades())
    assert {code.partition(".")[2] for code in findings} == set(differences())


def trades():
    from authorization import rules

    return rules.TRADE_CODES


def differences():
    from monitoring import rules

    return rules.DIFFERENCES


def test_scripts_know_the_usual_keys_of_the_shell():
    """A script binds the usual key itself; it must be the one that the register says."""
    text = "".join(path.read_text() for path in tidy.under("ui/static/ops/*.js"))
    usual = keyboard.usual()
    names = dict(re.findall(r'(\w+): "(images\.\w+)"', text))

    for word, action in names.items():
        keys = re.findall(rf'("[^"]+"|\w+)(?:: | = )\["{word}"', text)
        keys = [key.strip('"') for key in keys if key.strip('"') != "="]
        assert [usual[action]] == keys, word
    assert 'F5: { action: "everywhere.refresh"' in text
    assert '"?": { action: "everywhere.keys"' in text


def test_refusals_say_what_to_do():
    for one, other in combinations((KeyTaken, KeyKept, KeyForTyping, KeyTooWeak, KeyUnusable), 2):
        assert one.text != other.text
        assert one.hint
