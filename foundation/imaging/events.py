"""What others may hear from imaging."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class PageStored:
    """A page is in the archive; its copies can be made and it can be read."""

    page_id: int
    document_id: int
    subject: str
    image_class: str


@dataclass(frozen=True)
class PageRead:
    """A page was read, or given up as unreadable; its document can be compared again."""

    page_id: int
    document_id: int
    subject: str


@dataclass(frozen=True)
class FileArrived:
    """A file of a batch is kept and waits to be taken apart."""

    file_id: int
    subject: str


@dataclass(frozen=True)
class BatchRead:
    """Every page of a batch whose scanning ended was read or given up: its day can be matched."""

    batch_id: int
    institution_id: int
    business_date: str
    subject: str


@dataclass(frozen=True)
class PageMeasured:
    """The quality of a page was measured."""

    page_id: int
    at: datetime
