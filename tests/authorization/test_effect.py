"""What a rule would change: counted by hand, and the same in the database as in plain Python."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from itertools import product

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from authorization import rules, selectors, services
from authorization.models import Request
from authorization.selectors import Change
from foundation.people import services as people_services
from tests.factories import authorization as factory
from tests.factories import people
from tests.factories import rules as rows

ON, BEFORE = people.DAY, people.DAY - timedelta(days=1)
HIGHER = rows.plain(amount_from_fen=8_000_000)


def at(on, hour, minute=0):
    """Return a moment of a day by Shanghai's clock."""
    return datetime(on.year, on.month, on.day, hour, minute, tzinfo=UTC) - timedelta(hours=8)


def item(on, hour, yuan, *, held, **more):
    return {
        "business_date": on, "created_at": at(on, hour), "amount_fen": yuan * 100,
        "queued_at": at(on, hour) if held else None, **more,
    }  # fmt: skip


@pytest.fixture
def two_days(waiting):
    """Lay eight items on two days: six withdrawals, two transfers; and one long before.

    The first of all is the waiting one of 60,000.00 at noon.
    """
    rows.copied(
        waiting,
        item(BEFORE, 10, 40_000, held=False),
        item(BEFORE, 10, 60_000, held=True),
        item(BEFORE, 11, 100_000, held=True),
        item(ON, 10, 90_000, held=True),
        item(ON, 10, 20_000, held=False),
        item(ON, 10, 300_000, held=True, trade_code="1101"),
        item(ON, 11, 100, held=False, trade_code="1101"),
        item(ON - timedelta(days=7), 10, 70_000, held=True),
    )
    return waiting


def effect(*changes, days=7, on=ON):
    return selectors.what_if(changes=changes, days=days, on=on)


def figures(line):
    return (line.items, line.now, line.then, str(line.ratio_now), str(line.ratio_then))


class TestByHand:
    def test_ratio_of_the_transaction_and_of_all(self, two_days):
        found = effect(Change(HIGHER, None))

        assert [line.trade.code for line in found.lines] == ["1002"]
        assert figures(found.lines[0]) == (6, 4, 2, "66.7", "33.3")
        assert figures(found.whole) == (8, 5, 3, "62.5", "37.5")
        assert (found.first, found.last, found.days) == (BEFORE, ON, 2)

    def test_a_longer_span_takes_more_days_in(self, two_days):
        found = effect(Change(HIGHER, None), days=14)

        assert figures(found.whole) == (9, 6, 3, "66.7", "33.3")
        assert found.days == 3

    def test_the_busiest_hour_is_the_mean_of_the_days_that_had_items(self, two_days):
        found = effect(Change(HIGHER, None))

        assert (found.now.arrivals, found.then.arrivals) == (Decimal("1.5"), Decimal("1.0"))

    def test_seats_follow_from_arrivals_the_time_aimed_at_and_the_two_numbers(self, two_days):
        many = [item(ON, 10, 300_000, held=True, trade_code="1101")] * 598
        rows.copied(two_days, *many)

        found = effect(Change(rows.plain("1101", always=True), None))

        # 599 transfers and two withdrawals in the hour, on two days; all are held now and then.
        assert found.now.arrivals == found.then.arrivals == Decimal("300.5")
        assert found.now.needed == rules.seats(
            arrivals=Decimal("300.5"), handling_seconds=Decimal(25), within_seconds=10,
            share_percent=90,
        )  # fmt: skip
        assert found.now.needed == found.then.needed > 1
        assert (found.handling_seconds, found.within_seconds, found.share_percent) == (25, 10, 90)

    def test_where_decisions_were_made_their_mean_counts(self, two_days, authorizer):
        opened = services.open_next(authorizer=authorizer, at=people.NOON)
        services.decide(
            number=opened.number, step="approve", shown=opened.content_hash,
            fence=opened.opened_fence, decider=authorizer,
            at=people.NOON + timedelta(seconds=40, milliseconds=260),
        )  # fmt: skip

        assert effect(Change(HIGHER, None)).handling_seconds == Decimal("40.3")

    def test_more_rules_together_have_one_effect(self, two_days):
        found = effect(Change(HIGHER, None), Change(rows.plain("1101", always=True), None))

        assert [figures(line)[:3] for line in found.lines] == [(6, 4, 2), (2, 1, 2)]
        assert figures(found.whole)[:3] == (8, 5, 4)

    def test_without_items_there_is_nothing_to_reckon(self, bank):
        found = effect(Change(HIGHER, None))

        assert (found.days, found.first, found.lines) == (0, None, ())
        assert found.whole.ratio_now is None
        assert (found.now.arrivals, found.now.needed) == (0, 0)

    def test_without_the_two_numbers_seats_are_not_known(self, bank):
        found = effect(Change(HIGHER, None), on=date(2019, 1, 1))

        assert (found.now.needed, found.then.needed) == (None, None)


