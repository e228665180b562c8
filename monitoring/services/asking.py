"""An alert asks its outlet by a slip, and follows what becomes of the slip."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from foundation.people.models import Staff
from monitoring.events import SlipMoved
from monitoring.models import Alert, Slip
from monitoring.rules import alerts as rules
from monitoring.rules import slips as slip_rules
from monitoring.selectors import slips as selectors
from monitoring.services import alerts, slips

OUTLET = "outlet"


@transaction.atomic
def ask_outlet(*, alert_id: int, fence: int, auditor: Staff, at: datetime, words: str) -> Alert:
    """Ask the outlet about an alert: on a query slip, or once more on the one that it answered.

    Only outlets answer slips; about another institution the question stays on the alert.
    """
    before = selectors.query_about(origin=rules.subject_of(alert_id))
    alert = alerts.issue_query(alert_id=alert_id, fence=fence, auditor=auditor, at=at, words=words)
    if before is not None:
        slips.requery(number=before.number, words=words, by=auditor, at=at)
    elif alert.institution.kind == OUTLET:
        slips.issue(
            draft=slips.Draft(
                kind=slip_rules.QUERY,
                place=alert.institution.number,
                text=words,
                origin=alert.trail_subject,
            ),
            by=auditor,
            at=at,
        )
    alert.refresh_from_db()
    return alert


def on_slip_moved(event: SlipMoved) -> None:
    """Let an alert follow the query about it: asked, and answered."""
    alert_id = rules.alert_of(event.origin)
    if not alert_id or event.kind != slip_rules.QUERY:
        return
    if event.state == slip_rules.ISSUED and Alert.objects.filter(pk=alert_id).exists():
        alerts.query_issued(alert_id=alert_id, slip_number=event.number, at=event.at)
    elif event.state == slip_rules.REPLIED:
        _answered(alert_id, event)


def _answered(alert_id: int, event: SlipMoved) -> None:
    # Whoever works on the alert may have ended it without waiting: the slip goes on by itself.
    alert = Alert.objects.filter(pk=alert_id, state=rules.QUERY_ISSUED).first()
    if alert is None:
        return
    said = selectors.last_said(slip=Slip.objects.get(pk=event.slip_id))
    alerts.replied(alert_id=alert_id, reply=said.words, by_label=said.label, at=event.at)
