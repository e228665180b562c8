"""What migrations write beside rows that were there before them."""

from __future__ import annotations

from importlib import import_module

from foundation.people import services as people_services
from monitoring.models import Match
from tests.factories import layouts, looks, monitoring, people

KNOWN = import_module("monitoring.migrations.0015_layouts").KNOWN


def test_pairs_judged_before_are_given_the_name_of_their_form(committed_db):
    with people_services.acting_as_system(reason="test"):
        bank = people.branch()
        people.numbers(*(people.staff(bank.branch, "risk_manager") for _ in range(2)))
        teller = people.staff(bank.outlet, "teller")
        place = monitoring.counter(bank.outlet)
        known = looks.passed(place, teller, layout=layouts.draft(teller, code="slip"))
        free = looks.passed(place, teller)
    with committed_db.as_owner() as line:
        line.execute("SET app.scope = '*'")
        line.execute("ALTER TABLE monitoring_match DISABLE TRIGGER monitoring_match_guard")
        line.execute("UPDATE monitoring_match SET layout = ''")
        line.execute("ALTER TABLE monitoring_match ENABLE ALWAYS TRIGGER monitoring_match_guard")

        line.execute(f"BEGIN; {KNOWN}; COMMIT")

        line.execute(
            "SELECT tgenabled FROM pg_trigger WHERE tgname = 'monitoring_match_guard'"
            " AND tgrelid = 'monitoring_match'::regclass"
        )
        assert line.fetchall() == [("A",)]
    with people_services.acting_as_system(reason="test"):
        assert Match.objects.get(pk=known.pk).layout == "slip"
        assert Match.objects.get(pk=free.pk).layout == ""
