"""When an outlet decides on its own: who switches, for how long, who may decide and up to what."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from foundation.kernel.errors import Refused
from foundation.kernel.flow import Flow, Step

PROPOSED, ACTIVE, ENDED, DECLINED = "proposed", "active", "ended", "declined"
SWITCH_FLOW = Flow(
    Step("approve", PROPOSED, ACTIVE),
    Step("decline", PROPOSED, DECLINED),
    Step("return", ACTIVE, ENDED),
    Step("lapse", ACTIVE, ENDED),
)
LOCAL_FLOW = Flow(
    Step("approve", PROPOSED, ACTIVE),
    Step("decline", PROPOSED, DECLINED),
    Step("end", ACTIVE, ENDED),
)
RETURNED, LAPSED = "return", "lapse"
# The kinds of institution that a switch is for: each stands for all that lies below it.
SCOPES = ("head", "branch", "sub_branch", "outlet")
OUTLET = "outlet"


@dataclass(frozen=True)
class Ended:
    """How an emergency ended."""

    text: str


ENDINGS: dict[str, Ended] = {
    RETURNED: Ended("The centre is back"),
    LAPSED: Ended("The time was over"),
}


class NotLocal(Refused):
    """No emergency is in force here, or the person is not registered for it."""

    code = "E2058"
    text = (
        "You may not decide at the outlet now: no emergency is in force, or you are not registered."
    )
    hint = "The centre decides."


class EpochOver(Refused):
    """The emergency in which the item was opened has ended."""

    code = "E2059"
    text = "The emergency in which this item was opened has ended; the centre decides again."
    hint = "Nothing was recorded."


class AboveLocalLimit(Refused):
    """The amount is above what the person may decide at the outlet."""

    code = "E2069"
    text = "The amount is above what you may decide at the outlet."
    hint = "The item waits for the centre."


class NotApart(Refused):
    """Proposer, approver and whom it is about are different humans."""

    code = "E2070"
    text = "Proposer and approver are two people, and neither is who is registered."
    hint = "Let another person take this step."


class NoSuchRow(Refused):
    """No such switch or registration among what the person may see."""

    code = "E2071"
    text = "There is no such emergency or registration among what you may see."


class SwitchOverlaps(Refused):
    """An emergency is in force there already, above or below."""

    code = "E2072"
    text = "An emergency is in force already for this institution, above it or below it."
    hint = "Let that one end first."


class MinutesOut(Refused):
    """The time of an emergency is bounded."""

    code = "E2073"
    text = "An emergency takes at least one minute and at most %(most)s minutes."


class RegistrationUnfit(Refused):
    """The person does not work in an outlet, is registered, or the limit is too high."""

    code = "E2074"
    text = (
        "Only a supervisor of an outlet is registered, once, with a limit of at most %(most)s yuan."
    )


def check_minutes(minutes: int, *, most: int) -> None:
    """Refuse an emergency without a time, and one that is longer than the bank allows."""
    if not 1 <= minutes <= most:
        raise MinutesOut(most=most, field="minutes")


def check_apart(*people: UUID | None) -> None:
    """Refuse one human in two of the places."""
    known = [one for one in people if one is not None]
    if len(set(known)) < len(known):
        raise NotApart


def check_local(*, amount_fen: int, most_fen: int, opened_epoch: int, epoch: int) -> None:
    """Refuse what was opened in another epoch, and an amount above the person's limit."""
    if opened_epoch != epoch:
        raise EpochOver
    if amount_fen > most_fen:
        raise AboveLocalLimit


def suggests(
    *, oldest_waits: timedelta | None, last_claim: timedelta | None, after: timedelta
) -> bool:
    """Return whether the centre seems to be down: something waits, and nobody has taken any.

    Both for so long; `last_claim` is None when the centre took nothing at all.
    """
    waits = oldest_waits is not None and oldest_waits >= after
    return waits and (last_claim is None or last_claim >= after)


def overlaps(path: str, others: Collection[str]) -> bool:
    """Return whether an institution is one of the others, above one of them or below."""
    return any(path.startswith(other) or other.startswith(path) for other in others)


def is_over(until: datetime, at: datetime) -> bool:
    """Return whether the time of an emergency is over."""
    return at >= until
