"""The table of steps says what may follow what, and contradicts itself nowhere."""

from __future__ import annotations

import pytest

from foundation.kernel.flow import Flow, FlowMistaken, Step, StepNotAllowed

LOAN = Flow(
    Step("submit", "draft", "waiting", label="Hand in"),
    Step("approve", "waiting", "approved"),
    Step("send_back", "waiting", "draft"),
    Step("withdraw", "draft", "withdrawn"),
    Step("withdraw", "waiting", "withdrawn"),
)


def test_a_step_leads_from_state_to_state():
    assert LOAN.after("draft", "submit") == "waiting"
    assert LOAN.after("waiting", "send_back") == "draft"


@pytest.mark.parametrize(
    ("state", "step"), [("draft", "approve"), ("approved", "withdraw"), ("lost", "submit")]
)
def test_a_step_from_another_state_is_refused(state, step):
    with pytest.raises(StepNotAllowed) as refusal:
        LOAN.after(state, step)
    assert refusal.value.params == {"step": step, "state": state}


def test_states_start_and_ends_are_read_from_the_table():
    assert LOAN.states == ("draft", "waiting", "approved", "withdrawn")
    assert LOAN.start == "draft"
    assert LOAN.terminal == ("approved", "withdrawn")
    assert LOAN.is_terminal("approved")
    assert not LOAN.is_terminal("waiting")


def test_a_page_finds_its_buttons_and_a_query_its_states():
    assert LOAN.steps_from("waiting") == ("approve", "send_back", "withdraw")
    assert LOAN.steps_from("approved") == ()
    assert LOAN.sources_of("withdraw") == ("draft", "waiting")


def test_every_step_has_a_label():
    assert LOAN.step("draft", "submit").label == "Hand in"
    assert LOAN.step("waiting", "send_back").label == "Send back"
    with pytest.raises(StepNotAllowed):
        LOAN.step("approved", "submit")


def test_the_diagram_shows_start_steps_and_ends():
    lines = LOAN.mermaid().splitlines()

    assert lines[:3] == ["stateDiagram-v2", "    [*] --> draft", "    draft --> waiting: submit"]
    assert lines[-2:] == ["    approved --> [*]", "    withdrawn --> [*]"]


def test_two_steps_of_one_name_from_one_state_are_refused():
    with pytest.raises(FlowMistaken, match="share"):
        Flow(Step("go", "a", "b"), Step("go", "a", "c"))


def test_a_state_that_is_never_reached_is_refused():
    with pytest.raises(FlowMistaken, match="never reached: c"):
        Flow(Step("go", "a", "b"), Step("stray", "c", "b"))


def test_a_state_without_a_way_to_an_end_is_refused():
    with pytest.raises(FlowMistaken, match="no way to an end: c, d"):
        Flow(
            Step("go", "a", "b"),
            Step("turn", "a", "c"),
            Step("round", "c", "d"),
            Step("back", "d", "c"),
        )


def test_a_flow_may_go_round_for_ever_when_it_has_no_end():
    wheel = Flow(Step("freeze", "open", "frozen"), Step("thaw", "frozen", "open"))

    assert wheel.terminal == ()


def test_a_start_that_is_no_state_and_an_empty_table_are_refused():
    with pytest.raises(FlowMistaken, match="no state"):
        Flow(Step("go", "a", "b"), start="z")
    with pytest.raises(FlowMistaken, match="at least one"):
        Flow()


def test_a_step_without_a_name_is_refused():
    with pytest.raises(FlowMistaken, match="a name"):
        Step("", "a", "b")
