"""Long files of the books: which lists there are, and why one cannot be had."""

from __future__ import annotations

from foundation.kernel.errors import Refused

JOURNAL_FILE, STATEMENT_FILE, ACCOUNTS_FILE = "journal", "statement", "accounts"
# Of the page that shows how far a person's files have come.
EXPORTS_TOPIC = "ledger.exports"


class NoSuchExport(Refused):
    """There is no such file of this person, or what is in it is out of sight now."""

    code = "E4071"
    text = "There is no such file."


class ExportNotThere(Refused):
    """The file is not whole yet, or is kept no more."""

    code = "E4072"
    text = "The file is not ready, or it is kept no more."
    hint = "Ask for it again."
