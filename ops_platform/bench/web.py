"""Server time of the main pages of a seeded bank, before and after 100,000 done work items.

Only work items are added yet: no requests, documents or journal lines stand behind them, so the
lists of those are not put to the test. That takes the simulated day at size.
"""

import time
from datetime import timedelta
from decimal import Decimal

from django.test import Client
from django.utils import timezone

from foundation.people.models import Institution, Staff
from foundation.people.services import acting_as_system
from foundation.worklist.models import WorkItem
from ops_platform.bench.rows import Row, compared, percentile

_ITEMS, _BATCH, _REQUESTS, _WARM_UP = 100_000, 5_000, 60, 8
_MOST = Decimal("1.5")
_HOST = "127.0.0.1"

# Whose page, and where. A page is added here when it lists or counts what can grow.
_PAGES = (
    ("an authorizer", "210011", "/ui/home/"),
    ("an authorizer", "210011", "/authorization/items/"),
    ("a lead", "210001", "/authorization/items/"),
    ("a dispatcher", "200020", "/worklist/"),
    ("a dispatcher", "200020", "/worklist/queue/authorization/"),
    ("a teller", "220101", "/authorization/mine/"),
)


def run() -> list[Row]:
    """Measure every page before and after the items are there."""
    before = {page: _p95(page) for page in _PAGES}
    _fill()
    return [
        compared(
            bench="web",
            case=f"{page[2]} {page[0]}, {_ITEMS} done work items",
            ours=_p95(page),
            unit="ms",
            peer="the same page of the seeded bank",
            peer_value=before[page],
            most=_MOST,
        )
        for page in _PAGES
    ]


def _fill() -> None:
    """Leave done items of all outlets behind, as a queue does in a month."""
    with acting_as_system(reason="bench"):
        places = list(Institution.objects.order_by("id").values_list("id", flat=True))
        done_at = timezone.now()
        for first in range(0, _ITEMS, _BATCH):
            WorkItem.objects.bulk_create(
                WorkItem(
                    institution_id=places[number % len(places)],
                    queue="authorization",
                    subject=f"bench:{number}",
                    state="done",
                    enqueued_at=done_at - timedelta(seconds=26 * number),
                    done_at=done_at,
                )
                for number in range(first, first + _BATCH)
            )


def _p95(page: tuple[str, str, str]) -> Decimal:
    _who, number, address = page
    client = Client(HTTP_HOST=_HOST)
    with acting_as_system(reason="bench"):
        client.force_login(
            Staff.objects.get(number=number), "django.contrib.auth.backends.ModelBackend"
        )
    return percentile([_once(client, address) for _ in range(_WARM_UP + _REQUESTS)][_WARM_UP:], 95)


def _once(client: Client, address: str) -> Decimal:
    began = time.perf_counter_ns()
    answer = client.get(address)
    took = Decimal(time.perf_counter_ns() - began) / 1_000_000
    if answer.status_code != 200:
        raise RuntimeError(f"{address} answered {answer.status_code}: {answer.content[:2000]!r}")
    return took.quantize(Decimal("0.1"))
