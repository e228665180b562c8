"""A bank for the tests of the ledger, and the sight of everything in it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

import pytest
from django.db import connection

from foundation.kernel import scope
from foundation.people import services as people
from foundation.people.models import Institution
from tests.factories import ledger as factory


@pytest.fixture
def bank(db: None) -> Iterator[factory.Bank]:
    """Work in a bank with an open day, over every institution."""
    made = factory.bank()
    with people.acting_as_system(reason="test"):
        yield made


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
