"""imaging:view, imaging:thumb and imaging:original: who gets a picture, and what is told of it."""

import time
from datetime import date

import pytest
from django.test import RequestFactory
from django.urls import reverse
from django.utils import timezone

from foundation.imaging import tasks
from foundation.people import services as people
from foundation.policy.models import Policy
from foundation.trail import selectors as trail
from foundation.ui import timed
from tests.factories import authorization as factory
from tests.foundation.imaging.conftest import staff_of

pytestmark = pytest.mark.filterwarnings("ignore:No directory at")
NAMES = ("view", "ahead", "thumb", "original")
BACKEND = "django.contrib.auth.backends.ModelBackend"


def given(client, person, page, use):
    """Return the address of a picture as a page would give it to the person in this session."""
    request = RequestFactory().get("/")
    request.user, request.session = person, client.session
    return timed.address(request, f"imaging:{use}", page.pk)


@pytest.fixture
def page(add, scan):
    page = add(scan)
    commit = tasks.make_copies(page_id=page.pk)
    assert commit
    with people.acting_as_system(reason="test"):
        commit()
    return page


def seen(page):
    with people.acting_as_system(reason="test"):
        return [event.action for event in trail.timeline(subject=f"imaging.page:{page.pk}")]


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("view", "image/webp"),
        ("ahead", "image/webp"),
        ("thumb", "image/webp"),
        ("original", "image/jpeg"),
    ],
)
def test_a_picture_is_answered_for_this_look_only_and_written_down(
    client, page, authorizer, name, kind
):
    client.force_login(authorizer, backend=BACKEND)

    answer = client.get(given(client, authorizer, page, name))

    assert answer.status_code == 200
    assert answer["Content-Type"] == kind
    assert answer["Cache-Control"] == "private, no-store"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert seen(page)[0] == f"imaging.page.seen.{name}"


def test_what_was_fetched_ahead_is_seen_once_it_is_shown(client, page, authorizer, stranger):
    client.force_login(authorizer, backend=BACKEND)
    client.get(given(client, authorizer, page, "ahead"))
    assert "imaging.page.seen.view" not in seen(page)
    assert client.post(reverse("imaging:seen", args=[page.pk])).status_code == 409

    answer = client.post(given(client, authorizer, page, "seen"))

    assert answer.status_code == 204
    assert seen(page)[0] == "imaging.page.seen.view"
    client.force_login(stranger, backend=BACKEND)
    assert client.post(given(client, stranger, page, "seen")).status_code == 404


def test_the_original_leaves_only_with_the_viewers_mark(client, page, authorizer, scan):
    client.force_login(authorizer, backend=BACKEND)

    answer = client.get(given(client, authorizer, page, "original"))

    assert answer.content != scan
    assert answer.content.startswith(b"\xff\xd8\xff")


@pytest.mark.parametrize("name", NAMES)
def test_a_neighbours_page_is_not_found(client, page, stranger, name):
    client.force_login(stranger, backend=BACKEND)

    assert client.get(given(client, stranger, page, name)).status_code == 404
    assert client.get(reverse("imaging:link", args=[page.pk, "view"])).status_code == 404
    assert f"imaging.page.seen.{name}" not in seen(page)


def test_a_post_without_images_is_turned_away(client, bank, page):
    dispatcher = staff_of(bank["centre"], "110777", "孙芳", "dispatcher")
    client.force_login(dispatcher, backend=BACKEND)

    assert client.get(reverse("imaging:view", args=[page.pk])).status_code == 403


def test_nobody_signed_in_sees_nothing(client, page):
    assert client.get(reverse("imaging:view", args=[page.pk])).status_code == 302


@pytest.mark.parametrize("number", [0, 999_999_999, 10**30])
def test_a_page_that_never_was_is_not_found(client, authorizer, number):
    client.force_login(authorizer, backend=BACKEND)

    assert client.get(reverse("imaging:view", args=[number])).status_code == 404


