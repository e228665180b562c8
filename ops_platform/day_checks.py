"""What may stand in the way of closing an institution's day, asked of every room."""

from __future__ import annotations

from datetime import date

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_noop as _

from authorization import rules as authorization
from authorization.models import Request
from authorization.selectors import fallback, offline
from foundation.ledger.models import Account, whole
from foundation.ledger.rules import DayCheck, Found, add_day_check
from foundation.worklist import rules as worklist
from foundation.worklist.models import Job, WorkItem
from monitoring import rules as monitoring
from monitoring.models import Match

# Every state of an item but its ends.
UNPOSTED = tuple(
    state for state in authorization.FLOW.states if not authorization.FLOW.is_terminal(state)
)


def open_items(institution_id: int, on: date) -> Found:  # noqa: ARG001  open is open, of any day
    """Count the institution's items that are still in some queue."""
    rows = WorkItem.objects.filter(institution_id=institution_id, state__in=worklist.OPEN)
    return Found(rows.count(), reverse("worklist:queues"))


def unposted(institution_id: int, on: date) -> Found:
    """Count the day's counter transactions that are neither posted nor at another end."""
    rows = Request.objects.filter(institution_id=institution_id, business_date__lte=on)
    return Found(rows.filter(state__in=UNPOSTED).count(), reverse("authorization:items"))


def jobs(institution_id: int, on: date) -> Found:  # noqa: ARG001  a job has no day
    """Count the jobs that name the institution and are dead or not yet done."""
    rows = Job.objects.filter(
        Q(state="dead") | Q(state__in=("ready", "running")), args__institution_id=institution_id
    )
    return Found(rows.count(), reverse("worklist:jobs"))


def uncleared(institution_id: int, on: date) -> Found:  # noqa: ARG001  the balance is now's
    """Count the institution's accounts that must be at nothing and are not."""
    rows = Account.objects.filter(institution_id=institution_id, chart__must_clear=True)
    return Found(whole(rows).exclude(balance_fen=0).count(), reverse("ledger:accounts"))


def unmatched(institution_id: int, on: date) -> Found:
    """Count the pairs of voucher and journal line that are not settled, up to the day."""
    rows = Match.objects.filter(
        institution_id=institution_id,
        business_date__lte=on,
        state__in=(monitoring.WAITING, monitoring.OPEN),
    )
    return Found(rows.count(), f"{reverse('monitoring:day')}?on={on}")


def unseen(institution_id: int, on: date) -> Found:
    """Count what the outlet decided itself on earlier days and nobody has seen again."""
    count = fallback.unseen(institution_id=institution_id, before=on)
    return Found(count, reverse("authorization:fallback"))


def slips(institution_id: int, on: date) -> Found:  # noqa: ARG001  paper has no day here
    """Count the outlet's offline slips that are keyed and not entered."""
    return Found(offline.unentered(institution_id=institution_id), reverse("authorization:offline"))


def connect() -> None:
    """Have every room asked before a day is sealed."""
    for check in (
        DayCheck("items", _("Items of the institution in a queue"), open_items),
        DayCheck("slips", _("Offline slips keyed and not entered"), slips),
        DayCheck("unposted", _("Counter transactions not posted"), unposted),
        DayCheck("jobs", _("Jobs of the institution not done"), jobs),
        DayCheck("suspense", _("Internal accounts that must be at nothing"), uncleared),
        DayCheck("unseen", _("Decisions of the outlet not seen again"), unseen),
        DayCheck("vouchers", _("Vouchers and journal lines not settled"), unmatched),
    ):
        add_day_check(check)
