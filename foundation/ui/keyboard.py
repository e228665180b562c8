"""Every action that has a key, by the screen it works on, and whose key a person may change.

The assembly fills in the screens of the centres, as it does with the menu. What a person chose is
kept with them as {action: key}; the rest have their usual keys. Two actions that can be live at the
same time never have the same key.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

from foundation.kernel.errors import Refused

EVERYWHERE, IMAGES = "everywhere", "images"
# Chromium takes these before a page hears of them: tabs and windows would come and go.
KEPT = frozenset(
    {"Alt+F4", "Ctrl+F4"}
    | {f"Ctrl+{more}{key}" for more in ("", "Shift+") for key in ("N", "T", "W", "Tab")}
)
TYPING = frozenset(f"Ctrl+{key}" for key in "ACVXYZ")
_FUNCTION = "F(?:[1-9]|1[0-2])"
# A strong key works while something is typed as well; a weak one would be typed into the field.
_STRONG = re.compile(rf"{_FUNCTION}|(?:Ctrl|Alt|Ctrl\+Alt)\+(?:Shift\+)?(?:[A-Z]|{_FUNCTION})")
_WEAK = re.compile(r"[a-z0-9+?/.,;'\[\]-]|Shift\+[A-Z]")
HINT = _("Choose F1 to F12, or a letter together with Ctrl or Alt.")


class KeyTaken(Refused):
    """Another action that can be live at the same time has the key."""

    code = "E1601"
    text = "%(key)s is already the key of %(other)s."
    hint = "Choose another key, or change that one first."


class KeyKept(Refused):
    """The browser takes the key for itself."""

    code = "E1602"
    text = "%(key)s is kept by the browser for itself and never reaches a page."
    hint = HINT


class KeyForTyping(Refused):
    """The key copies, pastes or undoes in every field."""

    code = "E1603"
    text = "%(key)s is needed while typing."
    hint = HINT


class KeyTooWeak(Refused):
    """The action must work while something is typed, and the key would be typed."""

    code = "E1604"
    text = "%(key)s alone would be typed into a field; this action needs a stronger key."
    hint = HINT


class KeyUnusable(Refused):
    """Nothing can have this key: it walks, chooses or closes on every page."""

    code = "E1605"
    text = "%(key)s cannot be the key of an action."
    hint = HINT


@dataclass(frozen=True)
class Action:
    """Something that a key does: its name in code, its word, and its usual key."""

    code: str
    title: str
    usual: str


@dataclass(frozen=True, kw_only=True)
class Screen:
    """Actions that can be live together, those live beside them, and keys that always stay."""

    key: str
    title: str
    actions: tuple[Action, ...]
    beside: tuple[str, ...] = ()
    always: tuple[tuple[str, str], ...] = ()
    reserved: frozenset[str] = frozenset()


_screens: dict[str, Screen] = {}
SHELL = (
    Screen(
        key=EVERYWHERE,
        title=_("Everywhere"),
        actions=(
            Action("everywhere.help", _("Help on this page"), "F1"),
            Action("everywhere.search", _("Search numbers, accounts, pages"), "Ctrl+K"),
            Action("everywhere.lock", _("Lock the screen"), "Ctrl+L"),
            Action("everywhere.keys", _("Show the keys that work now"), "?"),
            Action("everywhere.refresh", _("Fetch the values again"), "F5"),
        ),
        always=(
            ("Enter", _("Next field; from the last field to the button")),
            ("Shift+Enter", _("Field before")),
            ("Esc", _("Close, or back")),
            ("Ctrl+Alt+1 … 0", _("The same as F1 to F10, where the browser keeps an F-key")),
        ),
    ),
    Screen(
        key=IMAGES,
        title=_("Images"),
        actions=(
            Action("images.zoom_in", _("Zoom in"), "+"),
            Action("images.zoom_out", _("Zoom out"), "-"),
            Action("images.fit", _("Fit to window"), "0"),
            Action("images.rotate_right", _("Rotate right"), "r"),
            Action("images.rotate_left", _("Rotate left"), "Shift+R"),
            Action("images.contrast", _("More contrast"), "c"),
            Action("images.boxes", _("Show what was read"), "b"),
            Action("images.compare", _("Side by side"), "v"),
            Action("images.second", _("Another image beside it"), "n"),
            Action("images.overlay", _("One image over the other"), "o"),
            Action("images.link", _("Move both images together"), "l"),
            Action("images.less", _("Less of the upper image"), "["),
            Action("images.more", _("More of the upper image"), "]"),
            Action("images.blink", _("The one image, then the other"), "t"),
        ),
        always=(
            ("1 … 9", _("Show that image")),
            ("↑ ↓", _("Next field: the image moves to it")),
        ),
        reserved=frozenset("123456789"),
    ),
)


def show(*screens: Screen) -> None:
    """Add screens with their actions, in this order; one shown again takes the older's place."""
    _screens.update({screen.key: screen for screen in screens})


