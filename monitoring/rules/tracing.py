"""Which lonely line a stray voucher belongs to, as people trace it by hand (人工查账)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from foundation.kernel.errors import Refused
from monitoring.rules.matching import LineRow, SheetRow, apart, evidence

# Vouchers are filed under a wrong day: so many days before and after are looked through with it.
BESIDE = timedelta(days=3)
REASON_MIN = 4
_NUMBER_WEIGHT = 4


class JoinedAlready(Refused):
    """One of the two stands alone no longer."""

    code = "E6184"
    text = "The voucher or the line does not stand alone any more."
    hint = "A colleague, or the matching of the day, was faster. Choose anew."


class JoinHeld(Refused):
    """An auditor has one of the two before them at the desk."""

    code = "E6185"
    text = "A colleague is looking at the voucher or at the line."
    hint = "Wait until it was decided or put back."


class JoinUnread(Refused):
    """A voucher is compared as soon as it is joined, so it has to be read."""

    code = "E6186"
    text = "The voucher is not read yet."
    hint = "It may find its line by itself; try again in some minutes."


class JoinDayClosed(Refused):
    """What was closed by two people stays as it was closed."""

    code = "E6187"
    text = "The vouchers of the day are closed; nothing is joined there any more."


class JoinNeedsReason(Refused):
    """A voucher set beside a line by hand without a word of why."""

    code = "E6188"
    text = "Say why the voucher belongs to the line."
    hint = "A few words; they stay with the pair."


class JoinTooFar(Refused):
    """A voucher of another outlet, or of a day too far away."""

    code = "E6189"
    text = "The voucher and the line are of different outlets, or too many days apart."


@dataclass(frozen=True)
class Fit:
    """How well a voucher fits a line: points of what agrees, whether anything is another."""

    points: int
    contradicted: bool
    apart: timedelta

    @property
    def order(self) -> tuple[int, bool, timedelta]:
        """Return what the best comes first by."""
        return -self.points, self.contradicted, self.apart


def fit(line: LineRow, sheet: SheetRow) -> Fit:
    """Return how well a voucher fits a line, by what was read on it and by the printed hour."""
    points, contradicted = evidence(line, sheet)
    if sheet.journal_no and sheet.journal_no == line.key:
        points += _NUMBER_WEIGHT
    hours = apart(line, sheet)
    return Fit(points, contradicted, timedelta.max if hours is None else hours)


def check_reason(text: str) -> str:
    """Return why a voucher was joined; refuse what says nothing."""
    if len(text.strip()) < REASON_MIN:
        raise JoinNeedsReason(field="reason")
    return text.strip()[:200]


def check_near(*, same_outlet: bool, of_voucher: date, of_line: date) -> None:
    """Refuse a voucher of another outlet, or of a day too far from that of the line."""
    if not same_outlet or abs(of_voucher - of_line) > BESIDE:
        raise JoinTooFar
