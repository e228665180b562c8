"""The jobs of monitoring: each may run twice."""

from monitoring import tasks
from monitoring.models import Match
from tests.factories import monitoring
from tests.factories.people import DAY


def test_match_document_runs_twice(place, teller, difference):
    for _run in range(2):
        tasks.match_document(document_id=difference.document_id, page_id=1, subject="x")()

    difference.refresh_from_db()
    assert difference.result == "amount_diff"


def test_match_day_runs_twice(place, teller):
    monitoring.post(place, teller=teller.number, fen=100)

    for _run in range(2):
        tasks.match_day(institution_id=place.outlet.pk, business_date=DAY.isoformat())()

    assert Match.objects.filter(result="image_missing").count() == 2
