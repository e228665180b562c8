"""Accounts: their states, the steps between them, and when one may be closed."""

from __future__ import annotations

from foundation.kernel.flow import Flow, Step
from foundation.ledger.rules._refusals import BalanceLeft

ACTIVE, STOP_PAYMENT, FROZEN, CLOSED = "active", "stop_payment", "frozen", "closed"
ACCOUNT_FLOW = Flow(
    Step("stop", ACTIVE, STOP_PAYMENT, "Stop payment"),
    Step("allow", STOP_PAYMENT, ACTIVE, "Allow payment again"),
    Step("freeze", ACTIVE, FROZEN, "Freeze"),
    Step("freeze", STOP_PAYMENT, FROZEN, "Freeze"),
    Step("unfreeze", FROZEN, ACTIVE, "Unfreeze"),
    Step("close", ACTIVE, CLOSED, "Close the account"),
)
ACCOUNT_STEPS = tuple(dict.fromkeys(step.name for step in ACCOUNT_FLOW.steps))
OPEN_ACCOUNT = "open"


def check_closable(*, account: str, balance_fen: int, held_fen: int) -> None:
    """Refuse to close an account in which something is left."""
    if balance_fen or held_fen:
        raise BalanceLeft(account=account, field="step")
