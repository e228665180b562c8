"""The figures of a known morning."""

from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from django.utils.translation import override

from dashboards import rules, selectors
from dashboards.selectors._counted import waiting_of
from dashboards.web import _drawn
from foundation.kernel.calendar import SHANGHAI
from foundation.people import services as acting
from foundation.people.models import Staff
from foundation.policy import selectors as policy
from monitoring import services as monitoring_services
from tests.factories import monitoring, people
from tests.factories import rules as rule_factory
from tests.factories.people import DAY


@pytest.fixture
def board(morning):
    with acting.acting(staff=morning.supervisor):
        yield selectors.board(on=DAY, at=morning.now)


def test_decisions_are_counted_by_kind(board):
    tiles = board.tiles

    assert (tiles.decided.count, tiles.rejected.count, tiles.returned.count) == (6, 2, 1)
    assert tiles.rejected.share == Decimal("33.3")


def test_handling_is_averaged_and_the_slowest_named(board):
    tiles = board.tiles

    assert tiles.average_seconds == Decimal("21.7")
    assert tiles.p95_seconds == Decimal("37.5")
    assert (tiles.within.count, tiles.over.count) == (4, 2)


def test_what_waits_is_counted_with_its_age(board):
    assert (board.tiles.waiting.count, board.tiles.viewing.count) == (2, 1)
    assert board.tiles.longest_wait_seconds == 2 * 3600
    authorization = board.queues[0]
    assert [age.count for age in authorization.ages] == [0, 0, 2]
    assert authorization.total.count == 2


def test_what_waits_on_site_is_counted_apart_and_listed(board, morning):
    waiting = board.tiles.waiting.count
    said = rule_factory.plain(amount_from_fen=1, outlet_levels=1)
    rule_factory.in_force(said, institution=morning.place.outlet, valid_from=DAY)
    item = morning.send()
    with acting.acting(staff=morning.supervisor):
        after = selectors.board(on=DAY, at=morning.now).tiles
        page = selectors.listed(figure="on_site", cut=rules.Cut(on=DAY, until=morning.now))

    assert board.tiles.on_site.count == 0
    assert (after.on_site.count, after.waiting.count) == (1, waiting)
    assert [(row.number, row.at) for row in page.rows] == [(item.number, item.presented_at)]
    assert item.presented_at is not None


def test_a_voucher_or_a_line_by_itself_is_not_compared(board, morning):
    outlet, before = morning.place.outlet, board.tiles.matched
    place = monitoring.Counter(outlet, "", "")
    monitoring_services.end_stray(
        stray=monitoring.alone(place, morning.teller), at=morning.now - timedelta(minutes=1)
    )
    monitoring.alone(place, morning.teller)
    with acting.acting(staff=morning.supervisor):
        after = selectors.board(on=DAY, at=morning.now).tiles.matched
        cut = rules.Cut(on=DAY, until=morning.now)
        listed = selectors.counted(figure="matched", cut=cut).count()

    assert (after.count, after.of) == (before.count, before.of)
    assert listed == after.count


def test_quarters_of_an_hour_add_up(board):
    assert board.quarters[0].text == "12:00"
    assert [quarter.decided.count for quarter in board.quarters] == [2, 2, 0, 0, 2]
    assert board.quarters[0].average_seconds == Decimal("15.0")
    assert board.quarters[2].average_seconds is None
    assert sum(quarter.decided.count for quarter in board.quarters) == board.tiles.decided.count


def test_people_are_named_with_what_they_hold(board, morning):
    first, second = board.staff

    assert (first.label, first.decided.count, first.busy_seconds) == (
        morning.authorizer.label,
        4,
        None,
    )
    assert (second.label, second.decided.count, second.busy_seconds) == (
        morning.second.label,
        2,
        60,
    )


