"""What follows from what the watch lists say: held, decided by whom, never alone."""

from datetime import date

import pytest

from authorization.rules import SECOND_LOOK, publishing
from authorization.rules import screening as rules
from foundation.kernel.errors import Refused

ON = date(2026, 11, 23)


@pytest.fixture
def asked(monkeypatch):
    """Let nobody be named to ask, then whom the test names."""
    monkeypatch.setattr(rules, "_screeners", [])


@pytest.mark.parametrize(
    ("why", "state", "drawn", "held"),
    [
        ((), rules.CLEAR, False, ()),
        ((), rules.UNAVAILABLE, False, ()),
        ((), rules.CLEAR, True, (SECOND_LOOK,)),
        ((), rules.FAILED, False, (SECOND_LOOK,)),
        (("amount",), rules.FAILED, False, ("amount",)),
        ((), rules.POSSIBLE, False, (SECOND_LOOK,)),
        ((), rules.POSSIBLE, True, (SECOND_LOOK,)),
        (("amount",), rules.POSSIBLE, False, ("amount",)),
        (("amount",), rules.CLEAR, True, ("amount",)),
    ],
)
def test_a_hit_is_held_under_the_words_of_a_draw(why, state, drawn, held):
    assert rules.why_held(why, state=state, drawn=drawn) == held


@pytest.mark.parametrize(
    ("leads", "at_home", "code"),
    [(True, False, ""), (False, False, "E2098"), (False, True, "E2099"), (True, True, "E2099")],
)
def test_a_lead_of_the_centre_decides_a_hit(leads, at_home, code):
    if not code:
        rules.check_decider(leads=leads, at_home=at_home)
        return
    with pytest.raises(Refused) as refused:
        rules.check_decider(leads=leads, at_home=at_home)
    assert refused.value.code == code
    assert "list" not in refused.value.text


def test_nobody_to_ask_is_an_answer(asked):
    party = rules.Party("payer", "张明远")

    assert rules.ask(parties=[party], branch_id=1, on=ON).state == rules.UNAVAILABLE

    rules.screen_by(lambda **_asked: rules.Screened(rules.CLEAR, ("T 1",)))
    assert rules.ask(parties=[party], branch_id=1, on=ON).lists == ("T 1",)


@pytest.mark.parametrize("clear", [True, False])
def test_a_machine_decides_only_what_is_clear(clear):
    item = publishing.Waits(
        state="queued", trade_code="1002", amount_fen=100, levels_needed=1, call_needed=False,
        in_emergency=False, screened_clear=clear,
    )  # fmt: skip

    assert publishing.decides_alone(item, codes=["1002"], most_fen=100) is clear
