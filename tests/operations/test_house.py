"""The house: what `--fresh` throws away, and what it leaves."""

import dataclasses

import pytest

from ops_platform.env import Env
from ops_platform.stack.house import House, StartFailed
from ops_platform.stack.places import Places


@pytest.fixture
def lived_in(tmp_path):
    """Return the environment of a folder with data, images, anchors, sign-ins, keys and logs."""
    env = dataclasses.replace(Env.load({}), var=tmp_path)
    for folder in (Places.under(tmp_path).data, *map(tmp_path.joinpath, ("images", "anchors"))):
        (folder / "deep").mkdir(parents=True)
        (folder / "deep" / "kept").write_text("of the former day")
    (tmp_path / "demo_sign_ins.txt").write_text("110037")
    for name in ("secrets/totp_keys", "log/stack.log"):
        (tmp_path / name).parent.mkdir()
        (tmp_path / name).write_text("stays")
    return env


def test_fresh_throws_away_the_data_and_all_that_belongs_to_them(lived_in):
    House(lived_in).wipe()

    left = {str(path.relative_to(lived_in.var)) for path in lived_in.var.rglob("*.*")}
    assert not Places.under(lived_in.var).data.exists()
    assert left == {"log/stack.log"}
    assert not any((lived_in.var / name).exists() for name in ("images", "anchors"))
    assert (lived_in.var / "secrets" / "totp_keys").read_text() == "stays"


def test_fresh_of_an_empty_folder_is_no_fault(tmp_path):
    House(dataclasses.replace(Env.load({}), var=tmp_path)).wipe()

    assert list(tmp_path.iterdir()) == []


def test_fresh_is_refused_for_an_outside_database(lived_in):
    outside = dataclasses.replace(
        lived_in, database_url="postgresql://ops_owner@db.bank.example/ops"
    )

    with pytest.raises(StartFailed, match="embedded"):
        House(outside).wipe()

    assert (lived_in.var / "anchors" / "deep" / "kept").exists()


@pytest.mark.parametrize("kind", ["wheels", "debian"])
def test_the_wanted_servers_are_embedded(tmp_path, kind):
    env = dataclasses.replace(Env.load({"OPS_SERVERS": kind}), var=tmp_path)
    (tmp_path / "run").mkdir()

    assert [server.kind for server in House(env).servers()] == [kind, kind]
