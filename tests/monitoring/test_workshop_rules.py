"""Rules as data: what is read, what is refused, and that the shipped ones are whole."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta

import pytest

from foundation.kernel.errors import Refused
from monitoring import gateways
from monitoring.rules import alerts, compiled, workshop
from tests.factories.alerts import spec
from tests.factories.people import DAY

SHIPPED = gateways.shipped_rules()


def test_the_dictionaries_have_thirteen_links_and_twelve_businesses():
    assert (len(workshop.LINKS), len(workshop.BUSINESSES)) == (13, 12)


def test_enough_rules_of_each_kind_are_shipped():
    kinds = Counter(one.spec.kind for one in SHIPPED)

    assert sum(kinds.values()) - kinds[workshop.SEQUENCE] >= 40
    assert kinds[workshop.SEQUENCE] >= 10
    assert set(kinds) == set(workshop.KINDS)


@pytest.mark.parametrize("one", SHIPPED, ids=lambda one: one.number)
def test_a_shipped_rule_is_whole_and_stays_the_same_when_kept(one):
    workshop.check_header(
        number=one.number, link=one.link, business=one.business, level=one.level, score=one.score
    )

    assert workshop.read(one.spec.kept()) == one.spec


def test_no_two_shipped_rules_have_one_code_or_title():
    for name in ("number", "title", "english"):
        assert max(Counter(getattr(one, name) for one in SHIPPED).values()) == 1


@pytest.mark.parametrize(
    ("kind", "entity", "parts"),
    [
        ("single", "account", {"where": "nothing_known"}),
        ("single", "account", {"where": "code 12x4"}),
        ("single", "account", {"where": "code 1002'; DROP TABLE x"}),
        ("single", "account", {"where": "amount_from much"}),
        ("single", "account", {"where": "outside 25:00-26:00"}),
        ("single", "account", {"where": "own_account 3"}),
        ("day", "teller", {"tests": "count > 3"}),
        ("day", "teller", {"tests": "wishes >= 3"}),
        ("day", "teller", {"tests": "tellers <= 3; count >= 1"}),
        ("profile", "account", {"tests": "today.wishes >= 3; usual.lines >= 1", "days": "9"}),
    ],
)
def test_what_is_no_part_of_a_rule_is_refused(kind, entity, parts):
    with pytest.raises(workshop.RuleNotRead):
        spec(kind, entity, **parts)


@pytest.mark.parametrize(
    ("kind", "entity", "parts"),
    [
        ("single", "account", {}),
        ("single", "voucher", {"where": "paid"}),
        ("day", "teller", {}),
        ("day", "teller", {"tests": "count <= 3"}),
        ("day", "teller", {"tests": "; ".join(["count >= 3"] * 5)}),
        ("day", "teller", {"tests": "count >= 3", "where": "; ".join(["paid"] * 7)}),
        ("profile", "account", {"tests": "window.lines >= 1; usual.lines >= 2", "days": "9"}),
        ("profile", "account", {"tests": "today.lines >= 1; usual.lines >= 2", "days": "91"}),
        ("sequence", "account", {"steps": "paid", "minutes": "5"}),
        ("sequence", "account", {"steps": "paid > paid", "minutes": "99999"}),
        ("ring", "account", {"where": "paid", "hops": "2"}),
        ("ring", "account", {"hops": "4"}),
        ("unheard", "account", {"where": "paid"}),
    ],
)
def test_a_rule_that_is_not_whole_is_refused(kind, entity, parts):
    with pytest.raises(workshop.RuleNotWhole):
        spec(kind, entity, **parts)


def test_nothing_but_codes_and_numbers_of_json_comes_into_sql():
    kept = spec("single", "account", where="amount_from 1.00").kept()
    kept["where"] = [["code", ["1002') OR true --"]]]

    with pytest.raises(workshop.RuleNotRead):
        workshop.read(kept)


def test_all_rules_of_a_family_are_one_statement():
    rules = [(number, one.spec) for number, one in enumerate(SHIPPED, 1)]

    names = [one.name for one in compiled.batch(rules, on=DAY)]

    assert len(names) == len(set(names)) < 15


def test_a_version_counts_from_tomorrow():
    with pytest.raises(workshop.VersionTooEarly):
        workshop.check_start(valid_from=DAY, today=DAY)


@pytest.mark.parametrize(("first", "last"), [(0, 0), (-91, -1), (-1, -2)])
def test_a_rule_is_tried_on_days_that_are_over_and_not_too_many(first, last):
    def day(number: int) -> date:
        return DAY + timedelta(days=number)

    with pytest.raises(workshop.SpanTooLong):
        workshop.check_span(first=day(first), last=day(last), today=DAY)


@pytest.mark.parametrize(
    "change", [{"number": "x1"}, {"link": "14"}, {"level": "low"}, {"score": 0}]
)
def test_a_head_that_there_is_not_is_refused(change):
    head = {"number": "X001", "link": "1", "business": "", "level": "focus", "score": 9} | change

    with pytest.raises(Refused):
        workshop.check_header(**head)


def test_a_condition_reads_as_it_was_typed():
    for code, typed in (("code", "1001 1002"), ("amount_from", "1,000.00"), ("young", "7"),
                        ("outside", "08:30-18:00"), ("paid", "")):  # fmt: skip
        assert workshop.told(*workshop.condition(code, typed)) == typed


def test_the_level_above_the_highest_is_the_highest():
    assert [workshop.higher(one) for one in workshop.LEVELS] == ["focus", "high", "high"]


def test_the_flow_of_alerts_leads_through_the_queue():
    assert set(alerts.OPEN) | set(alerts.ENDED) == set(alerts.FLOW.states)
    assert alerts.FLOW.terminal == (alerts.CLOSED_FALSE, alerts.ERROR_REGISTERED) or set(
        alerts.FLOW.terminal
    ) == {alerts.CLOSED_FALSE, alerts.ERROR_REGISTERED}
