"""Posts: where somebody works as what from when; seen only within the scope."""

from datetime import date

import pytest
from django.db import Error, connection, transaction

from foundation.people import services
from foundation.people.models import Post
from tests.foundation.people.conftest import DAY, hired

COLUMNS = "INSERT INTO people_post (staff_id, institution_id, title, valid_from)"


def raw(question, *values):
    """Ask the database itself, as the application's role, past the ORM."""
    with connection.cursor() as line:
        line.execute(question, values)
        return line.fetchall() if line.description else line.rowcount


@pytest.fixture
def rotated(bank, teller):
    """Let the teller have worked at another branch before the own outlet."""
    with services.acting_as_system(reason="test"):
        far = services.open_institution(number="310000", name="沪", kind="branch", parent=bank.head)
        for place, title, first, last in (
            (far, "大堂", date(2025, 1, 1), date(2025, 12, 31)),
            (bank.outlet, "柜员", date(2026, 1, 1), None),
        ):
            Post.objects.create(
                staff=teller, institution=place, title=title, valid_from=first, valid_until=last
            )
    return far


class TestLocked:
    """Row-level security, asked in SQL as the application's role."""

    def titles(self):
        return [row[0] for row in raw("SELECT title FROM people_post ORDER BY id")]

    def test_without_a_scope_there_is_no_post(self, rotated):
        assert raw("SELECT current_user") == [("ops_app",)]
        assert self.titles() == []

    def test_each_branch_sees_its_own_and_the_system_sees_all(self, rotated, teller):
        stranger = hired(rotated, "sysadmin", name="远方", password="")
        with services.acting(staff=teller):
            assert self.titles() == ["柜员"]
        with services.acting(staff=stranger):
            assert self.titles() == ["大堂"]
        with services.acting_as_system(reason="test"):
            assert self.titles() == ["大堂", "柜员"]

    def test_a_post_out_of_sight_is_neither_written_changed_nor_deleted(self, rotated, sysadmin):
        with services.acting(staff=sysadmin):
            with pytest.raises(Error, match="row-level security"), transaction.atomic():
                raw(f"{COLUMNS} VALUES (%s, %s, 'x', %s)", sysadmin.pk, rotated.pk, DAY)
            with pytest.raises(Error, match="row-level security"), transaction.atomic():
                raw("UPDATE people_post SET institution_id = %s", rotated.pk)
            assert raw("UPDATE people_post SET valid_until = %s WHERE title = '大堂'", DAY) == 0
            assert raw("DELETE FROM people_post WHERE title = '大堂'") == 0

        with services.acting_as_system(reason="test"):
            assert Post.objects.get(title="大堂").valid_until == date(2025, 12, 31)

    def test_the_owner_is_held_as_well(self, committed_db):
        with services.acting_as_system(reason="test"):
            house = services.open_institution(number="1", name="总", kind="head", parent=None)
            Post.objects.create(
                staff=hired(house, password=""), institution=house, title="x", valid_from=DAY
            )

        with committed_db.as_owner() as line:
            line.execute("SELECT count(*) FROM people_post")
            assert line.fetchone() == (0,)
