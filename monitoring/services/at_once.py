"""Rules of one line at the counter: asked before a transaction is posted, and as it is posted.

The posting never waits long for them nor fails by them (docs/decisions/0214).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

import structlog
from django.conf import settings
from django.db import DatabaseError, connection

from authorization import events as authorization_events
from authorization import rules as authorization
from foundation.kernel import bus
from foundation.kernel.errors import Refused
from foundation.ledger import selectors as ledger
from foundation.ledger.rules import day_of
from foundation.people import services as people
from foundation.trail import services as trail
from monitoring import events
from monitoring.models import Alert, HeldPosting
from monitoring.rules import alerts as alert_rules
from monitoring.rules.prevention import Line
from monitoring.selectors import at_once as selectors
from monitoring.selectors.workshop import Found
from monitoring.services import runs
from monitoring.services.alerts import MACHINE

log = structlog.get_logger(__name__)


def on_attempt(attempt: authorization.Attempt) -> bool:
    """Tell whether a rule in force holds an attempt back; then its alert is raised with it.

    What is not answered in time is not held: it is posted as without the rule, and told.
    """
    line = Line(
        institution_id=attempt.institution_id,
        at=attempt.at,
        teller=attempt.teller,
        trade_code=attempt.trade_code,
        account=attempt.account,
        counter_account=attempt.counter_account,
        pays=attempt.pays,
        amount_fen=attempt.amount_fen,
        voucher_no=attempt.voucher_no,
        subject=attempt.subject,
    )
    found = asked_in_time(line=line, on=attempt.on, at=attempt.at, holding=True)
    if found:
        _hold(attempt, line, found)
    return bool(found)


def on_authorization_posted(event: authorization_events.Completed) -> None:
    """Ask the rules of one line about a counter transaction as it is posted.

    What they find is raised by a job of the same transaction.
    """
    on = day_of(event.line_id)
    assert on is not None, "the id of a line says its day"
    for row in ledger.lines_of_ids(ids=[event.line_id]):
        if asked_in_time(line=runs.line_of(row=row), on=on, at=row.at, holding=False):
            bus.publish(events.LineFound(row.pk, event.subject))


def asked_in_time(
    *, line: Line, on: date, at: datetime, holding: bool
) -> Sequence[selectors.Asked]:
    """Return what the rules find; nothing, and that it is told, where they do not answer in time.

    Asking leaves nothing behind: each question has its time, which ends with the savepoint.
    """
    assert connection.in_atomic_block, "what is asked of a posting is part of it"
    failed: Exception | None = None
    found: Sequence[selectors.Asked] = ()
    try:
        found = selectors.hit(line=line, on=on, holding=holding, within=settings.MONITORING_ASK_MS)
    except (DatabaseError, Refused) as failure:
        failed = failure
    selectors.take_back()
    if failed:
        _tell_unasked(line, failed, at)
    return found


def _hold(attempt: authorization.Attempt, line: Line, asked: Sequence[selectors.Asked]) -> None:
    """Raise the alerts of what holds an attempt back, and keep the attempt with them.

    In the scope of the system: an alert about the same account may be of another outlet.
    """
    with people.acting_as_system(reason="monitoring.hold"):
        found = selectors.found_in(asked=asked, line=line)
        runs.raise_found(found=found, on=attempt.on, at=attempt.at, touched=[attempt.teller_person])
        rows = Alert.objects.filter(
            state__in=alert_rules.OPEN,
            rule_id__in={one.version.rule_id for one in found},
            entity__in={one.entity for one in found},
        )
        about = {(row.rule_id, row.entity): row for row in rows.order_by("id")}
        for one in found:
            _keep(attempt, one, about.get((one.version.rule_id, one.entity)))


def _keep(attempt: authorization.Attempt, found: Found, alert: Alert | None) -> None:
    HeldPosting.objects.create(
        institution_id=attempt.institution_id,
        version=found.version,
        alert=alert,
        subject=attempt.subject,
        attempt=attempt.attempt,
        business_date=attempt.on,
        teller=attempt.teller,
        teller_person=attempt.teller_person,
        trade_code=attempt.trade_code,
        account_number=attempt.account,
        counter_account=attempt.counter_account,
        amount_fen=attempt.amount_fen,
        at=attempt.at,
    )
    # Never under the item's own name, whose history its teller reads.
    trail.record(
        institution_id=attempt.institution_id,
        actor=MACHINE,
        action="monitoring.hold_posting",
        subject=(alert or found.version).trail_subject,
        at=attempt.at,
        detail={"rule": found.version.rule.number, "item": attempt.subject},
    )


def _tell_unasked(line: Line, failure: Exception, at: datetime) -> None:
    cause = type(failure.__cause__ or failure).__name__
    log.error("rules were not asked about a posting", item=line.subject, failure=cause)
    trail.record(
        institution_id=line.institution_id,
        actor=MACHINE,
        action="monitoring.not_asked",
        subject=f"monitoring.check:{line.subject.partition(':')[2] or line.trade_code}",
        at=at,
        detail={"why": cause},
    )
