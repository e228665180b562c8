"""Signing in: who is let in, who is kept out, and how little a failure tells."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from foundation.people import rules, services
from foundation.people.models import SignInCount
from foundation.trail.models import Event
from tests.foundation.people.conftest import PASSWORD, hired


def told(action="people.sign_in"):
    with services.acting_as_system(reason="test"):
        rows = Event.objects.filter(action=action).order_by("id")
        return [(row.actor, row.result, row.detail.get("why", "")) for row in rows]


def test_the_page_opens_to_anyone(client, db):
    answer = client.get(reverse("people:sign_in"))

    assert answer.status_code == 200
    assert "no-store" in answer["Cache-Control"]


def test_the_right_password_lets_in_and_is_told(client, sign_in, teller):
    answer = sign_in(teller)

    assert (answer.status_code, answer["Location"]) == (302, "/")
    assert client.get(reverse("ui:keys")).status_code == 200
    assert told() == [(teller.label, "ok", "")]


def test_a_wrong_password_and_an_unknown_number_look_the_same(client, sign_in, teller):
    wrong = sign_in(teller, "wrong")
    teller.number = "999999"
    unknown = sign_in(teller, "wrong")

    def bare(answer):
        # Without what differs between any two pages: numbers, moments, the token of the form.
        page = answer.content.decode().split("<main")[1]
        return re.sub(r'[0-9]|name="csrfmiddlewaretoken" value="\w+"', "", page)

    assert wrong.status_code == unknown.status_code == 422
    assert bare(wrong) == bare(unknown)
    assert "op-form" in bare(wrong)


def test_a_password_typed_as_the_number_is_not_kept(client, db):
    client.post(reverse("people:sign_in"), {"number": "Horse-42", "password": "x"})

    assert told() == [("?", "refused", "password")]


def test_five_wrong_tries_lock_the_number_even_for_the_right_password(sign_in, teller):
    for _ in range(5):
        sign_in(teller, "wrong")

    answer = sign_in(teller)

    assert answer.status_code == 422
    assert told()[-1][2] == "locked"


def test_a_lock_says_the_same_as_a_wrong_password(sign_in, teller):
    first = sign_in(teller, "wrong").context["form"].non_field_errors()
    for _ in range(5):
        last = sign_in(teller, "wrong")

    assert last.context["form"].non_field_errors() == first


def test_a_success_forgets_the_wrong_tries_before_it(sign_in, teller):
    for _ in range(4):
        sign_in(teller, "wrong")
    sign_in(teller)
    for _ in range(4):
        sign_in(teller, "wrong")

    assert sign_in(teller).status_code == 302


def test_a_terminal_with_too_many_failures_is_refused_before_hashing(sign_in, teller, settings):
    SignInCount.objects.create(
        address="127.0.0.1", stretch=rules.stretch_of(timezone.now()), tries=rules.TRIES_PER_STRETCH
    )
    settings.PASSWORD_HASHERS = ["no.such.Hasher"]

    assert sign_in(teller).status_code == 422
    assert told()[-1][2] == "terminal"


def test_other_terminals_are_let_in_meanwhile(sign_in, teller):
    SignInCount.objects.create(
        address="127.0.0.1", stretch=rules.stretch_of(timezone.now()), tries=99
    )

    assert sign_in(teller, REMOTE_ADDR="10.0.0.9").status_code == 302


def test_successes_do_not_count_against_an_outlet(bank, sign_in, teller):
    for _ in range(3):
        sign_in(teller)

    assert set(SignInCount.objects.values_list("tries", flat=True)) == {0}


def test_only_so_many_passwords_are_checked_at_once(monkeypatch):
    monkeypatch.setattr(rules, "HASH_WAIT_SECONDS", 0)
    with services.hashing(), services.hashing(), pytest.raises(rules.Busy), services.hashing():
        pass


def test_counts_of_long_ago_are_forgotten(db):
    now = timezone.now()
    services.count_try(address="10.0.0.1", at=now - timedelta(hours=2))
    services.count_try(address="10.0.0.1", at=now)

    assert services.forget_tries_before(at=now) == 1


def test_the_session_key_is_new_after_signing_in(client, sign_in, teller):
    client.get(reverse("people:sign_in"))
    session = client.session
    session["planted"] = "by somebody"
    session.save()
    planted = session.session_key
    client.cookies["ops_session"] = planted

    sign_in(teller)

    assert client.session.session_key != planted
    assert "planted" not in client.session


def test_a_new_sign_in_ends_the_old_one_and_tells_it(client, sign_in, teller):
    sign_in(teller)
    elsewhere = Client()
    sign_in(teller, browser=elsewhere)

    answer = client.get(reverse("ui:keys"))

    assert answer.status_code == 302
    assert "ended=elsewhere" in answer["Location"]
    assert elsewhere.get(reverse("ui:keys")).status_code == 200


def test_another_number_of_the_same_human_ends_it_too(bank, client, sign_in, teller):
    second = hired(bank.outlet, name="王晓雯")
    with services.acting_as_system(reason="test"):
        second.person = teller.person
        second.save(update_fields=["person"])
    sign_in(teller)

    sign_in(second, browser=Client())

    assert client.get(reverse("ui:keys")).status_code == 302


@pytest.mark.parametrize(
    "target", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)"]
)
def test_nobody_is_sent_to_another_site(client, teller, target):
    address = f"{reverse('people:sign_in')}?next={target}"
    answer = client.post(address, {"number": teller.number, "password": PASSWORD})

    assert answer["Location"] == "/"


def test_the_person_comes_back_to_the_page_asked_for(client, teller):
    asked = client.get("/ui/home/?a=1&b=2")
    answer = client.post(asked["Location"], {"number": teller.number, "password": PASSWORD})

    assert answer["Location"] == "/ui/home/?a=1&b=2"


def test_a_closed_number_is_not_let_in(sign_in, teller):
    teller.is_active = False
    teller.save(update_fields=["is_active"])

    assert sign_in(teller).status_code == 422


def test_a_form_of_another_site_is_refused(teller):
    strict = Client(enforce_csrf_checks=True)

    given = {"number": teller.number, "password": PASSWORD}

    assert strict.post(reverse("people:sign_in"), given).status_code == 403


def test_a_role_given_or_ended_counts_at_the_next_request(client, sign_in, bank, sysadmin):
    sign_in(sysadmin)
    assert client.get(reverse("people:staff")).status_code == 200

    sysadmin.roles.update(valid_until="2021-01-01")

    assert client.get(reverse("people:staff")).status_code == 403


def test_signing_out_voids_the_session(client, sign_in, teller):
    sign_in(teller)
    key = client.session.session_key

    client.post(reverse("people:sign_out"))
    client.cookies["ops_session"] = key

    assert client.get(reverse("ui:keys")).status_code == 302
    assert told("people.sign_out") == [(teller.label, "ok", "")]


def test_the_demo_lets_its_people_in_by_one_click(client, teller, settings):
    settings.OPS_DEMO = True
    teller.is_demo = True
    teller.save(update_fields=["is_demo"])

    assert teller.name in client.get(reverse("people:sign_in")).content.decode()
    answer = client.post(reverse("people:demo_sign_in"), {"number": teller.number})

    assert answer.status_code == 302
    assert client.get(reverse("ui:keys")).status_code == 200


@pytest.mark.parametrize(("demo", "made_up"), [(False, True), (True, False)])
def test_outside_the_demo_there_is_no_such_click(client, teller, settings, demo, made_up):
    settings.OPS_DEMO = demo
    teller.is_demo = made_up
    teller.save(update_fields=["is_demo"])

    answer = client.post(reverse("people:demo_sign_in"), {"number": teller.number})

    assert answer.status_code == 404
