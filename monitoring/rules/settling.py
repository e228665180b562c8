"""When an outlet's day is settled (轧账): breaks explained by two people, the rest dealt with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from foundation.kernel.errors import Refused
from foundation.kernel.flow import Flow, Step

PROPOSED, ACCEPTED, DECLINED = "proposed", "accepted", "declined"
EXPLANATION_FLOW = Flow(
    Step("accept", PROPOSED, ACCEPTED, "Accept the explanation"),
    Step("decline", PROPOSED, DECLINED, "Decline the explanation"),
)
TEXT_MIN = 4
# The job that matches a day.
MATCH_JOB = "monitoring.tasks.match_day"


class NotABreak(Refused):
    """Only what stands alone is explained."""

    code = "E6060"
    text = "This pair is no break."
    hint = "A voucher was found for it, or an auditor has matched it."


class ExplainedByTwo(Refused):
    """The one who explains may not accept it."""

    code = "E6061"
    text = "An explanation is accepted by another person than its author."


class Unexplained(Refused):
    """A break that nobody explains keeps the day open."""

    code = "E6062"
    text = "%(count)s breaks of the day are not explained by two people."
    hint = "Explain each, or find its voucher."


class Unsettled(Refused):
    """A pair that waits or is open keeps the day open."""

    code = "E6063"
    text = "%(count)s pairs of the day are not settled."
    hint = "They are being read, or wait for an auditor."


class DayClosedAlready(Refused):
    """A day's vouchers are closed once."""

    code = "E6064"
    text = "The vouchers of this day are closed already."


class NotExplained(Refused):
    """An explanation says something."""

    code = "E6065"
    text = "Say what became of the voucher or the booking."
    hint = "A few words; they stay with the day."


class ExplainedAlready(Refused):
    """There is an explanation that waits or holds."""

    code = "E6066"
    text = "This break has an explanation."


class NoSuchExplanation(Refused):
    """The explanation is unknown, or not among those that the person may see."""

    code = "E6067"
    text = "There is no such explanation among those you may see."


class NoSuchOutlet(Refused):
    """No institution has the number, or it is out of sight."""

    code = "E6068"
    text = "There is no outlet %(number)s among those you may see."


class BooksOpen(Refused):
    """Vouchers are closed after the books: until then lines may be added to the day."""

    code = "E6180"
    text = "The books of this day are open; its vouchers are closed afterwards."
    hint = "Close the business day of the outlet first."


class NotCompared(Refused):
    """A line that was never set beside the day's vouchers keeps the day open."""

    code = "E6181"
    text = "%(count)s lines of the day were never set beside its vouchers."
    hint = "Match the day; what stays alone is then shown as a break."


class KeyLooksWait(Refused):
    """Key businesses are looked at by a person before their day is closed."""

    code = "E6182"
    text = "%(count)s key businesses of the day wait for an auditor."
    hint = "They are at the audit desk."


@dataclass(frozen=True)
class Standing:
    """How a day stands: pairs not settled, breaks by kind, how many of them are explained.

    `books_open` tells whether lines may still be added, `uncompared` how many stand in no pair,
    `key_looks` how many key businesses still wait for an auditor.
    """

    unsettled: int
    image_missing: int
    journal_missing: int
    explained: int
    batches: Mapping[str, int]
    books_open: bool = False
    uncompared: int = 0
    key_looks: int = 0

    @property
    def unexplained(self) -> int:
        """Return how many breaks nobody has explained."""
        return self.image_missing + self.journal_missing - self.explained


def check_text(text: str) -> str:
    """Return an explanation; refuse one that says nothing."""
    if len(text.strip()) < TEXT_MIN:
        raise NotExplained(field="text")
    return text.strip()[:200]


def check_two(*, author: UUID, decider: UUID) -> None:
    """Refuse whoever explains to accept it, under whatever number."""
    if author == decider:
        raise ExplainedByTwo


def check_may_close(standing: Standing) -> None:
    """Refuse to close a day of open books, with unsettled pairs or unexplained breaks."""
    if standing.books_open:
        raise BooksOpen
    if standing.uncompared:
        raise NotCompared(count=standing.uncompared)
    if standing.unsettled:
        raise Unsettled(count=standing.unsettled)
    if standing.unexplained:
        raise Unexplained(count=standing.unexplained)
    if standing.key_looks:
        raise KeyLooksWait(count=standing.key_looks)
