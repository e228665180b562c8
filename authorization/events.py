"""What others may hear from the authorization centre."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Completed:
    """A counter transaction is posted: its journal line and its voucher may be compared."""

    request_id: int
    institution_id: int
    document_id: int
    subject: str
    journal_no: str
    line_id: int
    at: datetime


@dataclass(frozen=True)
class VoucherMissing:
    """Two people said that the voucher of a posted item, which was to follow, is not there."""

    document_id: int
    institution_id: int
    at: datetime


@dataclass(frozen=True)
class Moved:
    """An item stands in another state, which its teller or another system waits for."""

    number: str
    institution_id: int
    state: str
    at: datetime


@dataclass(frozen=True)
class Listed:
    """An item was sent that names somebody who is like an entry of a watch list.

    Of each the role in the item, the name, the account and the number of the proof of identity.
    Who listens must keep it from whoever may not know: it is told in the scope of the system.
    """

    number: str
    branch_id: int
    parties: tuple[tuple[str, str, str, str], ...]
    at: datetime
