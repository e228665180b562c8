"""No page offers a person what their roles do not let them open: every link and form is tried."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from urllib.parse import urlsplit

import pytest
from django.test import Client
from django.urls import Resolver404, resolve

from foundation.people.models import Staff
from foundation.people.roles import ROLES, permissions_of
from tests.architecture.test_permissions import Place, addresses, person, places, unlogged

__all__ = ["person", "places", "unlogged"]
OFFER = re.compile(r'(?:href|action|hx-get|hx-post|src)="(/[^"]*)"')


def offers(client: Client, held: frozenset[str], where: Place) -> Iterator[str]:
    """Return what the pages of a person lead to without the person's having the right to it."""
    for _name, page, address, _bound in addresses(where):
        if getattr(page.callback, "is_action", False):
            continue
        answer = client.get(address, HTTP_USER_AGENT="Chrome/120")
        if answer.status_code != 200 or "html" not in answer["Content-Type"]:
            continue
        for offered in set(OFFER.findall(answer.content.decode())):
            needed = needs(unescape(offered))
            if needed and needed not in held:
                yield f"{address} offers {offered}, which needs {needed}"


def needs(address: str) -> str | None:
    """Return the permission of the view behind an address, None where it needs none."""
    path = urlsplit(address).path
    if path.startswith("/static/"):
        return None
    try:
        found = resolve(path)
    except Resolver404:
        return f"nothing: {path} is no page"
    permission = getattr(found.func, "permission", None)
    return str(permission) if permission else None


@pytest.mark.slow
@pytest.mark.parametrize("person", [*ROLES], indirect=True)
@pytest.mark.usefixtures("unlogged")
def test_no_page_offers_what_is_refused(person: Staff, places: list[Place]) -> None:
    client = Client()
    client.force_login(person, "django.contrib.auth.backends.ModelBackend")
    held = frozenset(map(str, permissions_of([row.role for row in person.roles.all()])))

    offered = sorted(offers(client, held, places[0]))
    assert not offered, "\n".join(offered)
