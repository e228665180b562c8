"""How often another image is asked for, and what is scanned only after it was decided."""

from __future__ import annotations

from foundation.kernel.errors import Refused

RESCANS_MOST = "authorization.rescans_most"


class RescansUsedUp(Refused):
    """Asking again and again keeps the customer at the counter: somebody decides."""

    code = "E2121"
    text = "Another image was asked for %(asked)s times already; more is not asked of one item."
    hint = "Send the item back with what is missing, or reject it."


def check_rescans(*, asked: int, most: int | None) -> None:
    """Refuse to ask for another image of an item once it was asked for so often; None is no end."""
    if most is not None and asked >= most:
        raise RescansUsedUp(asked=asked, field="kind")
