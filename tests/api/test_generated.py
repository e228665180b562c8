"""Calls that the description allows, and calls that it forbids, made up by the thousand."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections, transaction
from django.utils import timezone
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.strategies import integers
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi import checks

from foundation.people import services as acting
from foundation.people.roles import ROLES, Permission
from tests.architecture.test_permissions import SAMPLES, Place, place
from tests.architecture.test_urls import pages
from tests.factories import authorization as factory
from tests.factories import people

EXAMPLES = 12
# What is 404 although its item is there: nothing is asked about an item that waits.
NOTHING_THERE = {"authorization_inquiry"}
CHECKS = (
    schemathesis.checks.not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_schema_conformance,
)


@pytest.fixture
def one_connection() -> Iterator[None]:
    """Keep the test's connection over many requests, as Django's own test client does."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.fixture
def own(counter: factory.Counter, bank: people.Branch) -> Place:
    """Keep one of everything at the outlet, so that what a path names is there."""
    return place(bank, counter.outlet, "own")


@pytest.fixture
def callers(own: Place, bank: people.Branch, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """Return the tokens of a teller who may do everything, and of a manager who may do a part."""
    everything = ROLES["teller"].__class__(
        "teller", "Teller", "make", frozenset(Permission), frozenset({"outlet"})
    )
    monkeypatch.setitem(ROLES, "teller", everything)
    manager = people.staff(bank.branch, "ops_manager", name="周明")
    return {
        staff.number: acting.issue_token(
            staff=staff, purpose="test", days=1, by="system", at=timezone.now()
        )
        for staff in (own.teller, manager)
    }


@pytest.fixture
def described(one_connection: None, callers: dict[str, str]) -> Any:
    """Return the description of the API, as the first caller is told it."""
    first, *_others = callers.values()
    app, sent = _unpacked(get_wsgi_application()), {"Authorization": f"Bearer {first}"}
    return schemathesis.openapi.from_wsgi("/api/schema/", app=app, headers=sent)


def _unpacked(app: Any) -> Any:
    """Ask for every answer as it is: the caller that the tests use reads no packed ones."""

    def call(environ: dict[str, Any], start_response: Any) -> Any:
        environ.pop("HTTP_ACCEPT_ENCODING", None)
        return app(environ, start_response)

    return call


def real_keys(own: Place) -> dict[str, dict[str, str]]:
    """Return by operation what its path has to name so that it names something."""
    return {
        f"{room}_{page.name}": {
            name: str(SAMPLES[room, name](own)) for name in page.pattern.converters
        }
        for app, page in pages()
        for room in [app.removeprefix("api_")]
        if app != room
    }


def usual() -> bool:
    """Return whether the run is the usual one, which asks the same each time.

    `--hypothesis-profile=default` asks more, and something else each time, or what
    `--hypothesis-seed` says.
    """
    return settings.get_current_profile_name() == "house"


def asked(
    operation: Any, mode: GenerationMode, named: dict[str, str], callers: dict[str, str]
) -> dict[str, set[int]]:
    """Ask made-up calls of an operation as each caller, undo each, and return what was answered."""
    answered: dict[str, set[int]] = defaultdict(set)

    @given(case=operation.as_strategy(generation_mode=mode), turn=integers(0, 3))
    @settings(
        max_examples=EXAMPLES if usual() else settings().max_examples,
        deadline=None,
        database=None,
        derandomize=usual(),
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    def call(case: Any, turn: int) -> None:
        if turn:  # else what was made up, which is hardly ever there
            case.path_parameters = {**(case.path_parameters or {}), **named}
        for number, token in callers.items():
            sent = {"Authorization": f"Bearer {token}"}
            with transaction.atomic():
                answer = case.call_and_validate(checks=CHECKS, headers=sent)
                transaction.set_rollback(True)
            answered[number].add(answer.status_code)

    call()
    return answered


@pytest.mark.slow
@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE])
def test_no_call_is_a_fault(described, own, callers, mode):
    keys, asking = real_keys(own), [one.ok() for one in described.get_all_operations()]

    answered = {
        name: asked(operation, mode, keys[name], callers)
        for operation in asking
        for name in [operation.definition.raw["operationId"]]
    }

    teller, manager = callers
    assert set(keys) - set(answered) == {"ui_schema"}, "only the description is not described"
    assert {name for name, by in answered.items() if by[teller] <= {404}} <= NOTHING_THERE
    assert any(403 in by[manager] for by in answered.values())
    assert any(200 in by[manager] for by in answered.values())
