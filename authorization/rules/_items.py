"""The states of an item, who may decide it, and what a no must say."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from uuid import UUID

from foundation.kernel.errors import Refused
from foundation.kernel.flow import Flow, Step

NEW, QUEUED, VIEWING, APPROVED = "new", "queued", "viewing", "approved"
POSTED, REJECTED, RETURNED, WITHDRAWN = "posted", "rejected", "returned", "withdrawn"
ON_HOLD, ESCALATED, SETTLING = "on_hold", "escalated", "settling"
ON_SITE = "on_site"

FLOW = Flow(
    Step("queue", NEW, QUEUED),
    Step("pass", NEW, APPROVED),
    Step("paper", NEW, APPROVED),
    Step("automatic", QUEUED, APPROVED),
    Step("open", QUEUED, VIEWING),
    Step("open", ESCALATED, VIEWING),
    Step("hand_back", VIEWING, QUEUED),
    Step("hold", VIEWING, ON_HOLD),
    Step("answer", ON_HOLD, QUEUED),
    Step("lapse", ON_HOLD, QUEUED),
    Step("time_out", VIEWING, ESCALATED),
    Step("pass_up", VIEWING, ESCALATED),
    Step("escalate", QUEUED, ESCALATED),
    Step("confirm", VIEWING, QUEUED),
    Step("approve", VIEWING, APPROVED),
    Step("post", APPROVED, POSTED),
    Step("reject", VIEWING, REJECTED),
    Step("return", VIEWING, RETURNED),
    Step("decide", VIEWING, SETTLING),
    Step("undo", SETTLING, QUEUED),
    Step("confirm", SETTLING, QUEUED),
    Step("reject", SETTLING, REJECTED),
    Step("return", SETTLING, RETURNED),
    Step("resubmit", RETURNED, QUEUED),
    Step("withdraw", QUEUED, WITHDRAWN),
    Step("withdraw", RETURNED, WITHDRAWN),
    Step("withdraw", ON_HOLD, WITHDRAWN),
    Step("withdraw", ESCALATED, WITHDRAWN),
    Step("present", NEW, ON_SITE),
    Step("present", RETURNED, ON_SITE),
    Step("present", ON_HOLD, ON_SITE),
    Step("witness", ON_SITE, ON_SITE),
    Step("vouch", ON_SITE, QUEUED),
    Step("approve", ON_SITE, APPROVED),
    Step("reject", ON_SITE, REJECTED),
    Step("return", ON_SITE, RETURNED),
    Step("withdraw", ON_SITE, WITHDRAWN),
)
DECISIONS = ("approve", "reject", "return")
# The states in which an item is with the centre, and not with the teller or at its end.
IN_THE_CENTRE = (QUEUED, VIEWING, ON_HOLD, ESCALATED, SETTLING)
# Those in which it waits for an authorizer, for everybody or for the leads alone.
WAITING_IN = (QUEUED, ESCALATED)
QUEUE = "authorization"


@dataclass(frozen=True)
class Reason:
    """Why an authorizer says no; `step` tells whether the teller can mend it (DOMAIN §4)."""

    code: str
    text: str
    step: str
    severity: int


REASONS: dict[str, Reason] = {
    reason.code: reason
    for reason in (
        Reason("A01", "Image unclear", "return", 1),
        Reason("A02", "Image missing", "return", 1),
        Reason("A03", "Image of another item", "return", 2),
        Reason("A04", "Identity document with glare or covered", "return", 1),
        Reason("A05", "No on-site photo of the customer", "return", 1),
        Reason("A06", "Voucher element missing", "return", 1),
        Reason("A07", "Amount in words differs from figures", "reject", 2),
        Reason("A08", "Voucher altered", "reject", 3),
        Reason("A09", "Wrong kind of voucher", "return", 1),
        Reason("A10", "Customer's signature missing or different", "return", 2),
        Reason("A11", "Stamp missing or wrong", "return", 1),
        Reason("A12", "Date wrong or expired", "reject", 2),
        Reason("A13", "Identity document expired", "reject", 2),
        Reason("A14", "Identity network check does not agree", "reject", 3),
        Reason("A15", "Face and identity document differ", "reject", 4),
        Reason("A16", "Agency papers incomplete", "return", 2),
        Reason("A17", "Customer's intention not verified", "return", 3),
        Reason("A18", "Entry differs from voucher", "return", 2),
        Reason("A19", "Payee's name and account do not agree", "return", 2),
        Reason("A20", "Wrong transaction code", "reject", 2),
        Reason("A22", "Duplicate item", "reject", 3),
        Reason("A23", "Abnormal state of the account", "reject", 2),
        Reason("A24", "No plausible purpose", "reject", 3),
        Reason("A27", "Handled for oneself or against the rules", "reject", 4),
        Reason("A28", "No on-site review by the supervisor", "return", 2),
        Reason("A30", "Other (say what)", "return", 1),
    )
}


class OwnItem(Refused):
    """The decider is the teller of the item, under whatever number."""

    code = "E2002"
    text = "The person who entered an item may not decide it."
    hint = "Rest: the item goes to somebody else."


class OwnOutlet(Refused):
    """The decider works in the outlet of the item."""

    code = "E2003"
    text = "An item of one's own outlet is decided by somebody else."
    hint = "Rest: the item goes to somebody else."


class OwnAccount(Refused):
    """The decider holds one of the item's accounts."""

    code = "E2115"
    text = "An item about one's own account is decided by somebody else."
    hint = "Rest: the item goes to somebody else."


