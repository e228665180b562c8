"""What the ledger can do: post, reverse, hold, open and close, take in a foreign journal."""

from foundation.ledger.services._accounts import (
    change_state,
    define_subject,
    open_account,
    place_hold,
    release_hold,
)
from foundation.ledger.services._days import close_day, open_day
from foundation.ledger.services._exporting import export_journal
from foundation.ledger.services._importing import ImportReport, check_import, import_journal
from foundation.ledger.services._posting import dry_run, post, reverse

__all__ = [
    "ImportReport",
    "change_state",
    "check_import",
    "close_day",
    "define_subject",
    "dry_run",
    "export_journal",
    "import_journal",
    "open_account",
    "open_day",
    "place_hold",
    "post",
    "release_hold",
    "reverse",
]
