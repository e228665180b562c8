"""No process begins over a database that would show one institution's rows to another."""

from __future__ import annotations

import os
import socket
import subprocess
import sys

import pytest
from django.db import connection

from ops_platform import booting
from ops_platform.env import BASE

PROCESSES = {
    "web": ("-m", "ops_platform.serve"),
    "beat": ("-m", "django", "run_beat"),
    "relay": ("-m", "django", "run_relay"),
    "worker": ("-m", "celery", "-A", "ops_platform.celery", "worker", "-c", "1"),
    "loop": ("-m", "django", "run_workers"),
}


@pytest.fixture
def unlocked(committed_db):
    """Take the lock from a table, as no migration does."""
    with committed_db.as_owner() as line:
        line.execute("ALTER TABLE trail_event NO FORCE ROW LEVEL SECURITY")
    return committed_db


def test_a_sound_database_lets_it_begin(committed_db):
    booting.check_scopes()


def test_a_table_without_its_lock_is_told_with_what_to_do(unlocked):
    with pytest.raises(booting.ScopesNotKept, match=r"E002.*ALTER TABLE trail_event ENABLE"):
        booting.check_scopes()


def test_the_tables_are_asked_for_at_once(committed_db, django_assert_max_num_queries):
    with django_assert_max_num_queries(3):
        booting.check_scopes()


def test_over_a_database_that_is_away_it_begins(committed_db, settings):
    connection.close()
    settings.DATABASES["default"]["NAME"] = "nowhere"

    booting.check_scopes()


@pytest.mark.slow
@pytest.mark.parametrize("words", PROCESSES.values(), ids=PROCESSES)
def test_no_process_begins_without_the_locks(unlocked, tmp_path, words):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environ = {
        **unlocked.environment(),
        "OPS_PORT": str(port),
        "OPS_VAR": str(tmp_path),
        "OPS_APP_PASSWORD": os.environ["OPS_APP_PASSWORD"],
        "DJANGO_SETTINGS_MODULE": "ops_platform.settings",
    }

    ended = subprocess.run(
        [sys.executable, "-W", "ignore", *words], cwd=BASE, env=environ, capture_output=True,
        text=True, timeout=60, check=False,
    )  # fmt: skip

    assert ended.returncode == 1
    assert "people.E002: trail_event is not locked to the scope." in ended.stderr
