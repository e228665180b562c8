"""The pages of admission and of known answers, each in the hands of who may use it."""

import pytest
from django.urls import reverse

from authorization.models import Admission, KnownItem
from authorization.rules import admission as rules
from tests.factories import people, quality


@pytest.fixture
def newcomer(bank):
    return people.staff(bank.centre, "authorizer", name="孙新")


@pytest.fixture
def lead(bank):
    return people.staff(bank.centre, "auth_lead", name="钱立")


@pytest.fixture
def other(bank):
    return people.staff(bank.centre, "auth_lead", name="李明")


def go(client, who):
    client.force_login(who)
    return client


def send(client, who, name, *args, **data):
    return go(client, who).post(reverse(f"authorization:{name}", args=args), data)


def test_an_exam_is_entered_by_one_and_approved_by_another(client, newcomer, lead, other):
    sent = {"number": newcomer.number, "grade": 3, "paper": "SQ-01", "points": 95}
    assert go(client, lead).get(reverse("authorization:enter_exam")).status_code == 200
    low = send(client, lead, "enter_exam", **sent | {"points": 60})
    assert (low.status_code, "E2075" in low.content.decode() or b"90" in low.content) == (422, True)
    assert send(client, lead, "enter_exam", **sent | {"number": "1"}).status_code == 422

    entered = send(client, lead, "enter_exam", **sent)

    row = Admission.objects.get()
    assert entered.url == reverse("authorization:admission", args=[row.pk])
    assert send(client, lead, "decide_exam", row.pk, step="approve").status_code == 409
    assert send(client, other, "decide_exam", row.pk, step="approve").status_code == 302
    row.refresh_from_db()
    assert row.state == rules.SHADOW
    page = go(client, other).get(reverse("authorization:admission", args=[row.pk]))
    assert "SQ-01" in page.content.decode()
    assert send(client, other, "move_on", row.pk).status_code == 409


def test_an_admission_is_stopped_with_a_reason(client, newcomer, lead, other):
    row = quality.exam(newcomer, lead)
    send(client, other, "decide_exam", row.pk, step="approve")

    assert send(client, other, "stop_admission", row.pk, reason="").status_code == 422
    assert send(client, other, "stop_admission", row.pk, reason="离岗").status_code == 302

    row.refresh_from_db()
    assert (row.state, row.ended_why) == (rules.STOPPED, "离岗")


def test_the_list_narrows_and_is_taken_away(client, newcomer, lead):
    quality.exam(newcomer, lead)
    address = reverse("authorization:admissions")

    whole = go(client, lead).get(address).content.decode()
    assert "SQ-01" in whole
    assert lead.label in whole, "who has the role and no row is named"
    assert "SQ-01" not in client.get(address, {"state": "admitted"}).content.decode()
    taken = client.get(address, {"export": "csv"})
    assert newcomer.label in taken.content.decode("utf-8-sig")
    team = client.get(reverse("authorization:team"), {"place": newcomer.institution.number})
    assert "G3" in team.content.decode()


@pytest.fixture
def made(counter, teller, authorizer):
    return quality.rejected(counter, teller, authorizer)


def test_a_known_item_is_decided_by_another(client, made, lead, other):
    row = quality.kept(made, lead)
    address = reverse("authorization:known")

    assert made.request.number in go(client, lead).get(address).content.decode()
    assert send(client, lead, "known", number=made.request.number).status_code == 422
    assert send(client, lead, "decide_known", row.pk, step="approve").status_code == 409
    assert send(client, other, "decide_known", row.pk, step="approve").status_code == 302
    assert KnownItem.objects.get().approved_by == other
    assert send(client, other, "decide_known", row.pk, step="end").status_code == 302
    assert KnownItem.objects.get().ended_by == other
