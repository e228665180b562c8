"""What rules of one line add to a posting: asked in its transaction, over its line alone."""

from __future__ import annotations

import time
from datetime import date
from decimal import Decimal

from django.db import connection, transaction
from django.utils import timezone

from foundation.people.models import Staff
from foundation.policy.models import Policy
from monitoring.services import runs, workshop
from ops_platform.bench.rows import Row, limited, percentile
from ops_platform.demo.numbers import POLICIES

POSTINGS, MOST_MS = 500, Decimal(10)


def run(name: str) -> list[Row]:
    """Put the shipped rules in force and measure the 95th percentile of what a line pays."""
    maker, publisher = Staff.objects.filter(number__startswith="22").order_by("id")[:2]
    now = timezone.now()
    Policy.objects.bulk_create(
        Policy(code=code, value=value, valid_from=date(2020, 1, 1), reason=name, proposed_by=maker,
               proposed_at=now, approved_by=publisher, approved_at=now)
        for code, value in POLICIES.items()
    )  # fmt: skip
    made = workshop.propose_shipped(valid_from=date(2020, 1, 1), by=maker, at=now)
    workshop.publish_versions(version_ids=[row.pk for row in made], by=publisher, at=now)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, at FROM ledger_journalline WHERE mod(id, 397) = 0 ORDER BY id LIMIT %s",
            [POSTINGS],
        )
        lines = cursor.fetchall()
    taken, raised = [], 0
    for number, at in lines:
        began = time.perf_counter_ns()
        with transaction.atomic():
            raised += runs.look_at_line(line_id=number, at=at)
        taken.append(Decimal(time.perf_counter_ns() - began) / 1_000_000)
    case = f"rules of one line add to a posting: p95 of {len(lines)}, {raised} alerts raised"
    p95 = percentile(taken, 95).quantize(Decimal("0.01"))
    return [limited(bench="monitor", case=case, ours=p95, unit="ms", most=MOST_MS)]
