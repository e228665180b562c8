"""A skill that has ended or not begun: what needs it is no longer, or not yet, one's to do.

The bank's day begins at midnight in Shanghai, which is 16:00 of the day before in UTC.
"""

from datetime import UTC, datetime, timedelta

import pytest

from foundation.people.models import Qualification
from foundation.worklist import rules, selectors
from foundation.worklist import services as worklist
from tests.factories import people

QUEUE = "authorization"
MIDNIGHT = datetime(2026, 11, 22, 16, 0, tzinfo=UTC)
SECOND, ONE_DAY = timedelta(seconds=1), timedelta(days=1)
OUTSIDE = {
    "the second before its first day": MIDNIGHT - SECOND,
    "the second after its last day": MIDNIGHT + ONE_DAY,
    "an hour after its last day": MIDNIGHT + ONE_DAY + timedelta(hours=1),
    "the noon after": people.NOON + ONE_DAY,
}
WITHIN = {"its first second": MIDNIGHT, "its last second": MIDNIGHT + ONE_DAY - SECOND}


@pytest.fixture
def certified(authorizer):
    """Certify the authorizer for seals on the day alone."""
    Qualification.objects.create(
        staff=authorizer, skill="seal", grade=2, valid_from=people.DAY, valid_until=people.DAY
    )
    return authorizer


def claim(staff, at):
    return worklist.claim_next(queue=QUEUE, staff=staff, at=at)


@pytest.mark.parametrize("at", WITHIN.values(), ids=WITHIN)
def test_within_its_day_the_item_is_taken(put, certified, at):
    item = put(skill="seal", grade_needed=2)

    assert claim(certified, at).pk == item.pk


@pytest.mark.parametrize("at", OUTSIDE.values(), ids=OUTSIDE)
def test_outside_its_day_the_item_waits_for_another(put, certified, at):
    put(skill="seal", grade_needed=2)

    assert claim(certified, at) is None


@pytest.mark.parametrize("at", OUTSIDE.values(), ids=OUTSIDE)
def test_neither_is_it_assigned_to_the_person(put, certified, dispatcher, at):
    item = put(skill="seal", grade_needed=2)

    with pytest.raises(rules.NotQualified):
        worklist.assign(item_id=item.pk, to=certified, reason="专长", by=dispatcher, at=at)


def test_what_waits_for_the_person_is_counted_without_it(put, certified):
    put(skill="seal"), put()

    counts = [
        selectors.waiting_for(queue=QUEUE, staff=certified, on=people.DAY + days * ONE_DAY)
        for days in (-1, 0, 1)
    ]

    assert counts == [1, 2, 1]


def test_an_item_without_a_skill_is_still_the_persons(put, certified):
    put(skill="seal")
    plain = put()

    assert claim(certified, people.NOON + ONE_DAY).pk == plain.pk