def later(monkeypatch, minutes):
    now = time.time()
    monkeypatch.setattr("django.core.signing.time.time", lambda: now + minutes * 60)


@pytest.mark.parametrize("name", NAMES)
def test_an_address_expires_and_what_is_asked_then_is_no_look(
    client, page, authorizer, monkeypatch, name
):
    client.force_login(authorizer, backend=BACKEND)
    address = given(client, authorizer, page, name)

    later(monkeypatch, 16)
    answer = client.get(address)

    assert answer.status_code == 409
    assert "E4130" in answer.content.decode()
    assert f"imaging.page.seen.{name}" not in seen(page)


def test_a_viewer_that_stood_open_asks_for_another_address(client, page, authorizer, monkeypatch):
    client.force_login(authorizer, backend=BACKEND)
    later(monkeypatch, 16)

    fresh = client.get(reverse("imaging:link", args=[page.pk, "view"])).json()["src"]

    assert client.get(fresh).status_code == 200
    assert client.get(reverse("imaging:link", args=[page.pk, "seal"])).status_code == 404


def test_while_the_number_has_no_value_an_address_holds_for_fifteen_minutes(
    client, page, authorizer, monkeypatch
):
    client.force_login(authorizer, backend=BACKEND)
    address = given(client, authorizer, page, "view")

    later(monkeypatch, 14)
    assert client.get(address).status_code == 200
    later(monkeypatch, 2)
    assert client.get(address).status_code == 409


def test_the_number_in_force_says_how_long_an_address_holds(
    client, page, authorizer, teller, monkeypatch
):
    now = timezone.now()
    with people.acting_as_system(reason="test"):
        Policy.objects.create(
            code="imaging.link_minutes", value="5", valid_from=date(2020, 1, 1), reason="test",
            proposed_by=teller, proposed_at=now, approved_by=authorizer, approved_at=now,
        )  # fmt: skip
    client.force_login(authorizer, backend=BACKEND)
    address = given(client, authorizer, page, "view")

    later(monkeypatch, 6)

    assert client.get(address).status_code == 409


@pytest.mark.parametrize("name", NAMES)
def test_an_address_is_of_one_person_in_one_session(client, page, authorizer, teller, name):
    client.force_login(authorizer, backend=BACKEND)
    address = given(client, authorizer, page, name)
    assert client.get(address).status_code == 200

    client.logout()
    client.force_login(authorizer, backend=BACKEND)
    assert client.get(address).status_code == 409, "another session of the same person"
    client.force_login(teller, backend=BACKEND)
    assert client.get(address).status_code == 409, "another person"


@pytest.mark.parametrize(
    "change",
    [
        lambda address: address.partition("?")[0],
        lambda address: address[:-1] + ("A" if address[-1] != "A" else "B"),
        lambda address: address.replace("t=", "t=x"),
        lambda address: address.replace("/thumb/", "/original/"),
        lambda address: f"{address.partition('?')[0]}?t=",
        lambda address: f"{address.partition('?')[0]}?t=a:b:c:d",
    ],
)
def test_a_tampered_address_is_refused(client, page, authorizer, change):
    client.force_login(authorizer, backend=BACKEND)

    answer = client.get(change(given(client, authorizer, page, "thumb")))

    assert answer.status_code == 409


def test_an_address_of_one_page_does_not_open_another(client, page, add, authorizer):
    client.force_login(authorizer, backend=BACKEND)
    other = add(factory.image())

    address = given(client, authorizer, page, "original").replace(f"/{page.pk}/", f"/{other.pk}/")

    assert client.get(address).status_code == 409


def test_the_page_of_an_image_gives_addresses_that_hold(client, page, authorizer):
    client.force_login(authorizer, backend=BACKEND)

    shown = client.get(reverse("imaging:page", args=[page.pk])).context

    for address in (shown["images"][0]["src"], shown["images"][0]["thumb"], shown["original"]):
        assert client.get(address).status_code == 200
