"""What a decision is tied to: the entry and its images, as one fingerprint."""

from __future__ import annotations

from authorization import rules
from authorization.models import Request
from foundation.imaging import selectors as imaging


def content_of(*, request: Request) -> str:
    """Return the fingerprint of an item as it stands, its images included."""
    pages = imaging.pages(document_id=request.document_id)
    return rules.content_hash(
        {
            "trade_code": request.trade_code,
            "amount_fen": request.amount_fen,
            "payer": [request.payer_account, request.payer_name],
            "payee": [request.payee_account, request.payee_name],
            "voucher_no": request.voucher_no,
            "purpose": request.purpose,
            "by_agent": request.by_agent,
            "manual_id": request.manual_id,
            "images": [page.sha256 for page in pages],
            "attempt": request.attempt,
        }
    )
