"""Claiming the next item: fifty people at a full queue, beside locking candidates one by one."""

import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from uuid import uuid4

from django.db import connection, connections
from django.utils import timezone

from foundation.people import selectors as people
from foundation.people.models import Institution, Staff
from foundation.people.services import acting, acting_as_system
from foundation.policy import selectors as policy
from foundation.ui import live
from foundation.worklist import services as worklist
from foundation.worklist.models import WorkItem
from ops_platform.bench.rows import Row, percentile

_ITEMS, _PEOPLE, _ROUNDS = 100_000, 50, 20
_QUEUE = "authorization"
_MOST_MS = Decimal(20)
# A person thinks far longer; at this pace fifty of them claim as fast as five hundred people do.
_THINKS_SECONDS = 1

_FILL = """
INSERT INTO worklist_workitem
    (institution_id, queue, subject, state, priority, turn_at, skill, grade_needed, urgent,
     urgent_reason, conflicted, outsiders_only, holder_label, fence, enqueued_at)
SELECT place.id, 'authorization', 'bench.work:' || n, 'waiting', n %% 5,
       clock_timestamp() + n * interval '1 ms' - (n %% 5) * interval '60 s', '', 1 + n %% 3, false,
       '', '{}', true, '', 0, clock_timestamp()
FROM generate_series(1, %s) AS n
JOIN (SELECT id, row_number() OVER (ORDER BY id) - 1 AS place, count(*) OVER () AS places
      FROM people_institution WHERE kind = 'outlet') AS place ON place.place = n %% place.places
"""
# What many queues do: look at the first candidates, then try to lock one after the other.
_FIRST = """
SELECT id FROM worklist_workitem
WHERE queue = 'authorization' AND state = 'waiting' AND grade_needed <= %s
ORDER BY turn_at, id LIMIT 200
"""
_LOCK = """
SELECT id FROM worklist_workitem WHERE id = %s AND state = 'waiting' FOR UPDATE SKIP LOCKED
"""
_TAKE = """
UPDATE worklist_workitem SET state = 'held', holder_id = %s, holder_label = 'bench',
    fence = fence + 1, held_at = clock_timestamp(), first_held_at = clock_timestamp(),
    lease_until = clock_timestamp() + interval '180 s' WHERE id = %s RETURNING fence
"""
Held = tuple[int, int]
Claim = Callable[[Staff], Held]


def run() -> list[Row]:
    """Measure claims at a person's pace, then as fast as they go, each beside the peer."""
    crowd = _prepare()
    paced, claimed = _together(_claim, crowd, thinks=_THINKS_SECONDS)
    peer_paced, _ = _together(_one_by_one, crowd, thinks=_THINKS_SECONDS)
    rate, more = _rate(_claim, crowd)
    peer_rate, _ = _rate(_one_by_one, crowd)
    claimed += more
    twice = Decimal(sum(count - 1 for count in Counter(claimed).values()))
    lost = _lost(claimed)
    p99, peer_p99 = percentile(paced, 99), percentile(peer_paced, 99)
    return [
        _row("items claimed twice", "", twice, "none", Decimal(0), "0", twice == 0),
        _row("items lost", "", lost, "none", Decimal(0), "0", lost == 0),
        _row(
            "claim p99, 50 people", "ms", p99, "one by one", peer_p99, "<= 20 ms", p99 <= _MOST_MS
        ),
        _row("claims and ends", "/s", rate, "one by one", peer_rate, ">= 1 x", rate >= peer_rate),
    ]


def _prepare() -> list[Staff]:
    with acting_as_system(reason="bench"), connection.cursor() as line:
        centre = Institution.objects.get(number="110100")
        crowd = Staff.objects.bulk_create(
            Staff(number=f"B{place:05}", name="bench", institution=centre, grade=5, person=uuid4())
            for place in range(_PEOPLE)
        )
        line.execute(_FILL, [_ITEMS])
    with connection.cursor() as line:
        line.execute("ANALYZE worklist_workitem")
    return list(crowd)


def _row(*words: object) -> Row:
    case, unit, ours, peer, value, target, met = words
    assert isinstance(ours, Decimal)
    assert isinstance(value, Decimal)
    return Row(
        bench="work",
        case=str(case),
        ours=ours,
        unit=str(unit),
        peer=str(peer),
        peer_value=value,
        ratio=(ours / value).quantize(Decimal("0.01")) if value else Decimal(0),
        target=str(target),
        met=bool(met),
    )


def _rate(claim: Claim, crowd: list[Staff]) -> tuple[Decimal, list[int]]:
    began = time.perf_counter_ns()
    _took, claimed = _together(claim, crowd, thinks=0)
    seconds = Decimal(time.perf_counter_ns() - began) / 1_000_000_000
    return (len(claimed) / seconds).quantize(Decimal(1)), claimed


def _together(claim: Claim, crowd: list[Staff], *, thinks: int) -> tuple[list[Decimal], list[int]]:
    took: list[Decimal] = []
    claimed: list[int] = []

    def work(staff: Staff, place: int) -> None:
        with acting(staff=staff):
            pass  # A person's connection is there before the first item.
        time.sleep(thinks * place / len(crowd))
        for _ in range(_ROUNDS):
            with acting(staff=staff):
                began = time.perf_counter_ns()
                item_id, fence = claim(staff)
                took.append(Decimal(time.perf_counter_ns() - began) / 1_000_000)
            time.sleep(thinks)
            with acting(staff=staff):
                worklist.finish(item_id=item_id, fence=fence, staff=staff)
            claimed.append(item_id)
        connections.close_all()

    with ThreadPoolExecutor(len(crowd)) as pool:
        for ended in [pool.submit(work, staff, place) for place, staff in enumerate(crowd)]:
            ended.result()  # who fell over has measured nothing: then there is no figure
    assert len(claimed) == len(crowd) * _ROUNDS
    return [one.quantize(Decimal("0.1")) for one in took], claimed


def _claim(staff: Staff) -> Held:
    item = worklist.claim_next(queue=_QUEUE, staff=staff, at=timezone.now())
    assert item is not None, "the queue is full"
    return item.pk, item.fence


def _one_by_one(staff: Staff) -> Held:
    at = timezone.now()
    people.skills(staff=staff, on=timezone.localdate(at))
    policy.whole(code="authorization.lease_seconds", on=timezone.localdate(at))
    live.tell(f"worklist.{_QUEUE}", staff.institution_id)
    with connection.cursor() as line:
        while True:
            line.execute(_FIRST, [staff.grade])
            for (item_id,) in line.fetchall():
                line.execute(_LOCK, [item_id])
                if line.fetchone():
                    line.execute(_TAKE, [staff.pk, item_id])
                    return item_id, line.fetchone()[0]


def _lost(claimed: list[int]) -> Decimal:
    with acting_as_system(reason="bench"):
        done = WorkItem.objects.filter(id__in=claimed, state="done").count()
    return Decimal(len(claimed) - done)