class GradeTooLow(Refused):
    """The decider's grade does not reach the item's."""

    code = "E2004"
    text = "The item needs grade G%(needed)s."
    hint = "Pass it to a colleague of that grade."


class ReasonNeeded(Refused):
    """A rejection or return names at least one reason."""

    code = "E2005"
    text = "Choose at least one reason."
    hint = "Press the digit of the reason, then Enter."


class ReasonDoesNotFit(Refused):
    """The reason belongs to the other kind of no."""

    code = "E2006"
    text = "Reason %(reason)s cannot be given for this decision."
    hint = "Choose a reason of this decision's own list."


class RemarkNeeded(Refused):
    """Reason "other" wants words."""

    code = "E2007"
    text = "Say what is meant by the reason Other."


class ShownIsStale(Refused):
    """What the authorizer saw is not what the item holds now."""

    code = "E2008"
    text = "The item changed after it was shown."
    hint = "Look at it again and decide anew; nothing was posted."


class ImageMissing(Refused):
    """A held transaction is judged by its images."""

    code = "E2009"
    text = "Add the image of the voucher first."
    hint = "Upload, paste, drop or photograph it."


class NotYourItem(Refused):
    """Only the teller who entered an item withdraws or corrects it."""

    code = "E2010"
    text = "Only the teller who entered the item may do this."
    hint = "The item's page names its teller; ask them."


class SameAccount(Refused):
    """Payer and payee are one account."""

    code = "E2011"
    text = "Payer and payee are the same account."
    hint = "Compare both accounts with the voucher."


class NameDiffers(Refused):
    """The payee's name is not that of the account."""

    code = "E2012"
    text = "The payee's name does not belong to that account."
    hint = "Ask the customer; the name must be that of the account's holder."


class KeyUsedTwice(Refused):
    """The browser's key was used for another content already."""

    code = "E2013"
    text = "This form was sent already with other content."
    hint = "Open a new form; the item that was sent first is under My items."


class NoSuchItem(Refused):
    """There is no such item among those that the person may see."""

    code = "E2014"
    text = "There is no item %(number)s."
    hint = "Compare the number with the receipt."


class RoundOver(Refused):
    """Another round of the item was sent back than the one that is mended."""

    code = "E2057"
    text = "The item stands in round %(attempt)s; what was sent mends another."
    hint = "Look at the item again and mend what was sent back last."


FIELDS: dict[str, str] = {
    "voucher_no": "Voucher number",
    "payer_name": "Payer",
    "account": "Payer's account",
    "amount": "Amount",
    "amount_words": "Amount in capitals",
    "payee_name": "Payee",
    "payee_account": "Payee's account",
    "id_number": "Identity number",
    "mobile": "Mobile number",
}
# Where there is no payer's account the same places of a form are about the customer.
FIELDS_OF_CASH_IN: dict[str, str] = {
    "payer_name": "Customer's name",
    "account": "Customer's account",
}


def field_name(name: str, *, has_payer: bool) -> str:
    """Return what a compared value of an item is called."""
    own = {} if has_payer else FIELDS_OF_CASH_IN
    return own.get(name) or FIELDS[name]


@dataclass(frozen=True)
class NumberedReason:
    """A reason with the digit that chooses it, empty beyond the ninth."""

    code: str
    text: str
    step: str
    digit: str


def numbered_reasons() -> tuple[NumberedReason, ...]:
    """Return the reasons of each kind of no, the first nine of a kind with their digit."""
    found = []
    for step in ("reject", "return"):
        kind = [reason for reason in REASONS.values() if reason.step == step]
        found += [
            NumberedReason(reason.code, reason.text, step, str(place) if place <= 9 else "")
            for place, reason in enumerate(kind, 1)
        ]
    return tuple(found)


def check_decider(
    *,
    decider_person: UUID,
    decider_institution_id: int,
    grade: int,
    teller_person: UUID,
    institution_id: int,
    grade_needed: int,
    at_home: bool = False,
) -> None:
    """Refuse a decider who entered the item, works in its outlet, or lacks the grade.

    In an emergency the outlet decides `at_home`, up to an amount that stands for the grade.
    """
    if decider_person == teller_person:
        raise OwnItem
    if at_home:
        return
    if decider_institution_id == institution_id:
        raise OwnOutlet
    if grade < grade_needed:
        raise GradeTooLow(needed=grade_needed)


def check_reasons(step: str, reasons: Collection[str], remark: str) -> None:
    """Refuse a no without a reason, with a reason of the other kind, or an unexplained other."""
    if step == "approve":
        return
    if not reasons:
        raise ReasonNeeded(field="reasons")
    for reason in reasons:
        if reason not in REASONS or REASONS[reason].step != step:
            raise ReasonDoesNotFit(reason=reason, field="reasons")
    if "A30" in reasons and not remark.strip():
        raise RemarkNeeded(field="remark")


def content_hash(content: Mapping[str, object]) -> str:
    """Return the sha256 of what an authorizer is shown, so that a decision is tied to it."""
    text = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
