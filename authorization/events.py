"""What others may hear from the authorization centre."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Completed:
    """A counter transaction is posted: its journal line and its voucher may be compared."""

    request_id: int
    institution_id: int
    document_id: int
    subject: str
    journal_no: str
