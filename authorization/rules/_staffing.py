"""How many should sit at the desks in each quarter of an hour, and how many do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time
from decimal import ROUND_HALF_UP, Decimal

from authorization.rules._erlang import HOUR_SECONDS, seats, share_in_time

QUARTER_MINUTES = 15
QUARTERS = 24 * 60 // QUARTER_MINUTES
_QUARTERS_AN_HOUR = 60 // QUARTER_MINUTES
_TENTH, _HUNDREDTH = Decimal("0.1"), Decimal("0.01")


@dataclass(frozen=True)
class Service:
    """The service level aimed at, and the handling time where nothing was measured: dated numbers.

    None where one of them is not in force: then no seats are said.
    """

    within_seconds: int | None
    share_percent: int | None
    target_seconds: int | None

    @property
    def known(self) -> bool:
        """Return whether seats can be reckoned."""
        return None not in (self.within_seconds, self.share_percent, self.target_seconds)


@dataclass(frozen=True)
class Arrived:
    """Rounds that came to the desk in a quarter of a day, and the handling measured of them."""

    on: date
    quarter: int
    skill: str
    rounds: int
    measured: int
    view_ms: int


@dataclass(frozen=True)
class Quarter:
    """A quarter of an hour: what comes in the mean, what it takes, who should and who does sit.

    `load` is in Erlangs: seats that would be busy all the time. `measured` tells whether the
    handling seconds are the quarter's own.
    """

    index: int
    skills: Mapping[str, Decimal]
    handling_seconds: Decimal | None
    measured: bool
    load: Decimal | None
    pooled: int | None
    split: int | None
    seated: int
    in_time: Decimal | None

    @property
    def text(self) -> str:
        """Return when it begins."""
        return f"{begins(self.index):%H:%M}"

    @property
    def arrivals(self) -> Decimal:
        """Return how many rounds come, of all skills."""
        return sum(self.skills.values(), Decimal(0))

    @property
    def gap(self) -> int | None:
        """Return how many sit beyond those who should; negative where they are too few."""
        return None if self.pooled is None else self.seated - self.pooled


def begins(quarter: int) -> time:
    """Return when a quarter of the day begins, by Shanghai's clock."""
    return time(*divmod(quarter * QUARTER_MINUTES, 60))


def quarters(
    *, arrived: Sequence[Arrived], seated: Sequence[int], days: int, service: Service
) -> Sequence[Quarter]:
    """Return the quarters from the first to the last in which somebody came or sat.

    Arrivals are the mean of so many days; `seated` has a number for every quarter of the day.
    Handling is the quarter's own mean, else that of all the arrivals, else the time aimed at.
    """
    busy = {row.quarter for row in arrived} | {n for n, count in enumerate(seated) if count}
    if not busy:
        return ()
    by_quarter: dict[int, list[Arrived]] = {}
    for row in arrived:
        by_quarter.setdefault(row.quarter, []).append(row)
    usual = mean_seconds(arrived)
    if usual is None and service.target_seconds is not None:
        usual = Decimal(service.target_seconds)
    return tuple(
        _quarter(
            n, by_quarter.get(n, []), seated[n], days=max(days, 1), usual=usual, service=service
        )
        for n in range(min(busy), max(busy) + 1)
    )


def mean_seconds(arrived: Sequence[Arrived]) -> Decimal | None:
    """Return the mean handling of what was measured, to a tenth of a second; None of nothing."""
    measured = sum(row.measured for row in arrived)
    if not measured:
        return None
    took = Decimal(sum(row.view_ms for row in arrived)) / measured / 1000
    return took.quantize(_TENTH, ROUND_HALF_UP) or None


def _quarter(
    index: int,
    rows: Sequence[Arrived],
    seated: int,
    *,
    days: int,
    usual: Decimal | None,
    service: Service,
) -> Quarter:
    own = mean_seconds(rows)
    handling = own or usual
    skills: dict[str, Decimal] = {}
    needed: dict[str, int | None] = {}
    for skill in sorted({row.skill for row in rows}):
        mine = [row for row in rows if row.skill == skill]
        skills[skill] = Decimal(sum(row.rounds for row in mine)) / days
        needed[skill] = _needed(skills[skill], mean_seconds(mine) or handling, service)
    arrivals = sum(skills.values(), Decimal(0))
    split = [count for count in needed.values() if count is not None]
    return Quarter(
        index=index,
        skills=skills,
        handling_seconds=handling,
        measured=own is not None,
        load=None if handling is None else _load(arrivals, handling),
        pooled=_needed(arrivals, handling, service),
        split=sum(split) if len(split) == len(needed) and service.known else None,
        seated=seated,
        in_time=_in_time(arrivals, handling, seated, service),
    )


def _load(arrivals: Decimal, handling: Decimal) -> Decimal:
    exact = arrivals * _QUARTERS_AN_HOUR * handling / HOUR_SECONDS
    return exact.quantize(_HUNDREDTH, ROUND_HALF_UP)


def _needed(arrivals: Decimal, handling: Decimal | None, service: Service) -> int | None:
    within, share = service.within_seconds, service.share_percent
    if handling is None or within is None or share is None:
        return None
    return seats(
        arrivals=arrivals * _QUARTERS_AN_HOUR,
        handling_seconds=handling,
        within_seconds=within,
        share_percent=share,
    )


def _in_time(
    arrivals: Decimal, handling: Decimal | None, seated: int, service: Service
) -> Decimal | None:
    if handling is None or service.within_seconds is None or not arrivals:
        return None
    share = share_in_time(
        arrivals=arrivals * _QUARTERS_AN_HOUR,
        handling_seconds=handling,
        within_seconds=service.within_seconds,
        count=seated,
    )
    return (100 * share).quantize(_TENTH, ROUND_HALF_UP)
