"""Passing an item up: who may, and what is to be said."""

from __future__ import annotations

from foundation.kernel.errors import Refused

PASSED_UP = "passed_up"


class NobodyAbove(Refused):
    """A lead is who items are passed up to."""

    code = "E2113"
    text = "You are a lead yourself: the item cannot go further up."
    hint = "Consult a colleague (Ask), or decide it."


class WhyMissing(Refused):
    """Who takes an item that was passed up is told why."""

    code = "E2114"
    text = "Say why a lead is to decide it."
    hint = "The lead sees it beside the item; the teller does not."


def check_pass_up(why: str, *, is_lead: bool) -> None:
    """Refuse a lead, and who does not say why an item is to go up."""
    if is_lead:
        raise NobodyAbove
    if not why:
        raise WhyMissing(field="why")
