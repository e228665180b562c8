"""What the system itself knows about an item before a person looks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_noop as _

from authorization import rules
from authorization.models import Opening, Request
from authorization.rules import correcting
from authorization.rules import screening as rules_of_screening
from authorization.selectors import screening
from authorization.selectors._identity import opening
from authorization.selectors._together import ask
from foundation.kernel.money import Money
from foundation.ledger import rules as ledger_rules
from foundation.ledger import selectors as ledger

SENT_BACK_MANY = 3
# The customer's other items of the day are those of `of_customer`.
_OF_THE_DAY = """FROM authorization_request one WHERE one.payer_account = %(payer)s
    AND (%(payee)s IS NULL OR one.payee_account = %(payee)s)
    AND one.business_date = %(on)s AND one.id <> %(item)s"""
COUNTED = f"""
(SELECT sum(one.amount_fen)::bigint {_OF_THE_DAY} AND one.state = 'posted') AS went_fen,
(SELECT count(*) {_OF_THE_DAY} AND one.amount_fen = %(fen)s AND one.state <> 'withdrawn') AS same,
(SELECT count(*) FROM authorization_request one WHERE one.voucher_no = %(voucher)s
    AND one.id <> %(item)s AND one.state NOT IN ('withdrawn', 'rejected')) AS voucher,
(SELECT count(*) FROM authorization_request one WHERE one.teller_id = %(teller)s
    AND one.business_date = %(on)s AND one.state IN ('returned', 'rejected')) AS sent_back,
%(clerk)s = ANY (authorization_account_holders(%(payer)s, %(other)s)) AS tellers_own
"""  # noqa: S608 -- put together of texts of ours


@dataclass(frozen=True)
class Check:
    """One check of the system, with what it found: a number, or a word that is translated.

    What is only `told` is neither good nor bad: a sum, or what was not asked for.
    """

    text: str
    found: str = ""
    good: bool = True
    word: str = ""
    told: bool = False

    @property
    def look(self) -> tuple[str, str]:
        """Return the kind and the sign by which a page shows it."""
        if self.told:
            return "muted", "info-circle"
        return ("ok", "circle-check") if self.good else ("warn", "alert-triangle")


def facts(*, request: Request) -> dict[str, Any]:
    """Return what `COUNTED` asks about."""
    return {
        "item": request.pk,
        "payer": request.payer_account,
        "payee": None if request.has_payer else request.payee_account,
        "fen": request.amount_fen,
        "voucher": request.voucher_no,
        "teller": request.teller_id,
        "clerk": request.teller_person,
        "other": request.payee_account,
        "on": request.business_date,
    }


def checks(*, request: Request, counted: Mapping[str, Any] | None = None) -> Sequence[Check]:
    """Return what the system itself knows about an item before a person looks.

    `counted` is what `COUNTED` answered just now.
    """
    found = counted or ask(figures=COUNTED, given=facts(request=request))
    voucher, sent_back = found["voucher"], found["sent_back"]
    return (
        identity(request=request),
        *_screening(request),
        *(_openings(request) if request.trade.opens else _customer(request, found)),
        Check(_("Voucher number used before"), found=str(voucher), good=voucher == 0),
        Check(
            "The teller's items sent back today",
            found=str(sent_back),
            good=sent_back < SENT_BACK_MANY,
        ),
    )


def identity(*, request: Request) -> Check:
    """Return what the network said of the customer that an item was sent with."""
    check = request.id_check
    if check is None:
        return Check(_("Identity check"), word=_("not made"), good=not request.manual_id,
                     told=not request.manual_id)  # fmt: skip
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
    if not request.has_payer:
        rows = rows.filter(payee_account=request.payee_account)
    return rows


def _openings(request: Request) -> tuple[Check, ...]:
    asked_for = opening(request=request)
    assert asked_for is not None, "who opens an account says for whom"
    others = Opening.objects.filter(id_hash=asked_for.id_hash).exclude(request=request)
    there = others.exclude(request__state__in=correcting.OF_NO_EFFECT).count()
    return (Check(_("Openings with this identity number"), found=str(there), good=there == 0),)


def _customer(request: Request, counted: Mapping[str, Any]) -> Iterator[Check]:
    """Look at the accounts as they are now; of one out of sight only its state is known."""
    there = ledger.standings(
        numbers=[*filter(None, (request.payer_account, request.payee_account))]
    )
    if request.payer_account:
        payer = there[request.payer_account]
        yield _state(_("State of the payer's account"), payer.state)
        if payer.available_fen is not None:
            enough = payer.available_fen >= request.amount_fen
            word = _("enough") if enough else _("not enough")
            yield Check(_("Available for the amount"), word=word, good=enough)
    if request.payee_account:
        yield _state(_("State of the payee's account"), there[request.payee_account].state)
    went = _("Paid out of the account today") if request.has_payer else _("Paid in today")
    same = counted["same"]
    yield Check(went, found=str(Money(counted["went_fen"] or 0)), told=True)
    yield Check(_("Same amount from the account today"), found=str(same), good=same == 0)
    own = counted["tellers_own"]
    yield Check(
        _("The teller's own account"),
        word=_("involved") if own else _("not involved"),
        good=not own,
    )


def _state(text: str, state: str) -> Check:
    word = rules.ACCOUNT_STATES[state].name
    return Check(text, word=word, good=state == ledger_rules.ACTIVE)
