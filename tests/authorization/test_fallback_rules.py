"""When an emergency is suggested, for how long it is, and who is apart from whom."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest

from authorization.rules import fallback as rules
from foundation.kernel.flow import StepNotAllowed

S = timedelta(seconds=1)


@pytest.mark.parametrize(
    ("waits", "claim", "expected"),
    [(None, None, False), (299, None, False), (300, None, True), (300, 299, False),
     (300, 300, True), (4000, 10, False), (None, 4000, False), (299, 4000, False)],
)  # fmt: skip
def test_it_is_suggested_when_something_waits_and_nobody_has_taken_any(waits, claim, expected):
    found = rules.suggests(
        oldest_waits=None if waits is None else waits * S,
        last_claim=None if claim is None else claim * S,
        after=300 * S,
    )

    assert found is expected


@pytest.mark.parametrize("minutes", [0, -1, 121])
def test_an_emergency_has_a_time_that_the_bank_allows(minutes):
    rules.check_minutes(120, most=120)
    with pytest.raises(rules.MinutesOut):
        rules.check_minutes(minutes, most=120)


def test_people_are_apart():
    one, other = uuid4(), uuid4()
    rules.check_apart(one, other, None, None)
    with pytest.raises(rules.NotApart):
        rules.check_apart(one, None, other, one)


def test_a_place_is_covered_from_above_and_below():
    assert rules.overlaps("/1/2/", ["/1/2/3/"])
    assert rules.overlaps("/1/2/3/", ["/1/2/"])
    assert rules.overlaps("/1/2/", ["/1/2/"])
    assert not rules.overlaps("/1/2/", ["/1/3/", "/1/22/"])


def test_what_was_opened_in_another_epoch_is_not_decided():
    usual = {"amount_fen": 100, "most_fen": 100, "opened_epoch": 5, "epoch": 5}
    rules.check_local(**usual)
    with pytest.raises(rules.EpochOver):
        rules.check_local(**usual | {"epoch": 7})
    with pytest.raises(rules.AboveLocalLimit):
        rules.check_local(**usual | {"amount_fen": 101})


@pytest.mark.parametrize(
    ("state", "steps"),
    [("proposed", {"approve": "active", "decline": "declined"}),
     ("active", {"return": "ended", "lapse": "ended"}), ("ended", {}), ("declined", {})],
)  # fmt: skip
def test_the_whole_life_of_a_switch(state, steps):
    for step in ("approve", "decline", "return", "lapse"):
        if step in steps:
            assert rules.SWITCH_FLOW.after(state, step) == steps[step]
        else:
            with pytest.raises(StepNotAllowed):
                rules.SWITCH_FLOW.after(state, step)


@pytest.mark.parametrize(
    ("state", "steps"),
    [("proposed", {"approve": "active", "decline": "declined"}), ("active", {"end": "ended"}),
     ("ended", {}), ("declined", {})],
)  # fmt: skip
def test_the_whole_life_of_a_registration(state, steps):
    for step in ("approve", "decline", "end"):
        if step in steps:
            assert rules.LOCAL_FLOW.after(state, step) == steps[step]
        else:
            with pytest.raises(StepNotAllowed):
                rules.LOCAL_FLOW.after(state, step)