@pytest.mark.parametrize(
    ("seen_before", "here"), [(None, False), (timedelta(seconds=30), True),
                              (timedelta(hours=1), False)],
)  # fmt: skip
def test_who_is_free_is_signed_in(morning, seen_before, here):
    morning.decide("approve", minutes=1, took=9)
    seen_at = seen_before and morning.now - seen_before
    Staff.objects.filter(pk=morning.authorizer.pk).update(seen_at=seen_at)

    board = selectors.board(on=DAY, at=morning.now)

    person = next(one for one in board.staff if one.label == morning.authorizer.label)
    assert person.busy_seconds is None
    assert (person.here, board.here) == (here, int(here))
    word = "free" if here else "not signed in"
    with override("en"):
        assert f">{word}<" in _drawn.rows(board, items="/x")["staff"]


def test_reasons_are_counted_each(board):
    assert {one.code: one.counted.count for one in board.reasons} == {"A07": 2, "A01": 1, "A06": 1}


def test_heat_is_by_sub_branch_over_a_branch(board):
    heat = {row.name: [cell.rejected.count for cell in row.cells] for row in board.heat}

    assert board.hours == [12, 13]
    assert heat == {"海淀支行": [1, 0], "朝阳支行": [0, 1]}


def test_heat_is_by_outlet_below_a_sub_branch(morning, bank):
    lead = people.staff(bank.sub_branch, "ops_manager")

    with acting.acting(staff=lead):
        board = selectors.board(on=DAY, at=morning.now)

    assert [row.name for row in board.heat] == ["中关村"]


def test_pairs_are_counted_by_result(board):
    found = {result.text: result.counted.count for result in board.results}

    assert found["Matched by machine"] == 1
    assert sum(found.values()) == selectors.counted(figure="pairs", cut=board.cut).count()


def test_the_day_before_is_compared_until_the_same_time(morning):
    tomorrow = DAY + timedelta(days=1)

    board = selectors.board(on=tomorrow, at=morning.now + timedelta(days=1) - timedelta(hours=1))

    assert board.before == DAY
    assert board.tiles.decided.count == 0
    assert board.tiles.decided_before.count == 4  # the two after 13:00 come later


def test_a_day_without_anything_shows_nothing(empty_morning):
    board = selectors.board(on=DAY, at=empty_morning.now)

    assert board.before is None
    assert board.tiles.average_seconds is None
    assert board.tiles.rejected.share is None
    assert not board.quarters
    assert not board.heat


def test_a_supervisor_counts_only_the_own_institutions(morning, bank):
    with acting.acting(staff=people.staff(bank.elsewhere, "outlet_supervisor")):
        board = selectors.board(on=DAY, at=morning.now)

    assert board.tiles.decided.count == 2


@pytest.mark.parametrize(
    ("seconds", "age"), [(0, "fresh"), (30, "fresh"), (31, "near"), (60, "near"), (61, "late")]
)
def test_an_item_at_the_counter_ages_by_the_second(morning, seconds, age):
    with acting.acting(staff=morning.supervisor):
        [first, *_] = selectors.listed(
            figure="waiting", cut=rules.Cut(on=DAY, until=morning.now)
        ).rows
        assert first.at
        at = first.at + timedelta(seconds=seconds)
        found = {
            one: [
                row.number
                for row in selectors.listed(
                    figure="waiting", cut=rules.Cut(on=DAY, until=at, age=one)
                ).rows
            ]
            for one in rules.AGES
        }

    assert [one for one, numbers in found.items() if first.number in numbers] == [age]


def test_a_difference_does_not_age_over_a_weekend(morning):
    friday_evening = datetime(2026, 11, 27, 16, 30, tzinfo=SHANGHAI)
    with acting.acting(staff=morning.supervisor):
        on_time = {
            at: waiting_of(figure="differences", cut=rules.Cut(on=DAY, until=at)).on_time
            for at in (
                friday_evening,
                datetime(2026, 11, 29, 12, 0, tzinfo=SHANGHAI),  # a Sunday
                datetime(2026, 11, 30, 9, 0, tzinfo=SHANGHAI),  # Monday, as it opens
            )
        }
        target = policy.whole(code="monitoring.wait_target_minutes", on=DAY)
        calendar = policy.calendar(on=DAY)

    for at, since in on_time.items():
        assert calendar.working_time(since, at) == timedelta(minutes=target)
    assert len({*list(on_time.values())[1:]}) == 1, "nothing ages while nobody works"
