"""Calls that the description allows, and calls that it forbids, made up by the thousand."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from django.utils import timezone
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi import checks

from foundation.people import services as people
from foundation.people.models import Staff
from foundation.people.roles import ROLES, Permission
from tests.factories import authorization as factory

EXAMPLES = 12
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
def described(
    one_connection: None, counter: factory.Counter, teller: Staff, monkeypatch: pytest.MonkeyPatch
) -> Any:
    """Return the description of the API, called by a teller who may do everything."""
    factory.sent(teller, factory.withdrawal(counter))
    everything = ROLES["teller"].__class__(
        "teller", "Teller", "make", frozenset(Permission), frozenset({"outlet"})
    )
    monkeypatch.setitem(ROLES, "teller", everything)
    token = people.issue_token(staff=teller, purpose="test", days=1, by="system", at=timezone.now())
    return schemathesis.openapi.from_wsgi(
        "/api/schema/",
        app=_unpacked(get_wsgi_application()),
        headers={"Authorization": f"Bearer {token}"},
    )


def _unpacked(app: Any) -> Any:
    """Ask for every answer as it is: the caller that the tests use reads no packed ones."""

    def call(environ: dict[str, Any], start_response: Any) -> Any:
        environ.pop("HTTP_ACCEPT_ENCODING", None)
        return app(environ, start_response)

    return call


@pytest.mark.slow
@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE])
def test_no_call_is_a_fault(described, mode):
    calls = 0
    for found in described.get_all_operations():
        operation = found.ok()

        @given(case=operation.as_strategy(generation_mode=mode))
        @settings(
            max_examples=EXAMPLES,
            deadline=None,
            database=None,
            derandomize=True,
            phases=[Phase.explicit, Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        def call(case):
            nonlocal calls
            calls += 1
            case.call_and_validate(checks=CHECKS)

        call()

    assert calls > 100
