"""The branch and the two people who change its numbers."""

import pytest

from foundation.people import services as people
from tests.factories import people as factories
from tests.foundation.people.conftest import bank, fast_hashes, hired, sign_in

__all__ = ["bank", "fast_hashes", "sign_in"]


@pytest.fixture
def manager(bank):
    """Hire an operations manager."""
    return hired(bank.branch, "ops_manager", name="周明")


@pytest.fixture
def risk(bank):
    """Hire a risk manager."""
    return hired(bank.branch, "risk_manager", name="吴芳")


@pytest.fixture
def numbers(db, manager, risk):
    """Put every business number of the bank in force since long ago."""
    with people.acting_as_system(reason="test"):
        factories.numbers(manager, risk)
