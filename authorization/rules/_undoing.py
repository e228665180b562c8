"""What was decided and posted nothing may be taken back by who decided it, for some seconds."""

from __future__ import annotations

from datetime import datetime

from authorization.rules._items import SETTLING, VIEWING
from foundation.kernel.errors import Refused

SETTLED, UNDONE = "settled", "undone"
VERDICT_ENDS = (SETTLED, UNDONE)


def told(state: str) -> str:
    """Return a state as others than the desk are told it: what may be taken back is not told."""
    return VIEWING if state == SETTLING else state


class TooLateToUndo(Refused):
    """What was decided stands: its seconds are over, or somebody else decided it."""

    code = "E2056"
    text = "The decision stands; it cannot be taken back any more."
    hint = "Tell the teller by phone; what was sent back comes to you again first."


def check_undo(*, decider: int, by: int, due_at: datetime, at: datetime) -> None:
    """Refuse who did not decide it, and a moment when the decision has its effect."""
    if by != decider or at >= due_at:
        raise TooLateToUndo
