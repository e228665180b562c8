"""What a subject of the trail or of a queue is called, and which page shows it.

Rows keep a plain name such as `authorization.request:17`, so that nothing audited is tied down.
Each room's words are handed over by the assembly, as the menu is; a page asks for all its subjects
at once, so that a kind costs one question however many rows there are.
"""

from __future__ import annotations

import html
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from foundation.people.roles import Permission


@dataclass(frozen=True, kw_only=True)
class Record:
    """What a room knows of one key: its number, where it opens, a word of its own if any."""

    number: str
    address: str = ""
    word: str = ""


@dataclass(frozen=True, kw_only=True)
class Named:
    """A subject as people read it: the field's word, the number, and the page that they may open.

    `word` is a text as translations know it; empty where nobody knows the kind.
    """

    raw: str
    word: str = ""
    number: str = ""
    address: str = ""

    def __str__(self) -> str:
        return f"{gettext(self.word)} {self.number}".strip() if self.word else self.raw


Names = Mapping[str, Named]
Source = Callable[[Sequence[str], frozenset[Permission]], Mapping[str, Record]]

_kinds: dict[str, tuple[str, Source]] = {}


def name(kind: str, word: str, source: Source) -> None:
    """Let subjects of a kind be called by the word; the source knows many keys at once."""
    _kinds[kind] = (word, source)


def forget(kind: str) -> None:
    """Leave the subjects of a kind as they are again."""
    _kinds.pop(kind, None)


def named(raws: Iterable[str], held: frozenset[Permission]) -> Names:
    """Return what each subject is called, one question a kind; unknown ones stay as they are."""
    keys: dict[str, dict[str, str]] = {}
    found = {raw: Named(raw=raw) for raw in raws if raw}
    for raw in found:
        kind, _colon, key = raw.partition(":")
        if kind in _kinds:
            keys.setdefault(kind, {})[key] = raw
    for kind, of_kind in keys.items():
        word, source = _kinds[kind]
        records = source(tuple(of_kind), held)
        for key, raw in of_kind.items():
            seen = records.get(key) or Record(number=key)
            found[raw] = Named(
                raw=raw, word=seen.word or word, number=seen.number, address=seen.address
            )
    return found


def named_for(request: HttpRequest, raws: Iterable[str]) -> Names:
    """Return what the subjects of a page are called, with pages that its reader may open."""
    held: frozenset[Permission] = getattr(request, "permissions", frozenset())
    return named(raws, held)


def drawn(named: Named) -> SafeString:
    """Return the name as a link where it opens; the raw name is its title."""
    raw = html.escape(named.raw)
    if not named.word:
        return SafeString(raw)
    shown = html.escape(str(named))
    if named.address:
        return SafeString(f'<a href="{html.escape(named.address)}" title="{raw}">{shown}</a>')
    return SafeString(f'<span title="{raw}">{shown}</span>')
