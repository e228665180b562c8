"""What the authorization centre can do."""

from authorization.services._customer import OpeningOrder, Order
from authorization.services._deciding import decide, hand_back, let_go, open_at_home, open_next
from authorization.services._entering import resubmit, submit, withdraw
from authorization.services._holding import answer, hold, lapse
from authorization.services._identifying import check_identity
from authorization.services._images import attach
from authorization.services._mending import mend
from authorization.services._on_site import decide_on_site, look
from authorization.services._passing_up import pass_up
from authorization.services._receipts import print_receipt
from authorization.services._ruling import (
    approve_rule,
    approve_rules,
    decline_rule,
    propose_catalogue,
    propose_rule,
)
from authorization.services._talking import write
from authorization.services._timing import (
    alarm,
    seen_by_teller,
    send_up,
    shown_on_screen,
    watch,
)
from authorization.services._undoing import settle, undo, undo_seconds

__all__ = [
    "OpeningOrder",
    "Order",
    "alarm",
    "answer",
    "approve_rule",
    "approve_rules",
    "attach",
    "check_identity",
    "decide",
    "decide_on_site",
    "decline_rule",
    "hand_back",
    "hold",
    "lapse",
    "let_go",
    "look",
    "mend",
    "open_at_home",
    "open_next",
    "pass_up",
    "print_receipt",
    "propose_catalogue",
    "propose_rule",
    "resubmit",
    "seen_by_teller",
    "send_up",
    "settle",
    "shown_on_screen",
    "submit",
    "undo",
    "undo_seconds",
    "watch",
    "withdraw",
    "write",
]
