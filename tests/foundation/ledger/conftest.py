"""A bank for the tests of the ledger, and the sight of everything in it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

import pytest
from django.db import connection
from django.test import Client
from psycopg2.extensions import cursor

from foundation.kernel import scope
from foundation.ledger.models import Entry
from foundation.people import services as people
from foundation.people.models import Institution
from tests.database import Database
from tests.factories import ledger as factory
from tests.factories import people as people_factory


@pytest.fixture
def bank(standing_books: factory.Bank) -> Iterator[factory.Bank]:
    """Work in a bank with an open day, over every institution."""
    with people.acting_as_system(reason="test"):
        yield standing_books


@pytest.fixture
def seen_from() -> Callable[[Institution], AbstractContextManager[None]]:
    """Narrow the sight to one institution for a while."""

    @contextmanager
    def narrowed(place: Institution) -> Iterator[None]:
        with connection.cursor() as cursor, scope.entered((place.pk,)):
            cursor.execute("SELECT set_config('app.scope', %s, true)", [str(place.pk)])
            yield
            cursor.execute("SELECT set_config('app.scope', '*', true)")

    return narrowed


@pytest.fixture
def desk(client: Client) -> Callable[..., Client]:
    """Sit down as a person with a role at an institution."""

    def signed_in(place: Institution, role: str = "outlet_supervisor") -> Client:
        staff = people_factory.staff(place, role, name="陈明")
        client.force_login(staff, backend="django.contrib.auth.backends.ModelBackend")
        return client

    return signed_in


@pytest.fixture
def centre(bank: factory.Bank) -> Institution:
    """Open a centre that serves the branch."""
    return people.open_institution(
        number="110199", name="监控中心", kind="centre", parent=bank.branch
    )


@pytest.fixture
def books(committed_db: Database) -> Iterator[tuple[factory.Bank, Entry, cursor]]:
    """Open a bank whose books are committed, and the owner's own line to them."""
    made = factory.bank()
    with people.acting_as_system(reason="test"):
        entry = factory.pay(made, made.payer, made.payee, 700)
    with committed_db.as_owner() as owner:
        yield made, entry, owner
