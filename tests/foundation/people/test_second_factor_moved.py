"""The move of the second factors, on rows: out of the library's plain table into the sealed one.

The plain table is made here column by column as the library left it: its own
migrations need its application, which is no longer installed.
"""

from datetime import timedelta

import pytest
from django.db import connection
from django_otp.oath import TOTP

from foundation.people import gateways, rules, services
from foundation.people.models import SecondFactor
from tests.database import _connected_to as connected_to
from tests.database import migrate
from tests.factories import people as factory
from tests.foundation.people.conftest import AT, device_of, hired

BEFORE, MOVED = "0003_api_token", "0004_second_factor"
PLAIN = """
CREATE TABLE otp_totp_totpdevice (
  id serial PRIMARY KEY, name varchar(64) NOT NULL, confirmed boolean NOT NULL,
  key varchar(80) NOT NULL, step smallint NOT NULL, t0 bigint NOT NULL, digits smallint NOT NULL,
  tolerance smallint NOT NULL, drift smallint NOT NULL, last_t bigint NOT NULL,
  user_id bigint NOT NULL REFERENCES people_staff DEFERRABLE INITIALLY DEFERRED,
  throttling_failure_count integer NOT NULL, throttling_failure_timestamp timestamptz,
  created_at timestamptz, last_used_at timestamptz)
"""
DEVICE = """
INSERT INTO otp_totp_totpdevice (name, confirmed, key, step, t0, digits, tolerance, drift, last_t,
  user_id, throttling_failure_count)
VALUES ('default', %s, %s, 30, 0, 6, 1, 0, %s, %s, 0)
"""
FIRST, SECOND, UNUSED = bytes(range(20)), bytes(range(20, 40)), bytes(range(40, 60))
STEP = int(AT.timestamp()) // 30


def asked(question, *values):
    with connection.cursor() as line:
        line.execute(question, values)
        return line.fetchall() if line.description else []


def there(table):
    return asked("SELECT to_regclass(%s)", table) != [(None,)]


def code(secret, at):
    clock = TOTP(secret)
    clock.time = at.timestamp()
    return f"{clock.token():06}"


@pytest.fixture(scope="module")
def staff(shared_db):
    """Hire three people: one with a device, one with two, one who broke off setting one up."""
    with services.acting_as_system(reason="test"):
        outlet = factory.branch().outlet
    return [hired(outlet, name=name, password="") for name in ("王晓雯", "李静", "刘新")]


@pytest.fixture(scope="module")
def moved(staff, shared_db):
    """Go back to before the move, put the library's rows there, and move them as the owner."""
    one, two, half = staff
    with connected_to(shared_db, "owner"):
        migrate("people", BEFORE)
        asked(PLAIN)
        for confirmed, secret, last, who in (
            (True, FIRST, STEP, one),
            (False, UNUSED, -1, two),
            (True, SECOND, -1, two),
            (True, UNUSED, -1, two),
            (False, UNUSED, -1, half),
        ):
            asked(DEVICE, confirmed, secret.hex(), last, who.pk)
        migrate("people")
    return staff


def secrets():
    with services.acting_as_system(reason="test"):
        rows = list(SecondFactor.objects.select_related("staff").order_by("staff_id"))
    return [(row.staff, services.secret_of(device=row), row.last_step) for row in rows]


def test_confirmed_devices_are_taken_over_sealed_and_nothing_plain_is_left(moved, settings):
    one, two, _half = moved

    assert secrets() == [(one, FIRST, STEP), (two, SECOND, -1)]
    assert all(device_of(who).confirmed for who in (one, two))
    assert not there("otp_totp_totpdevice")
    with services.acting_as_system(reason="test"):
        rows = str(asked("SELECT people_secondfactor::text FROM people_secondfactor"))
    assert str(one.pk) in rows
    assert not [secret for secret in (FIRST, SECOND, UNUSED) if secret.hex() in rows]
    device = device_of(one)
    with pytest.raises(gateways.KeyMissing):
        gateways.unseal(device.sealed, about=two.number)
    settings.OPS_TOTP_KEYS = ("another",)
    with pytest.raises(gateways.KeyMissing):
        services.secret_of(device=device)


def test_phones_work_on_but_no_code_from_before_and_who_had_not_finished_begins_again(moved):
    one, two, half = moved
    with pytest.raises(rules.WrongCode):
        services.check_second_factor(staff=one, code=code(FIRST, AT), at=AT, where="")
    later = AT + timedelta(minutes=1)

    for who, secret in ((one, FIRST), (two, SECOND)):
        services.check_second_factor(staff=who, code=code(secret, later), at=later, where="")
    fresh = services.enrol_second_factor(staff=half)

    assert [step for _, _, step in secrets()][:2] == [STEP + 2, STEP + 2]
    assert not fresh.confirmed
    assert services.secret_of(device=fresh) != UNUSED


def test_the_way_back_makes_nothing_plain_and_the_way_forth_asks_everybody_anew(moved, shared_db):
    with connected_to(shared_db, "owner"):
        migrate("people", BEFORE)
        tables = [there("people_secondfactor"), there("otp_totp_totpdevice")]
        (functions,) = asked("SELECT count(*) FROM pg_proc WHERE proname LIKE 'people_second%%'")
        migrate("people", MOVED)
        migrate("people")

    assert tables == [False, False]
    assert functions == (0,)
    assert not secrets()
    assert not services.enrol_second_factor(staff=moved[0]).confirmed
