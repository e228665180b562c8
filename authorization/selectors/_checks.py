"""What the system itself knows about an item before a person looks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.db.models import Count, QuerySet, Sum
from django.utils.translation import gettext_noop as _

from authorization import rules
from authorization.models import Opening, Request
from authorization.rules import screening as rules_of_screening
from authorization.selectors import screening
from authorization.selectors._identity import opening
from foundation.kernel.money import Money
from foundation.ledger import rules as ledger_rules
from foundation.ledger import selectors as ledger

SENT_BACK_MANY = 3


@dataclass(frozen=True)
class Check:
    """One check of the system, with what it found: a number, or a word that is translated."""

    text: str
    found: str = ""
    good: bool = True
    word: str = ""


def checks(*, request: Request) -> Sequence[Check]:
    """Return what the system itself knows about an item before a person looks."""
    day = (
        of_customer(request=request)
        .filter(business_date=request.business_date)
        .exclude(id=request.pk)
    )
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
    went = _("Paid out of the account today") if request.trade.has_payer else _("Paid in today")
    return (
        identity(request=request),
        *_screening(request),
        *(_openings(request) if request.trade.opens else (
            *_accounts(request),
            Check(went, found=str(Money(posted["fen"] or 0))),
            Check(_("Same amount from the account today"), found=str(same), good=same == 0),
        )),
        Check(_("Voucher number used before"), found=str(voucher), good=voucher == 0),
        Check(
            "The teller's items sent back today",
            found=str(sent_back),
            good=sent_back < SENT_BACK_MANY,
        ),
    )  # fmt: skip


def identity(*, request: Request) -> Check:
    """Return what the network said of the customer that an item was sent with."""
    check = request.id_check
    if check is None:
        return Check(_("Identity check"), word=_("not made"), good=not request.manual_id)
    return Check(_("Identity check"), check.id_masked, word=check.said.text, good=check.said.good)


def _screening(request: Request) -> Iterator[Check]:
    """Tell what the watch lists said when the item was sent; nothing to who may not see it."""
    kept = screening.of_item(request=request)
    if kept is None:
        return
    best = [f"{one['watch_list']} {one['entry']} {one['score']} %" for one in kept.hits[:1]]
    yield Check(
        _("List screening"),
        found="; ".join(best or kept.lists),
        good=kept.state == rules_of_screening.CLEAR,
        word=rules_of_screening.STATES[kept.state].text,
    )


def of_customer(*, request: Request) -> QuerySet[Request]:
    """Return the items of the customer's account on its side: what is paid out, or paid in."""
    rows: QuerySet[Request] = Request.objects.filter(payer_account=request.payer_account)
    if not request.trade.has_payer:
        rows = rows.filter(payee_account=request.payee_account)
    return rows


def _openings(request: Request) -> tuple[Check, ...]:
    asked = opening(request=request)
    assert asked is not None, "who opens an account says for whom"
    others = Opening.objects.filter(id_hash=asked.id_hash).exclude(request=request)
    ended = (rules.WITHDRAWN, rules.REJECTED)
    count = others.exclude(request__state__in=ended).count()
    return (Check(_("Openings with this identity number"), found=str(count), good=count == 0),)


def _accounts(request: Request) -> Iterator[Check]:
    """Look at the accounts as they are now; of one out of sight only its state is known."""
    if request.payer_account:
        yield _state(_("State of the payer's account"), request.payer_account)
        try:
            available = ledger.balance(number=request.payer_account).available_fen
        except ledger_rules.NoSuchAccount:
            pass
        else:
            enough = available >= request.amount_fen
            word = _("enough") if enough else _("not enough")
            yield Check(_("Available for the amount"), word=word, good=enough)
    if request.payee_account:
        yield _state(_("State of the payee's account"), request.payee_account)


def _state(text: str, number: str) -> Check:
    state = ledger.holder(number=number).state
    word = rules.ACCOUNT_STATES[state].name
    return Check(text, word=word, good=state == ledger_rules.ACTIVE)
