"""What the voucher of a form says that was not sent yet."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from authorization import rules
from authorization.selectors._items import draft_subject
from foundation.imaging import selectors as imaging
from foundation.people.models import Staff
from foundation.policy import selectors as policy


@dataclass(frozen=True)
class DraftRead:
    """Whether the images of a form are read, and what of them fills which field."""

    read: bool
    fields: Mapping[str, str]


def read_of_draft(*, key: UUID, trade: rules.TradeCode, teller: Staff, on: date) -> DraftRead:
    """Return what the images of a teller's own form fill in; nothing while no number says how sure.

    Another's form has no images here.
    """
    found = imaging.documents(subject=draft_subject(key=key))
    least = policy.bank_wholes(codes=(rules.FILL_CONFIDENCE,), on=on).get(rules.FILL_CONFIDENCE)
    if not found or found[0].opened_by != teller.label or least is None:
        return DraftRead(read=not found or least is None, fields={})
    document_id = found[0].pk
    pages = [imaging.as_read(reading=one) for one in imaging.readings(document_id=document_id)]
    values = [
        rules.Read(field.name, field.value, field.confidence)
        for page in pages
        for field in page.fields
    ]
    return DraftRead(
        read=imaging.is_read(document_id=document_id),
        fields=rules.filled(trade, values, least=least),
    )
