"""The tests' own database: the application's role, rolled back or in a copy."""

from dataclasses import replace

import pytest
from django.db import connection

from ops_platform.env import env
from ops_platform.stack import installation, roles


def _who() -> str:
    with connection.cursor() as line:
        line.execute("SELECT current_user")
        return str(line.fetchone()[0])


@pytest.mark.django_db
def test_pages_work_as_the_application_role_which_owns_nothing(database):
    assert _who() == "ops_app"
    roles.check_application(database.dsn("app"))


def test_a_committed_row_stays_until_the_test_ends(committed_db):
    with committed_db.as_owner() as line:
        line.execute("CREATE TABLE seen (id int)")

    with connection.cursor() as line:
        line.execute("INSERT INTO seen VALUES (1)")

    with committed_db.as_owner() as line:
        line.execute("SELECT count(*) FROM seen")
        assert line.fetchone() == (1,)


def test_the_next_test_sees_nothing_of_it(committed_db):
    with connection.cursor() as line:
        line.execute("SELECT to_regclass('seen')")
        assert line.fetchone() == (None,)


def test_a_demo_day_that_broke_off_is_told_from_none_and_from_a_whole_one(committed_db):
    here = replace(env, database_url=committed_db.dsn("owner"))

    assert not installation.half_seeded(here)
    installation.note(here, "seeding", "demo day")
    assert installation.half_seeded(here)
    installation.note(here, "seeded", "demo day")
    assert not installation.half_seeded(here)
