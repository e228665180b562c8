"""Another system acts as one person by a token: for a purpose, for a time, as that person may."""

from __future__ import annotations

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from foundation.people import services
from foundation.people.models import ApiToken
from foundation.trail.models import Event

ITEMS = reverse("api_authorization:items")
SUBMIT = reverse("api_authorization:submit")


@pytest.fixture
def token(counter, teller):
    return services.issue_token(
        staff=teller, purpose="counter system", days=1, by="system", at=timezone.now()
    )


def call(token, address=ITEMS):
    return Client(raise_request_exception=False).get(
        address, headers={"Authorization": f"Bearer {token}"}
    )


def test_a_token_opens_what_its_person_may_open(token, elsewhere):
    own = call(token)
    foreign = call(token, reverse("api_authorization:item", args=[elsewhere.number]))
    beyond = call(token, reverse("api_worklist:queues"))

    assert own.status_code == 200
    assert own.json()["rows"] == []
    assert foreign.status_code == 404
    assert beyond.status_code == 403


def test_a_token_needs_no_mark_of_our_pages(token, entered):
    client = Client(enforce_csrf_checks=True, raise_request_exception=False)

    answer = client.post(
        SUBMIT,
        entered,
        content_type="application/json",
        headers={"Authorization": f"Bearer {token}"},
    )

    assert answer.status_code == 201


def test_only_the_hash_is_kept_and_the_giving_is_on_the_trail(token, teller):
    kept = ApiToken.objects.get(staff=teller)

    assert token not in (kept.hashed, kept.purpose)
    assert len(kept.hashed) == 64
    assert Event.objects.filter(action="people.token.issued").exists()


@pytest.mark.parametrize("wrong", ["", "x", "\u00ff", "a b", "Bearer"])
def test_another_token_is_nobodys(token, wrong):
    answer = call(wrong)

    assert answer.status_code == 401
    assert answer.json()["code"] == "E9101"


def test_a_token_ends_with_its_time_its_person_or_by_hand(token, teller):
    late = timezone.now() + timedelta(days=2)
    ApiToken.objects.filter(staff=teller).update(expires_at=late)
    assert call(token).status_code == 200

    teller.is_active = False
    teller.save(update_fields=["is_active"])
    assert call(token).status_code == 401
    teller.is_active = True
    teller.save(update_fields=["is_active"])
    services.revoke_tokens(staff=teller, by="system", at=timezone.now())
    assert call(token).status_code == 401


def test_a_token_past_its_end_opens_nothing(counter, teller):
    long_ago = timezone.now() - timedelta(days=3)
    old = services.issue_token(staff=teller, purpose="old", days=1, by="system", at=long_ago)

    assert call(old).status_code == 401


def test_the_command_prints_a_token_once_and_ends_it(counter, teller):
    told = StringIO()
    call_command("issue_token", teller.number, "--purpose=core", stdout=told)
    token = told.getvalue().strip()
    assert call(token).status_code == 200

    call_command("issue_token", teller.number, "--revoke", stdout=told)

    assert call(token).status_code == 401
    with pytest.raises(CommandError):
        call_command("issue_token", teller.number, "--purpose=core", "--days=999")
    with pytest.raises(CommandError):
        call_command("issue_token", teller.number)
