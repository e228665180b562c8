"""Pages of the ledger: accounts, the journal, entries, and taking in a foreign journal."""

from foundation.ledger.web._accounts import account, accounts
from foundation.ledger.web._importing import import_journal
from foundation.ledger.web._journal import entry, journal

__all__ = ["account", "accounts", "entry", "import_journal", "journal"]
