"""What the authorization centre can do."""

from authorization.services._deciding import decide, hand_back, let_go, open_next
from authorization.services._entering import Order, attach, resubmit, submit, withdraw

__all__ = [
    "Order",
    "attach",
    "decide",
    "hand_back",
    "let_go",
    "open_next",
    "resubmit",
    "submit",
    "withdraw",
]
