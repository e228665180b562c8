"""The idle lock: nothing but the password opens the screen again, and the work is still there."""

import pytest
from django.urls import reverse

from foundation.people import selectors
from tests.foundation.people.conftest import PASSWORD


@pytest.fixture
def locked(client, sign_in, teller):
    sign_in(teller)
    client.post(reverse("people:lock"))
    return client


@pytest.mark.parametrize(
    "page", ["ui:keys", "people:password", "people:staff", "people:second_factor"]
)
def test_every_page_answers_423(locked, page):
    assert locked.get(reverse(page)).status_code == 423


def test_a_part_of_a_page_answers_423_without_a_word(locked):
    answer = locked.get(reverse("ui:keys"), headers={"HX-Request": "true"})

    assert (answer.status_code, answer.content) == (423, b"")


def test_a_reloaded_page_shows_where_to_unlock(locked):
    assert reverse("people:unlock") in locked.get(reverse("ui:keys")).content.decode()


def test_nothing_but_a_page_is_open_either(locked):
    assert selectors.staff_behind(session_key=locked.session.session_key) is None


def test_a_wrong_password_keeps_it_locked(locked):
    answer = locked.post(reverse("people:unlock"), {"password": "wrong"})

    assert answer.status_code == 422
    assert locked.get(reverse("ui:keys")).status_code == 423


def test_the_password_opens_it_under_a_new_key(locked, teller):
    before = locked.session.session_key

    answer = locked.post(
        reverse("people:unlock"), {"password": PASSWORD}, headers={"HX-Request": "true"}
    )

    assert answer.status_code == 204
    assert locked.session.session_key != before
    assert locked.get(reverse("ui:keys")).status_code == 200
    assert selectors.staff_behind(session_key=locked.session.session_key) == teller


def test_what_was_on_its_way_meanwhile_does_not_take_the_new_key_away(locked):
    before = locked.session.session_key
    locked.post(reverse("people:unlock"), {"password": PASSWORD})
    after = locked.session.session_key

    late = locked.get(reverse("ui:keys"), headers={"Cookie": f"ops_session={before}"})

    assert late.status_code == 302
    assert "ops_session" not in late.cookies
    assert (before != after, locked.session.session_key) == (True, after)
    assert locked.get(reverse("ui:keys")).status_code == 200


def test_signing_out_takes_the_key_away(client, sign_in, teller):
    sign_in(teller)

    gone = client.post(reverse("people:sign_out")).cookies["ops_session"]

    assert (gone.value, gone["max-age"], gone["samesite"]) == ("", 0, "Lax")


def test_five_wrong_tries_lock_the_number(locked):
    for _ in range(5):
        locked.post(reverse("people:unlock"), {"password": "wrong"})

    assert locked.post(reverse("people:unlock"), {"password": PASSWORD}).status_code == 422


def test_a_stranger_has_nothing_to_lock_or_unlock(client, db):
    assert client.post(reverse("people:lock")).status_code == 302
    assert client.get(reverse("people:unlock")).status_code == 302
