"""What a rule says of an item: each condition alone, together, its bands, and what is no rule."""

from dataclasses import replace
from datetime import date, time
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from authorization import gateways, rules
from authorization.rules._rule import NobodyAsked
from foundation.ui import manual

PLAIN = rules.Rule(trade_code="1002", group="CASH", grade=2)
FACTS = rules.Facts(amount_fen=4_999_999, at=time(10), account_state="active", teller_grade=1)
HOURS = {"outside_from": time(9), "outside_until": time(17)}


def why(rule, **facts):
    return rules.need(replace(PLAIN, **rule), replace(FACTS, **facts)).why


@pytest.mark.parametrize(
    ("rule", "facts", "expected"),
    [
        ({}, {"amount_fen": 10**17}, ()),
        ({"always": True}, {}, ("always",)),
        ({"amount_from_fen": 5_000_000}, {}, ()),
        ({"amount_from_fen": 5_000_000}, {"amount_fen": 5_000_000}, ("amount",)),
        ({"customer_kinds": ("staff",)}, {"customer_kinds": ("elsewhere",)}, ()),
        ({"customer_kinds": ("staff",)}, {"customer_kinds": ("elsewhere", "staff")}, ("customer",)),
        ({"account_states": ("held",)}, {}, ()),
        ({"account_states": ("held",)}, {"account_state": "held"}, ("account_state",)),
        ({"teller_grade_below": 2}, {"teller_grade": 2}, ()),
        ({"teller_grade_below": 2}, {"teller_grade": 1}, ("teller_grade",)),
        ({"teller_grade_below": 2}, {"teller_grade": None}, ()),
        (HOURS, {"at": time(9)}, ()),
        (HOURS, {"at": time(16, 59, 59)}, ()),
        (HOURS, {"at": time(8, 59, 59)}, ("time",)),
        (HOURS, {"at": time(17)}, ("time",)),
        ({"agent_from_fen": 0}, {"by_agent": True}, ("agent",)),
        ({"agent_from_fen": 0}, {}, ()),
        ({"agent_from_fen": 5_000_000}, {"by_agent": True}, ()),
        ({"agent_from_fen": 5_000_000}, {"by_agent": True, "amount_fen": 5_000_000}, ("agent",)),
        ({"manual_id": True}, {}, ()),
        ({"manual_id": True}, {"manual_id": True}, ("manual_id",)),
        ({"correction": True}, {}, ()),
        ({"correction": True}, {"correction": True}, ("correction",)),
    ],
)
def test_each_condition_is_met_from_its_edge_on(rule, facts, expected):
    assert why(rule, **facts) == expected


def test_every_condition_that_holds_is_named_in_one_order():
    rule = {"manual_id": True, "amount_from_fen": 1, "always": True}

    assert why(rule, manual_id=True) == ("always", "amount", "manual_id")


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({}, ()),
        ({"by_agent": True}, ()),
        ({"amount_fen": 5_000_000}, ()),
        ({"amount_fen": 5_000_000, "by_agent": True}, ("amount+agent",)),
        ({"manual_id": True}, ("manual_id",)),
    ],
)
def test_a_combination_counts_only_when_all_of_it_holds(facts, expected):
    rule = {
        "amount_from_fen": 5_000_000, "agent_from_fen": 0, "manual_id": True,
        "together": ("agent", "amount"),
    }  # fmt: skip

    assert why(rule, **facts) == expected


@pytest.mark.parametrize(
    ("fen", "grade", "levels"), [(99, 2, 1), (100, 3, 1), (999, 3, 1), (1000, 5, 2), (10**9, 5, 2)]
)
def test_larger_amounts_need_more(fen, grade, levels):
    bands = (rules.Band(100, 3, 1), rules.Band(1000, 5, 2))

    needed = rules.need(replace(PLAIN, bands=bands), replace(FACTS, amount_fen=fen))

    assert (needed.grade, needed.centre_levels) == (grade, levels)


FEN = st.integers(0, 10**7)


@given(
    amount_from=st.none() | FEN, agent_from=st.none() | FEN, fen=FEN, more=FEN,
    by_agent=st.booleans(), joined=st.booleans(),
)  # fmt: skip
def test_a_larger_amount_never_needs_less(*, amount_from, agent_from, fen, more, by_agent, joined):
    rule = replace(
        PLAIN, amount_from_fen=amount_from, agent_from_fen=agent_from,
        together=("amount", "agent") if joined and None not in (amount_from, agent_from) else (),
        bands=(rules.Band(10**3, 3, 1), rules.Band(10**6, 4, 2)),
    )  # fmt: skip
    rules.check_rule(rule)

    less, larger = (
        rules.need(rule, replace(FACTS, amount_fen=amount, by_agent=by_agent))
        for amount in (fen, fen + more)
    )

    assert {*less.why} <= {*larger.why}
    assert (less.grade, less.centre_levels) <= (larger.grade, larger.centre_levels)


