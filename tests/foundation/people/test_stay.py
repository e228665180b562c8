"""A session left alone is locked by the server: whoever copied its cookie has nothing."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from foundation.people import services
from foundation.people.models import Staff
from foundation.trail.models import Event
from foundation.ui import feed
from tests.factories import people as factory
from tests.foundation.people.conftest import PASSWORD, hired

MINUTES = 10
PAGE = {"Accept": "text/html"}


@pytest.fixture
def inside(bank, client, sign_in, teller):
    with services.acting_as_system(reason="test"):
        factory.numbers(hired(bank.branch, "ops_manager"), hired(bank.branch, "risk_manager"))
    sign_in(teller)
    return client


def away(teller, **time):
    """Let the last sign of life be so long ago."""
    Staff.objects.filter(id=teller.pk).update(seen_at=timezone.now() - timedelta(**time))


def seen_lately(teller):
    since = timezone.now() - timedelta(minutes=1)
    return Staff.objects.filter(id=teller.pk, seen_at__gt=since).exists()


def test_up_to_the_limit_it_stays_open(inside, teller):
    away(teller, minutes=MINUTES)

    assert inside.get(reverse("ui:keys")).status_code == 200


def test_beyond_the_limit_every_request_answers_with_the_lock(inside, teller):
    away(teller, minutes=MINUTES, seconds=11)

    for name in ("ui:keys", "people:staff", "people:password", "people:stay", "front_door"):
        assert inside.post(reverse(name)).status_code == 423, name
    assert inside.get(reverse("api_authorization:items")).json()["code"] == "E9117"


def test_it_is_told_once_and_why(inside, teller):
    away(teller, minutes=30)
    inside.get(reverse("ui:keys"))
    inside.get(reverse("ui:keys"))

    with services.acting_as_system(reason="test"):
        (told,) = Event.objects.filter(action="people.lock")
    assert told.detail == {"how": "idle"}


def test_nothing_but_a_page_hears_any_more_either(inside, teller, monkeypatch):
    monkeypatch.setattr(feed, "close_old_connections", lambda: None)  # the test's own is in use
    key = inside.session.session_key
    assert feed.listener_of(key)
    away(teller, minutes=30)

    assert feed.listener_of(key) is None


def test_the_password_opens_it_where_it_was(inside, teller):
    inside.get(reverse("ui:keys"))
    session = inside.session
    session["kept"] = "work"
    session.save()
    away(teller, minutes=30)
    assert inside.get(reverse("ui:keys")).status_code == 423

    answer = inside.post(reverse("people:unlock"), {"password": PASSWORD})

    assert answer.status_code == 302
    assert inside.get(reverse("ui:keys")).status_code == 200
    assert inside.session["kept"] == "work"


def test_it_opens_by_the_password_even_before_anything_was_locked(inside, teller):
    away(teller, minutes=30)

    assert inside.post(reverse("people:unlock"), {"password": "wrong"}).status_code == 422
    assert inside.get(reverse("ui:keys")).status_code == 423


@pytest.mark.parametrize(
    ("address", "headers", "counts"),
    [
        ("people:stay", {"HX-Request": "true"}, True),
        ("ui:keys", PAGE, True),
        ("ui:keys", PAGE | {"HX-Request": "true"}, False),
        ("ui:keys", {"Accept": "image/avif,*/*"}, False),
    ],
    ids=["hand at work", "page", "part that keeps itself fresh", "picture"],
)
def test_only_what_a_person_does_is_a_sign_of_life(inside, teller, address, headers, counts):
    away(teller, minutes=5)
    ask = inside.post if address == "people:stay" else inside.get

    assert ask(reverse(address), headers=headers).status_code in {200, 204}

    assert seen_lately(teller) is counts


def test_a_nearer_number_of_the_institution_holds(inside, teller, bank):
    with services.acting_as_system(reason="test"):
        factory.number_of(bank.outlet, "security.idle_minutes", "3")
    away(teller, minutes=4)

    assert inside.get(reverse("ui:keys")).status_code == 423


def test_signs_of_life_are_written_only_so_often(inside, teller, django_assert_num_queries):
    now = timezone.now()
    teller.seen_at = now

    with django_assert_num_queries(0):
        services.seen(staff=teller, at=now + timedelta(seconds=9))
    with django_assert_num_queries(1):
        services.seen(staff=teller, at=now + timedelta(seconds=10))


def test_a_session_ends_with_the_working_day_however_busy(inside, settings):
    left = inside.session.get_expiry_date() - timezone.now()
    inside.get(reverse("ui:keys"), headers=PAGE)

    assert left <= timedelta(seconds=settings.SESSION_COOKIE_AGE)
    assert inside.session.get_expiry_date() - timezone.now() <= left


def test_a_stranger_has_nothing_to_keep_open(client, db):
    assert client.post(reverse("people:stay")).status_code == 302
