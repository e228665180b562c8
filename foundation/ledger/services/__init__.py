"""What the ledger can do: post, reverse, hold, open and close, take in a foreign journal."""

from foundation.ledger.services._accounts import (
    change_state,
    define_subject,
    follow_person,
    open_account,
    reserve_number,
)
from foundation.ledger.services._anchoring import drop_anchor
from foundation.ledger.services._archive import archive_due, archive_month
from foundation.ledger.services._batch import post_many
from foundation.ledger.services._chart import decide_subject, propose_subject
from foundation.ledger.services._columns import journal_cells, journal_head
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
from foundation.ledger.services._exporting import EXPORT_MAX, export_journal
from foundation.ledger.services._holds import (
    ask_about_hold,
    decide_about_hold,
    expire_holds,
    extend_hold,
    place_hold,
    release_hold,
)
from foundation.ledger.services._hot import decide_shards, propose_shards
from foundation.ledger.services._importing import ImportReport, check_import, import_journal
from foundation.ledger.services._long_exports import (
    ask_export,
    fetch_export,
    files_of,
    finish_export,
    make_part,
    purge_exports,
)
from foundation.ledger.services._openings import ask_openings, open_one
from foundation.ledger.services._posting import dry_reverse, dry_run, post, reverse
from foundation.ledger.services._requests import (
    decide_account,
    decide_step,
    propose_account,
    propose_step,
)
from foundation.ledger.services._runs import ask_to_close, close_one
from foundation.ledger.services._signing import Signing, sign_many

__all__ = [
    "EXPORT_MAX",
    "ImportReport",
    "Signing",
    "archive_due",
    "archive_month",
    "ask_about_hold",
    "ask_export",
    "ask_openings",
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
    "decide_account",
    "decide_reopening",
    "decide_shards",
    "decide_step",
    "decide_subject",
    "define_subject",
    "drop_anchor",
    "dry_reverse",
    "dry_run",
    "expire_holds",
    "export_journal",
    "extend_hold",
    "fetch_export",
    "files_of",
    "finish_export",
    "follow_person",
    "import_journal",
    "journal_cells",
    "journal_head",
    "make_months",
    "make_part",
    "open_account",
    "open_day",
    "open_one",
    "place_hold",
    "post",
    "post_many",
    "propose_account",
    "propose_shards",
    "propose_step",
    "propose_subject",
    "purge_exports",
    "release_hold",
    "reserve_number",
    "resume",
    "reverse",
    "seal_day",
    "sign_day",
    "sign_many",
]
