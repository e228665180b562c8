"""Ctrl+K: pages by name or pinyin initials first, then what the centres know."""

from __future__ import annotations

import unicodedata
from functools import lru_cache

from pypinyin import Style, lazy_pinyin

from foundation.people.models import Staff
from foundation.people.roles import Permission
from foundation.ui import menu

FOUND_MAX = 20


@lru_cache(maxsize=1000)
def initials(title: str) -> str:
    """Return the first letters of a title: 集中授权 is found as jzsq, Key card as kc."""
    return "".join(lazy_pinyin(title, style=Style.FIRST_LETTER)).replace(" ", "").lower()


@lru_cache(maxsize=1000)
def sounds(title: str) -> str:
    """Return a title in full pinyin without blanks."""
    return "".join(lazy_pinyin(title)).replace(" ", "").lower()


def matches(title: str, wanted: str) -> bool:
    """Return whether a title is meant by what was typed."""
    wanted = unicodedata.normalize("NFKC", wanted).casefold().replace(" ", "")
    plain = title.casefold().replace(" ", "")
    return wanted in plain or wanted in initials(title) or sounds(title).startswith(wanted)


def search(*, staff: Staff, held: frozenset[Permission], text: str) -> list[menu.Found]:
    """Return what the person may open for the text, pages first."""
    wanted = text.strip()[:60]
    named = menu.pages_named(held)
    pages = [page for page in named if matches(page.title, wanted) or matches(page.kind, wanted)]
    if not wanted:
        return pages[:FOUND_MAX]
    return [*pages[:8], *menu.found(staff, held, wanted)][:FOUND_MAX]
