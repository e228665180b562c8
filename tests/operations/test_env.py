"""A knob that is misspelt or has an impossible value stops the start."""

import pytest

from ops_platform import env as environment
from ops_platform.env import Env, WrongEnvironment
from ops_platform.stack import roles


def test_an_unknown_knob_is_refused():
    with pytest.raises(WrongEnvironment, match="OPS_SECURITY_PROFIL is not a knob"):
        Env.load({"OPS_SECURITY_PROFIL": "asvs"})


def test_names_of_other_programs_are_not_ours_to_refuse():
    assert Env.load({"PATH": "/usr/bin", "LANG": "C"}).port == 8000


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("OPS_DEBUG", "maybe"),
        ("OPS_PORT", "0"),
        ("OPS_PORT", "80a"),
        ("OPS_PORT", "-8000"),
        ("OPS_WEB_PROCESSES", "65"),
        ("OPS_SECURITY_PROFILE", "none"),
        ("OPS_EXECUTOR", "threads"),
        ("OPS_SERVERS", "sqlite"),
        ("OPS_DB_ROLE", "postgres"),
        ("OPS_APP_ROLE", 'ops"; DROP TABLE x; --'),
        ("DATABASE_URL", "mysql://bank"),
        ("REDIS_URL", "http://bank"),
    ],
)
def test_a_value_it_cannot_have_is_refused(name, value):
    with pytest.raises(WrongEnvironment, match=name):
        Env.load({name: value})


def test_a_refusal_does_not_say_the_value(capsys):
    with pytest.raises(WrongEnvironment) as refusal:
        Env.load({"DATABASE_URL": "postgres//owner:geheim@host"})

    assert "geheim" not in str(refusal.value)


def test_a_secret_is_read_from_the_file_that_is_named(tmp_path):
    (tmp_path / "key").write_text("from the file\n")

    assert Env.load({"OPS_SECRET_KEY_FILE": str(tmp_path / "key")}).secret_key == "from the file"


def test_a_value_and_a_file_at_once_are_refused(tmp_path):
    with pytest.raises(WrongEnvironment, match="both given"):
        Env.load({"OPS_SECRET_KEY": "a", "OPS_SECRET_KEY_FILE": str(tmp_path / "key")})


def test_a_file_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(WrongEnvironment, match="cannot be read"):
        Env.load({"OPS_SECRET_KEY_FILE": str(tmp_path / "none")})


def test_a_generated_secret_is_kept_and_only_its_owner_reads_it(tmp_path):
    first = Env.load({"OPS_VAR": str(tmp_path)}).secret_key

    path = tmp_path / "secrets" / "secret_key"
    assert Env.load({"OPS_VAR": str(tmp_path)}).secret_key == first
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700


def test_a_server_on_a_socket_and_one_with_tls_are_understood():
    on_socket = Env.load({"DATABASE_URL": "postgresql://o:p@/bank?host=/run/pg"}).database("owner")
    far = Env.load({"DATABASE_URL": "postgresql://o:p@a,b:5433/bank?sslmode=verify-full"}).database(
        "owner"
    )

    assert (on_socket["HOST"], on_socket["NAME"]) == ("/run/pg", "bank")
    assert far["HOST"] == "a,b"
    assert far["OPTIONS"]["sslmode"] == "verify-full"


def test_the_application_signs_in_with_its_own_role():
    env = Env.load({"DATABASE_URL": "postgresql://owner:p@host/bank", "OPS_APP_PASSWORD": "weak"})

    assert env.database()["USER"] == "ops_app"
    assert env.database("owner")["USER"] == "owner"


def test_an_outside_database_is_no_demo_unless_said():
    outside = {"DATABASE_URL": "postgresql://owner:p@host/bank"}

    assert not Env.load(outside).demo
    assert Env.load(outside).totp
    assert Env.load(outside | {"OPS_DEMO": "on"}).demo


def test_every_knob_is_explained():
    assert all(
        line.count("|") >= 4 and not line.endswith("|  |")
        for line in environment.table().splitlines()[2:]
    )


def test_a_role_that_row_security_does_not_hold_is_refused(database):
    with pytest.raises(roles.WrongRole):
        roles.check_application(database.dsn("owner"))
