"""What the ledger can do: post, reverse, hold, open and close, take in a foreign journal."""

from foundation.ledger.services._accounts import (
    change_state,
    define_subject,
    open_account,
    place_hold,
    release_hold,
)
from foundation.ledger.services._days import close_day, open_day
from foundation.ledger.services._posting import dry_run, post, reverse

__all__ = [
    "change_state",
    "close_day",
    "define_subject",
    "dry_run",
    "open_account",
    "open_day",
    "place_hold",
    "post",
    "release_hold",
    "reverse",
]
