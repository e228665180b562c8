"""What a decision does once it counts: it is kept, told, and posts, ends or passes the item on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from authorization import rules, selectors
from authorization.models import Decision, Fallback, Request
from authorization.services import _emergency, _posting
from authorization.services._queueing import MILLISECOND, QUEUED, put_in, told, waited
from authorization.services.quality import see_again
from foundation.people.models import Staff

PASSED_ON_PRIORITY = 20


@dataclass(frozen=True)
class Said:
    """What somebody decided of a locked item, when, and why; in an emergency, by which switch."""

    step: str
    decider: Staff
    at: datetime
    reasons: Sequence[str] = ()
    remark: str = ""
    switch: Fallback | None = None


def is_first(*, request: Request, step: str) -> bool:
    """Return whether a decision is a yes that another human's yes must follow."""
    return step == "approve" and request.level < request.levels_needed


def carry_out(*, request: Request, said: Said, at: datetime, on: date | None = None) -> None:
    """Let a decision of a locked item count, whose work item has ended; post on the last yes.

    `on` is the business day of the outlet where it was asked just now.
    """
    first = is_first(request=request, step=said.step)
    step = "confirm" if first else said.step
    rules.FLOW.after(request.state, step)
    request.reasons, request.remark = list(said.reasons), said.remark
    on = on or _posting.day_of(request=request)
    made = _keep_decision(request, said, on)
    told(
        request=request, step=step, actor=said.decider.label, at=at,
        reasons=list(said.reasons), remark=said.remark, content=request.content_hash,
        **_emergency.in_epoch(epoch=made.epoch if said.switch else 0),
    )  # fmt: skip
    if first:
        _pass_on(request, said.decider, at)
        return
    if said.switch is not None and step != "return":
        see_again(made=made, at=at)
    _posting.end(
        request=request, step=step, by_label=said.decider.label, decided_at=said.at, on=on, at=at
    )


def _pass_on(request: Request, first: Staff, at: datetime) -> None:
    """Let an item with its first yes wait for another human, before what comes new.

    Nor is it offered to who confirmed it on site.
    """
    had_part = [first.person, *selectors.confirmed_on_site(request=request)]
    put_in(request=request, step="confirm", priority=PASSED_ON_PRIORITY, at=at, not_by=had_part)
    request.level += 1
    request.save(update_fields=QUEUED)


def _keep_decision(request: Request, said: Said, on: date) -> Decision:
    assert request.queued_at is not None
    assert request.opened_at is not None
    made: Decision = Decision.objects.create(
        institution_id=request.institution_id,
        request=request,
        seq=request.attempt,
        level=request.level,
        step=said.step,
        decider=said.decider,
        decider_label=said.decider.label,
        decider_person=said.decider.person,
        reasons=request.reasons,
        remark=request.remark,
        content_hash=request.content_hash,
        business_date=on,
        at=said.at,
        queue_ms=waited(request=request, at=said.at) // MILLISECOND,
        view_ms=request.viewed_ms + (said.at - request.opened_at) // MILLISECOND,
        hold_ms=request.held_ms,
        show_ms=_until_shown(request),
        fallback=said.switch,
        epoch=(said.switch.epoch or 0) if said.switch else 0,
    )
    return made


def _until_shown(request: Request) -> int | None:
    """Return how long the desk took to show the images, if it said when it did."""
    if request.shown_at is None or request.opened_at is None:
        return None
    return max(0, (request.shown_at - request.opened_at) // MILLISECOND)
