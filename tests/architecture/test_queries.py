"""A page asks the database as often when there is more to show: no list asks once a row."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from foundation.people.roles import ROLES, permissions_of
from tests.architecture.test_permissions import HOME_OF, LEFT_OUT, place
from tests.architecture.test_urls import pages
from tests.browser import BACKEND
from tests.factories import authorization as factory
from tests.factories import people

MORE = 3


@pytest.fixture
def clients(bank: people.Branch) -> dict[str, Client]:
    """Sign a person of each role in."""
    found = {}
    for role in ROLES.values():
        kind = min(role.institution_kinds)
        person = people.staff(getattr(bank, HOME_OF[kind]), role.code, grade=5)
        found[role.code] = Client()
        found[role.code].force_login(person, backend=BACKEND)
    return found


def lists() -> Iterator[tuple[str, str]]:
    """Return every page that names nothing, and a role that may open it."""
    for app, page in pages():
        name, permission = f"{app}:{page.name}", getattr(page.callback, "permission", None)
        if page.pattern.converters or permission is None or name in LEFT_OUT:
            continue
        yield name, next(code for code in ROLES if permission in permissions_of([code]))


def asked(client: Client, name: str) -> tuple[int, int]:
    """Return how many questions a page asks, and how long it is; a step or a stream asks none."""
    connection.queries_log.clear()  # it keeps the last 9,000
    with CaptureQueriesContext(connection) as queries:
        answer = client.get(reverse(name), HTTP_USER_AGENT="Chrome/120")
    shown = answer.status_code == 200 and not answer.streaming
    return (len(queries), len(answer.content)) if shown else (0, 0)


def test_no_list_asks_more_often_for_more_rows(bank, clients):
    factory.counter(bank)
    for name in ("first", "second"):  # a desk that is opened takes one of them away
        place(bank, bank.outlet, name)
    wanted = dict(lists())
    for name, role in wanted.items():
        asked(clients[role], name)
    before = {name: asked(clients[role], name) for name, role in wanted.items()}
    for _ in range(MORE):
        place(bank, bank.outlet, "more")
    for name, role in wanted.items():  # what is kept of days that are over was read anew
        asked(clients[role], name)
    after = {name: asked(clients[role], name) for name, role in wanted.items()}

    longer = {name for name in wanted if before[name][1] + 100 < after[name][1]}
    more = {name: (before[name][0], after[name][0]) for name in wanted}
    assert len(longer) >= 12, longer
    assert not {name: counts for name, counts in more.items() if counts[0] != counts[1]}
