"""What is read in one pass is what the lists behind the figures count."""

from datetime import timedelta

from dashboards import rules, selectors
from dashboards.rules import Cut
from dashboards.selectors import _decided
from foundation.people import services as acting
from tests.factories import people
from tests.factories.people import DAY


def count(figure, cut):
    return selectors.listed(figure=figure, cut=cut).total


def test_every_sum_is_the_length_of_its_list(morning):
    with acting.acting(staff=morning.supervisor):
        cut = Cut(on=DAY, until=morning.now)
        day = _decided.decided(cut=cut, before=None, target_seconds=25)

        assert day.in_all.decided == count("decided", cut) > 0
        assert day.in_all.rejected == count("rejected", cut) > 0
        assert day.in_all.returned == count("returned", cut) > 0
        for quarter, made in day.quarters.items():
            narrowed = Cut(on=DAY, until=morning.now, quarter=quarter)
            assert made.decided == count("decided", narrowed), rules.quarter_text(quarter)
        for (place, hour), made in day.places.items():
            narrowed = Cut(on=DAY, until=morning.now, place=place, hour=hour)
            assert (made.decided, made.rejected) == (
                count("decided", narrowed), count("rejected", narrowed),
            )  # fmt: skip
        for split in (day.quarters.values(), day.people.values(), day.places.values()):
            assert sum(sums.decided for sums in split) == day.in_all.decided


def test_of_the_day_before_only_what_came_until_the_same_time_is_compared(morning):
    tomorrow = DAY + timedelta(days=1)
    with acting.acting(staff=morning.supervisor):
        for minutes in (0, 30, 24 * 60):
            until = morning.now - timedelta(hours=1) + timedelta(minutes=minutes)
            cut = Cut(on=tomorrow, until=until + timedelta(days=1))
            day = _decided.decided(cut=cut, before=DAY, target_seconds=25)

            assert day.before.decided == count("decided", Cut(on=DAY, until=until))
            assert day.in_all.decided == 0
            whole = count("decided", Cut(on=DAY, until=morning.now + timedelta(days=1)))
            assert sum(day.quarters_before.values()) == whole


def test_an_outlet_sees_its_own_decisions_and_no_other(morning, bank):
    seen = {}
    for place in (bank.branch, bank.elsewhere, bank.sibling):
        with acting.acting(staff=people.staff(place, "ops_manager")):
            cut = Cut(on=DAY, until=morning.now)
            day = _decided.decided(cut=cut, before=None, target_seconds=25)
            assert day.in_all.decided == count("decided", cut)
            seen[place.pk] = day.in_all.decided

    assert 0 < seen[bank.elsewhere.pk] < seen[bank.branch.pk]
    assert seen[bank.sibling.pk] == 0
