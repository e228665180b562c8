"""What opens a door is not read by the way: hashes by functions alone, the rest by the system."""

import pytest
from django.contrib.auth.hashers import check_password, make_password
from django.db import Error, connection, transaction

from foundation.people import services
from foundation.people.models import Password, PasswordReset
from tests.database import _connected_to as connected_to
from tests.database import migrate
from tests.foundation.people.conftest import AT, PASSWORD, hired
from tests.foundation.people.test_second_factor_moved import asked

LOCKED = ("people_formerpassword", "people_passwordreset", "people_secondfactor")
BEFORE = "0009_own_keys"


@pytest.fixture
def kept(teller, sysadmin):
    """Let there be a row of each kind."""
    services.enrol_second_factor(staff=teller)
    services.open_reset(staff_id=teller.pk, by=sysadmin, at=AT, where="")
    services.change_password(staff=teller, new="Blue-Lantern-77", at=AT, where="")
    return teller


@pytest.mark.parametrize("table", LOCKED)
def test_neither_without_a_scope_nor_within_a_persons_is_a_row_shown(kept, sysadmin, table):
    question = f"SELECT count(*) FROM {table}"
    with services.acting_as_system(reason="test"):
        assert asked(question) == [(1,)]
    with services.acting(staff=sysadmin):
        assert asked(question) == [(0,)]
    assert asked(question) == [(0,)]


def test_within_a_persons_scope_no_row_is_written(teller, sysadmin):
    with pytest.raises(Error, match="row-level security"), services.acting(staff=sysadmin):
        PasswordReset.objects.create(staff=teller, hashed="x", opened_by=sysadmin, opened_at=AT)


@pytest.mark.parametrize(
    "question",
    [
        "SELECT * FROM people_password",
        "SELECT hashed FROM people_password",
        "UPDATE people_password SET hashed = 'x'",
        "INSERT INTO people_password VALUES (1, 'x')",
        "SELECT password FROM people_staff",
    ],
)
def test_no_statement_reads_or_writes_a_hash(teller, question):
    with (
        pytest.raises(Error, match=r"permission denied|does not exist"),
        services.acting_as_system(reason="test"),
    ):
        asked(question)


def test_at_the_door_the_hash_is_given_out_and_within_a_persons_scope_it_is_not(teller, sysadmin):
    assert teller.check_password(PASSWORD)
    with services.acting(staff=sysadmin):
        assert Password.objects.hash_of(teller.pk) == ""
        assert not teller.check_password(PASSWORD)
        with pytest.raises(Error, match="at the door"), transaction.atomic():
            Password.objects.keep_hash([teller.pk], make_password("x"))


def test_who_is_not_the_application_may_not_call_the_functions(db):
    with connection.cursor() as line:
        line.execute(
            "SELECT proname FROM pg_proc CROSS JOIN aclexplode(coalesce(proacl, acldefault('f',"
            " proowner))) WHERE proname IN ('people_hash_of', 'people_keep_hash') AND grantee = 0"
        )
        assert line.fetchall() == []


def test_a_hash_of_a_former_kind_is_made_anew_at_the_next_sign_in(teller, settings):
    before = Password.objects.hash_of(teller.pk)
    settings.PASSWORD_HASHERS = [
        "django.contrib.auth.hashers.PBKDF2SHA1PasswordHasher",
        *settings.PASSWORD_HASHERS,
    ]

    assert teller.check_password(PASSWORD)

    after = Password.objects.hash_of(teller.pk)
    assert before.startswith("md5$")
    assert after.startswith("pbkdf2_sha1$")
    assert check_password(PASSWORD, after)


def test_passwords_that_were_in_the_row_of_the_person_are_taken_over(committed_db):
    from tests.factories import people as factory

    with services.acting_as_system(reason="test"):
        house = factory.branch().outlet
    one, none = hired(house), hired(house, password="")
    with connected_to(committed_db, "owner"):
        migrate("people", BEFORE)
        rows = dict(asked("SELECT id, password FROM people_staff"))
        migrate("people")

    assert rows[none.pk] == "!"
    assert check_password(PASSWORD, rows[one.pk])
    assert one.check_password(PASSWORD)
    assert Password.objects.hash_of(none.pk) == ""
