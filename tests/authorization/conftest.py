"""An outlet open for business."""

import pytest

from foundation.people.models import Staff
from tests.factories import authorization as factory
from tests.factories import people


@pytest.fixture
def counter(bank: people.Branch) -> factory.Counter:
    """Open the outlet."""
    return factory.counter(bank)


@pytest.fixture
def waiting(counter: factory.Counter, teller: Staff):
    """Send a withdrawal that waits for an authorizer."""
    return factory.sent(teller, factory.withdrawal(counter))