def screens() -> Sequence[Screen]:
    """Return all screens in the order of the key card."""
    return tuple(_screens.values())


def shown(key: str) -> str:
    """Return a key as it stands on keyboards: letters are capitals."""
    return key.upper() if len(key) == 1 else key


def spoken(key: str) -> str:
    """Return a key as screen readers are told of it."""
    return key.replace("Ctrl", "Control")


def usual() -> dict[str, str]:
    """Return the usual key of every action."""
    return {action.code: action.usual for action in _actions()}


def keys_of(chosen: Mapping[str, str]) -> dict[str, str]:
    """Return the key of every action for a person.

    A choice for an action that is gone counts no more, nor does one that an action of a later
    release has as its usual key: no key ever does two things.
    """
    known = usual()
    keys = known | {action: key for action, key in chosen.items() if action in known}
    for action in sorted(chosen.keys() & known.keys()):
        if _clash(action, keys[action], keys):
            keys[action] = known[action]
    return keys


def with_key(chosen: Mapping[str, str], *, action: str, key: str) -> dict[str, str]:
    """Return the choices with another key for an action; LookupError for an unknown action.

    Refuses keys that the browser keeps, that typing needs, that could do two things at once.
    """
    known = usual()
    if action not in known:
        raise LookupError(action)
    _check_usable(key, known[action])
    _check_free(action, key, keys_of(chosen))
    others = {name: one for name, one in chosen.items() if name != action}
    return others if key == known[action] else others | {action: key}


def without(chosen: Mapping[str, str], *, action: str) -> dict[str, str]:
    """Return the choices with the usual key for an action again; without an action for all.

    Refuses where another action has that key by now.
    """
    if not action:
        return {}
    return with_key(chosen, action=action, key=usual().get(action, ""))


def _actions() -> Iterator[Action]:
    for screen in _screens.values():
        yield from screen.actions


def _check_usable(key: str, before: str) -> None:
    if key in KEPT:
        raise KeyKept(key=key)
    if key in TYPING:
        raise KeyForTyping(key=key)
    weak = bool(_WEAK.fullmatch(key))
    if not weak and not _STRONG.fullmatch(key):
        raise KeyUnusable(key=key[:20])
    if weak and not _WEAK.fullmatch(before):
        raise KeyTooWeak(key=shown(key))


def _check_free(action: str, key: str, keys: Mapping[str, str]) -> None:
    if any(key in screen.reserved for screen in _screens_of(action)):
        raise KeyUnusable(key=key)
    other = _clash(action, key, keys)
    if other:
        raise KeyTaken(key=shown(key), other=gettext(other.title))


def _clash(action: str, key: str, keys: Mapping[str, str]) -> Action | None:
    """Return another action that can be live at the same time and has the key."""
    return next(
        (other for other in _live_with(action) if other.code != action and keys[other.code] == key),
        None,
    )


def _screens_of(action: str) -> list[Screen]:
    return [
        screen for screen in _screens.values() if any(one.code == action for one in screen.actions)
    ]


def _live_with(action: str) -> Iterator[Action]:
    own = {screen.key: screen for screen in _screens_of(action)}
    for screen in _screens.values():
        beside = screen.key in own or any(
            screen.key in one.beside or one.key in screen.beside for one in own.values()
        )
        if beside or EVERYWHERE in {screen.key, *own}:
            yield from screen.actions


show(*SHELL)
