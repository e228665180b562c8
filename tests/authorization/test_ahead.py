"""What a desk fetches ahead: the images of the likely next item, given to nobody by that."""

import pytest
from django.urls import reverse

from authorization import rules, services
from foundation.imaging import selectors as imaging
from foundation.imaging import tasks as imaging_tasks
from foundation.imaging.models import Page
from foundation.people.services import acting_as_system
from foundation.trail.models import Event
from foundation.worklist import selectors as worklist
from tests.browser import BACKEND, ready
from tests.factories import authorization as factory
from tests.factories import people

BROWSER = {"HTTP_USER_AGENT": "Mozilla/5.0 Chrome/120.0"}


def copied():
    """Make the copies of all pages, as a job does."""
    for page in Page.objects.all():
        (imaging_tasks.make_copies(page_id=page.pk) or (lambda: None))()


def likely(staff):
    return worklist.likely_next(queue=rules.QUEUE, staff=staff, on=people.DAY)


class TestTheLikelyNext:
    def test_it_is_what_the_desk_is_given_then(self, counter, teller, authorizer):
        first, second = (factory.sent(teller, factory.withdrawal(counter)) for _ in range(2))
        assert likely(authorizer) == first.subject

        services.open_next(authorizer=authorizer, at=people.NOON)
        assert likely(authorizer) == second.subject

    def test_it_is_nothing_that_the_desk_may_not_have(self, waiting, bank, teller):
        assert likely(people.staff(bank.centre, "authorizer", grade=1)) == ""
        assert likely(people.staff(bank.outlet, "authorizer", grade=5)) == ""

    def test_asking_gives_nothing(self, client, waiting, authorizer, settings, tmp_path):
        client.force_login(authorizer, backend=BACKEND)
        copied()

        told = client.get(reverse("authorization:ahead"), **BROWSER).json()["images"]

        (page,) = imaging.pages(document_id=waiting.document_id)
        assert [{name: src.split("?")[0] for name, src in one.items()} for one in told] == [
            {name: reverse(f"imaging:{where}", args=[page.pk])
             for name, where in (("src", "view"), ("ahead", "ahead"), ("seen", "seen"))}
        ]  # fmt: skip
        waiting.refresh_from_db()
        assert waiting.state == rules.QUEUED
        assert not Event.objects.filter(action__startswith="imaging.page.seen").exists()

    def test_with_nothing_next_there_is_nothing(self, client, counter, authorizer):
        client.force_login(authorizer, backend=BACKEND)

        assert client.get(reverse("authorization:ahead"), **BROWSER).json() == {"images": []}


@pytest.mark.slow
def test_the_next_image_is_there_at_once_and_seen_only_then(live, browse, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    with acting_as_system(reason="test"):
        bank = people.branch()
        manager = people.staff(bank.branch, "ops_manager")
        people.numbers(manager, people.staff(bank.branch, "risk_manager"))
        counter = factory.counter(bank)
        teller = people.staff(bank.outlet, "teller")
        authorizer = people.staff(bank.centre, "authorizer")
        _first, second = (factory.sent(teller, factory.withdrawal(counter)) for _ in range(2))
        copied()
        (page,) = imaging.pages(document_id=second.document_id)
    desk = browse(authorizer)
    desk.route("**/live/?*", lambda route: route.fulfill(status=204))  # not served in tests
    with desk.expect_response(f"**/imaging/ahead/{page.pk}/?*"):
        desk.goto("/authorization/workbench/")
    ready(desk)
    desk.wait_for_timeout(300)
    assert looks(page) == ["imaging.page.seen.ahead"]

    with desk.expect_response(f"**/imaging/seen/{page.pk}/?*"):
        desk.keyboard.press("F9")
    desk.wait_for_selector(f".op-meta >> text={second.number}")

    assert desk.locator(".op-stage img").get_attribute("src").startswith("blob:")
    found = looks(page)
    assert found[:2] == ["imaging.page.seen.ahead", "imaging.page.seen.view"]
    assert found.count("imaging.page.seen.view") == 1


def looks(page):
    with acting_as_system(reason="test"):
        rows = Event.objects.filter(
            action__in=("imaging.page.seen.ahead", "imaging.page.seen.view"),
            subject=f"imaging.page:{page.pk}",
        )
        return list(rows.order_by("id").values_list("action", flat=True))
