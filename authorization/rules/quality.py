"""How good decisions are: seen again blind, objected to, and judged by a lead (DOMAIN §4)."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from foundation.kernel.errors import Refused
from foundation.kernel.flow import Flow, Step

REVIEW_QUEUE = "authorization.review"
REVIEW_WAITING, REVIEW_DONE = "waiting", "done"
REVIEW_FLOW = Flow(Step("review", REVIEW_WAITING, REVIEW_DONE))
REVIEW_STEPS = ("approve", "reject")

RAISED, EXAMINED, UPHELD, DISMISSED = "raised", "examined", "upheld", "dismissed"
CASE_FLOW = Flow(
    Step("examine", RAISED, EXAMINED),
    Step("uphold", EXAMINED, UPHELD),
    Step("dismiss", EXAMINED, DISMISSED),
)
OPEN_CASES = (RAISED, EXAMINED)
WRONG_REFUSAL, WRONG_APPROVAL = "wrong_refusal", "wrong_approval"
SEVERITIES = (1, 2, 3, 4)
# A pair is told of when chance alone would bring it together so often less than once in so many.
PAIRS_PER_FALSE_ALERT = 100_000


@dataclass(frozen=True)
class Named:
    """A code of a quality case and the word for it."""

    name: str


KINDS_OF_CASE: dict[str, Named] = {
    WRONG_REFUSAL: Named("Wrong refusal"),
    WRONG_APPROVAL: Named("Wrong approval"),
}
OBJECTION, REVIEW, AUDIT, COMPLAINT = "objection", "review", "audit", "complaint"
SOURCES: dict[str, Named] = {
    OBJECTION: Named("Objection of the outlet"),
    REVIEW: Named("Blind review"),
    AUDIT: Named("Post-audit"),
    COMPLAINT: Named("Complaint of a customer"),
}
REPORTED = (AUDIT, COMPLAINT)
CAUSES: dict[str, Named] = {
    "image": Named("Image misread"),
    "element": Named("Voucher element overlooked"),
    "identity": Named("Identity misjudged"),
    "rule": Named("Rule unclear"),
    "haste": Named("Haste"),
    "other": Named("Other"),
}


class TooLateToObject(Refused):
    """An outlet objects within the hours that the bank has set."""

    code = "E2060"
    text = "A decision can be objected to within %(hours)s hours."
    hint = "Tell the lead of authorizers, who can report it."


class DecidedByOutlet(Refused):
    """What an outlet said on site is no decision of the centre: nobody there answers for it."""

    code = "E2122"
    text = "The outlet decided this round of the item itself, on site; the centre decided nothing."
    hint = "Speak to whoever decided it: the item's page names them."


class NothingToObject(Refused):
    """Only a no is objected to."""

    code = "E2061"
    text = "The item was neither rejected nor returned."
    hint = "Look at the item's page: it shows what was decided."


class CaseThere(Refused):
    """A decision is in doubt once at a time."""

    code = "E2062"
    text = "The decision is being looked into already, or was."
    hint = "See its case."


class NotYourOutlet(Refused):
    """The outlet that entered an item objects, and nobody else."""

    code = "E2063"
    text = "Only the outlet that entered the item may object."
    hint = "Let somebody of that outlet object."


class OwnDecision(Refused):
    """Nobody judges the own decision, under whatever number."""

    code = "E2064"
    text = "You made this decision, entered the item or had a part in the case."
    hint = "A colleague has to do this."


class NoSuchCase(Refused):
    """There is no such case among those that the person may see."""

    code = "E2065"
    text = "There is no case %(number)s."


class NoSuchReview(Refused):
    """There is no such review that waits."""

    code = "E2066"
    text = "There is no review %(number)s that waits."


class NotApproved(Refused):
    """Only a yes can have been a wrong approval."""

    code = "E2067"
    text = "The item was not approved."
    hint = "To a no its outlet objects; only a yes is reported."


class CauseNeeded(Refused):
    """A case is upheld with its cause and how grave it is."""

    code = "E2068"
    text = "Choose the cause and how grave it is."


def check_objection(
    *, step: str, decided_at: datetime, at: datetime, hours: int, own_outlet: bool
) -> None:
    """Refuse an objection to a yes, of another outlet, or after the hours (DOMAIN §4: one day)."""
    if step not in ("reject", "return"):
        raise NothingToObject
    if not own_outlet:
        raise NotYourOutlet
    if at - decided_at > timedelta(hours=hours):
        raise TooLateToObject(hours=hours)


def check_apart(person: UUID, *, others: Collection[UUID | None]) -> None:
    """Refuse a human who had a part in what is judged."""
    if person in others:
        raise OwnDecision


def doubted(*, decided: str, seen: str) -> str:
    """Return what a review makes of a decision: which kind of wrong, or nothing."""
    if (decided == "approve") == (seen == "approve"):
        return ""
    return WRONG_APPROVAL if decided == "approve" else WRONG_REFUSAL
