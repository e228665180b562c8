"""Where the pages of records are; a list names fifty of a kind, and the resolver is asked once."""

from __future__ import annotations

from collections.abc import Container
from functools import cache
from urllib.parse import quote, urlsplit

from django.urls import resolve, reverse

_before_key: dict[str, str] = {}


def of(view: str, key: str | int) -> str:
    """Return the address of a record's page; ValueError where it does not end with the key."""
    return f"{_before_key.get(view) or _learn(view, key)}{quote(str(key))}/"


@cache
def page(view: str) -> str:
    """Return the address of a page that names no record."""
    return reverse(view)


def alone(view: str, key: str | int) -> str:
    """Return the address of a list that shows one of its rows alone."""
    return f"{page(view)}?of={quote(str(key))}"


def allowed(address: str, held: Container[str]) -> bool:
    """Tell whether the permissions held let a person open the page at an address of ours."""
    needed = getattr(resolve(urlsplit(address).path).func, "permission", None)
    return needed is None or str(needed) in held


def _learn(view: str, key: str | int) -> str:
    address, ending = reverse(view, args=[key]), f"{quote(str(key))}/"
    if not address.endswith(f"/{ending}"):
        raise ValueError(f"the address of {view} does not end with its key")
    before = _before_key[view] = address.removesuffix(ending)
    return before
