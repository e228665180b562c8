"""Server time of the main pages with one work item and with 100,000 behind them."""

import time
from decimal import Decimal

from django.db import connection
from django.test import Client

from foundation.people.models import Staff
from foundation.people.services import acting_as_system
from ops_platform.bench.rows import Row, compared, percentile

_ITEMS, _REQUESTS, _WARM_UP = 100_000, 60, 8
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

# Done items of all outlets, spread over a month: what a queue leaves behind.
_FILL = """
INSERT INTO worklist_workitem
    (institution_id, queue, subject, state, priority, skill, grade_needed, urgent, urgent_reason,
     conflicted, outsiders_only, holder_label, fence, enqueued_at, done_at)
SELECT place.id, 'authorization', 'bench:' || n, 'done', 10, '', 1, false, '', '{}', true, '', 1,
       clock_timestamp() - n * interval '26 seconds', clock_timestamp()
FROM generate_series(1, %s) AS n
JOIN (SELECT id, row_number() OVER (ORDER BY id) - 1 AS place, count(*) OVER () AS places
      FROM people_institution) AS place ON place.place = n %% place.places
"""


def run() -> list[Row]:
    """Measure every page before and after the items are there."""
    before = {page: _p95(page) for page in _PAGES}
    with acting_as_system(reason="bench"), connection.cursor() as line:
        line.execute(_FILL, [_ITEMS])
    return [
        compared(
            bench="web",
            case=f"{page[2]} {page[0]}, {_ITEMS} items"[:44],
            ours=_p95(page),
            unit="ms",
            peer="the same page with one item",
            peer_value=before[page],
            most=_MOST,
        )
        for page in _PAGES
    ]


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
