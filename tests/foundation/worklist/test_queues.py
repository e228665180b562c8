"""The page of all queues: how full they are."""

from django.urls import reverse

from foundation.worklist import selectors
from foundation.worklist import services as worklist
from tests.factories import people

PAGE = "worklist:queues"


def test_the_dispatcher_sees_how_many_wait(desk, put):
    put(), put()

    answer = desk.get(reverse(PAGE))

    row = next(d for d in answer.context["depths"] if d.code == "authorization")
    assert (row.waiting, row.held, row.suspended) == (2, 0, 0)
    assert row.oldest


def test_the_count_beside_a_centre_is_that_of_the_queue(put, authorizer):
    put(), put(), put()
    worklist.claim_next(queue="authorization", staff=authorizer, at=people.NOON)

    depth = selectors.depth(queue="authorization", at=people.NOON)

    assert selectors.waiting(queue="authorization") == depth.waiting == 2
    assert selectors.waiting(queue="authorization", most=1) == 1


def test_a_known_queue_is_shown_even_when_it_is_empty(desk):
    answer = desk.get(reverse(PAGE))

    assert "authorization" in [depth.code for depth in answer.context["depths"]]


def test_a_queue_that_nobody_named_is_shown_by_its_code(desk, put):
    put(queue="clearing.odd")

    answer = desk.get(reverse(PAGE))

    assert "clearing.odd" in answer.content.decode()


def test_a_live_page_asks_for_its_part_only(desk):
    answer = desk.get(reverse(PAGE), headers={"HX-Request": "true"})

    assert "<html" not in answer.content.decode()


def test_a_teller_does_not_open_it(client, teller):
    client.force_login(teller, backend="django.contrib.auth.backends.ModelBackend")

    assert client.get(reverse(PAGE)).status_code == 403
