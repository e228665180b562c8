"""What a decision is tied to: the entry and its images, as one fingerprint."""

from __future__ import annotations

from authorization import rules, selectors
from authorization.models import Opening, Request
from foundation.imaging import selectors as imaging


def content_of(*, request: Request, opening: Opening | None = None) -> str:
    """Return the fingerprint of an item as it stands, its images included.

    `opening` are the fields of an account to be opened, where they are not saved yet; the number
    that is kept for the account is none of what was keyed.
    """
    pages = imaging.pages(document_id=request.document_id)
    content: dict[str, object] = {
        "trade_code": request.trade_code,
        "amount_fen": request.amount_fen,
        "payer": [request.payer_account, request.payer_name],
        "payee": ["" if request.trade.opens else request.payee_account, request.payee_name],
        "voucher_no": request.voucher_no,
        "purpose": request.purpose,
        "by_agent": request.by_agent,
        "manual_id": request.manual_id,
        "images": [page.sha256 for page in pages],
        "attempt": request.attempt,
    }
    if request.corrects is not None:
        content["corrects"] = request.corrects.number
    opening = opening or selectors.opening(request=request)
    if opening is not None:
        content["opening"] = [
            opening.id_hash, opening.mobile, opening.address, opening.internet_bank,
            opening.sms_alert, opening.atm_daily_fen,
        ]  # fmt: skip
    return rules.content_hash(content)
