"""The business numbers that the bank decides: how each is read, its unit and what it means."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import time
from decimal import Decimal
from itertools import pairwise

from foundation.kernel.calendar import Span
from foundation.policy.rules import _laundering

OFFICE_HOURS = "calendar.office_hours"
# More of a unit is a slip of the hand, and with far more no moment could be reckoned any more.
MOST = 1_000_000
MOST_BY_UNIT = {
    "fen": 10**17, "%": 100, "months": 1200, "days": 366, "1 / 2": 2,
    "‱": 10_000, _laundering.CENTS: 10**15, _laundering.RATE_UNIT: 10**9,
}  # fmt: skip
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
        Number("authorization.rescans_most", int, "times", "How often another image is asked for"),
        Number("authorization.kept_seconds", int, "s", "How long an item is kept for who knows it"),
        Number("authorization.undo_seconds", int, "s", "How long a decision may be taken back"),
        Number("authorization.alarm_seconds", int, "s", "Waiting from which the leads are alarmed"),
        Number(
            "authorization.on_site_seconds",
            int,
            "s",
            "Waiting on site from which the leads are told",
        ),
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
        Number(
            "authorization.fair_seconds", int, "s", "Waiting left to who worked fewer seconds today"
        ),
        Number("authorization.weight_cash_seconds", int, "s", "Waiting that cash is worth"),
        Number("authorization.weight_amount_seconds", int, "s", "Waiting a large amount is worth"),
        Number("authorization.weight_from_fen", int, "fen", "Amount from which it is large"),
        Number(
            "authorization.weight_customer_seconds", int, "s", "Waiting a valued customer is worth"
        ),
        Number(
            "authorization.customer_from_fen", int, "fen", "Balance from which a customer is valued"
        ),
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
        Number("imaging.skew_tenths_most", int, "0.1°", "Tilt up to which a page is good enough"),
        Number("imaging.light_least", int, "0-255", "Lightness of paper from which it is enough"),
        Number("imaging.ink_per_mille_least", int, "‰", "Ink from which a page is not blank"),
        Number("imaging.side_pixels_least", int, "px", "Longer side from which a page is enough"),
        Number("imaging.edge_per_mille_most", int, "‰", "Broken edge up to which it is whole"),
        Number("monitoring.same_confidence_min", int, "%", "Confidence from which a field agrees"),
        Number(
            "monitoring.differs_confidence_min", int, "%", "Confidence from which a field differs"
        ),
        Number("monitoring.date_days_most", int, "days", "Age of a voucher's date at its booking"),
        Number("monitoring.bill_days_most", int, "days", "Time to present a bill after its issue"),
        Number(
            "monitoring.particulars_from_fen", int, "fen", "Amount whose date and print are certain"
        ),
        Number("monitoring.entry_two_from_fen", int, "fen", "Amount from which two key blind"),
        Number(
            "monitoring.entry_control_every", int, "slices", "Slices for one with a known answer"
        ),
        Number(
            "imaging.doubt_same_most", int, "1/100 nat", "Doubt up to which a form proves a value"
        ),
        Number(
            "imaging.doubt_large_most",
            int,
            "1/100 nat",
            "Doubt up to which a large amount is proved",
        ),
        Number(
            "imaging.doubt_differs_least", int, "1/100 nat", "Doubt from which a form disproves"
        ),
        Number("imaging.link_minutes", int, "min", "How long the address of an image holds"),
        Number("imaging.large_fen", int, "fen", "Amount that figures and capitals must both prove"),
        Number("monitoring.wait_target_minutes", int, "min", "How long a difference may wait"),
        Number("monitoring.alert_minutes", int, "min", "How long an alert may wait"),
        Number("monitoring.quiet_days_most", int, "days", "How long a rule may be kept quiet"),
        Number("monitoring.risk_notice", int, "points", "Risk of an open alert, general attention"),
        Number("monitoring.risk_focus", int, "points", "Risk of an open alert, key attention"),
        Number("monitoring.risk_high", int, "points", "Risk of an open alert, high attention"),
        Number("monitoring.risk_overdue", int, "points", "Risk of an overdue slip"),
        Number("monitoring.risk_medium_from", int, "points", "Risk from which it is medium"),
        Number("monitoring.risk_high_from", int, "points", "Risk from which it is high"),
        Number("monitoring.hits_most", int, "items", "Hits of one rule that a night keeps"),
        Number("authorization.wait_target_seconds", int, "s", "How long an item may wait"),
        Number(
            "monitoring.slip_query_minutes",
            int,
            "min",
            "Working minutes of the next day for the answer to a query",
        ),
        Number(
            "monitoring.slip_error_1_minutes",
            int,
            "min",
            "Working minutes to put an error of class 1 right",
        ),
        Number(
            "monitoring.slip_error_2_minutes",
            int,
            "min",
            "Working minutes to put an error of class 2 right",
        ),
        Number(
            "monitoring.slip_error_3_minutes",
            int,
            "min",
            "Working minutes to put an error of class 3 right",
        ),
        Number(
            "monitoring.slip_error_4_minutes",
            int,
            "min",
            "Working minutes to put an error of class 4 right, 0 the same day",
        ),
        Number(
            "monitoring.slip_plan_minutes",
            int,
            "min",
            "Working minutes for the plan of a rectification",
        ),
        Number(
            "monitoring.slip_rectification_minutes",
            int,
            "min",
            "Working minutes for a whole rectification",
        ),
        Number(
            "monitoring.slip_warning_minutes",
            int,
            "min",
            "Working minutes for the report to a warning",
        ),
        Number(
            "monitoring.slip_qc_minutes",
            int,
            "min",
            "Working minutes for the answer to a quality slip",
        ),
        Number(
            "monitoring.slip_appeal_minutes",
            int,
            "min",
            "Working minutes in which a slip may be appealed",
        ),
        Number(
            "monitoring.slip_rung_minutes",
            int,
            "min",
            "Working minutes until an overdue slip goes a rung up",
        ),
        Number(
            "monitoring.slip_repeat_days",
            int,
            "days",
            "Days in which the same error counts as repeated",
        ),
        Number(
            "monitoring.slip_repeat_times",
            int,
            "times",
            "How many times the points of a repeated error",
        ),
        Number("monitoring.slip_points_1", int, "points", "Points of an error of class 1"),
        Number("monitoring.slip_points_2", int, "points", "Points of an error of class 2"),
        Number("monitoring.slip_points_3", int, "points", "Points of an error of class 3"),
        Number("monitoring.slip_points_4", int, "points", "Points of an error of class 4"),
        Number(
            "monitoring.score_first_pass",
            int,
            "points",
            "Weight of the first pass in an outlet's score",
        ),
        Number(
            "monitoring.score_timeliness",
            int,
            "points",
            "Weight of timely answers in an outlet's score",
        ),
        Number("monitoring.score_quality", int, "points", "Weight of quality in an outlet's score"),
        Number(
            "monitoring.score_discipline",
            int,
            "points",
            "Weight of discipline in an outlet's score",
        ),
        Number(
            "monitoring.score_taken_off",
            int,
            "points",
            "What a lapse of discipline takes off an outlet's score",
        ),
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
        Number(
            "authorization.fill_confidence_min", int, "%", "Confidence from which a form is filled"
        ),
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
            "authorization.tier_items_least",
            int,
            "items",
            "Rounds compared before the automatic tier may decide",
        ),
        Number(
            "authorization.tier_agreement_percent",
            int,
            "%",
            "Agreement with people before the automatic tier may decide",
        ),
        Number("authorization.tier_most_fen", int, "fen", "Largest amount decided automatically"),
        Number(
            "authorization.tier_sample_percent",
            int,
            "%",
            "Share of automatic passes seen again blind, at least",
        ),
        Number(
            "authorization.tier_days", int, "days", "Days that the automatic tier decides at most"
        ),
        Number(
            "authorization.tier_reviews_least",
            int,
            "items",
            "Automatic passes seen again before the upper bound counts",
        ),
        Number(
            "authorization.tier_wrong_per_mille",
            int,
            "‰",
            "Wrong automatic passes beyond which it decides no more",
        ),
        Number("authorization.offline_hours", int, "hours", "How long offline slips are keyed in"),
        Number("authorization.second_look_per_mille", int, "‰", "Passes drawn for a second look"),
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
        *(Number(code, int, unit, text) for code, unit, text in _laundering.NUMBERS),
        Number("security.idle_minutes", int, "min", "Idle minutes before the screen locks"),
        Number(OFFICE_HOURS, hours, "HH:MM-HH:MM", "Hours in which working time counts"),
    )
}
