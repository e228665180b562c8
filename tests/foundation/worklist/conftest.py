"""A queue, and people who put in, claim and dispatch."""

from __future__ import annotations

import uuid

import pytest
from django.db import connection
from django.test import Client

from foundation.worklist import services as worklist
from tests.factories import people

BACKEND = "django.contrib.auth.backends.ModelBackend"


@pytest.fixture
def put(bank):
    """Put an item into the queue of the authorization centre."""

    def enqueue(**more):
        wanted = {
            "queue": "authorization",
            "subject": f"test:{uuid.uuid4()}",
            "institution_id": bank.outlet.pk,
            "at": people.NOON,
        }
        return worklist.enqueue(**(wanted | more))

    return enqueue


@pytest.fixture
def let_the_lease_end():
    """Let an item's holder miss the signs of life."""

    def end(item):
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE worklist_workitem SET lease_until = clock_timestamp() - interval '1 s'"
                " WHERE id = %s",
                [item.pk],
            )

    return end


@pytest.fixture
def dispatcher(bank):
    """Hire a dispatcher of the centre."""
    return people.staff(bank.centre, "dispatcher", name="赵强")


@pytest.fixture
def desk(dispatcher):
    """Open the dispatcher's browser."""
    browser = Client(raise_request_exception=True)
    browser.force_login(dispatcher, backend=BACKEND)
    return browser
