"""An outlet open for business."""

from itertools import count

import pytest

from foundation.imaging import selectors as imaging
from foundation.kernel.money import Money
from foundation.people.models import Staff
from monitoring.models import WatchList
from tests.factories import aml, people
from tests.factories import authorization as factory
from tests.factories import monitoring as papers


@pytest.fixture
def counter(standing_counter: factory.Counter, bank: people.Branch) -> factory.Counter:
    """Stand at the open outlet."""
    return standing_counter


@pytest.fixture
def waiting(counter: factory.Counter, teller: Staff):
    """Send a withdrawal that waits for an authorizer."""
    return factory.sent(teller, factory.withdrawal(counter))


@pytest.fixture
def send(counter, teller):
    """Return how to send a withdrawal whose voucher is read, as it was keyed or otherwise."""

    numbers = count(10_240_001)

    def sent(yuan="60,000.00", *, number="", confidence=96, **misread):
        order = factory.withdrawal(counter, yuan, voucher_no=number or str(next(numbers)))
        item = factory.sent(teller, order)
        money = Money(item.amount_fen)
        said = {
            "amount": f"¥{money.format()}",
            "amount_words": money.capitals(),
            "account": item.payer_account,
            "voucher_no": item.voucher_no,
            "payer_name": item.payer_name,
        }
        (page,) = imaging.pages(document_id=item.document_id)
        papers.read(page, confidence=confidence, **(said | misread))
        return item

    return sent


@pytest.fixture
def lists(bank: people.Branch) -> WatchList:
    """Put a watch list in force, on which no customer of the counter stands."""
    return aml.in_force(aml.desk(bank))
