"""Two administrators at once: what conflicts does not slip in side by side."""

import psycopg2
import pytest

from foundation.people import services
from tests.factories import people as factory
from tests.foundation.people.conftest import hired

INSERT = (
    "INSERT INTO people_staffrole (staff_id, role, duty, person, valid_from)"
    " VALUES (%s, %s, '', %s, '2026-11-23')"
)


@pytest.fixture
def two_numbers(committed_db):
    with services.acting_as_system(reason="test"):
        bank = factory.branch()
        one, other = hired(bank.outlet, password=""), hired(bank.centre, password="")
        other.person = one.person
        other.save(update_fields=["person"])
    return one, other


def test_the_second_grant_to_a_human_waits_for_the_first(committed_db, two_numbers):
    one, other = two_numbers
    with committed_db.as_owner() as first, committed_db.as_owner() as second:
        for line in (first, second):
            line.execute("BEGIN; SET LOCAL app.scope = '*'; SET LOCAL lock_timeout = '300ms'")
        first.execute(INSERT, [one.pk, "teller", str(one.person)])

        with pytest.raises(psycopg2.errors.LockNotAvailable):
            second.execute(INSERT, [other.pk, "auditor", str(one.person)])

        first.execute("COMMIT")
        second.execute("ROLLBACK; BEGIN; SET LOCAL app.scope = '*'")
        with pytest.raises(psycopg2.errors.CheckViolation):
            second.execute(INSERT, [other.pk, "auditor", str(one.person)])


ENTER = (
    'INSERT INTO people_rosterentry (institution_id, staff_id, person, "on", shift_code, absence,'
    " reason, set_by_id, set_at) VALUES (%s, %s, %s, '2089-01-01', '', %s, '', %s, now())"
)


def test_the_second_plan_for_a_humans_day_waits_and_is_refused(committed_db):
    """Past the service's lock, too, one human has one entry a day."""
    with services.acting_as_system(reason="test"):
        centre = factory.branch().centre
        one, lead = hired(centre, password=""), hired(centre, password="")
    with committed_db.as_owner() as first, committed_db.as_owner() as second:
        for line in (first, second):
            line.execute("BEGIN; SET LOCAL app.scope = '*'; SET LOCAL lock_timeout = '300ms'")
        planned = [centre.pk, one.pk, str(one.person)]
        first.execute(ENTER, [*planned, "rest", lead.pk])

        with pytest.raises(psycopg2.errors.LockNotAvailable):
            second.execute(ENTER, [*planned, "sick", lead.pk])

        first.execute("COMMIT")
        second.execute("ROLLBACK; BEGIN; SET LOCAL app.scope = '*'")
        with pytest.raises(psycopg2.errors.UniqueViolation):
            second.execute(ENTER, [*planned, "sick", lead.pk])
