"""What the system itself knows about an item before a person looks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.db.models import Count, Sum
from django.utils.translation import gettext_noop as _

from authorization import rules
from authorization.models import Request
from foundation.kernel.money import Money
from foundation.ledger import rules as ledger_rules
from foundation.ledger import selectors as ledger

SENT_BACK_MANY = 3


@dataclass(frozen=True)
class Check:
    """One check of the system, with what it found."""

    text: str
    found: str
    good: bool = True


def checks(*, request: Request) -> Sequence[Check]:
    """Return what the system itself knows about an item before a person looks."""
    day = Request.objects.filter(
        payer_account=request.payer_account, business_date=request.business_date
    ).exclude(id=request.pk)
    posted = day.filter(state=rules.POSTED).aggregate(n=Count("id"), fen=Sum("amount_fen"))
    same = day.filter(amount_fen=request.amount_fen).exclude(state=rules.WITHDRAWN).count()
    voucher = (
        Request.objects.filter(voucher_no=request.voucher_no)
        .exclude(id=request.pk)
        .exclude(state__in=(rules.WITHDRAWN, rules.REJECTED))
        .count()
    )
    sent_back = Request.objects.filter(
        teller=request.teller,
        business_date=request.business_date,
        state__in=(rules.RETURNED, rules.REJECTED),
    ).count()
    return (
        *_accounts(request),
        Check(_("Paid out of the account today"), found=str(Money(posted["fen"] or 0))),
        Check(_("Same amount from the account today"), found=str(same), good=same == 0),
        Check(_("Voucher number used before"), found=str(voucher), good=voucher == 0),
        Check(
            "The teller's items sent back today",
            found=str(sent_back),
            good=sent_back < SENT_BACK_MANY,
        ),
    )


def _accounts(request: Request) -> Iterator[Check]:
    """Look at the accounts as they are now; of one out of sight only its state is known."""
    yield _state(_("State of the payer's account"), request.payer_account)
    try:
        available = ledger.balance(number=request.payer_account).available_fen
    except ledger_rules.NoSuchAccount:
        pass
    else:
        enough = available >= request.amount_fen
        yield Check(
            _("Available for the amount"), _("enough") if enough else _("not enough"), enough
        )
    if request.payee_account:
        yield _state(_("State of the payee's account"), request.payee_account)


def _state(text: str, number: str) -> Check:
    state = ledger.holder(number=number).state
    return Check(text, rules.ACCOUNT_STATES[state].name, good=state == ledger_rules.ACTIVE)
