"""Holds of the demo day: what authorizers ask, who answers what, and what went up to the leads."""

from __future__ import annotations

from datetime import datetime, timedelta

from authorization import selectors
from authorization import services as authorization
from authorization.models import Request
from authorization.rules import CALL, CONFIRMED, CONSULT, ESCALATED, RESCAN
from foundation.people import services as people
from foundation.people.models import Staff
from ops_platform.demo.cases import Case

LOOKED = timedelta(seconds=9)
TAKEN_UP = timedelta(seconds=3)
ANSWERED = {
    RESCAN: timedelta(seconds=47), CONSULT: timedelta(seconds=31), CALL: timedelta(seconds=74),
}  # fmt: skip
QUESTIONS = {
    RESCAN: "凭证影像不清，请补扫一张",
    CONSULT: "金额较大，用途与客户职业是否相符？",
    CALL: "大额转账，向客户本人核实金额和收款人",
}
ANSWERS = {
    RESCAN: "已重新扫描",
    CONSULT: "已核对近期往来，属正常业务，可以办理",
    CALL: "本人接听，金额、收款人核实一致",
}
CALLED = "010-5555-0{:03}"
DESK_LEAVES_IT = timedelta(seconds=181)


def wanted(case: Case, opened: Request) -> str:
    """Return what is asked about an item before it is decided: by its rule, or by the case."""
    if of_rule(opened):
        return CALL
    asked = {one.kind for one in selectors.inquiries(request=opened)}
    return case.ending if case.ending in (RESCAN, CONSULT) and case.ending not in asked else ""


def of_rule(opened: Request) -> str:
    """Return whether the rule of an item wants a call that was not made."""
    missing = opened.call_needed and not selectors.is_confirmed(request=opened)
    return CALL if missing else ""


def ask(kind: str, opened: Request, authorizer: Staff, at: datetime) -> datetime:
    """Let the authorizer put the item on hold; return when it will be answered."""
    with people.acting(staff=authorizer):
        authorization.hold(
            number=opened.number,
            kind=kind,
            question=QUESTIONS[kind],
            fence=opened.opened_fence,
            authorizer=authorizer,
            called_number=CALLED.format(opened.pk % 1_000) if kind == CALL else "",
            at=at + LOOKED,
        )
    return at + LOOKED + ANSWERED[kind]


def answer(kind: str, opened: Request, by: Staff, at: datetime) -> None:
    """Let whom it concerns answer."""
    with people.acting(staff=by):
        authorization.answer(
            number=opened.number,
            text=ANSWERS[kind],
            outcome=CONFIRMED if kind == CALL else "",
            by=by,
            at=at,
        )


def too_late(opened: Request, at: datetime) -> tuple[datetime, bool]:
    """Let a desk leave an item too long; return when it is taken up again, and if by a lead.

    Where the number of the day says longer, it stays where it is.
    """
    with people.acting_as_system(reason="demo clock"):
        request = authorization.send_up(number=opened.number, at=at + DESK_LEAVES_IT)
    return at + DESK_LEAVES_IT + TAKEN_UP, request.state == ESCALATED
