"""What the clock does to items: alarms, time-outs, questions that nobody answered; and moments."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils.timezone import localdate

from authorization import rules, selectors
from authorization.models import Decision, OnSite, Request
from authorization.services._holding import SYSTEM, lapse
from authorization.services._queueing import MILLISECOND, moved, told, waited
from authorization.services._undoing import settle
from foundation.people.models import Staff
from foundation.policy import selectors as policy
from foundation.ui import live
from foundation.worklist import services as worklist

ALARM, UNDECIDED = "authorization.alarm_seconds", "authorization.undecided_seconds"
ON_SITE = "authorization.on_site_seconds"


def watch(*, at: datetime) -> int:
    """Settle, lapse, alarm and send up whatever is due, each in a transaction; return how many.

    A number that is not in force does nothing: nobody has said yet how long is too long.
    """
    seconds = policy.bank_wholes(codes=(ALARM, UNDECIDED, ON_SITE), on=localdate(at))
    count = _each(selectors.settling(at=at), settle, at)
    count += _each(selectors.lapsing(at=at), lapse, at)
    if UNDECIDED in seconds:
        limit = timedelta(seconds=seconds[UNDECIDED])
        count += _each(selectors.undecided(since=at - limit), send_up, at)
    if ALARM in seconds:
        limit = timedelta(seconds=seconds[ALARM])
        count += _each(selectors.unalarmed(since=at - limit), alarm, at)
    if ON_SITE in seconds:
        limit = timedelta(seconds=seconds[ON_SITE])
        count += _each(selectors.unalarmed_on_site(since=at - limit), alarm_on_site, at)
    return count


@transaction.atomic
def alarm(*, number: str, at: datetime) -> Request:
    """Tell the leads once that an item has waited too long; not of one that waits no more."""
    request = selectors.locked(number=number)
    limit = policy.whole(code=ALARM, on=localdate(at))
    late = request.state in rules.WAITING_IN and waited(request=request, at=at) >= timedelta(
        seconds=limit
    )
    if late and request.alarmed_at is None:
        _alarm(request, at)
    return request


@transaction.atomic
def alarm_on_site(*, number: str, at: datetime) -> Request:
    """Tell the leads once that nobody of its outlet has confirmed an item for too long."""
    request = selectors.locked(number=number)
    since = at - timedelta(seconds=policy.whole(code=ON_SITE, on=localdate(at)))
    waits = request.state == rules.ON_SITE and request.alarmed_at is None
    if waits and request.presented_at is not None and request.presented_at <= since:
        _alarm(request, at)
    return request


def _alarm(request: Request, at: datetime) -> None:
    request.alarmed_at = at
    request.save(update_fields=["alarmed_at"])
    told(request=request, step="alarm", actor=SYSTEM, at=at)
    live.tell("authorization", request.institution_id)


@transaction.atomic
def send_up(*, number: str, at: datetime) -> Request:
    """Send an item to the leads that nobody took, or that its desk did not decide, in time.

    One that was decided or sent up meanwhile stays, and so does one that is being opened just now.
    """
    request = selectors.locked(number=number)
    limit = timedelta(seconds=policy.whole(code=UNDECIDED, on=localdate(at)))
    if request.escalated_at is not None or request.work_item_id is None:
        return request
    if request.state == rules.VIEWING:
        step, why, took = "time_out", rules.UNDECIDED, at - (request.opened_at or at)
    elif request.state == rules.QUEUED:
        step, why, took = "escalate", rules.WAITED, waited(request=request, at=at)
    else:
        return request
    if took < limit or not worklist.escalate(item_id=request.work_item_id, at=at):
        return request
    if step == "time_out" and request.opened_at is not None:
        request.viewed_ms += (at - request.opened_at) // MILLISECOND
    request.state = rules.FLOW.after(request.state, step)
    request.escalated_at, request.escalated_why = at, why
    request.opened_at = request.shown_at = None
    request.save(
        update_fields=[
            "state", "escalated_at", "escalated_why", "opened_at", "shown_at", "viewed_ms",
        ]
    )  # fmt: skip
    told(request=request, step=step, actor=SYSTEM, at=at, why=why)
    moved(request=request, at=at)
    return request


@transaction.atomic
def shown_on_screen(*, number: str, fence: int, at: datetime) -> Request:
    """Keep when the images of the item on a desk stood on its screen, once for each opening."""
    request = selectors.locked(number=number)
    if (
        request.state == rules.VIEWING
        and request.opened_fence == fence
        and request.shown_at is None
    ):
        request.shown_at = at
        request.save(update_fields=["shown_at"])
    return request


def seen_by_teller(*, teller: Staff, numbers: Sequence[str], at: datetime) -> int:
    """Keep when a page of the teller showed what was decided of own items; return of how many.

    At desks of the centre, and on site.
    """
    own = Q(request__number__in=numbers, request__teller=teller, seen_at=None, at__lte=at)
    count: int = Decision.objects.filter(own).update(seen_at=at)
    here: int = OnSite.objects.filter(own).exclude(step="").update(seen_at=at)
    return count + here


def _each(numbers: Sequence[str], act: Callable[..., Request], at: datetime) -> int:
    for number in numbers:
        act(number=number, at=at)
    return len(numbers)
