"""Pages of the ledger: accounts, the journal, entries, and taking in a foreign journal."""

from foundation.ledger.web._accounts import account, accounts
from foundation.ledger.web._chart import subject_decide, subject_propose, subjects
from foundation.ledger.web._days import (
    close_many,
    day,
    day_carry,
    day_reopen,
    day_report,
    day_report_pdf,
    day_sign,
    day_step,
    days,
    first_day,
    open_next,
    run,
    sign,
    sign_many,
)
from foundation.ledger.web._exports import export, export_ask, export_file, exports
from foundation.ledger.web._history import statement, tie_out, trial_accounts, trial_balance
from foundation.ledger.web._holds import hold, hold_change, hold_decide, hold_place
from foundation.ledger.web._hot import hot, hot_accounts, hot_decide, hot_propose
from foundation.ledger.web._importing import import_journal
from foundation.ledger.web._journal import entry, journal
from foundation.ledger.web._requests import (
    account_decide,
    account_propose,
    own_accounts,
    own_decide,
    own_propose,
)

__all__ = [
    "account",
    "account_decide",
    "account_propose",
    "accounts",
    "close_many",
    "day",
    "day_carry",
    "day_reopen",
    "day_report",
    "day_report_pdf",
    "day_sign",
    "day_step",
    "days",
    "entry",
    "export",
    "export_ask",
    "export_file",
    "exports",
    "first_day",
    "hold",
    "hold_change",
    "hold_decide",
    "hold_place",
    "hot",
    "hot_accounts",
    "hot_decide",
    "hot_propose",
    "import_journal",
    "journal",
    "open_next",
    "own_accounts",
    "own_decide",
    "own_propose",
    "run",
    "sign",
    "sign_many",
    "statement",
    "subject_decide",
    "subject_propose",
    "subjects",
    "tie_out",
    "trial_accounts",
    "trial_balance",
]
