"""Who may do what at a centre, on one page: grade, skills, reach, shift, presence."""

import csv
import io
from datetime import date, datetime, time, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from authorization import rules
from foundation.kernel.calendar import SHANGHAI
from foundation.people import services as acting
from foundation.people.models import Qualification, Staff
from foundation.people.rules import Hours
from foundation.trail.models import Event
from tests.browser import BACKEND
from tests.factories import people
from tests.factories import rules as rows


@pytest.fixture
def lead(bank):
    return people.staff(bank.centre, "auth_lead", name="郑岚")


@pytest.fixture
def as_lead(client, lead):
    client.force_login(lead, backend=BACKEND)
    return client


def page(client, **asked):
    return client.get(reverse("authorization:team"), asked)


def row_of(client, who):
    shown = page(client).content.decode()
    return shown.partition(f'data-row="{who.number}"')[2].partition("</tr>")[0]


@pytest.fixture
def on_shift(bank, lead, authorizer):
    """Let the authorizer have a shift from midnight to midnight today."""
    today = timezone.localdate()
    before = datetime.combine(today - timedelta(days=1), time(9), SHANGHAI)
    acting.add_shift(
        institution=bank.centre, code="A", name="全天", hours=Hours(time(0), time(23, 45)),
        valid_from=today - timedelta(days=1), by=lead, at=before,
    )  # fmt: skip
    acting.set_roster(
        institution=bank.centre, numbers=[authorizer.number], days=[today], shift="A", by=lead,
        at=before,
    )  # fmt: skip


def test_grade_skills_and_reach_stand_in_a_row(as_lead, authorizer):
    Qualification.objects.create(
        staff=authorizer, skill="cash", grade=4, valid_from=date(2020, 1, 1),
        valid_until=date(2089, 1, 1),
    )  # fmt: skip
    shown = row_of(as_lead, authorizer)

    reach = rules.reach([rows.shipped(code) for code in rules.CATALOGUE], grade=3, skills={})
    assert "cash · 4" in shown
    assert "2089-01-01" in shown
    assert f"{reach.transactions} / 53" in shown


def test_who_does_not_decide_reaches_nothing(as_lead, bank):
    assert "/ 53" not in row_of(as_lead, people.staff(bank.centre, "dispatcher"))


def test_the_roster_seats_somebody_who_is_not_there(as_lead, authorizer, on_shift):
    if timezone.localtime().time() >= time(23, 45):
        pytest.skip("the shift of the test is over")
    shown = row_of(as_lead, authorizer)

    assert "当前在席" in shown
    assert "当前已签到" not in shown
    Staff.objects.filter(pk=authorizer.pk).update(seen_at=timezone.now())
    assert "当前已签到" in row_of(as_lead, authorizer)


def test_who_signed_out_is_not_there(as_lead, authorizer):
    acting.start_session(staff=authorizer, at=timezone.now(), where="t")
    assert "当前已签到" in row_of(as_lead, authorizer)

    acting.sign_out(staff=authorizer, at=timezone.now(), where="t")
    assert "当前已签到" not in row_of(as_lead, authorizer)


def test_whose_session_was_ended_is_not_there(as_lead, authorizer, lead):
    acting.start_session(staff=authorizer, at=timezone.now(), where="t")
    acting.end_sessions(staff_id=authorizer.pk, reason="x", by=lead, at=timezone.now())

    assert "当前已签到" not in row_of(as_lead, authorizer)


def test_a_page_of_the_person_is_offered_to_who_may_open_it(client, bank, authorizer):
    client.force_login(people.staff(bank.branch, "ops_manager"), backend=BACKEND)
    assert "/people/staff/" in row_of(client, authorizer)


def test_and_to_nobody_else(as_lead, authorizer):
    assert "/people/staff/" not in row_of(as_lead, authorizer)


def test_another_centre_is_chosen_and_one_out_of_sight_is_not_there(as_lead, bank):
    assert bank.centre.name in page(as_lead, place=bank.centre.number).content.decode()
    assert page(as_lead, place="999999").status_code == 404


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_the_page_is_saved_as_a_file_and_told(as_lead, lead, authorizer, kind):
    answer = page(as_lead, export=kind)

    assert Event.objects.filter(action="authorization:team", actor=lead.label).exists()
    if kind == "csv":
        lines = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
        assert authorizer.label in [line[0] for line in lines]


def test_reach_is_counted_by_grade_skill_and_band():
    said = [
        rows.plain(grade=2),
        rows.plain("1101", grade=4),
        rows.plain("1001", grade=1, bands=(rules.Band(50_000, 3, 1), rules.Band(90_000, 5, 1))),
        rows.plain("1003", grade=2, skill="corporate"),
    ]

    assert rules.reach(said, grade=2, skills={}) == rules.Reach(2, 50_000)
    assert rules.reach(said, grade=5, skills={}) == rules.Reach(3, None)
    assert rules.reach(said, grade=2, skills={"corporate": 2}) == rules.Reach(3, 50_000)
    assert rules.reach(said, grade=3, skills={"corporate": 1}) == rules.Reach(2, 90_000)