class TestPlaces:
    def test_a_rule_of_a_place_moves_the_items_below_it_alone(self, two_days, bank):
        rows.copied(two_days, item(ON, 9, 100, held=False, institution=bank.elsewhere))

        found = effect(Change(rows.plain(always=True), bank.sub_branch))

        assert figures(found.lines[0])[:3] == (7, 4, 6)

    def test_a_nearer_rule_goes_on_counting(self, two_days, bank):
        rows.in_force(rows.plain(), institution=bank.outlet)
        rows.copied(two_days, item(ON, 9, 100, held=False, institution=bank.elsewhere))

        found = effect(Change(rows.plain(always=True), None))

        assert figures(found.lines[0])[:3] == (7, 0, 1)

    def test_only_items_in_sight_are_counted(self, two_days, bank):
        rows.copied(two_days, item(ON, 9, 100, held=False, institution=bank.elsewhere))
        manager = people.staff(bank.sub_branch, "ops_manager")

        with people_services.acting(staff=manager):
            assert effect(Change(HIGHER, None)).whole.items == 8


def test_what_nobody_does_changes_nothing_and_the_rest_counts_as_it_happened(two_days, bank):
    found = effect(Change(rows.plain("1004", amount_from_fen=5), bank.centre))

    assert found.lines == ()
    assert figures(found.whole)[:3] == (8, 5, 5)


# Facts and thresholds meet at their edges: few values, so that every pair of them comes up.
AMOUNTS, HOURS, GRADES = (99, 100, 101), (time(8, 59, 59), time(9), time(17)), (None, 1, 2)
KINDS = [kind for kind in rules.KINDS if kind != rules.ALWAYS]
SETS = st.lists(st.sampled_from(("staff", "elsewhere")), unique=True).map(tuple)
STATES = st.lists(st.sampled_from(("active", "held")), unique=True).map(tuple)


@st.composite
def said(draw):
    hours = draw(st.sampled_from([(None, None), (time(9), time(17)), (time(8), time(9))]))
    rule = rows.plain(
        always=draw(st.booleans()) and draw(st.booleans()),
        amount_from_fen=draw(st.none() | st.sampled_from(AMOUNTS)),
        customer_kinds=draw(SETS),
        account_states=draw(STATES),
        teller_grade_below=draw(st.sampled_from((None, 1, 2, 3))),
        outside_from=hours[0],
        outside_until=hours[1],
        agent_from_fen=draw(st.none() | st.sampled_from((0, *AMOUNTS))),
        manual_id=draw(st.booleans()),
        correction=draw(st.booleans()),
    )
    able = [kind for kind in rules.kinds_of(rule) if kind != rules.ALWAYS]
    joined = draw(st.lists(st.sampled_from(able), unique=True)) if len(able) > 1 else []
    return replace(rule, together=tuple(joined) if len(joined) > 1 else ())


@pytest.fixture
def all_facts(waiting):
    """Lay an item for each amount, hour and grade, its other facts by turns."""
    told = [
        {
            "amount_fen": fen,
            "created_at": at(ON, 0) + timedelta(hours=hour.hour, minutes=hour.minute,
                                                seconds=hour.second),
            "teller_grade": grade,
            "customer_kinds": [kind for bit, kind in enumerate(rules.CUSTOMERS) if turn >> bit & 1],
            "payer_state": ("", "active", "held")[turn % 3],
            "by_agent": bool(turn >> 2 & 1),
            "manual_id": bool(turn >> 3 & 1),
            "correction": bool(turn % 5 == 0),
        }
        for turn, (fen, hour, grade) in enumerate(product(AMOUNTS, HOURS, GRADES))
    ]  # fmt: skip
    rows.copied(waiting, *told)


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(rule=said())
def test_the_database_holds_what_the_rule_holds(all_facts, rule):
    rules.check_rule(rule)
    items = Request.objects.annotate(is_held=selectors.held(rule=rule)).order_by("id")

    held = {one.pk for one in items if rules.need(rule, one.facts).why}

    assert {one.pk for one in items if one.is_held} == held


def test_an_items_facts_are_those_that_were_looked_at(counter, teller):
    request = factory.sent(teller, replace(factory.withdrawal(counter), by_agent=True))

    assert request.facts == rules.Facts(
        amount_fen=6_000_000, at=time(12), account_state="active", teller_grade=3, by_agent=True
    )
