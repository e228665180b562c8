"""What rules of one line add to a posting: asked before it, and as it is made."""

from __future__ import annotations

import time
from datetime import date, datetime
from decimal import Decimal

from django.db import connection, transaction
from django.utils import timezone

from foundation.kernel import bus
from foundation.ledger import selectors as ledger
from foundation.people.models import Staff
from foundation.policy.models import Policy
from monitoring import events, gateways
from monitoring.models import RuleVersion
from monitoring.rules.workshop import Shipped
from monitoring.services import at_once, runs, workshop
from ops_platform.bench.rows import Row, limited, percentile
from ops_platform.demo.numbers import POLICIES

POSTINGS, MOST_MS = 500, Decimal(10)
LONG_AGO = date(2020, 1, 1)
# Of the shipped rules these hold what they find: own accounts, and large amounts without an item.
HOLDING = ("A005", "A013")


def run(name: str, *, on: date) -> list[Row]:
    """Put the shipped rules in force, two of them holding, and measure what a posting pays."""
    _put_in_force(name)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id FROM ledger_journalline WHERE mod(id, 397) = 0 ORDER BY id LIMIT %s",
            [POSTINGS],
        )
        rows = ledger.lines_of_ids(ids=[number for (number,) in cursor.fetchall()])
    before, after, both, found = [], [], [], 0
    for row in rows:
        line = runs.line_of(row=row)
        with transaction.atomic():
            began = time.perf_counter_ns()
            at_once.asked_in_time(line=line, on=on, at=row.at, holding=True)
            asked = time.perf_counter_ns()
            hit = bool(at_once.asked_in_time(line=line, on=on, at=row.at, holding=False))
            if hit:
                bus.publish(events.LineFound(row.pk, row.subject))
            ended = time.perf_counter_ns()
        before.append(_ms(asked - began))
        after.append(_ms(ended - asked))
        both.append(_ms(ended - began))
        found += hit
    return [
        _row("asked before a posting", before, len(rows)),
        _row(f"asked as it is posted, {found} found", after, len(rows)),
        _row("both together", both, len(rows)),
    ]


def _put_in_force(name: str) -> None:
    maker, publisher = Staff.objects.filter(number__startswith="22").order_by("id")[:2]
    now = timezone.now()
    Policy.objects.bulk_create(
        Policy(code=code, value=value, valid_from=LONG_AGO, reason=name, proposed_by=maker,
               proposed_at=now, approved_by=publisher, approved_at=now)
        for code, value in POLICIES.items()
    )  # fmt: skip
    made = [_held(one, maker, now) for one in gateways.shipped_rules() if one.number in HOLDING]
    made += workshop.propose_shipped(valid_from=LONG_AGO, by=maker, at=now)
    workshop.publish_versions(version_ids=[row.pk for row in made], by=publisher, at=now)


def _held(one: Shipped, maker: Staff, now: datetime) -> RuleVersion:
    header = workshop.Header(
        one.number, one.title, one.english, one.link, one.business, at_once=one.at_once
    )
    content = workshop.Content(one.spec, one.level, one.score, one.title, prevents=True)
    row = workshop.draft_rule(header=header, content=content, by=maker, at=now)
    return workshop.propose_version(version_id=row.pk, valid_from=LONG_AGO, by=maker, at=now)


def _row(what: str, taken: list[Decimal], count: int) -> Row:
    p50, p95 = percentile(taken, 50), percentile(taken, 95).quantize(Decimal("0.01"))
    case = f"rules of one line, {what}: p95 of {count}, p50 {p50.quantize(Decimal('0.01'))} ms"
    return limited(bench="monitor", case=case, ours=p95, unit="ms", most=MOST_MS)


def _ms(nanoseconds: int) -> Decimal:
    return Decimal(nanoseconds) / 1_000_000
