"""What a page leads to, and what it takes to open it: no page offers what is refused."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from html import unescape
from urllib.parse import urlsplit

from django.http import HttpResponse
from django.urls import Resolver404, resolve

OFFER = re.compile(r'(?:href|action|hx-get|hx-post|src)="(/[^"]*)"')


def refused_offers(answer: HttpResponse, held: frozenset[str]) -> Iterator[str]:
    """Return the links, forms and images of a page that lead where the person may not go."""
    if answer.status_code != 200 or "html" not in answer["Content-Type"]:
        return
    for offered in sorted(set(OFFER.findall(answer.content.decode()))):
        needed = needs(unescape(offered))
        if needed and needed not in held:
            yield f"offers {offered}, which needs {needed}"


def needs(address: str) -> str | None:
    """Return the permission of the view behind an address, None where it needs none."""
    return _needed(urlsplit(address).path)


@lru_cache(maxsize=100_000)
def _needed(path: str) -> str | None:
    if path.startswith("/static/"):
        return None
    try:
        found = resolve(path)
    except Resolver404:
        return f"nothing: {path} is no page"
    permission = getattr(found.func, "permission", None)
    return str(permission) if permission else None
