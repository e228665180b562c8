"""One item before many deciders at once, and before two whose leases overlap: one effect each.

Used by the tests for some items and by `bin/bench authorization` for a thousand. Real commits on a
real database; what happened is asked of the rows afterwards, not of the threads.
"""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from random import Random

from django.db import connection, connections
from django.utils import timezone

from authorization import services
from authorization.models import Decision, Request
from foundation.kernel.errors import Refused
from foundation.ledger.models import Entry
from foundation.people.models import Staff
from foundation.people.services import acting, acting_as_system

STEPS = (("approve", ()), ("reject", ("A24",)), ("return", ("A01",)))
_LEASE_MS = 30


@dataclass
class Outcome:
    """What the threads were told, and what the rows say of the items they were about."""

    items: int = 0
    told_yes: int = 0
    taken_over: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    decisions: int = 0
    entries: int = 0
    posted: int = 0
    wrong: list[str] = field(default_factory=list)

    @property
    def attempts(self) -> int:
        """Return how often a decision was tried."""
        return self.told_yes + self.refused.total()


def contest(
    *,
    holder: Staff,
    others: Sequence[Staff],
    threads: int,
    items: int,
    begin: Callable[[], object] = object,
) -> Outcome:
    """Let so many threads decide one item at the same moment, item after item.

    Half of them are the holder, who pressed a key again and again; the rest are others who know the
    fence. They say yes, no and send back in turn. The queue must hold the items. Each thread calls
    `begin` first.
    """
    outcome, numbers = Outcome(), []
    with ThreadPoolExecutor(threads, initializer=begin) as pool:
        for _ in range(items):
            item = _opened(holder)
            assert item is not None, "the queue is empty"
            numbers.append(item.number)
            together = threading.Barrier(threads)
            tried = [
                pool.submit(
                    _try, item, holder if place % 2 else others[place // 2 % len(others)],
                    STEPS[place // 2 % len(STEPS)], together, 0.0,
                )
                for place in range(threads)
            ]  # fmt: skip
            outcome.items += 1
            if (yes := _count(outcome, [one.result() for one in tried])) != 1:
                outcome.wrong.append(f"{item.number}: {yes} were told yes")
        _close(pool, threads)
    _look(outcome, numbers)
    return outcome


def stalls(
    *, first: Staff, second: Staff, seed: int, begin: Callable[[], object] = object
) -> Outcome:
    """Let a desk stall around the end of its lease while another asks for the next item.

    The other is given the same item when the lease has ended, and one behind it otherwise. It goes
    on until the queue is empty; `taken_over` counts how often two had the same item.
    """
    outcome, numbers = Outcome(), set()
    chance = Random(seed)  # noqa: S311 - it spreads moments
    with ThreadPoolExecutor(2, initializer=begin) as pool:
        while (item := _opened(first)) is not None:
            _shorten(item)
            together = threading.Barrier(2)
            waits = [chance.uniform(0, 2 * _LEASE_MS) / 1000 for _ in range(2)]
            one = pool.submit(_try, item, first, STEPS[0], together, waits[0])
            two = pool.submit(_next, second, together, waits[1])
            other, told = two.result()
            outcome.taken_over += other == item.number
            numbers |= {item.number, other} - {""}
            _count(outcome, [one.result(), told])
        _close(pool, 2)
    outcome.items = len(numbers)
    _look(outcome, sorted(numbers))
    return outcome


def _opened(by: Staff) -> Request | None:
    with acting(staff=by):
        return services.open_next(authorizer=by, at=timezone.now())


def _next(by: Staff, together: threading.Barrier, after: float) -> tuple[str, str]:
    """Take the next item some moment after all are ready and approve it; return it and the end."""
    together.wait()
    time.sleep(after)
    item = _opened(by)
    if item is None:
        return "", "NothingWaits"
    return item.number, _try(item, by, STEPS[0], threading.Barrier(1), 0.0)


def _try(
    item: Request, decider: Staff, step: tuple[str, Sequence[str]], together: threading.Barrier,
    after: float,
) -> str:  # fmt: skip
    """Decide when all are ready; return nothing, or the refusal's name."""
    together.wait()
    time.sleep(after)
    try:
        with acting(staff=decider):
            services.decide(
                number=item.number, step=step[0], shown=item.content_hash,
                fence=item.opened_fence, decider=decider, at=timezone.now(), reasons=step[1],
            )  # fmt: skip
    except Refused as refusal:
        return type(refusal).__name__
    return ""


def _shorten(item: Request) -> None:
    """Let the lease of an item on a desk end in a moment."""
    with acting_as_system(reason="proof"), connection.cursor() as line:
        line.execute(
            "UPDATE worklist_workitem SET lease_until = clock_timestamp() + %s * interval '1 ms'"
            " WHERE id = %s",
            [_LEASE_MS, item.work_item_id],
        )


def _count(outcome: Outcome, told: Sequence[str]) -> int:
    """Count what the threads of a round were told; return how many of them yes."""
    yes = sum(1 for one in told if not one)
    outcome.told_yes += yes
    outcome.refused.update(one for one in told if one)
    return yes


def _close(pool: ThreadPoolExecutor, threads: int) -> None:
    """Close every thread's connection: each waits for the others, so that none closes two."""
    together = threading.Barrier(threads)

    def close() -> None:
        together.wait()
        connections.close_all()

    for one in [pool.submit(close) for _ in range(threads)]:
        one.result()


def _look(outcome: Outcome, numbers: Sequence[str]) -> None:
    """Ask the rows: one decision an item, one entry for each that was approved, none for others."""
    with acting_as_system(reason="proof"):
        made = Decision.objects.filter(request__number__in=numbers)
        outcome.decisions = made.count()
        keys = [f"authorization:{number}" for number in numbers]
        outcome.entries = Entry.objects.filter(key__in=keys).count()
        outcome.posted = Request.objects.filter(number__in=numbers, state="posted").count()
        yes = made.filter(step="approve").count()
    if not outcome.decisions == outcome.told_yes == outcome.items:
        outcome.wrong.append(
            f"{outcome.items} items, {outcome.decisions} decisions, {outcome.told_yes} told yes"
        )
    if not outcome.entries == outcome.posted == yes:
        outcome.wrong.append(f"{outcome.entries} entries, {outcome.posted} posted, {yes} approved")
