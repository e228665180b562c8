"""What the past of an account or a subject looks like, as values that prove themselves."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from foundation.kernel.errors import Refused

STATEMENT_DAYS_MAX = 366


@dataclass(frozen=True, slots=True)
class Movement:
    """Opening, debits, credits and closing in fen; opening and closing on the normal side."""

    debit_normal: bool
    opening_fen: int
    debit_fen: int
    credit_fen: int
    closing_fen: int

    @property
    def proved(self) -> bool:
        """Whether the closing balance is what opening, debits and credits make."""
        change = self.debit_fen - self.credit_fen
        return self.opening_fen + (change if self.debit_normal else -change) == self.closing_fen

    @property
    def moved(self) -> bool:
        """Whether anything is there to be shown."""
        return any((self.opening_fen, self.debit_fen, self.credit_fen, self.closing_fen))


class DatePast(Refused):
    """The date is closed for the whole bank, and so is a later one."""

    code = "E4050"
    text = "The books of %(day)s are closed for the whole bank."
    hint = "Open a later business day."


class TooLong(Refused):
    """A statement would have more days, or more lines, than a page or a file is made for."""

    code = "E4051"
    text = "At most %(most)s days at once."


def check_span(*, first: date, last: date) -> None:
    """Refuse days the wrong way round or too many of them."""
    if not 0 <= (last - first).days < STATEMENT_DAYS_MAX:
        raise TooLong(most=STATEMENT_DAYS_MAX, field="last")
