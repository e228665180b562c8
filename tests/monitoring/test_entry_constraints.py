"""What can never be in the database about closings, explanations and slices."""

import pytest
from django.db import IntegrityError, transaction

from monitoring import services as pairs
from monitoring.models import Alignment, DayEnd, Explanation, Keying, Match, Slice
from tests.factories import entry as factory
from tests.factories import monitoring, people
from tests.factories.people import DAY, NOON


@pytest.fixture
def world(bank, place, teller):
    pairs.match_day(institution_id=place.outlet.pk, business_date=DAY, at=NOON)
    alone = Match.objects.get()
    document, page = monitoring.scan(place, teller)
    (row,) = factory.cut(alone, page)
    return alone, document, page, row, people.staff(bank.centre, "audit_lead")


def rows_of(world):
    """Return a row of each table that is good as it stands."""
    alone, document, page, row, lead = world
    place = {"institution_id": alone.institution_id}
    return {
        Alignment: place | {
            "match": alone, "document": document, "how": "number", "found_at": NOON,
        },
        Explanation: place | {
            "match": alone, "text": "凭证随后补送", "author": lead, "author_person": lead.person,
            "written_at": NOON,
        },
        Slice: place | {
            "match": alone, "field": "account", "page": page, "image": "x", "keyers": 1,
            "made_at": NOON,
        },
        Keying: place | {
            "slice": row, "keyer": lead, "person": lead.person, "value": "1", "strokes": 1,
            "milliseconds": 1, "keyed_at": NOON,
        },
    }  # fmt: skip


@pytest.mark.parametrize(
    ("model", "wrong", "constraint"),
    [
        (Alignment, {"how": "guess"}, "monitoring_aligned_how"),
        (Explanation, {"text": ""}, "monitoring_explanation_known"),
        (Explanation, {"state": "accepted"}, "monitoring_explanation_decided"),
        (Slice, {"field": "name"}, "monitoring_slice_known"),
        (Slice, {"keyers": 3}, "monitoring_slice_known"),
        (Slice, {"known": "1"}, "monitoring_slice_control"),
        (Slice, {"match": None}, "monitoring_slice_control"),
        (Slice, {"state": "agreed", "ended_at": NOON}, "monitoring_slice_ended"),
        (Slice, {"answer": "1"}, "monitoring_slice_ended"),
        (Slice, {"field": "amount"}, "monitoring_slice_once"),
        (Keying, {"value": ""}, "monitoring_keyed_something"),
    ],
)
def test_is_refused_by_the_database(world, model, wrong, constraint):
    good = rows_of(world)[model]

    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        model.objects.create(**good | wrong)
    model.objects.create(**good)


@pytest.mark.parametrize(
    ("model", "constraint"),
    [
        (Alignment, "monitoring_aligned_once"),
        (Explanation, "monitoring_explained_once"),
        (Keying, "monitoring_keyed_once"),
    ],
)
def test_there_is_one_of_each(world, model, constraint):
    good = rows_of(world)[model]
    model.objects.create(**good)

    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        model.objects.create(**good)


def test_a_day_has_one_closing(bank):
    lead = people.staff(bank.centre, "audit_lead")
    # Nothing was booked there, so that nothing keeps its day open.
    row = {
        "institution_id": bank.sibling.pk, "business_date": DAY, "closed_by": lead,
        "closed_at": NOON, "pairs": 0, "explained": 0,
    }  # fmt: skip
    DayEnd.objects.create(**row)

    with pytest.raises(IntegrityError, match="monitoring_day_closed_once"), transaction.atomic():
        DayEnd.objects.create(**row)
