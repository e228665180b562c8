"""Holds: what an authorizer asks before deciding, and the answer that brings the item back."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.utils.timezone import localdate

from authorization import rules, selectors
from authorization.models import Inquiry, Request
from authorization.rules import scanning
from authorization.services._content import content_of
from authorization.services._on_site import PRESENTED, present
from authorization.services._queueing import (
    BACK,
    MILLISECOND,
    kept_seconds,
    let_wait,
    moved,
    told,
)
from foundation.kernel.text import clean_text
from foundation.people import selectors as people
from foundation.people.models import Staff
from foundation.people.roles import Permission
from foundation.policy import selectors as policy
from foundation.worklist import services as worklist

SYSTEM = "system"
LONGEST = 200


@transaction.atomic
def hold(
    *,
    number: str,
    kind: str,
    question: str,
    fence: int,
    authorizer: Staff,
    at: datetime,
    called_number: str = "",
) -> Inquiry:
    """Put the item before the authorizer on hold to ask something; the desk is free again.

    Refuses a lost lease, no question, a call without a number, an image once too often. It comes
    back by the answer, or without one after `authorization.hold_seconds`.
    """
    request = selectors.locked(number=number)
    asked = clean_text(question, LONGEST, field="question")
    called = called_number.strip() if kind == rules.CALL else ""
    rules.check_question(kind, asked, called)
    request.state = rules.FLOW.after(request.state, "hold")
    _check_rescans(request, kind, at)
    assert request.work_item_id is not None, "an item being viewed was queued"
    assert request.opened_at is not None, "an item being viewed was opened"
    worklist.set_aside(item_id=request.work_item_id, fence=fence, staff=authorizer, reason=asked)
    seconds = policy.whole(code="authorization.hold_seconds", on=localdate(at))
    inquiry: Inquiry = Inquiry.objects.create(
        institution_id=request.institution_id,
        request=request,
        attempt=request.attempt,
        kind=kind,
        question=asked,
        called_number=called,
        asked_by=authorizer,
        asked_by_label=authorizer.label,
        asked_at=at,
        due_at=at + timedelta(seconds=seconds),
    )
    request.viewed_ms += (at - request.opened_at) // MILLISECOND
    request.save(update_fields=["state", "viewed_ms"])
    told(
        request=request,
        step="hold",
        actor=authorizer.label,
        at=at,
        kind=kind,
        question=asked,
        number=called,
    )
    moved(request=request, at=at)
    return inquiry


@transaction.atomic
def answer(*, number: str, text: str, by: Staff, at: datetime, outcome: str = "") -> Request:
    """Answer what is asked about an item on hold; it waits again, first for who asked.

    Refuses who may not answer this kind, an answer without words, a call without its outcome, a
    rescan without a new image, and what is asked no more. A new image is new content: what a first
    level said of the old one does not count for it.
    """
    request = selectors.locked(number=number)
    inquiry = _open(request)
    said = clean_text(text, LONGEST, field="text")
    decides = Permission.AUTHORIZATION_DECIDE in people.permissions(staff=by, on=localdate(at))
    rules.check_answerer(
        inquiry.kind,
        asked_by=inquiry.asked_by.person,
        teller=request.teller_person,
        person=by.person,
        decides=decides,
    )
    content = content_of(request=request)
    added = content != request.content_hash
    rules.check_answer(inquiry.kind, said, outcome, image_added=added)
    inquiry.answer, inquiry.answered_by, inquiry.answered_by_label = said, by, by.label
    inquiry.outcome = outcome if inquiry.kind == rules.CALL else ""
    _end(inquiry, rules.ANSWERED, at)
    if inquiry.kind == rules.RESCAN:
        _renew(request)
    _back(request, inquiry, "answer", by.label, at)
    told(request=request, step="answer", actor=by.label, at=at,
        kind=inquiry.kind, answer=said, outcome=inquiry.outcome, content=request.content_hash,
    )  # fmt: skip
    return request


@transaction.atomic
def lapse(*, number: str, at: datetime) -> Request:
    """Let an item wait again whose question nobody answered in time; any other stays as it is."""
    request = selectors.locked(number=number)
    inquiry = selectors.open_inquiry(request=request)
    if inquiry is not None and inquiry.due_at <= at and request.state == rules.ON_HOLD:
        let_lapse(request=request, inquiry=inquiry, at=at)
    return request


def let_lapse(*, request: Request, inquiry: Inquiry, at: datetime) -> None:
    """End a question without an answer, and let its locked item wait again."""
    _end(inquiry, rules.LAPSED, at)
    _back(request, inquiry, "lapse", SYSTEM, at)
    told(request=request, step="lapse", actor=SYSTEM, at=at, kind=inquiry.kind)


def take_back(*, request: Request, at: datetime) -> None:
    """End what is asked about a locked item that its teller takes back."""
    inquiry = selectors.open_inquiry(request=request)
    if inquiry is not None:
        _end(inquiry, rules.TAKEN_BACK, at)


def _check_rescans(request: Request, kind: str, at: datetime) -> None:
    if kind != rules.RESCAN:
        return
    numbers = policy.bank_wholes(codes=(scanning.RESCANS_MOST,), on=localdate(at))
    asked = Inquiry.objects.filter(request=request, kind=rules.RESCAN).count()
    scanning.check_rescans(asked=asked, most=numbers.get(scanning.RESCANS_MOST))


def _open(request: Request) -> Inquiry:
    inquiry = selectors.open_inquiry(request=request)
    if inquiry is None or request.state != rules.ON_HOLD:
        raise rules.NothingAsked
    return inquiry


def _end(inquiry: Inquiry, how: str, at: datetime) -> None:
    inquiry.ended_by, inquiry.ended_at = how, at
    inquiry.save(
        update_fields=[
            "ended_by", "ended_at", "answer", "outcome", "answered_by", "answered_by_label",
        ]
    )  # fmt: skip


def _renew(request: Request) -> None:
    """Tie the item to its images as they are now.

    A new round begins where somebody said yes to the images as they were: above the first level,
    or where people of the outlet confirmed it.
    """
    if request.level > 1 or request.outlet_needed:
        request.attempt, request.level = request.attempt + 1, 1
    request.content_hash = content_of(request=request)


def _back(request: Request, inquiry: Inquiry, step: str, by_label: str, at: datetime) -> None:
    assert request.work_item_id is not None, "an item on hold was queued"
    request.held_ms += max(0, (at - inquiry.asked_at) // MILLISECOND)
    if (
        request.outlet_needed
        and inquiry.ended_by == rules.ANSWERED
        and inquiry.kind == rules.RESCAN
    ):
        present(request=request, at=at)
        request.save(update_fields=sorted({*BACK, *PRESENTED}))
        return
    let_wait(request=request, step=step)
    worklist.bring_back(
        item_id=request.work_item_id,
        by_label=by_label,
        keep_for=inquiry.asked_by,
        seconds=kept_seconds(at=at),
    )
    moved(request=request, at=at)
