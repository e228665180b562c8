"""Which business numbers exist, their type and unit, and how a text becomes their value."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, time
from decimal import Decimal
from itertools import pairwise

from foundation.kernel.calendar import Span
from foundation.kernel.errors import Refused


class UnknownPolicy(Refused):
    """No business number has this code."""

    code = "E1501"
    text = "There is no business number %(policy)s."


class NotSet(Refused):
    """The business number has no value in force on the day."""

    code = "E1502"
    text = "The business number %(policy)s has no value in force on %(on)s."
    hint = "Ask the operations manager to propose one and the risk manager to approve it."


class SamePerson(Refused):
    """The proposer may not approve."""

    code = "E1503"
    text = "A business number is approved by another person than its proposer."


class BadValue(Refused):
    """The text is not a value of the number's type, or out of all bounds."""

    code = "E1504"
    text = "%(value)s is not a value of %(policy)s."
    hint = "Write a number, or hours as 09:00-12:00, 13:30-17:00."


class TooSoon(Refused):
    """A value may not change what has already been done by it."""

    code = "E1505"
    text = "A value counts from tomorrow at the earliest."


class NotYours(Refused):
    """The value would count where the proposer has no say."""

    code = "E1506"
    text = "A value of the whole bank is for the head office to change."
    hint = "Choose an institution of your own."


class AlreadyDecided(Refused):
    """Somebody has approved or declined the proposal."""

    code = "E1507"
    text = "The proposal is decided already."


WAITING, APPROVED, DECLINED = "waiting", "approved", "declined"
OFFICE_HOURS = "calendar.office_hours"
# More of a unit is a slip of the hand, and with far more no moment could be reckoned any more.
MOST = 1_000_000
MOST_BY_UNIT = {"fen": 10**17, "%": 100, "months": 1200, "days": 366, "1 / 2": 2}
_SPAN = re.compile(r"([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-3]):([0-5]\d)", re.ASCII)


def hours(text: str) -> Sequence[Span]:
    """Return the working hours written as 09:00-12:00, 13:30-17:00; ValueError for others."""
    spans = tuple(_span(part.strip()) for part in text.split(","))
    if any(former.closes > later.opens for former, later in pairwise(spans)):
        raise ValueError("the spans of a day follow one another")
    return spans


def _span(text: str) -> Span:
    found = _SPAN.fullmatch(text)
    if found is None:
        raise ValueError(f"{text} is no stretch of hours")
    opened, opens, closed, closes = map(int, found.groups())
    return Span(time(opened, opens), time(closed, closes))


@dataclass(frozen=True)
class Number:
    """One business number: its code, how its text is read, its unit and meaning."""

    code: str
    kind: Callable[[str], int | Decimal | Sequence[Span]]
    unit: str
    meaning: str


