"""The dashboard's figures: their names, how a share is counted, what a link opens."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any
from urllib.parse import urlencode

from foundation.kernel import chance

_EMPTY = (None, "")
QUARTER_MINUTES = 15
HEAT_LEVELS = 9
LOOK_BACK_DAYS = 10
# So many alerts are shown, the gravest first; every one of them stands in a table of the board too.
ALERTS_MOST = 6
# A share is told of when chance alone would bring it about less than once in so many cells.
CELLS_PER_FALSE_ALERT = 1000


@dataclass(frozen=True)
class Figure:
    """What is counted: its name, and which kind of rows it counts."""

    code: str
    text: str
    rows: str


DECISIONS, ITEMS, PAIRS = "decisions", "items", "pairs"
FIGURES: dict[str, Figure] = {
    figure.code: figure
    for figure in (
        Figure("decided", "Decisions", DECISIONS),
        Figure("approved", "Approved decisions", DECISIONS),
        Figure("rejected", "Rejected decisions", DECISIONS),
        Figure("returned", "Returned decisions", DECISIONS),
        Figure("refused", "Rejected or returned decisions", DECISIONS),
        Figure("within", "Decisions within the target", DECISIONS),
        Figure("over", "Decisions beyond the target", DECISIONS),
        Figure("automatic", "Decisions of the automatic tier", DECISIONS),
        Figure("on_paper", "Decisions on paper, keyed later", DECISIONS),
        Figure("waiting", "Items waiting for an authorizer", ITEMS),
        Figure("viewing", "Items before an authorizer", ITEMS),
        Figure("on_site", "Items waiting on site", ITEMS),
        Figure("pairs", "Vouchers and journal lines", PAIRS),
        Figure("judged", "Pairs compared by machine", PAIRS),
        Figure("matched", "Pairs matched by machine", PAIRS),
        Figure("differences", "Differences waiting for an auditor", PAIRS),
    )
}
AGES: dict[str, str] = {
    "fresh": "within the target",
    "near": "up to twice the target",
    "late": "longer",
}


@dataclass(frozen=True)
class Cut:
    """Which rows a figure counts: the day, until when, and what narrows it; empty does not."""

    on: date
    until: datetime
    under: int | None = None
    place: int | None = None
    hour: int | None = None
    quarter: int | None = None
    reason: str = ""
    decider: str = ""
    age: str = ""
    result: str = ""
    before: int | None = None

    def link(self, figure: str, **narrower: Any) -> str:
        """Return the query of the page that lists exactly what the figure counts."""
        if any(getattr(self, name) not in _EMPTY for name in narrower):
            return replace(self, **narrower).link(figure)
        added = {name: value for name, value in narrower.items() if value not in _EMPTY}
        return f"figure={figure}&{_query(self)}{'&' if added else ''}{urlencode(added)}"

    def earlier(self, day: date) -> Cut:
        """Return the same cut of an earlier day, until the same time of that day."""
        moved = self.until - (self.on - day)
        return Cut(on=day, until=moved, under=self.under)


@lru_cache(maxsize=100)
def _query(cut: Cut) -> str:
    kept = asdict(cut) | {
        "on": cut.on.isoformat(),
        "until": cut.until.isoformat(timespec="seconds"),
    }
    return urlencode({name: value for name, value in kept.items() if value not in _EMPTY})


@dataclass(frozen=True)
class Counted:
    """A number with the query of the page that lists what it counts."""

    count: int
    link: str
    of: int | None = None

    @property
    def share(self) -> Decimal | None:
        """Return the number as percent of what it is of, to one place."""
        return None if self.of is None else percent(self.count, self.of)


@dataclass(frozen=True)
class Sheet:
    """One sheet of the exported workbook: a name, a heading row and rows of plain values."""

    title: str
    heading: Sequence[str]
    rows: Sequence[Sequence[object]]


def percent(part: int, whole: int) -> Decimal | None:
    """Return a share in percent to one place; nothing of nothing is not 0 %."""
    return (Decimal(part * 100) / whole).quantize(Decimal("0.1")) if whole else None


def change(now: int, before: int) -> Decimal | None:
    """Return by how many percent a count grew; nothing to compare with is no change."""
    return (Decimal((now - before) * 100) / before).quantize(Decimal("0.1")) if before else None


def seconds(milliseconds: Decimal | int | None) -> Decimal | None:
    """Return milliseconds as seconds to one place."""
    if milliseconds is None:
        return None
    return (Decimal(milliseconds) / 1000).quantize(Decimal("0.1"))


def quarter_text(quarter: int) -> str:
    """Return the time of day at which a quarter of an hour begins."""
    return f"{quarter // 4:02d}:{quarter % 4 * QUARTER_MINUTES:02d}"


def quarters(*found: int) -> range:
    """Return the quarters from the first to the last, none left out, so that gaps are seen."""
    return range(min(found), max(found) + 1) if found else range(0)


def heat(share: Decimal | None, most: Decimal) -> int:
    """Return how hot a cell is, 0 to 9: its share of the hottest cell."""
    if share is None or not share or not most:
        return 0
    return max(1, min(HEAT_LEVELS, int(share * HEAT_LEVELS / most)))


def stands_out(part: int, whole: int, *, of: int, among: int) -> bool:
    """Return whether a share is above that of the day by more than chance explains.

    Chance is the exact upper tail of a binomial with the day's share: with 6 % in all, two
    rejections of two decisions are nothing to be told of, three of three are.
    """
    if not whole or not of:
        return False
    tail = chance.upper_tail(part=part, whole=whole, chance=of / among)
    return tail * CELLS_PER_FALSE_ALERT < 1


LATE, DIFFERENCES, REJECTED = "late", "differences", "rejected"
ALERTS: dict[str, tuple[str, str]] = {
    LATE: ("bad", "waiting longer than twice the target"),
    DIFFERENCES: ("bad", "differences waiting longer than twice the target"),
    REJECTED: ("warn", "rejected within an hour, far above the day's mean"),
}


TEXTS = (
    *(figure.text for figure in FIGURES.values()),
    *AGES.values(),
    *(text for _, text in ALERTS.values()),
    "Authorization",
    "Voucher audit",
)
