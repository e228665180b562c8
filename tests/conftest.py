"""What every test shares: the database, the browser, the guards, and a small branch at work."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.template import Template
from django.template.loader import render_to_string
from hypothesis import HealthCheck, settings

from foundation.people import services as people_services
from foundation.people.models import Staff
from foundation.ui import pdf
from tests.factories import people

# What it asserts says what it found, as the assertions of a test do.
pytest.register_assert_rewrite("tests.chaos")
pytest_plugins = [
    "tests.database", "tests.worlds", "tests.standing", "tests.browser", "tests.guards",
    "tests.order",
]  # fmt: skip

# How long an example takes is the machine's doing, which five processes share: not a finding.
settings.register_profile("house", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("house")


@pytest.fixture
def uncopied(monkeypatch: pytest.MonkeyPatch) -> None:
    """Render as outside of tests: Django copies what each template is given, for `context`."""
    monkeypatch.setattr(Template, "_render", lambda made, given: made.nodelist.render(given))


@pytest.fixture
def unprinted(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fill the templates of sheets but set no type: who may print is asked here, not what."""
    monkeypatch.setattr(
        pdf, "printed", lambda template, given: render_to_string(template, dict(given)).encode()
    )


@pytest.fixture
def everything(db: None) -> Iterator[None]:
    """Let the test see every institution, as a system job does."""
    with people_services.acting_as_system(reason="test"):
        yield


@pytest.fixture
def bank(standing_bank: people.Branch, everything: None) -> people.Branch:
    """Stand in a small branch with the business numbers in force."""
    return standing_bank


@pytest.fixture
def teller(bank: people.Branch) -> Staff:
    """Hire a teller of the outlet."""
    return people.staff(bank.outlet, "teller", name="王晓雯")


@pytest.fixture
def authorizer(bank: people.Branch) -> Staff:
    """Hire an authorizer of the centre."""
    return people.staff(bank.centre, "authorizer", name="李静")
