"""The whole table of an item's life: what may follow what, and nothing else."""

import pytest

from authorization import rules
from foundation.kernel.flow import StepNotAllowed

ALLOWED = {
    rules.NEW: {"queue", "pass", "paper", "present"},
    rules.QUEUED: {"automatic", "open", "escalate", "withdraw"},
    rules.ESCALATED: {"open", "withdraw"},
    rules.VIEWING: {
        "hand_back",
        "hold",
        "pass_up",
        "time_out",
        "confirm",
        "approve",
        "reject",
        "return",
        "decide",
    },
    rules.SETTLING: {"undo", "confirm", "reject", "return"},
    rules.ON_HOLD: {"answer", "lapse", "withdraw", "present"},
    rules.APPROVED: {"post"},
    rules.RETURNED: {"resubmit", "withdraw", "present"},
    rules.POSTED: set(),
    rules.REJECTED: set(),
    rules.WITHDRAWN: set(),
    rules.ON_SITE: {"witness", "vouch", "approve", "reject", "return", "withdraw"},
}
STEPS = sorted({step for steps in ALLOWED.values() for step in steps})
FORBIDDEN = [(state, step) for state in ALLOWED for step in STEPS if step not in ALLOWED[state]]


def test_every_state_has_its_steps_and_no_other():
    assert {state: {*rules.FLOW.steps_from(state)} for state in rules.FLOW.states} == ALLOWED


@pytest.mark.parametrize(("state", "step"), FORBIDDEN)
def test_what_is_not_in_the_table_is_refused(state, step):
    with pytest.raises(StepNotAllowed):
        rules.FLOW.after(state, step)


def test_the_ends_are_ends():
    assert {*rules.FLOW.terminal} == {rules.POSTED, rules.REJECTED, rules.WITHDRAWN}


def test_nothing_is_decided_but_what_is_before_an_authorizer_or_on_site():
    for step in ("hold", "decide"):
        assert rules.FLOW.sources_of(step) == (rules.VIEWING,)
    assert rules.FLOW.sources_of("approve") == (rules.VIEWING, rules.ON_SITE)
    assert rules.FLOW.sources_of("confirm") == (rules.VIEWING, rules.SETTLING)
    for step in ("reject", "return"):
        assert rules.FLOW.sources_of(step) == (rules.VIEWING, rules.SETTLING, rules.ON_SITE)


def test_nobody_outside_is_told_what_may_be_taken_back():
    assert {state for state in rules.FLOW.states if rules.told(state) != state} == {rules.SETTLING}
    assert rules.told(rules.SETTLING) == rules.VIEWING


def test_what_waits_in_the_centre_can_be_taken_back_until_somebody_looks():
    assert {*rules.FLOW.sources_of("withdraw")} == {
        rules.QUEUED, rules.RETURNED, rules.ON_HOLD, rules.ESCALATED, rules.ON_SITE,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("limit", "amount", "called"),
    [(None, 10**9, False), (600, 599, False), (600, 600, True), (0, 1, True)],
)
def test_from_which_amount_a_customer_is_called(limit, amount, called):
    assert rules.call_needed(call_back_from_fen=limit, amount_fen=amount) == called
