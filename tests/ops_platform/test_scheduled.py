"""Every job that the clock asks for runs as workers run it: outside of scopes until it writes."""

from __future__ import annotations

import pytest

from foundation.kernel import scope
from foundation.people import services as people_services
from foundation.worklist import services as worklist
from foundation.worklist.models import Job
from ops_platform import jobs, schedule
from tests.factories import people


@pytest.fixture(scope="module")
def house(shared_db):
    """Open a branch with its business numbers, which stays for the tests of this file."""
    with people_services.acting_as_system(reason="test"):
        bank = people.branch()
        people.numbers(*(people.staff(bank.branch, "risk_manager") for _ in range(2)))
    return shared_db


@pytest.mark.parametrize("slot", schedule.SLOTS, ids=lambda slot: slot.kind)
def test_what_the_clock_asks_for_is_done(house, slot, settings, tmp_path):
    settings.MEDIA_ROOT = settings.ANCHOR_FOLDER = tmp_path
    assert not scope.inside()
    with people_services.acting_as_system(reason="test"):
        asked = worklist.enqueue_job(kind=slot.kind, args=dict(slot.args), dedup_key=f"t:{slot}")

    assert jobs.run_job(asked)

    with people_services.acting_as_system(reason="test"):
        done = Job.objects.get(id=asked)
    assert (done.state, done.last_error) == ("done", "")
