"""How often another image is asked for; what is scanned only after it was decided, or never."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from authorization.rules._items import OwnItem
from authorization.rules.admission import SecondIsFirst
from foundation.kernel.errors import Refused
from foundation.kernel.flow import Flow, Step

RESCANS_MOST = "authorization.rescans_most"
PROPOSED, ACCEPTED, DECLINED, ENDED = "proposed", "accepted", "declined", "ended"
# That a voucher is not there; the voucher itself overtakes it.
MISSING_FLOW = Flow(
    Step("accept", PROPOSED, ACCEPTED, "Accept"),
    Step("decline", PROPOSED, DECLINED, "Decline"),
    Step("overtake", PROPOSED, ENDED, "End"),
)


class RescansUsedUp(Refused):
    """Asking again and again keeps the customer at the counter: somebody decides."""

    code = "E2121"
    text = "Another image was asked for %(asked)s times already; more is not asked of one item."
    hint = "Send the item back with what is missing, or reject it."


def check_rescans(*, asked: int, most: int | None) -> None:
    """Refuse to ask for another image of an item once it was asked for so often; None is no end."""
    if most is not None and asked >= most:
        raise RescansUsedUp(asked=asked, field="kind")


class ScanNotMissing(Refused):
    """A voucher is said not to be there while it is overdue, once at a time, and decided once."""

    code = "E2124"
    text = "The voucher cannot be said not to be there now."
    hint = "It is not overdue, it has come, or a colleague was faster. Look at it again."


def check_missing(*, due_at: datetime, at: datetime, teller: UUID, by: UUID) -> None:
    """Refuse to say that a voucher is not there before it is overdue, or of one's own item."""
    if at <= due_at:
        raise ScanNotMissing
    if by == teller:
        raise OwnItem


def check_second(*, first: UUID, teller: UUID, by: UUID) -> None:
    """Refuse a decision by who proposed it or entered the item, under whatever number."""
    if by == first:
        raise SecondIsFirst
    if by == teller:
        raise OwnItem
