"""Answers that stand before or behind every page: a browser too old, an address asked wrongly."""

from __future__ import annotations

import re

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from foundation.ui.middleware import Answer

CHROMIUM_LEAST = 100
FIREFOX_LEAST = 115
_CHROMIUM = re.compile(r"\b(?:Chrome|Chromium)/([0-9]+)\.")
_FIREFOX = re.compile(r"\bFirefox/([0-9]+)\.")
_INTERNET_EXPLORER = re.compile(r"\bMSIE |\bTrident/")
# What links and forms can send; whoever sends anything else is no person and needs no page.
_BY_PEOPLE = frozenset({"GET", "POST"})
_UNCHECKED = ("/static/", "/api/", "/healthz", "/readyz", "/metrics", "/live/")


def too_old(agent: str) -> bool:
    """Return whether a browser calls itself by a version that the pages do not work in.

    Names that are not known pass: a page that looks wrong is better than a bank that stands still.
    """
    for pattern, least in ((_CHROMIUM, CHROMIUM_LEAST), (_FIREFOX, FIREFOX_LEAST)):
        found = pattern.search(agent)
        if found:
            return int(found.group(1)) < least
    return bool(_INTERNET_EXPLORER.search(agent))


class FloorMiddleware:
    """Says plainly that a browser is too old, and shows an address asked wrongly as a page."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer in place of the page, or pass the page on."""
        checked = not request.path.startswith(_UNCHECKED)
        agent = request.headers.get("User-Agent", "")[:400]
        if checked and too_old(agent):
            shown = {"chromium": CHROMIUM_LEAST, "firefox": FIREFOX_LEAST, "seen": agent}
            return render(request, "ui/browser_floor.html", shown, status=426)
        answer = self.get_response(request)
        refused = checked and answer.status_code == 405 and not answer.content
        if refused and request.method in _BY_PEOPLE:
            page = render(request, "ui/wrong_method.html", status=405)
            page.headers["Allow"] = answer.headers.get("Allow", "")
            return page
        return answer
