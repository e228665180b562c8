"""The books in plain Python: nothing here asks the database or the ledger's own rules."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

Line = tuple[str, int]
MOVES = {
    ("active", "stop"): "stop_payment",
    ("stop_payment", "allow"): "active",
    ("active", "freeze"): "frozen",
    ("stop_payment", "freeze"): "frozen",
    ("frozen", "unfreeze"): "active",
    ("active", "close"): "closed",
}


@dataclass
class Paper:
    """One account as it must be; `fen` on its normal side, over all its shards."""

    number: str
    home: int
    currency: str
    debit_normal: bool
    overdraft: bool
    fen: int = 0
    held: int = 0
    legs: int = 0
    shards: int = 1
    spread: bool = False
    standing: str = "active"

    def move(self, amount: int) -> int:
        """Return how a leg (debit positive) moves the balance."""
        return amount if self.debit_normal else -amount


@dataclass
class Hold:
    """An amount held back, until it is nothing or its day comes."""

    number: str
    fen: int
    until: date | None


@dataclass
class Told:
    """What was posted under a key: at which place, on which day, which legs."""

    entry: int
    facts: Mapping[str, object]
    legs: Sequence[Line]
    reverses: int | None = None


@dataclass
class Bank:
    """Every account, day, hold and entry, and what would be refused."""

    papers: dict[str, Paper] = field(default_factory=dict)
    days: dict[int, dict[date, str]] = field(default_factory=dict)
    numbers: dict[tuple[int, date], int] = field(default_factory=lambda: defaultdict(int))
    holds: dict[int, Hold] = field(default_factory=dict)
    told: list[Told] = field(default_factory=list)
    reversed: set[int] = field(default_factory=set)
    closed_until: date | None = None

    def refusal(
        self, legs: Sequence[Line], *, place: int, on: date, original: int | None = None
    ) -> str:
        """Return the code with which these legs are refused, or nothing."""
        if len(legs) < 2 or any(fen == 0 for _number, fen in legs):
            return "E4013"
        state = self.days.get(place, {}).get(on)
        found = {None: "E4002", "open": ""}.get(state, "E4003")
        moved: dict[str, int] = defaultdict(int)
        for number, fen in legs:
            if number in self.papers:
                moved[number] += self.papers[number].move(fen)
        # Accounts that were never spread are looked at first, by number, then the others.
        for number in sorted(moved, key=lambda one: (self.papers[one].spread, one)):
            found = found or self._of_account(self.papers[number], moved[number])
        if original in self.reversed:
            found = "E4010"
        if found not in ("E4002", "E4003", "E4010"):
            if any(number not in self.papers for number, _fen in legs):
                return "E4004"
            found = found or self._unbalanced(legs)
        return found

    def post(self, told: Told) -> None:
        """Add what was posted."""
        for number, fen in told.legs:
            self.papers[number].fen += self.papers[number].move(fen)
            self.papers[number].legs += 1
        place, on = told.facts["institution_id"], told.facts["business_date"]
        assert isinstance(place, int)
        assert isinstance(on, date)
        self.numbers[place, on] += 1
        self.told.append(told)
        if told.reverses:
            self.reversed.add(told.reverses)

    def expire(self, place: int, on: date) -> None:
        """Let go what the opening of a day lets go."""
        for key, hold in list(self.holds.items()):
            paper = self.papers[hold.number]
            if paper.home == place and hold.until is not None and hold.until <= on:
                paper.held -= hold.fen
                del self.holds[key]

    def close_dates(self) -> int:
        """Close each date that every place has closed; return how many."""
        dates = sorted({on for days in self.days.values() for on in days})
        count = 0
        for on in dates:
            if self.closed_until is not None and on <= self.closed_until:
                continue
            earlier = [s for days in self.days.values() for at, s in days.items() if at <= on]
            if any(state != "closed" for state in earlier):
                break
            self.closed_until = on
            count += 1
        return count

    def reopen_date(self, on: date) -> None:
        """Give a closed date up, since a day of it is opened."""
        if on == self.closed_until:
            dates = {at for days in self.days.values() for at in days if at < on}
            self.closed_until = max(dates, default=None)

    @staticmethod
    def _of_account(paper: Paper, move: int) -> str:
        if paper.standing in ("closed", "frozen"):
            return {"closed": "E4006", "frozen": "E4007"}[paper.standing]
        if paper.standing == "stop_payment" and move < 0:
            return "E4008"
        if move < 0 and not paper.overdraft and paper.fen + move < paper.held:
            return "E4009"
        return ""

    def _unbalanced(self, legs: Sequence[Line]) -> str:
        sums: dict[str, int] = defaultdict(int)
        for number, fen in legs:
            sums[self.papers[number].currency] += fen
        return "E4005" if any(sums.values()) else ""
