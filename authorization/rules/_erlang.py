"""How many must sit at the desks so that items are taken up in time: Erlang's formula C."""

from __future__ import annotations

from decimal import Decimal

HOUR_SECONDS = Decimal(3600)


def seats(
    *, arrivals: Decimal, handling_seconds: Decimal, within_seconds: int, share_percent: int
) -> int:
    """Return the fewest seats at which so large a share of an hour's arrivals is taken up in time.

    Arrivals come by chance, wait in one queue and are taken in turn; nobody gives up waiting.
    """
    load = arrivals * handling_seconds / HOUR_SECONDS
    if load <= 0:
        return 0
    wanted, count, inverse = Decimal(share_percent) / 100, 0, Decimal(1)
    while True:
        count += 1
        inverse = 1 + inverse * count / load  # of Erlang's formula B, by recurrence
        if count > load and _in_time(load, count, inverse, handling_seconds, within_seconds) >= (
            wanted
        ):
            return count


def share_in_time(
    *, arrivals: Decimal, handling_seconds: Decimal, within_seconds: int, count: int
) -> Decimal:
    """Return which share of an hour's arrivals so many seats take up in time, from 0 to 1.

    None is, where the seats are no more than the arrivals keep busy: the queue grows without end.
    """
    load = arrivals * handling_seconds / HOUR_SECONDS
    if load <= 0:
        return Decimal(1)
    if count <= load:
        return Decimal(0)
    inverse = Decimal(1)
    for one in range(1, count + 1):
        inverse = 1 + inverse * one / load
    return _in_time(load, count, inverse, handling_seconds, within_seconds)


def _in_time(
    load: Decimal, count: int, inverse: Decimal, handling_seconds: Decimal, within_seconds: int
) -> Decimal:
    blocked = 1 / inverse
    waits = blocked / (1 - load / count * (1 - blocked))
    return 1 - waits * (-(count - load) * within_seconds / handling_seconds).exp()
