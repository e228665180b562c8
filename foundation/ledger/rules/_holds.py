"""Holds on accounts: states, and what is refused."""

from __future__ import annotations

from foundation.kernel.errors import Refused
from foundation.kernel.flow import Flow, Step

HOLD_HELD, HOLD_RELEASED, HOLD_EXPIRED = "held", "released", "expired"
HOLD_FLOW = Flow(
    Step("release_part", HOLD_HELD, HOLD_HELD, "Release a part"),
    Step("extend", HOLD_HELD, HOLD_HELD, "Extend"),
    Step("release", HOLD_HELD, HOLD_RELEASED, "Release"),
    Step("expire", HOLD_HELD, HOLD_EXPIRED, "Expire"),
)
HOLD_STEPS = ("release_part", "extend", "release")


class NotPart(Refused):
    """A part is more than nothing and less than what is held."""

    code = "E4052"
    text = "A part is more than nothing and less than what is held."
    hint = "To release all of it, release the hold."


class NotLater(Refused):
    """An extension ends after the present end."""

    code = "E4053"
    text = "A hold is extended to a later day."


class TwoNeeded(Refused):
    """A judicial hold is changed by two people, and one request at a time."""

    code = "E4054"
    text = "A hold of a competent authority is changed by two people, one request at a time."
    hint = "Ask for it; another person decides."


class DecidedBySame(Refused):
    """Who asks for a change of a hold does not decide about it."""

    code = "E4055"
    text = "You asked for this change of the hold; somebody else decides."


class NoDocument(Refused):
    """A judicial hold names the authority's document."""

    code = "E4056"
    text = "Name the document of the authority."
