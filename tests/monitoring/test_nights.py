"""A large day is divided between two connections, and says the same as one that was not."""

from __future__ import annotations

from threading import current_thread, main_thread

import pytest
from django.db import DatabaseError, DataError, connection

from foundation.people import services as people_services
from monitoring.models import RuleHit
from monitoring.selectors import workshop as selectors
from monitoring.services import nights, runs
from tests.factories import monitoring, people
from tests.factories.alerts import entry, minutes, published, spec
from tests.factories.people import DAY, NOON

RULES = (
    ("single", "account", {"where": "code 1303"}),
    ("day", "teller", {"tests": "count >= 3"}),
    ("sequence", "account", {"steps": "code 1303 > code 1304 > code 1002", "minutes": "60"}),
)


@pytest.fixture
def large(monkeypatch):
    monkeypatch.setattr(nights, "LARGE", 1)


@pytest.fixture
def asked_by(monkeypatch):
    """Keep which statement was asked by whom."""
    by: dict[str, list[bool]] = {}

    def ask(*, statement, plain=selectors.ask):
        by.setdefault(statement.name, []).append(current_thread() is not main_thread())
        return plain(statement=statement)

    monkeypatch.setattr(selectors, "ask", ask)
    return by


def planted(branch, place=None):
    """Put three rules in force and plant what all of them find; return the place."""
    maker, publisher = (people.staff(branch.branch, "risk_manager") for _ in range(2))
    for kind, entity, parts in RULES:
        published(spec(kind, entity, **parts), maker, publisher)
    place = place or monitoring.counter(branch.outlet)
    for number, code in enumerate(("1303", "1304", "1002")):
        entry(place, code=code, fen=1_00, at=minutes(number))
    return place


def hits() -> list[tuple[str, list[int]]]:
    rows = RuleHit.objects.order_by("version_id", "entity")
    return [(hit.version.says.kind, hit.found) for hit in rows.select_related("version")]


# The counter began with a deposit of its own.
FOUND = [("single", [1, 1_00]), ("day", [4]), ("sequence", [2, 1])]


@pytest.mark.usefixtures("large")
def test_a_large_day_is_divided_and_every_rule_asked_once(committed_db, asked_by, monkeypatch):
    with people_services.acting_as_system(reason="test"):
        branch = people.branch()
        people.numbers(*(people.staff(branch.branch, "risk_manager") for _ in range(2)))
        planted(branch)
    # The first leaves everything that is shared to the second.
    monkeypatch.setattr(
        nights,
        "answered",
        lambda *, shared, plain=nights.answered: (
            {} if current_thread() is main_thread() else plain(shared=shared)
        ),
    )

    with people_services.acting_as_system(reason="test"):
        run = runs.run_day(on=DAY, at=NOON)

        assert hits() == FOUND
        assert (run.lines, run.hits) == (4, 3)
    assert asked_by == {
        "single": [True], "day teller": [True], "sequence account": [True],
    }  # fmt: skip


@pytest.mark.usefixtures("large")
def test_what_the_second_could_not_see_is_asked_again(bank, place, asked_by):
    """Nothing of this test is committed: the second connection sees an empty day."""
    planted(bank, place)

    runs.run_day(on=DAY, at=NOON)

    assert hits() == FOUND
    assert all(asked[-1] is False for asked in asked_by.values()), "the last word is the first's"


@pytest.mark.usefixtures("large")
def test_a_second_that_fails_leaves_all_to_the_first(bank, place, asked_by, monkeypatch):
    planted(bank, place)
    plain = nights.gather

    def gather(*, on):
        if current_thread() is not main_thread():
            raise DatabaseError("broken")
        plain(on=on)

    monkeypatch.setattr(nights, "gather", gather)

    runs.run_day(on=DAY, at=NOON)

    assert hits() == FOUND
    assert [one for asked in asked_by.values() for one in asked] == [False] * 3


@pytest.mark.usefixtures("large")
def test_a_first_that_fails_takes_the_second_back(bank, place, monkeypatch):
    planted(bank, place)

    def fold_day(**_day):
        raise DatabaseError("broken")

    monkeypatch.setattr(nights, "fold_day", fold_day)
    seen: list[nights.Second] = []

    def stop(one, plain=nights.Second.stop):
        seen.append(one)
        plain(one)

    monkeypatch.setattr(nights.Second, "stop", stop)

    with pytest.raises(DatabaseError, match="broken"):
        runs.run_day(on=DAY, at=NOON)

    (second,) = seen
    assert not second.is_alive()


def test_a_small_day_is_not_divided(bank, place, asked_by):
    planted(bank, place)

    runs.run_day(on=DAY, at=NOON)

    assert hits() == FOUND
    assert [one for asked in asked_by.values() for one in asked] == [False] * 3


def added_up(values: str) -> object:
    with connection.cursor() as line:
        line.execute(f"SELECT monitoring_sum(fen) FROM (VALUES {values}) one (fen)")
        return line.fetchone()[0]


def test_sums_are_whole_exact_and_nothing_of_nothing(db):
    # The first is the least whole number that a float would not hold.
    assert added_up("(9007199254740993), (2), (NULL)") == 9_007_199_254_740_995
    assert type(added_up("(1), (2)")) is int
    assert added_up("(NULL::bigint)") is None


def test_a_sum_that_no_whole_number_holds_is_refused(db):
    with pytest.raises(DataError, match="out of range"):
        added_up("(9223372036854775807), (1)")
