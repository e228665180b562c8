"""People who agree on webhooks, and a receiver on this machine."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.utils import timezone

from foundation.hooks import services
from foundation.hooks.models import Delivery
from foundation.people.models import Staff
from tests.factories import hooks, people


@pytest.fixture
def proposer(bank: people.Branch) -> Staff:
    return people.staff(bank.branch, "sysadmin", name="孙磊")


@pytest.fixture
def approver(bank: people.Branch) -> Staff:
    return people.staff(bank.branch, "secadmin", name="陈一")


@pytest.fixture
def receiver(settings: Any) -> Iterator[hooks.Receiver]:
    settings.HOOK_NETWORKS = hooks.LOOPBACK
    with hooks.receiver() as kept:
        yield kept


@pytest.fixture
def tell(bank: people.Branch) -> Any:
    """Tell that an item of an outlet was posted; return the newest delivery."""

    def told(**more: Any) -> Delivery | None:
        said: dict[str, Any] = {
            "topic": "authorization.item.posted",
            "subject": "AU1",
            "state": "posted",
        }
        said |= {"institution_id": bank.outlet.pk, "at": timezone.now()}
        services.tell(**(said | more))
        found: Delivery | None = Delivery.objects.order_by("-id").first()
        return found

    return told