NUMBERS: dict[str, Number] = {
    number.code: number
    for number in (
        Number("authorization.lease_seconds", int, "s", "How long an authorizer holds an item"),
        Number("authorization.target_seconds", int, "s", "Handling time aimed at"),
        Number(
            "authorization.answer_within_seconds", int, "s", "Waiting by which seats are counted"
        ),
        Number("authorization.answer_share_percent", int, "%", "Share of items taken up in time"),
        Number("authorization.hold_seconds", int, "s", "How long a question on hold may stay open"),
        Number("authorization.kept_seconds", int, "s", "How long an item is kept for who knows it"),
        Number("authorization.undo_seconds", int, "s", "How long a decision may be taken back"),
        Number("authorization.alarm_seconds", int, "s", "Waiting from which the leads are alarmed"),
        Number(
            "authorization.undecided_seconds", int, "s", "Time without decision until the leads"
        ),
        Number("authorization.ring_seconds", int, "s", "Waiting until other skills take it"),
        Number("authorization.lead_seconds", int, "s", "Waiting until leads take it without skill"),
        Number(
            "authorization.own_outlet_months",
            int,
            "months",
            "How long an outlet stays one's own",
        ),
        Number("authorization.pair_hour_most", int, "items", "One teller's items with one person"),
        Number("authorization.strategy", int, "1 / 2", "Dispatch: 1 by skill and rules, 2 by lot"),
        Number("authorization.limit_g1_fen", int, "fen", "Largest amount of grade G1"),
        Number("authorization.limit_g2_fen", int, "fen", "Largest amount of grade G2"),
        Number("authorization.limit_g3_fen", int, "fen", "Largest amount of grade G3"),
        Number("authorization.limit_g4_fen", int, "fen", "Largest amount of grade G4"),
        Number("authorization.limit_g5_fen", int, "fen", "Largest amount of grade G5"),
        Number(
            "authorization.staffing_days", int, "days", "Days whose mean arrivals staffing shows"
        ),
        Number(
            "authorization.relief_months",
            int,
            "months",
            "Months without a refusal before relief is proposed",
        ),
        Number(
            "authorization.relief_items_least",
            int,
            "items",
            "Items decided before relief is proposed",
        ),
        Number("monitoring.lease_seconds", int, "s", "How long an auditor holds a difference"),
        Number("worklist.priority_seconds", int, "s", "Waiting that a step of priority is worth"),
        Number("worklist.urgent_seconds", int, "s", "Waiting that being marked urgent is worth"),
        Number("jobs.reading_running_most", int, "jobs", "Pages read at once"),
        Number(
            "jobs.reading_waiting_most", int, "jobs", "Pages to be read before patient jobs wait"
        ),
        Number("jobs.copying_running_most", int, "jobs", "Pages copied for screens at once"),
        Number(
            "jobs.matching_waiting_most",
            int,
            "jobs",
            "Documents to be compared before patient jobs wait",
        ),
        Number("jobs.day_running_most", int, "jobs", "Days of outlets compared at once"),
        Number("jobs.patience_seconds", int, "s", "How long patient jobs wait for others at most"),
        Number("monitoring.same_confidence_min", int, "%", "Confidence from which a field agrees"),
        Number(
            "monitoring.differs_confidence_min", int, "%", "Confidence from which a field differs"
        ),
        Number("monitoring.wait_target_minutes", int, "min", "How long a difference may wait"),
        Number("authorization.wait_target_seconds", int, "s", "How long an item may wait"),
        Number("authorization.review_percent", int, "%", "Share of decisions seen again blind"),
        Number("authorization.exam_least", int, "points", "Points from which an exam is passed"),
        Number("authorization.shadow_days", int, "days", "Days that a shadow lasts at least"),
        Number(
            "authorization.shadow_items",
            int,
            "items",
            "Decisions drawn a day for each person in the shadow",
        ),
        Number(
            "authorization.probation_items",
            int,
            "items",
            "Decisions seen again before somebody is admitted",
        ),
        Number(
            "authorization.probation_errors_per_mille",
            int,
            "‰",
            "Share of them that may be judged wrong",
        ),
        Number("authorization.validity_days", int, "days", "How long an admission holds"),
        Number(
            "authorization.wrong_rejects_most",
            int,
            "items",
            "Wrong refusals in a month from which a grade is lost",
        ),
        Number(
            "authorization.serious_most",
            int,
            "items",
            "Grave wrong approvals in a month from which a grade is lost",
        ),
        Number(
            "authorization.serious_severity",
            int,
            "1-4",
            "Severity from which a wrong approval is grave",
        ),
        Number(
            "authorization.planted_items",
            int,
            "items",
            "Items with a known answer planted a day",
        ),
        Number("authorization.objection_hours", int, "hours", "How long an outlet may object"),
        Number("authorization.id_check_seconds", int, "s", "How long a check of an identity holds"),
        Number("authorization.atm_daily_most_fen", int, "fen", "Largest daily limit at machines"),
        Number("authorization.quick_seconds", int, "s", "Below which an approval is quick"),
        Number("authorization.quick_images", int, "images", "Images from which quick is odd"),
        Number("authorization.fallback_minutes", int, "min", "How long an emergency takes at most"),
        Number(
            "authorization.fallback_suggest_seconds",
            int,
            "s",
            "Time without a claim until an emergency is suggested",
        ),
        Number("authorization.local_most_fen", int, "fen", "Largest amount decided at an outlet"),
        Number(
            "hooks.tries_most", int, "tries", "How often an event is told before it is given up"
        ),
        Number("hooks.timeout_seconds", int, "s", "How long a receiver of events may take"),
        Number("hooks.overlap_hours", int, "hours", "How long a former secret stays good"),
        Number("hooks.kept_days", int, "days", "How long is kept what was told"),
        Number("jobs.hooks_running_most", int, "jobs", "Events told at once"),
        Number(
            "ledger.opens_ahead_minutes", int, "min", "How long before the office the day is opened"
        ),
        Number("ledger.kept_months", int, "months", "How many months stay in the books"),
        Number("ledger.export_keep_hours", int, "hours", "How long a long file is kept"),
        Number("aml.cash_fen", int, "fen", "Cash of a customer in a day from which it is reported"),
        Number("aml.corporate_fen", int, "fen", "Transfers of a company in a day to be reported"),
        Number(
            "aml.domestic_fen", int, "fen", "Transfers of a person at home in a day to be reported"
        ),
        Number("aml.cross_fen", int, "fen", "Transfers of a person abroad in a day to be reported"),
        Number("aml.deadline_days", int, "days", "Working days until a large value is reported"),
        Number("aml.split_items", int, "items", "Parts of cash from which splitting is suspected"),
        Number("aml.screen_least", int, "%", "Likeness from which a name is a hit"),
        Number("security.idle_minutes", int, "min", "Idle minutes before the screen locks"),
        Number(OFFICE_HOURS, hours, "HH:MM-HH:MM", "Hours in which working time counts"),
    )
}


def value_of(code: str, text: str) -> int | Decimal | Sequence[Span]:
    """Return the typed value of a business number; refuse an unknown code or a bad text."""
    if code not in NUMBERS:
        raise UnknownPolicy(policy=code)
    number = NUMBERS[code]
    try:
        value = number.kind(text)
    except (ArithmeticError, ValueError) as error:
        raise BadValue(policy=code, value=text) from error
    if isinstance(value, int) and not 0 <= value <= MOST_BY_UNIT.get(number.unit, MOST):
        raise BadValue(policy=code, value=text)
    return value


def check_day(valid_from: date, *, today: date) -> None:
    """Refuse a value that would count for a day that has begun."""
    if valid_from <= today:
        raise TooSoon(field="valid_from")


def last_day_known(days: Iterable[date]) -> date | None:
    """Return the end of the last year of which special days are known."""
    years = [day.year for day in days]
    return date(max(years), 12, 31) if years else None
