"""What is drawn, which pairs are looked at and what a threshold would let pass: pure rules."""

from datetime import date

import pytest

from foundation.kernel import chance
from monitoring import rules
from monitoring.rules import forcing, looks, passes
from monitoring.rules.passes import Counted

DAY = date(2026, 11, 23)
NUMBERS = {
    looks.CASH_FROM: 500_000_00,
    looks.TRANSFER_FROM: 5_000_000_00,
    looks.LARGE_FROM: 1_000_000_00,
    "monitoring.sample_share": 100,
    "monitoring.sample_large_share": 1000,
    "monitoring.sample_alert_share": 2000,
    "monitoring.sample_rated_share": 500,
}


def drawn(share, purpose="proof"):
    return [
        number
        for number in range(10_000)
        if looks.is_drawn(purpose, institution_id=1, on=DAY, number=f"{number:08}", share=share)
    ]


def test_as_many_are_drawn_as_the_share_says():
    assert 80 < len(drawn(100)) < 125
    assert drawn(0) == []
    assert len(drawn(10_000)) == 10_000


def test_the_same_are_drawn_every_time_and_a_larger_share_draws_them_too():
    assert drawn(50) == drawn(50)
    assert set(drawn(50)) < set(drawn(500))
    assert drawn(100) != drawn(100, "again")


@pytest.mark.parametrize(
    ("trade", "fen", "business"),
    [
        ("1002", 500_000_00, "3"),
        ("1002", 499_999_99, ""),
        ("1103", 5_000_000_00, "4"),
        ("1103", 4_999_999_99, ""),
        ("1402", 1, "5"),
        ("1404", 1, "6"),
        ("1306", 1, "8"),
        ("1201", 1, ""),
        ("", 1, ""),
    ],
)
def test_key_businesses_are_named_by_trade_and_amount(trade, fen, business):
    assert looks.key_business(looks.Pair(trade, fen), numbers=NUMBERS) == business


def test_a_limit_that_is_not_set_makes_nothing_key():
    assert not looks.key_business(looks.Pair("1002", 10**12), numbers={})


@pytest.mark.parametrize(
    ("pair", "found"),
    [
        (looks.Pair("1002", 1), (looks.BY_LOT, 100)),
        (looks.Pair("1002", 1_000_000_00), (looks.LARGE, 1000)),
        (looks.Pair("1002", 1_000_000_00, alerted=True), (looks.ALERTED, 2000)),
        (looks.Pair("1002", 1, rated=True), (looks.RATED, 500)),
    ],
)
def test_the_gravest_risk_says_the_share(pair, found):
    assert looks.share_of(looks.risks_of(pair, numbers=NUMBERS), numbers=NUMBERS) == found


@pytest.mark.parametrize(
    ("kind", "answer", "first", "step"),
    [
        (looks.KEY, looks.AGREES, "", "bear_out"),
        (looks.SAMPLE, "amount_diff", "", "err"),
        (looks.PROOF, "account_diff", "", "err"),
        (looks.AGAIN, "amount_diff", "amount_diff", "bear_out"),
        (looks.AGAIN, looks.AGREES, looks.AGREES, "bear_out"),
        (looks.AGAIN, looks.AGREES, "amount_diff", "differ"),
    ],
)
def test_an_answer_leads_on(kind, answer, first, step):
    assert looks.step_after(kind, answer=answer, first=first) == step


def test_an_unknown_answer_is_refused():
    with pytest.raises(looks.UnknownAnswer):
        looks.step_after(looks.KEY, answer="matched", first="")


def test_every_key_business_is_one_of_the_twelve():
    known = {looks.LARGE_CASH, looks.LARGE_TRANSFER, *looks.BUSINESS_OF.values()}

    assert known <= {str(number) for number in range(1, 13)}
    assert set(looks.SHARES) == set(looks.REASONS)


def field(verdict, confidence):
    return rules.Field("amount", "1", "1", confidence, verdict)


@pytest.mark.parametrize(
    ("fields", "duplicate", "least"),
    [
        ([field("same", 97), field("same", 91)], False, 91),
        ([field("same", 97), field("not_found", 0)], False, 0),
        ([field("same", 97), field("differs", 99)], False, 0),
        ([field("same", 97)], True, 0),
        ([], False, 0),
    ],
)
def test_the_least_confidence_says_up_to_where_a_pair_passes(fields, duplicate, least):
    assert looks.least_confidence(fields, duplicate=duplicate) == least


def test_only_amounts_from_the_limit_on_need_two():
    assert [forcing.needs_second(fen, limit_fen=100) for fen in (99, 100, None)] == [
        False, True, False,
    ]  # fmt: skip


class TestCurve:
    counts = (
        Counted(least=0, pairs=10, settled=10, confirmed=2),
        Counted(least=75, pairs=20, settled=20, confirmed=1),
        Counted(least=85, pairs=30, right=9, wrong=1, settled=30),
        Counted(least=95, pairs=40, right=20, wrong=0, settled=40),
    )

    def at(self, threshold, in_force=80):
        points = passes.curve(self.counts, in_force=in_force)
        return next(one for one in points if one.threshold == threshold)

    def test_at_the_threshold_in_force_the_sample_speaks(self):
        point = self.at(80)

        assert (point.passed, point.manual, point.proofs, point.missed) == (70, 30, 30, 1)
        assert point.in_force
        assert point.ppm == round(1 / 30 * 1_000_000)
        bounds = chance.exact(part=1, whole=30)
        assert point.upper == round((bounds.upper or 0) * 1_000_000)
        assert str(point.manual_percent) == "30.0"

    def test_above_only_the_proofs_above_count(self):
        point = self.at(90)

        assert (point.passed, point.proofs, point.missed, point.ppm) == (40, 20, 0, 0)
        assert point.upper

    def test_below_what_people_settled_is_counted_whole(self):
        point = self.at(75)

        assert point.passed == 90
        assert point.ppm == round((70 / 30 + 1) / 90 * 1_000_000)

    def test_without_proofs_nothing_is_said(self):
        (point,) = {one.ppm for one in passes.curve((), in_force=80)}

        assert point is None

    def test_a_threshold_that_is_not_among_the_tried_is_added(self):
        assert self.at(81, in_force=81).in_force
