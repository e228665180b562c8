"""Matches by hand above a limit: proposed by one auditor, accepted or declined by another."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from foundation.kernel.errors import Refused
from foundation.kernel.flow import Flow, Step

QUEUE = "monitoring.second"
LIMIT = "monitoring.force_second_fen"
PROPOSED, ACCEPTED, DECLINED = "proposed", "accepted", "declined"
FORCING_FLOW = Flow(
    Step("accept", PROPOSED, ACCEPTED, "Accept the match"),
    Step("decline", PROPOSED, DECLINED, "Decline the match"),
)


class NoSuchForcing(Refused):
    """The proposal is unknown, or not among those that the person may see."""

    code = "E6098"
    text = "There is no such proposal among those you may see."


class ForcingGone(Refused):
    """The proposal was decided already."""

    code = "E6099"
    text = "This proposal was decided already."
    hint = "Take the next one."


class OwnForcing(Refused):
    """The second person is another human than the first, and had no hand in the transaction."""

    code = "E6100"
    text = "You proposed this match or had a part in the transaction; a colleague decides."


def needs_second(fen: int | None, *, limit_fen: int) -> bool:
    """Tell whether a match by hand of the amount is for two; a voucher without line has none."""
    return fen is not None and fen >= limit_fen


def check_second(person: UUID, *, author: UUID, touched: Collection[UUID]) -> None:
    """Refuse the author and whoever keyed or authorised, under whatever number."""
    if person == author or person in touched:
        raise OwnForcing
