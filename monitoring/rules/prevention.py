"""Rules of one line that hold a posting back, and what is refused of them."""

from __future__ import annotations

from foundation.kernel.errors import Refused
from monitoring.rules._line import (
    NO_ACCOUNT,
    YOUNG_DAYS,
    Known,
    Line,
    asks_accounts,
    hold,
    may_hold,
)

__all__ = [
    "NO_ACCOUNT",
    "YOUNG_DAYS",
    "Known",
    "Line",
    "asks_accounts",
    "hold",
    "may_hold",
]


class HoldsNothing(Refused):
    """Only a rule that is asked as a line is posted can hold the posting back."""

    code = "E6120"
    text = "Only a rule that is asked as a line is posted can hold a posting."
    hint = "Draft a rule of one line that is asked as it is posted."


def check_prevents(*, prevents: bool, at_once: bool) -> None:
    """Refuse to hold postings by a rule that is asked at night alone."""
    if prevents and not at_once:
        raise HoldsNothing(field="prevents")
