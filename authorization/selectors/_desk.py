"""All that a desk shows: the authorizer's day and the item before them, in few questions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from authorization import rules
from authorization.models import Inquiry, Message, Opening, Request, TierVerdict
from authorization.selectors import _checks as checking
from authorization.selectors import publishing
from authorization.selectors._checks import Check
from authorization.selectors._identity import opening
from authorization.selectors._items import Field, compared, history
from authorization.selectors._talking import messages
from authorization.selectors._together import ask
from authorization.selectors._waiting import inquiries
from foundation.imaging import selectors as imaging
from foundation.imaging.models import Page
from foundation.ledger import selectors as ledger
from foundation.people.models import Staff
from foundation.policy import selectors as policy

_TARGET = "authorization.target_seconds"
# The day in brackets is one value: what is reckoned for each row is not looked up in an index.
_DECIDED = f"""FROM authorization_decision made WHERE made.decider_id = %(staff)s
    AND made.business_date = (SELECT coalesce(({ledger.OPEN_DAY_SQL}), %(today)s))"""
_DAY = f"""
(SELECT ARRAY[count(*), avg(made.view_ms) FILTER (WHERE made.offline_id IS NULL)]::float8[]
    {_DECIDED}) AS decided,
(SELECT count(*) FROM authorization_request one
    WHERE one.state IN ('queued', 'escalated') AND one.grade_needed <= %(grade)s) AS waiting,
(SELECT count(*) FROM authorization_inquiry one
    WHERE one.asked_by_id = %(staff)s AND one.ended_at IS NULL) AS on_hold
"""  # noqa: S608 -- put together of texts of ours
# Of what is rarely there only whether it is.
_ITEM = f"""{checking.COUNTED},
({policy.BANK_WHOLE_SQL}) AS target,
EXISTS (SELECT FROM authorization_inquiry one WHERE one.request_id = %(item)s) AS any_inquiry,
EXISTS (SELECT FROM authorization_message one WHERE one.request_id = %(item)s) AS any_message,
EXISTS (SELECT FROM authorization_tierverdict one WHERE one.request_id = %(item)s
    AND one.seq = %(attempt)s AND one.outcome = 'reject' AND one.publication_id IS NOT NULL)
    AS any_refusal
"""  # noqa: S608 -- put together of texts of ours


@dataclass(frozen=True)
class DayOf:
    """One authorizer's day so far, how many wait for their grade, and how many they ask about."""

    decided: int
    average_seconds: int | None
    waiting: int
    on_hold: int


@dataclass(frozen=True)
class Shown:
    """Everything the workbench shows of one item."""

    request: Request
    opening: Opening | None
    fields: Sequence[Field]
    pages: Sequence[Page]
    read: bool
    checks: Sequence[Check]
    history: Sequence[Request]
    inquiries: Sequence[Inquiry]
    said: Sequence[Message]
    refused: TierVerdict | None
    target_seconds: int
    opened_at: datetime

    @property
    def call_missing(self) -> bool:
        """Return whether the rule wants a call-back that no customer has confirmed yet."""
        return self.request.call_needed and not any(
            one.outcome == rules.CONFIRMED and one.attempt == self.request.attempt
            for one in self.inquiries
        )

    @property
    def differing(self) -> int:
        """Return how many fields were read and differ."""
        return sum(field.verdict == "differs" for field in self.fields)


@dataclass(frozen=True)
class Desk:
    """An authorizer's day, and the item before them if there is one."""

    day: DayOf
    shown: Shown | None


def desk(*, authorizer: Staff, today: date, opened: Request | None) -> Desk:
    """Return what the desk of an authorizer shows with the item on it.

    The day is the business day open at the authorizer's own institution, else the calendar's.
    """
    day = {
        "staff": authorizer.pk,
        "grade": authorizer.grade,
        "institution": authorizer.institution_id,
        "today": today,
    }
    figures = f"{_DAY}, {_ITEM}" if opened else _DAY
    found = ask(figures=figures, given=day | (_facts(opened) if opened else {}))
    return Desk(_day_of(found), _shown(opened, found) if opened else None)


def shown(*, request: Request) -> Shown:
    """Return an item as its authorizer sees it."""
    return _shown(request, ask(figures=_ITEM, given=_facts(request)))


def _day_of(found: Mapping[str, Any]) -> DayOf:
    decided, average = found["decided"]
    return DayOf(
        decided=int(decided),
        average_seconds=None if average is None else round(average / 1000),
        waiting=found["waiting"],
        on_hold=found["on_hold"],
    )


def _facts(request: Request) -> dict[str, Any]:
    return checking.facts(request=request) | {"code": _TARGET, "attempt": request.attempt}


def _shown(request: Request, found: Mapping[str, Any]) -> Shown:
    assert request.opened_at is not None
    target = found["target"]
    if target is None:  # refuses, and says which number has no value
        target = policy.whole(code=_TARGET, on=request.business_date)
    asked_for = opening(request=request)
    looked = imaging.looked(document_id=request.document_id)
    return Shown(
        request=request,
        opening=asked_for,
        fields=compared(request=request, read=looked.read, opened=asked_for),
        pages=looked.pages,
        read=looked.whole,
        checks=checking.checks(request=request, counted=found),
        history=history(request=request),
        inquiries=inquiries(request=request) if found["any_inquiry"] else (),
        said=messages(request=request) if found["any_message"] else (),
        refused=publishing.refused(request=request) if found["any_refusal"] else None,
        target_seconds=target,
        opened_at=request.opened_at,
    )