@pytest.mark.parametrize(
    ("rule", "refusal", "field"),
    [
        ({"trade_code": "9999"}, rules.UnknownTradeCode, ""),
        ({"bands": (rules.Band(5, 3, 1), rules.Band(5, 4, 1))}, rules.BandsDoNotAscend, "bands"),
        ({"bands": (rules.Band(5, 3, 1), rules.Band(6, 2, 1))}, rules.BandsDoNotAscend, "bands"),
        ({"bands": (rules.Band(5, 3, 2), rules.Band(6, 3, 1))}, rules.BandsDoNotAscend, "bands"),
        ({"bands": (rules.Band(5, 1, 1),)}, rules.BandsDoNotAscend, "bands"),
        ({"outside_from": time(9)}, rules.HoursIncomplete, "outside_until"),
        ({"outside_until": time(9)}, rules.HoursIncomplete, "outside_from"),
        (
            {"outside_from": time(9), "outside_until": time(9)},
            rules.HoursIncomplete,
            "outside_until",
        ),
        ({"manual_id": True, "together": ("manual_id",)}, rules.CombinationIncomplete, "together"),
        (
            {"manual_id": True, "together": ("manual_id", "amount")},
            rules.CombinationIncomplete,
            "together",
        ),
        (
            {"manual_id": True, "always": True, "together": ("manual_id", "always")},
            rules.CombinationIncomplete,
            "together",
        ),
        ({"centre_levels": 0, "outlet_levels": 0}, NobodyAsked, "centre_levels"),
        ({"bands": (rules.Band(5, 3, 0),)}, rules.BandsDoNotAscend, "bands"),
        ({"scan_mode": "later"}, rules.RescanNotSaid, "rescan_minutes"),
        ({"rescan_minutes": 30}, rules.RescanNotSaid, "rescan_minutes"),
    ],
)
def test_what_is_no_whole_rule_is_refused_at_its_field(rule, refusal, field):
    with pytest.raises(refusal) as refused:
        rules.check_rule(replace(PLAIN, **rule))

    assert refused.value.field == field


def test_a_rule_counts_from_tomorrow_at_the_earliest():
    today = date(2026, 11, 23)

    rules.check_rule_day(date(2026, 11, 24), today=today)
    with pytest.raises(rules.RuleTooSoon):
        rules.check_rule_day(today, today=today)


class TestCatalogue:
    def test_it_has_53_transactions_of_which_forms_take_six(self):
        assert len(rules.CATALOGUE) == 53
        assert set(rules.TRADE_CODES) == {"1001", "1002", "1101", "1202", "1401", "1402"}
        assert {*rules.CASH_IN} == {"1001", "1202"}
        assert {trade.group for trade in rules.CATALOGUE.values()} == set(rules.GROUPS)
        assert {trade.cash for trade in rules.CATALOGUE.values()} == set(rules.CASH)
        assert {trade.mode for trade in rules.CATALOGUE.values()} == {rules.AT_ONCE, rules.CENTRAL}

    def test_every_transaction_has_one_shipped_rule_that_is_whole(self):
        shipped = gateways.standard_rules()

        assert [rule.trade_code for rule in shipped] == list(rules.CATALOGUE)
        for rule in shipped:
            rules.check_rule(rule)

    @pytest.mark.parametrize(
        ("code", "kinds", "from_fen", "grade"),
        [
            ("1001", ("amount", "agent", "manual_id"), 20_000_000, 2),
            ("1002", ("amount", "manual_id"), 5_000_000, 2),
            ("1004", ("always",), None, 3),
            ("1101", ("amount", "agent", "manual_id"), 20_000_000, 2),
            ("1107", (), None, 2),
            ("1306", ("always",), None, 5),
            ("1703", ("always",), None, 1),
        ],
    )
    def test_the_shipped_rules_are_those_of_the_handbook(self, code, kinds, from_fen, grade):
        rule = next(one for one in gateways.standard_rules() if one.trade_code == code)

        assert (rules.kinds_of(rule), rule.amount_from_fen, rule.grade) == (kinds, from_fen, grade)

    def test_judicial_business_and_late_reversals_are_decided_twice(self):
        twice = {one.trade_code for one in gateways.standard_rules() if one.centre_levels == 2}

        assert twice == {"1306", "1402"}

    def test_what_is_the_outlets_alone_is_decided_there_by_one_or_two(self):
        found = {
            one.trade_code: one.outlet_levels
            for one in gateways.standard_rules()
            if not one.centre_levels
        }

        assert found == {"1006": 2, "1501": 1, "1503": 1, "1701": 1, "1702": 1, "1703": 2}
        asked_twice = [one for one in gateways.standard_rules() if one.outlet_levels]
        assert {one.trade_code for one in asked_twice} == {*found}

    def test_the_manual_explains_it(self):
        assert "authorization-rules" in manual.PAGES


class TestSeats:
    @pytest.mark.parametrize(
        ("arrivals", "took", "seats"), [(3000, 25, 25), (3000, 150, 137), (1000, 25, 10)]
    )
    def test_the_handbooks_examples(self, arrivals, took, seats):
        """20,000 items a day, 15 % of them in the peak hour; a third of those alone."""
        found = rules.seats(
            arrivals=Decimal(arrivals), handling_seconds=Decimal(took), within_seconds=10,
            share_percent=90,
        )  # fmt: skip

        assert found == seats

    def test_nothing_that_comes_needs_nobody_and_anything_somebody(self):
        how = {"handling_seconds": Decimal(25), "within_seconds": 10, "share_percent": 90}

        assert rules.seats(arrivals=Decimal(0), **how) == 0
        assert rules.seats(arrivals=Decimal("0.1"), **how) == 1

    @given(st.integers(0, 2000), st.integers(1, 300), st.integers(0, 60), st.integers(0, 100))
    def test_more_items_and_longer_decisions_never_need_fewer(self, arrivals, took, within, share):
        def needed(arrivals, took):
            return rules.seats(
                arrivals=Decimal(arrivals), handling_seconds=Decimal(took),
                within_seconds=within, share_percent=share,
            )  # fmt: skip

        seats = needed(arrivals, took)

        assert seats * 3600 > arrivals * took or arrivals == 0
        assert needed(arrivals + 50, took) >= seats
        assert needed(arrivals, took + 10) >= seats
