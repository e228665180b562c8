"""Asking the watch lists once when an item is sent, and keeping the answer out of the outlet."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, astuple, dataclass
from datetime import datetime
from random import SystemRandom

import structlog
from django.db import transaction
from django.utils.timezone import localdate

from authorization import events
from authorization.models import Request, Screening
from authorization.rules import screening
from foundation.kernel import bus
from foundation.ledger import selectors as ledger
from foundation.people import selectors as people
from foundation.people import services as people_services
from foundation.policy import selectors as policy
from foundation.trail import services as trail

SYSTEM = "system"
BRANCH = "branch"
_DRAWING = SystemRandom()
log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Asked:
    """Who was asked about, and the answer as it is to be kept once the item is."""

    parties: tuple[screening.Party, ...]
    row: Screening


def screen(*, request: Request, id_number: str, at: datetime) -> Asked:
    """Ask the lists about who an item names; `id_number` is that of who opens an account.

    A failure is an answer: the teller goes on, and a person decides what was not screened.
    """
    with people_services.acting_as_system(reason="screening"):
        branch_id = _branch_of(request.institution_id)
        parties = tuple(_parties(request, id_number))
        try:
            with transaction.atomic():
                said = screening.ask(parties=parties, branch_id=branch_id, on=localdate(at))
        except Exception:
            log.exception("an item was not screened", number=request.number)
            said = screening.Screened(screening.FAILED)
    row = Screening(
        institution_id=branch_id,
        seq=request.attempt,
        state=said.state,
        lists=list(said.lists),
        hits=[asdict(hit) for hit in said.hits],
        # Where the outlet alone would decide, the centre sees no more of it than what passes.
        alone=not request.why or not request.levels_needed,
        at=at,
    )
    drawn = row.alone and _drawn(at)
    if drawn or row.state in {screening.POSSIBLE, screening.FAILED}:
        request.levels_needed = max(1, request.levels_needed)
    request.why = list(screening.why_held(request.why, state=row.state, drawn=drawn))
    return Asked(parties, row)


def keep(*, request: Request, asked: Asked, at: datetime) -> None:
    """Keep the answer with a saved item, and tell who looks into hits; never the item's trail."""
    row = asked.row
    row.request = request
    with people_services.acting_as_system(reason="screening"):
        row.save(force_insert=True)
        if row.state == screening.CLEAR:
            return
        trail.record(
            institution_id=row.institution_id,
            actor=SYSTEM,
            action=f"{screening.APART}.{row.state}",
            subject=row.subject,
            at=at,
            detail={"number": request.number},
        )
        if row.state == screening.POSSIBLE:
            hit = {one["role"] for one in row.hits}
            parties = tuple(astuple(one) for one in asked.parties if one.role in hit)
            bus.publish(
                events.Listed(
                    number=request.number, branch_id=row.institution_id, parties=parties, at=at
                )
            )


def _parties(request: Request, id_number: str) -> Iterator[screening.Party]:
    """Name payer and payee as the books know them; of an opening the customer as typed."""
    if request.trade.opens:
        yield screening.Party("customer", request.payee_name, "", id_number)
        return
    accounts = (("payer", request.payer_account), ("payee", request.payee_account))
    for role, account in accounts:
        if account:
            holder = ledger.holder(number=account)
            yield screening.Party(role, holder.name, account, holder.customer_number)


def _branch_of(institution_id: int) -> int:
    """Return the branch above an outlet; where there is none, what stands highest."""
    above = people.ancestors(institution_id=institution_id)
    known = {one.pk: one for one in people.institutions_by_id(ids=above)}
    found = next((pk for pk in above if known[pk].kind == BRANCH), None)
    return found if found is not None else min(known.values(), key=lambda one: len(one.path)).pk


def _drawn(at: datetime) -> bool:
    share = policy.bank_wholes(codes=(screening.DRAWN,), on=localdate(at)).get(screening.DRAWN, 0)
    return _DRAWING.randrange(1000) < share
