"""An outlet open for business, and people who call the API."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from foundation.people.models import Staff
from tests.factories import authorization as factory
from tests.factories import people


def signed_in(person: Staff, **more: Any) -> Client:
    client = Client(raise_request_exception=False, **more)
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def counter(standing_counter: factory.Counter, bank: people.Branch) -> factory.Counter:
    return standing_counter


@pytest.fixture
def caller(counter: factory.Counter, teller: Staff) -> Client:
    return signed_in(teller)


@pytest.fixture
def entered(counter: factory.Counter, teller: Staff) -> dict[str, Any]:
    """Return the body of a withdrawal whose image was sent."""
    return {
        "key": str(factory.attached(teller)),
        "trade_code": "1002",
        "payer_account": counter.payer.number,
        "voucher_no": "0744719023",
        "amount": "60000.00",
        "purpose": "",
    }


@pytest.fixture
def elsewhere(bank: people.Branch, counter: factory.Counter) -> Any:
    """Return an item of another outlet."""
    factory.open_day(bank.elsewhere)
    till = factory.account(bank.elsewhere, "1001", "现金")
    payer = factory.account(bank.elsewhere, "2011", "赵强")
    other = factory.Counter(outlet=bank.elsewhere, till=till, payer=payer, payee=payer)
    factory.fund(other)
    stranger = people.staff(bank.elsewhere, "teller", name="孙丽")
    return factory.sent(stranger, factory.withdrawal(other))


def new_key() -> str:
    return str(uuid4())
