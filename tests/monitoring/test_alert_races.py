"""Postings that raise the same alert in the same moment: all are posted, one alert is open."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from foundation.people import services as people_services
from monitoring.models import Alert
from monitoring.services import runs
from tests.factories import monitoring, people
from tests.factories.alerts import entry, published, spec
from tests.factories.people import NOON

THREADS = 5


@pytest.fixture
def lines(committed_db):
    with people_services.acting_as_system(reason="test"):
        bank = people.branch()
        maker, publisher = (people.staff(bank.branch, "risk_manager") for _ in range(2))
        people.numbers(maker, publisher)
        place = monitoring.counter(bank.outlet)
        published(spec("single", "account", where="code 1002; paid"), maker, publisher)
        return [entry(place).pk for _ in range(THREADS)]


def test_all_raise_one_alert_with_the_lines_of_all(lines):
    together = Barrier(THREADS)

    def look(line_id: int) -> int:
        try:
            with people_services.acting_as_system(reason="test"):
                together.wait()
                return runs.look_at_line(line_id=line_id, at=NOON)
        finally:
            connection.close()

    with ThreadPoolExecutor(THREADS) as threads:
        raised = list(threads.map(look, lines))

    with people_services.acting_as_system(reason="test"):
        alert = Alert.objects.get()
        assert sum(raised) == 1
        assert {row.line for row in alert.evidence.all()} == set(lines)
