"""The page of one queue: its open items in the order of their turns."""

import pytest
from django.urls import reverse

from foundation.worklist import selectors
from foundation.worklist import services as worklist
from tests.factories import people

ADDRESS = reverse("worklist:queue", args=["authorization"])


def subjects(answer):
    return [row.item.subject for row in answer.context["page"].rows]


def test_items_stand_in_the_order_of_their_turns(desk, put, dispatcher):
    first, second, third = put(), put(priority=20), put()
    worklist.mark_urgent(item_id=third.pk, reason="客户等待", by=dispatcher, at=people.NOON)

    answer = desk.get(ADDRESS)

    assert subjects(answer) == [third.subject, second.subject, first.subject]


def test_only_items_of_a_state_are_shown(desk, put, dispatcher):
    aside, _waiting = put(), put()
    worklist.suspend(item_id=aside.pk, reason="等资料", until=None, by=dispatcher, at=people.NOON)

    assert subjects(desk.get(ADDRESS, {"state": "suspended"})) == [aside.subject]


def test_only_items_of_a_holder_are_shown(desk, put, authorizer):
    put(), put()
    held = worklist.claim_next(queue="authorization", staff=authorizer, at=people.NOON)

    assert subjects(desk.get(ADDRESS, {"holder": authorizer.number})) == [held.subject]


def test_only_items_of_a_skill_or_urgent_ones_are_shown(desk, put, dispatcher):
    put(), put(skill="seal")
    urgent = put(skill="seal")
    worklist.mark_urgent(item_id=urgent.pk, reason="客户等待", by=dispatcher, at=people.NOON)

    assert len(subjects(desk.get(ADDRESS, {"skill": "seal"}))) == 2
    assert subjects(desk.get(ADDRESS, {"urgent": "on"})) == [urgent.subject]


@pytest.mark.parametrize("urgent", [0, 3, 5])
def test_pages_follow_one_another_without_gap_or_repeat(put, dispatcher, urgent):
    items = [put(priority=place % 3) for place in range(7)]
    for item in items[:urgent]:
        worklist.mark_urgent(item_id=item.pk, reason="客户等待", by=dispatcher, at=people.NOON)
    seen, place = [], None

    for _ in range(4):
        page = selectors.page(
            queue="authorization",
            wanted=selectors.Wanted(),
            after=place,
            limit=2,
        )
        seen += [item.pk for item in page.rows]
        place = page.next_place

    assert sorted(seen) == sorted(item.pk for item in items)
    assert place is None


def test_the_link_to_the_next_page_leads_there(desk, put):
    for _ in range(selectors.PAGE + 1):
        last = put()
    first = desk.get(ADDRESS).content.decode()
    link = first.partition('rel="next" href="')[2].partition('"')[0].replace("&amp;", "&")

    assert subjects(desk.get(ADDRESS + link)) == [last.subject]


def test_an_address_that_was_tampered_with_shows_the_first_page(desk, put):
    put()

    answer = desk.get(ADDRESS, {"after_id": "x", "after_turn": "y", "state": "z"})

    assert answer.status_code == 200
    assert len(subjects(answer)) == 1


def test_items_of_other_branches_are_not_shown(put, bank):
    put(institution_id=bank.elsewhere.pk)
    own = put()
    manager = people.staff(bank.sub_branch, "ops_manager")
    from django.test import Client

    browser = Client()
    browser.force_login(manager, backend="django.contrib.auth.backends.ModelBackend")

    assert subjects(browser.get(ADDRESS)) == [own.subject]


def test_a_longer_list_asks_the_database_no_more_often(desk, put, django_assert_num_queries):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    put()
    desk.get(ADDRESS)  # the first page of a session also notes when its person was seen
    with CaptureQueriesContext(connection) as one:
        desk.get(ADDRESS)
    for _ in range(20):
        put()

    with django_assert_num_queries(len(one)):
        desk.get(ADDRESS)
