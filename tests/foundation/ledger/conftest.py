"""A bank for the tests of the ledger, and the sight of everything in it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from foundation.people import services as people
from tests.factories import ledger as factory


@pytest.fixture
def bank(db: None) -> Iterator[factory.Bank]:
    """Work in a bank with an open day, over every institution."""
    made = factory.bank()
    with people.acting_as_system(reason="test"):
        yield made
