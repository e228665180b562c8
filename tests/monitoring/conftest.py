"""What the tests of monitoring stand on: a counter, its teller, an auditor of the centre."""

import pytest

from tests.factories import monitoring, people


@pytest.fixture(autouse=True)
def own_store(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "images"


@pytest.fixture
def place(standing_place, bank):
    return standing_place


@pytest.fixture
def auditor(bank):
    return people.staff(bank.centre, "auditor", name="郑洁")


@pytest.fixture
def colleague(bank):
    return people.staff(bank.centre, "auditor", name="冯磊")


@pytest.fixture
def difference(place, teller):
    return monitoring.difference(place, teller)
