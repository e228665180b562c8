"""What the authorization centre can do."""

from authorization.services._deciding import decide, hand_back, let_go, open_next
from authorization.services._entering import Order, attach, resubmit, submit, withdraw
from authorization.services._ruling import (
    approve_rule,
    approve_rules,
    decline_rule,
    propose_catalogue,
    propose_rule,
)

__all__ = [
    "Order",
    "approve_rule",
    "approve_rules",
    "attach",
    "decide",
    "decline_rule",
    "hand_back",
    "let_go",
    "open_next",
    "propose_catalogue",
    "propose_rule",
    "resubmit",
    "submit",
    "withdraw",
]
