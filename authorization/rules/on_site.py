"""Who confirms an item at its own outlet, before the centre decides it or instead of the centre."""

from __future__ import annotations

from uuid import UUID

from authorization.rules._items import OwnItem
from foundation.kernel.errors import Refused

ROLE = "outlet_supervisor"
# The levels at which the centre decides; an item that stays at its outlet has none.
DECISION_LEVELS = (1, 2)


class NotOfThisOutlet(Refused):
    """On site is where the customer stands."""

    code = "E2117"
    text = "An item is confirmed on site by somebody of its own outlet."
    hint = "Let an operations supervisor of that outlet look at it."


class NotOnSite(Refused):
    """The item waits for nobody of its outlet."""

    code = "E2118"
    text = "Item %(number)s does not wait for a confirmation on site."
    hint = "The item's page shows where it stands."


class LookFirst(Refused):
    """Nobody confirms an item that was not opened."""

    code = "E2119"
    text = "An item is opened and looked at before it is decided."
    hint = "Open it from the list of what waits on site."


class ConfirmedOnSite(Refused):
    """The centre decides by another human than the outlet confirmed by."""

    code = "E2120"
    text = "Whoever confirmed an item on site does not decide it at the centre."
    hint = "Rest: the item goes to somebody else."


def check_confirmer(
    *, person: UUID, institution_id: int, teller_person: UUID, outlet_id: int
) -> None:
    """Refuse the item's own teller, under whatever number, and who works at another place."""
    if person == teller_person:
        raise OwnItem
    if institution_id != outlet_id:
        raise NotOfThisOutlet
