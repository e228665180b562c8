"""The images of a form: which are there, where the next one goes, and which are missing."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from authorization import forms, rules, selectors
from foundation.imaging import selectors as imaging


def images(key: UUID, trade_code: str, form: forms.Attachment | None = None) -> dict[str, Any]:
    """Return what a page needs of the images of a form with this key."""
    found = imaging.documents(subject=selectors.draft_subject(key=key))
    pages = imaging.pages(document_id=found[0].pk) if found else ()
    slots = [(page, rules.slot_of(page.image_class, page.side)) for page in pages]
    filled = {slot.code for _page, slot in slots if slot}
    trade = rules.TRADE_CODES.get(trade_code)
    needed = rules.slots_needed(trade) if trade else ()
    return {
        "key": key,
        "trade_code": trade.code if trade else "",
        "pages": slots,
        "slots": rules.SLOTS.values(),
        "next_slot": rules.first_empty(filled),
        "still": [slot for slot in needed if slot.code not in filled] if pages else (),
        "image_form": form or forms.Attachment(),
    }
