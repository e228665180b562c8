"""A small branch with its administrators, and a way in through the door."""

from datetime import UTC, date, datetime

import pytest
from django.urls import reverse

from foundation.people import services
from foundation.people.models import SecondFactor, Staff
from tests.factories import people as factory

PASSWORD = "Right-Horse-42"
AT = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
DAY = date(2026, 11, 23)


@pytest.fixture(autouse=True)
def fast_hashes(settings):
    """Hash fast where how long it takes is not the point."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def bank(standing_branch):
    """Stand in the branch."""
    return standing_branch


def hired(place, *roles, name="李静", password=PASSWORD) -> Staff:
    """Hire a person with these roles and a password that works."""
    with services.acting_as_system(reason="test"):
        staff = factory.staff(place, *roles, name=name)
    if password:
        factory.password(staff, password)
    return staff


def device_of(staff) -> SecondFactor | None:
    """Read the device of a person, as only the system can."""
    with services.acting_as_system(reason="test"):
        return SecondFactor.objects.select_related("staff").filter(staff=staff).first()


@pytest.fixture
def teller(bank):
    """Hire a teller."""
    return hired(bank.outlet, "teller", name="王晓雯")


@pytest.fixture
def secadmin(bank):
    """Hire a security administrator."""
    return hired(bank.branch, "secadmin", name="陈一")


@pytest.fixture
def second_secadmin(bank):
    """Hire another security administrator."""
    return hired(bank.branch, "secadmin", name="陈二")


@pytest.fixture
def sysadmin(bank):
    """Hire a system administrator."""
    return hired(bank.branch, "sysadmin", name="周系统")


@pytest.fixture
def posted(bank, teller):
    """Let the teller have a post at the outlet."""
    factory.post(teller, bank.outlet)
    return teller


@pytest.fixture
def sign_in(client):
    """Sign in through the door."""

    def enter(staff, password=PASSWORD, browser=client, **more):
        given = {"number": staff.number, "password": password}
        return browser.post(reverse("people:sign_in"), given, **more)

    return enter
