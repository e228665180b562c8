"""imaging:view, imaging:thumb and imaging:original: who gets a picture, and what is told of it."""

import pytest
from django.urls import reverse

from foundation.imaging import tasks
from foundation.people import services as people
from foundation.trail import selectors as trail
from tests.foundation.imaging.conftest import staff_of

pytestmark = pytest.mark.filterwarnings("ignore:No directory at")


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
    client.force_login(authorizer, backend="django.contrib.auth.backends.ModelBackend")

    answer = client.get(reverse(f"imaging:{name}", args=[page.pk]))

    assert answer.status_code == 200
    assert answer["Content-Type"] == kind
    assert answer["Cache-Control"] == "private, no-store"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert seen(page)[0] == f"imaging.page.seen.{name}"


def test_what_was_fetched_ahead_is_seen_once_it_is_shown(client, page, authorizer, stranger):
    client.force_login(authorizer, backend="django.contrib.auth.backends.ModelBackend")
    client.get(reverse("imaging:ahead", args=[page.pk]))
    assert "imaging.page.seen.view" not in seen(page)

    answer = client.post(reverse("imaging:seen", args=[page.pk]))

    assert answer.status_code == 204
    assert seen(page)[0] == "imaging.page.seen.view"
    client.force_login(stranger, backend="django.contrib.auth.backends.ModelBackend")
    assert client.post(reverse("imaging:seen", args=[page.pk])).status_code == 404


def test_the_original_leaves_only_with_the_viewers_mark(client, page, authorizer, scan):
    client.force_login(authorizer, backend="django.contrib.auth.backends.ModelBackend")

    answer = client.get(reverse("imaging:original", args=[page.pk]))

    assert answer.content != scan
    assert answer.content.startswith(b"\xff\xd8\xff")


@pytest.mark.parametrize("name", ["view", "ahead", "thumb", "original"])
def test_a_neighbours_page_is_not_found(client, page, stranger, name):
    client.force_login(stranger, backend="django.contrib.auth.backends.ModelBackend")

    assert client.get(reverse(f"imaging:{name}", args=[page.pk])).status_code == 404
    assert f"imaging.page.seen.{name}" not in seen(page)


def test_a_post_without_images_is_turned_away(client, bank, page):
    dispatcher = staff_of(bank["centre"], "110777", "孙芳", "dispatcher")
    client.force_login(dispatcher, backend="django.contrib.auth.backends.ModelBackend")

    assert client.get(reverse("imaging:view", args=[page.pk])).status_code == 403


def test_nobody_signed_in_sees_nothing(client, page):
    assert client.get(reverse("imaging:view", args=[page.pk])).status_code == 302


@pytest.mark.parametrize("number", [0, 999_999_999, 10**30])
def test_a_page_that_never_was_is_not_found(client, authorizer, number):
    client.force_login(authorizer, backend="django.contrib.auth.backends.ModelBackend")

    assert client.get(reverse("imaging:view", args=[number])).status_code == 404
