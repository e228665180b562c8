"""Clocks, flows and classes of slips, the score and the bulletin's figures, without a database."""

import dataclasses
import re
from datetime import date, datetime, time
from decimal import ROUND_HALF_UP, Decimal
from uuid import uuid4

import pytest

from foundation.kernel.calendar import SHANGHAI, Calendar, Span
from monitoring.gateways import slips as dictionary
from monitoring.rules import bulletin, points, slips
from tests.architecture.tidy import ROOT

OFFICE = Calendar(
    hours=dict.fromkeys(range(5), (Span(time(9), time(17)),)), holidays={date(2026, 11, 25)}
)
WEIGHTS = points.Weights(30, 20, 35, 15, 2)


def moment(day, hour, minute=0):
    return datetime(2026, 11, day, hour, minute, tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("kind", "minutes", "at", "alert", "due"),
    [
        ("error", 1440, moment(23, 12), False, moment(27, 12)),  # the 25th is a holiday
        ("error", 960, moment(20, 16), False, moment(24, 16)),  # over the weekend
        ("error", 0, moment(23, 12), False, moment(23, 17)),
        ("error", 0, moment(23, 17), False, moment(24, 17)),  # the office has closed
        ("error", 0, moment(21, 10), False, moment(23, 17)),  # a Saturday
        ("query", 180, moment(23, 12), False, moment(24, 12)),
        ("query", 180, moment(24, 20), False, moment(26, 12)),
        ("query", 180, moment(23, 12), True, moment(23, 17)),
        ("warning", 60, moment(23, 16, 30), False, moment(24, 9, 30)),
    ],
)
def test_a_slip_is_due_in_working_time(kind, minutes, at, alert, due):
    assert slips.due(kind, minutes, at=at, calendar=OFFICE, alert=alert) == due


@pytest.mark.parametrize(
    ("at", "rung"),
    [(moment(23, 12), 0), (moment(23, 12, 1), 1), (moment(24, 12), 2), (moment(26, 12), 3),
     (moment(30, 12), 3)],
)  # fmt: skip
def test_what_is_overdue_goes_up_a_rung_each_day(at, rung):
    due_at = moment(23, 12)

    assert slips.rung_at(due_at=due_at, at=at, minutes=480, calendar=OFFICE) == rung


@pytest.mark.parametrize(
    ("kind", "state", "step", "way"),
    [
        ("error", "issued", "reply", ("acknowledge", "begin", "reply")),
        ("query", "issued", "reply", ("receive", "reply")),
        ("query", "requeried", "reply", ("reply",)),
        ("rectification", "issued", "plan", ("acknowledge", "plan")),
        ("hint", "issued", "reply", ("reply",)),
        ("error", "closed", "reply", ("reply",)),
    ],
)
def test_an_answer_takes_what_leads_to_it(kind, state, step, way):
    assert slips.way_to(kind, state, step) == way


def test_every_state_is_with_the_outlet_with_the_centre_or_an_end():
    together = [*slips.WITH_OUTLET, *slips.WITH_CENTRE, *slips.ENDS]

    assert sorted(together) == sorted(slips.STATES)
    for kind in slips.KINDS.values():
        assert set(kind.flow.terminal) <= set(slips.ENDS)


def test_the_database_knows_the_steps_of_every_kind():
    text = (ROOT / "monitoring/sql/slip_guard.sql").read_text()
    known = re.search(r"steps CONSTANT text\[\] := '\{(.*?)\}'", text).group(1).split(",")

    wanted = {
        f"{kind.code}:{step.source}>{step.target}"
        for kind in slips.KINDS.values()
        for step in kind.flow.steps
    }
    assert sorted(known) == sorted(wanted)


def test_the_dictionary_is_dated_and_names_every_error():
    assert dictionary.classes(on=date(2026, 6, 30))["J105"] == 1
    assert dictionary.classes(on=date(2026, 7, 1))["J105"] == 2
    assert dictionary.classes(on=date(2026, 7, 1)).keys() == points.CODES.keys()
    assert dictionary.classes(on=date(2019, 12, 31)) == {}


