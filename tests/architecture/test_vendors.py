"""Vendors' people, page by page: what they may open is what roles.py says, and shows them nothing.

Every address of the urlconf is asked for with GET and POST, about an institution that their centre
serves and about their own. The desk of slices is theirs; it shows one field and nothing that tells
whose it is. A new page fails here until PAGES names it.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.db import connection
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from foundation.people import rules, selectors, services
from foundation.people.models import Staff
from foundation.people.roles import EVERYONE, ROLES, permissions_of
from tests.architecture.test_locks import EXEMPT, readable, tables
from tests.architecture.test_permissions import LEFT_OUT, SAMPLES, Place, place
from tests.browser import BACKEND
from tests.factories import authorization as factory
from tests.factories import people

VENDORS = [role.code for role in ROLES.values() if role.duty == rules.VENDOR_DUTY]
# What is of nobody in particular: the shell, and what the API is. Each is looked through below.
PAGES = {
    "monitoring:entry", "ui:home", "ui:top", "ui:notices", "ui:search", "ui:keys", "ui:my_keys",
    "ui:api_docs", "api_ui:schema",
}  # fmt: skip
# What they may change: the keys of their own screens; without naming one there is none to change.
STEPS = {"monitoring:key_slice": {404, 405}, "ui:set_key": {404, 405}, "ui:reset_keys": {302, 405}}
# What anybody may open, signed in or not: the door, the manual, choices of the screen, the probes.
PUBLIC = {
    "people:sign_in", "people:demo_sign_in", "people:sign_out", "people:lock", "people:stay",
    "people:unlock", "people:second_factor", "people:password", "people:new_password",
    "ui:manual_start", "ui:manual", "ui:gallery", "ui:set_language", "ui:set_theme",
    "healthz", "readyz", "metrics_text", "front_door",
}  # fmt: skip


def every_page() -> Iterator[tuple[str, URLPattern]]:
    """Return every address of the urlconf by its whole name, also those outside of the rooms."""
    for part in get_resolver().url_patterns:
        if isinstance(part, URLPattern):
            yield str(part.name), part
        elif isinstance(part, URLResolver):
            for page in part.url_patterns:
                assert isinstance(page, URLPattern), f"{part.app_name}: walk deeper"
                yield f"{part.app_name}:{page.name}", page


def address_of(name: str, page: URLPattern, where: Place) -> str:
    room = name.partition(":")[0].removeprefix("api_")
    values = {arg: SAMPLES[room, arg](where) for arg in page.pattern.converters}
    return reverse(name, kwargs=values)


def asked_for(page: URLPattern) -> str | None:
    permission = getattr(page.callback, "permission", None)
    return None if permission is None else str(permission)


@pytest.fixture
def outlet(bank: people.Branch) -> Place:
    """Let an outlet that the centre serves have one of everything."""
    factory.counter(bank)
    return place(bank, bank.outlet, "an outlet's")


@pytest.fixture
def clerk(bank: people.Branch, request: pytest.FixtureRequest) -> Staff:
    """Hire somebody of a vendor at the centre."""
    return people.staff(bank.centre, getattr(request, "param", "vendor_key"), name="外包员")


@pytest.fixture
def browser(clerk: Staff) -> Client:
    client = Client(raise_request_exception=False)
    client.force_login(clerk, backend=BACKEND)
    return client


def test_vendors_hold_what_everybody_holds_and_nothing_else():
    assert VENDORS == ["vendor_key"]
    assert permissions_of(VENDORS) == EVERYONE | {"slice_key"}
    assert {"home", "search"} == EVERYONE


def test_every_address_is_named_here_or_needs_what_vendors_do_not_hold():
    held = {str(permission) for permission in permissions_of(VENDORS)}
    open_to_all = {name for name, page in every_page() if asked_for(page) is None}
    open_to_vendors = {name for name, page in every_page() if asked_for(page) in held}

    assert open_to_all == PUBLIC
    assert open_to_vendors == PAGES | STEPS.keys()


@pytest.mark.parametrize("clerk", VENDORS, indirect=True)
def test_exactly_these_open_and_all_others_are_refused(browser, outlet, clerk):
    opened, barred, odd = set(), set(), []
    for name, page in every_page():
        if name in LEFT_OUT or name in PUBLIC:
            continue
        address = address_of(name, page, outlet)
        statuses = {
            getattr(browser, method)(address, HTTP_USER_AGENT="Chrome/120").status_code
            for method in ("get", "post")
        }
        if statuses <= {403, 405} and 403 in statuses:
            barred.add(name)
        elif statuses == STEPS.get(name) or (statuses <= {200, 302, 405} and statuses != {405}):
            opened.add(name)
        else:
            odd.append((name, statuses))

    assert not odd
    assert opened == PAGES | STEPS.keys()
    assert len(barred) > 60
    with services.acting_as_system(reason="test"), connection.cursor() as line:
        line.execute("SELECT count(*) FROM trail_event WHERE actor = %s AND result <> 'ok'",
                     [clerk.label])  # fmt: skip
        assert line.fetchone()[0] >= len(barred)


def test_what_opens_names_nobody_and_nothing_of_the_outlet(browser, outlet, bank):
    teller = outlet.teller
    told = [outlet.request.number, outlet.account, teller.number, teller.name, bank.outlet.name]
    pages = {name: page for name, page in every_page() if name in PAGES}
    found = []
    for name, page in pages.items():
        for question in ({}, *({"q": text, "at": text} for text in told)):
            answer = browser.get(address_of(name, page, outlet), question,
                                 HTTP_USER_AGENT="Chrome/120", follow=True)  # fmt: skip
            shown = answer.content.decode()
            found += [
                (name, text) for text in told if text in shown and text not in question.values()
            ]
        assert answer.status_code == 200

    assert not found


def test_the_search_finds_nothing_but_pages(browser, outlet):
    for text in (outlet.request.number, outlet.account, outlet.teller.number, outlet.teller.name):
        answer = browser.get(reverse("ui:search"), {"q": text})

        assert not answer.context["answers"], text


def test_the_scope_is_the_own_institution_and_not_the_branch_that_it_serves(bank, clerk):
    colleague = people.staff(bank.centre, "authorizer")

    assert selectors.scope_of(staff=clerk) == (bank.centre.pk,)
    assert bank.outlet.pk in selectors.scope_of(staff=colleague)


def test_the_database_shows_them_no_row_of_another_institution(bank, outlet, clerk):
    guarded = sorted(
        name for name, (placed, _) in tables().items() if placed and name not in EXEMPT
    )
    rows: dict[str, tuple[int, int]] = {}
    for table in filter(readable, guarded):
        asked = f"SELECT count(*) FROM {table} WHERE institution_id <> %s"
        with connection.cursor() as line:
            with services.acting_as_system(reason="test"):
                line.execute(asked, [bank.centre.pk])
                there = line.fetchone()[0]
            with services.acting(staff=clerk):
                line.execute(asked, [bank.centre.pk])
                rows[table] = (there, line.fetchone()[0])

    assert sum(bool(there) for there, _ in rows.values()) >= 10
    assert not {table: seen for table, (_, seen) in rows.items() if seen}
