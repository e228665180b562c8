"""The command of the night that proves the ledger on servers of its own."""

from __future__ import annotations

import subprocess
import sys

import pytest
from django.core.management import CommandError, call_command

from foundation.ledger import services
from ops_platform.management.commands import prove_ledger
from ops_platform.proving import running


def test_without_hypothesis_it_says_what_is_missing(monkeypatch):
    monkeypatch.setattr(prove_ledger, "find_spec", lambda _name: None)

    with pytest.raises(CommandError, match=r"requirements-dev\.txt"):
        call_command("prove_ledger", "--steps", "1")


def test_it_prints_seed_steps_and_refusals(committed_db):
    command = [sys.executable, "-W", "ignore", "-m", "ops_platform.proving", "400", "7"]
    environ = committed_db.environment()

    said = subprocess.run(command, env=environ, capture_output=True, text=True, check=True).stdout

    assert said.startswith("seed 7: 0 steps done\n")
    assert "\nrefused " in said
    assert "seed 7: sound after " in said


def test_books_that_are_wrong_are_not_proved(committed_db, monkeypatch):
    post = services.post

    def twice(**facts):
        post(**{**facts, "key": facts["key"] + "-again"})
        return post(**facts)

    monkeypatch.setattr(services, "post", twice)

    with pytest.raises(AssertionError):
        running.prove(steps=1, seed_number=7)