def test_an_error_taken_out_of_the_dictionary_is_not_in_it():
    rows = [points.ClassFrom("J101", date(2026, 1, 1), 1),
            points.ClassFrom("J101", date(2026, 2, 1), 0)]  # fmt: skip

    assert points.classes_on(rows, date(2026, 1, 31)) == {"J101": 1}
    assert points.classes_on(rows, date(2026, 2, 1)) == {}


def test_a_grave_error_needs_a_picture_and_no_reply_is_an_archive():
    slips.check_evidence(kind="error", error_class=2, pictures=0)
    slips.check_evidence(kind="query", error_class=None, pictures=0)
    with pytest.raises(slips.EvidenceNeeded):
        slips.check_evidence(kind="error", error_class=3, pictures=0)
    with pytest.raises(slips.TooManyPictures):
        slips.check_evidence(kind="query", error_class=None, pictures=5)


def test_nobody_who_had_a_part_decides():
    one = uuid4()

    slips.check_apart(one, others=[uuid4(), None])
    with pytest.raises(slips.SameHand):
        slips.check_apart(one, others=[None, one])


def test_the_score_of_a_month_without_a_fault_is_full():
    assert points.score(points.Counted(), WEIGHTS).total == 100


@pytest.mark.parametrize(
    ("counted", "parts"),
    [
        (points.Counted(audited=8, matched=6), ("22.5", "20.0", "35.0", "15.0")),
        (points.Counted(clocked=4, late=1), ("30.0", "15.0", "35.0", "15.0")),
        (points.Counted(errors=2, points=13, gravest=3), ("30.0", "20.0", "22.0", "15.0")),
        (points.Counted(errors=1, points=30, gravest=4), ("30.0", "20.0", "0.0", "15.0")),
        (points.Counted(points=99), ("30.0", "20.0", "0.0", "15.0")),
        (points.Counted(points=-3), ("30.0", "20.0", "35.0", "15.0")),
        (points.Counted(repeated=1, rungs=3), ("30.0", "20.0", "35.0", "7.0")),
        (points.Counted(rungs=20), ("30.0", "20.0", "35.0", "0.0")),
    ],
)
def test_each_part_of_the_score_falls_by_its_own_faults(counted, parts):
    found = points.score(counted, WEIGHTS)

    shown = (found.first_pass, found.timeliness, found.quality, found.discipline)
    assert tuple(map(str, shown)) == parts
    assert found.total == sum(map(Decimal, parts))


@pytest.mark.parametrize("weight", [1, 20, 30, 33])
def test_a_share_is_rounded_half_up_as_by_decimals(weight):
    force = dataclasses.replace(WEIGHTS, first_pass=weight)
    cases = [(part, whole) for whole in range(1, 90) for part in range(whole + 1)]

    for part, whole in cases:
        exact = Decimal(weight * part) / whole
        found = points.score(points.Counted(audited=whole, matched=part), force).first_pass
        assert str(found) == str(exact.quantize(Decimal("0.1"), ROUND_HALF_UP)), (part, whole)


def test_rates_are_of_ten_thousand_and_unknown_of_nothing():
    assert points.error_rate(errors=3, audited=7900) == Decimal("3.80")
    assert points.error_rate(errors=3, audited=0) is None
    assert points.percent(part=2, whole=3) == Decimal("66.7")
    assert bulletin.change(Decimal("3.8"), Decimal("4.0")) == Decimal("-0.2")
    assert bulletin.change(Decimal("3.8"), None) is None


def test_a_month_knows_its_days_and_the_one_before():
    month = bulletin.month_of(date(2027, 1, 15))

    assert (month.last, month.before.first) == (date(2027, 1, 31), date(2026, 12, 1))
    with pytest.raises(bulletin.MonthNotBegun):
        bulletin.check_month(month, on=date(2026, 12, 31))
