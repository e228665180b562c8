"""What others may hear from imaging."""

from dataclasses import dataclass


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
