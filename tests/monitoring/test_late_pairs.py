"""What a month's pairs came to is kept for the days that are over, until one of them changes."""

from __future__ import annotations

import pytest
from django.db import ProgrammingError, connection, transaction
from django.db.models import Sum
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from authorization.selectors import days
from foundation.people import services as acting
from monitoring import rules
from monitoring.models import LatePair, Match
from monitoring.rules.bulletin import month_of
from monitoring.selectors import points
from tests.factories import monitoring, people
from tests.factories.people import DAY

MONTH = month_of(DAY)


@pytest.fixture(autouse=True)
def nothing_kept():
    days.kept_days.clear()
    yield
    days.kept_days.clear()


def judged(place):
    """Return how many pairs of an outlet were judged and matched, and which tables were asked."""
    with CaptureQueriesContext(connection) as asked:
        found = points.counts(month=MONTH).get(place.outlet.pk)
    read = any("FROM monitoring_match" in one["sql"] and str(DAY) in one["sql"] for one in asked)
    return (found.audited, found.matched) if found else None, read


def counted(day):
    """Return how many changes of pairs of a day were counted."""
    return LatePair.objects.filter(business_date=day).aggregate(of=Sum("changes"))["of"] or 0


def test_a_day_that_is_over_is_counted_once(place, difference):
    assert judged(place) == ((1, 0), True)
    assert judged(place) == ((1, 0), False)


def test_a_pair_that_comes_late_is_counted(place, teller, difference):
    judged(place)
    monitoring.difference(place, teller)

    assert judged(place) == ((2, 0), True)
    assert judged(place) == ((2, 0), False)


def test_a_pair_that_comes_to_another_state_late_is_counted_again(place, difference):
    judged(place)
    Match.objects.filter(pk=difference.pk).update(state=rules.WAITING, result=rules.WAITING)
    assert judged(place)[0] == (0, 0)
    Match.objects.filter(pk=difference.pk).update(state=rules.MATCHED, result=rules.MATCHED)

    assert judged(place) == ((1, 1), True)
    assert judged(place) == ((1, 1), False)


def test_what_was_rolled_back_does_not_stay(place, teller, difference):
    judged(place)
    with transaction.atomic():
        monitoring.difference(place, teller)
        assert judged(place)[0] == (2, 0)
        transaction.set_rollback(True)

    assert judged(place)[0] == (1, 0)


def test_each_scope_has_sums_of_its_own(bank, place, difference):
    judged(place)
    with acting.acting(staff=people.staff(bank.elsewhere, "outlet_supervisor")):
        assert judged(place)[0] is None

    assert judged(place) == ((1, 0), False)


def test_the_sums_are_those_of_a_branch_asked_row_by_row(bank, place, teller, difference):
    monitoring.difference(place, teller)
    Match.objects.filter(pk=difference.pk).update(state=rules.MATCHED, result=rules.MATCHED)

    for _again in range(2):
        assert points.counts(month=MONTH) == points.counts(month=MONTH, under=bank.head.pk)


def test_nothing_is_counted_of_the_present_day_or_of_another_change(place, difference):
    late = counted(DAY)
    assert late
    Match.objects.filter(pk=difference.pk).update(tries=3)

    assert counted(DAY) == late
    line = Match.objects.get(pk=difference.pk)
    line.pk, line.journal_no, line.business_date = None, "J1", timezone.localdate()
    line.save(force_insert=True)
    assert counted(line.business_date) == 0


def test_a_day_has_one_row_however_often_it_is_changed(place, teller, difference):
    late = counted(DAY)
    for _again in range(3):
        monitoring.difference(place, teller)

    assert counted(DAY) > late + 3
    assert LatePair.objects.filter(business_date=DAY).count() == 1


def test_the_application_only_reads_what_is_counted(place, difference):
    rows = LatePair.objects.order_by()
    new = {"institution": place.outlet, "business_date": DAY, "changes": 1, "newest": 1}
    for write in (lambda: rows.update(changes=1), rows.delete, lambda: rows.create(**new)):
        with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
            write()
