"""Asking the network of identity numbers about a customer."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.utils.timezone import localdate

from authorization import gateways
from authorization.models import IdCheck
from foundation.people.models import Staff
from foundation.policy import selectors as policy
from foundation.trail import services as trail


def check_identity(*, name: str, number: str, teller: Staff, at: datetime) -> IdCheck:
    """Ask the network about a name and a number and keep its answer; that it is down is one.

    The check holds for `authorization.id_check_seconds` and every item of the teller with this
    customer. The network is given `OPS_ID_NETWORK_SECONDS`; nothing is locked while it is asked.
    """
    holds = policy.whole(
        code="authorization.id_check_seconds",
        on=localdate(at),
        institution_id=teller.institution_id,
    )
    check = IdCheck(
        institution_id=teller.institution_id,
        teller=teller,
        teller_label=teller.label,
        name=name,
        result=gateways.ask_network(name=name, number=number),
        at=at,
        valid_until=at + timedelta(seconds=holds),
    )
    check.keep_number(number)
    return _kept(check)


@transaction.atomic
def _kept(check: IdCheck) -> IdCheck:
    check.save(force_insert=True)
    trail.record(
        institution_id=check.institution_id,
        actor=check.teller_label,
        action="authorization.check_identity",
        subject=check.subject,
        at=check.at,
        detail={"answer": check.result, "number": check.id_masked},
    )
    return check
