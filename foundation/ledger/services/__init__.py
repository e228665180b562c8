"""What the ledger can do: post, reverse, hold, open and close, take in a foreign journal."""

from foundation.ledger.services._accounts import (
    change_state,
    define_subject,
    open_account,
)
from foundation.ledger.services._anchoring import drop_anchor
from foundation.ledger.services._days import (
    ask_to_reopen,
    begin_close,
    carry,
    close_dates,
    close_day,
    decide_reopening,
    make_months,
    open_day,
    resume,
    seal_day,
    sign_day,
)
from foundation.ledger.services._exporting import export_journal
from foundation.ledger.services._holds import (
    ask_about_hold,
    decide_about_hold,
    expire_holds,
    extend_hold,
    place_hold,
    release_hold,
)
from foundation.ledger.services._importing import ImportReport, check_import, import_journal
from foundation.ledger.services._posting import dry_run, post, reverse
from foundation.ledger.services._runs import ask_to_close, close_one

__all__ = [
    "ImportReport",
    "ask_about_hold",
    "ask_to_close",
    "ask_to_reopen",
    "begin_close",
    "carry",
    "change_state",
    "check_import",
    "close_dates",
    "close_day",
    "close_one",
    "decide_about_hold",
    "decide_reopening",
    "define_subject",
    "drop_anchor",
    "dry_run",
    "expire_holds",
    "export_journal",
    "extend_hold",
    "import_journal",
    "make_months",
    "open_account",
    "open_day",
    "place_hold",
    "post",
    "release_hold",
    "resume",
    "reverse",
    "seal_day",
    "sign_day",
]
