"""What a step of the desk asks of the database: a decision that answers with the next item."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from authorization import rules
from authorization.models import Request
from foundation.people.models import Staff
from tests.browser import BACKEND
from tests.factories import authorization as factory
from tests.factories import people

PART = {"HTTP_USER_AGENT": "Chrome/140", "HTTP_HX_REQUEST": "true"}
NO = {"reasons": "A18"}
# Within the test's own scope: a savepoint, the scope put back, and the bells left to its end.
OF_THE_TEST = 4 - 1


@pytest.fixture
def desk(authorizer):
    """Sign the authorizer in, who has given a sign of life a while ago."""
    Staff.objects.filter(id=authorizer.pk).update(seen_at=timezone.now() - timedelta(minutes=2))
    client = Client()
    client.force_login(authorizer, backend=BACKEND)
    return client


def waiting(counter, teller, count):
    for place in range(count):
        order = factory.withdrawal(
            counter, f"{60 + place},000.00", voucher_no=f"{7_000_000 + place}"
        )
        factory.sent(teller, order)


def asked(client, ask):
    with CaptureQueriesContext(connection) as queries:
        answer = ask(client)
    assert answer.status_code == 200, answer.content.decode()[:500]
    return len(queries) - OF_THE_TEST, answer


def decide(client, step, **more):
    item = Request.objects.get(state=rules.VIEWING)
    typed = {"step": step, "shown": item.content_hash, "fence": item.opened_fence, **more}
    address = reverse("authorization:decide", args=[item.number])
    return asked(client, lambda one: one.post(address, typed, **PART))


def test_a_yes_that_posts_and_answers_with_the_next_asks_little(desk, counter, teller):
    waiting(counter, teller, 3)
    desk.get(reverse("authorization:workbench"), **PART)
    decide(desk, "approve")

    count, answer = decide(desk, "approve")

    assert Request.objects.filter(state=rules.POSTED).count() == 2
    assert answer.context["shown"].request.state == rules.VIEWING
    # Of these, six are what the rules of one line say within their time, and the lists' answer.
    assert count <= 33


def test_a_no_that_may_be_taken_back_asks_little(desk, counter, teller, bank):
    people.number_of(None, "authorization.undo_seconds", "5")
    waiting(counter, teller, 3)
    desk.get(reverse("authorization:workbench"), **PART)
    decide(desk, "return", **NO)

    count, answer = decide(desk, "return", **NO)

    assert answer.context["undo_seconds"] == 5
    assert answer.context["shown"]
    assert count <= 26


def test_a_desk_that_finds_nothing_asks_next_to_nothing(desk, counter):
    address = reverse("authorization:workbench")
    desk.get(address, **PART)

    count, answer = asked(desk, lambda one: one.get(address, **PART))

    assert "shown" not in answer.context
    assert count <= 9
