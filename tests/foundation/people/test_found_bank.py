"""An empty installation is begun by one command, and goes on by its administrators alone."""

from __future__ import annotations

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.urls import reverse

from foundation.kernel import numbering
from foundation.people import rules, services
from foundation.people.models import Institution, Staff, StaffRole
from foundation.people.rules import Founder
from foundation.policy import selectors
from foundation.policy import services as policy
from foundation.trail.models import Event
from tests.foundation.people.conftest import AT, DAY

HEAD = ("100000", "示范银行总行")
FOUNDERS = [
    Founder("sysadmin", "100001", "张霞"),
    Founder("secadmin", "100002", "叶嘉诚"),
    Founder("secadmin", "100003", "郑雅文"),
    Founder("auditadmin", "100004", "罗晓东"),
]
WORDS = [
    "--head", *HEAD, "--sysadmin", "100001", "张霞", "--secadmin", "100002", "叶嘉诚",
    "--secadmin2", "100003", "郑雅文", "--auditadmin", "100004", "罗晓东",
]  # fmt: skip


def found(founders=FOUNDERS, number=HEAD[0], name=HEAD[1]):
    return services.found_bank(
        number=number, name=name, founders=founders, by="system command", at=AT
    )


@pytest.fixture
def founded(db):
    passwords = found()
    with services.acting_as_system(reason="test"):
        yield passwords


@pytest.mark.django_db
def test_the_command_prints_first_passwords_this_once():
    out = StringIO()

    call_command("found_bank", *WORDS, stdout=out)

    told = [line.split("\t") for line in out.getvalue().splitlines() if "\t" in line]
    assert [line[:3] for line in told] == [[one.number, one.name, one.role] for one in FOUNDERS]
    with services.acting_as_system(reason="test"):
        rows = {row.number: row for row in Staff.objects.order_by("id")}
        assert all(rows[line[0]].check_password(line[3]) for line in told)


@pytest.mark.django_db
def test_names_are_kept_as_they_are_measured():
    found([Founder(FOUNDERS[0].role, "100001", " 张霞 "), *FOUNDERS[1:]], name="示范银行总行　")

    with services.acting_as_system(reason="test"):
        assert Staff.objects.get(number="100001").name == "张霞"
        assert Institution.objects.get(number=HEAD[0]).name == HEAD[1]


def test_the_head_office_has_its_administrators_and_the_trail_says_so(founded):
    head = Institution.objects.get()

    assert (head.number, head.name, head.kind, head.parent) == (*HEAD, "head", None)
    held = StaffRole.objects.order_by("staff__number").values_list("staff__number", "role")
    assert list(held) == [(one.number, one.role) for one in FOUNDERS]
    events = Event.objects.filter(institution_id=head.pk).order_by("id")
    assert [event.action for event in events] == ["people.found_bank", *["people.open_staff"] * 4]
    assert {event.actor for event in events} == {"system command"}
    assert all(
        password not in str(event.detail) for event in events for password in founded.values()
    )


def test_a_first_password_is_good_for_one_sign_in(founded, sign_in, client):
    with services.acting_as_system(reason="test"):
        person = Staff.objects.get(number="100001")
    sign_in(person, founded["100001"])

    page = client.get(reverse("people:staff"))

    assert page.status_code == 302
    assert page["Location"].startswith(reverse("people:password"))


@pytest.mark.django_db
def test_the_database_of_a_founded_bank_takes_roles_by_two(founded):
    first, second = (Staff.objects.get(number=number) for number in ("100002", "100003"))
    head = Institution.objects.get()
    person = services.open_staff(
        number="100010", name="薛雨桐", institution=head, title="风险经理",
        identity=numbering.sample_resident_id(10), by=first, at=AT,
    )  # fmt: skip
    given = {"kind": rules.GRANT, "valid_from": DAY, "valid_until": None, "reason": "开业"}

    proposal = services.propose_role(staff=person, role="risk_manager", by=first, at=AT, **given)
    with pytest.raises(rules.SameProposer):
        services.decide_role(proposal_id=proposal.pk, approve=True, by=first, at=AT)
    services.decide_role(proposal_id=proposal.pk, approve=True, by=second, at=AT)

    assert StaffRole.objects.get(staff=person).approved_by == second


@pytest.mark.django_db
def test_the_head_office_puts_a_number_of_the_whole_bank_in_force_by_two(founded):
    first, second = (Staff.objects.get(number=number) for number in ("100002", "100003"))
    head, people = Institution.objects.get(), []
    for number, role in (("100010", "ops_manager"), ("100011", "risk_manager")):
        person = services.open_staff(
            number=number, name="陈军", institution=head, title="经理",
            identity=numbering.sample_resident_id(int(number)), by=first, at=AT,
        )  # fmt: skip
        services.grant_role(staff=person, role=role, on=DAY, granted_by=first, approved_by=second)
        people.append(person)

    with services.acting(staff=people[0]):
        row = policy.propose(
            code="security.idle_minutes", value="10", valid_from=DAY + timedelta(days=1),
            reason="开业", by=people[0], at=AT,
        )  # fmt: skip
    with services.acting(staff=people[1]):
        policy.approve(policy_id=row.pk, by=people[1], at=AT)

    assert selectors.whole(code="security.idle_minutes", on=DAY + timedelta(days=1)) == 10


def test_a_bank_is_founded_once(founded):
    with pytest.raises(CommandError, match="E1033"):
        call_command("found_bank", *WORDS)

    assert Institution.objects.count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("refusal", "changed"),
    [
        (rules.FoundersLacking, {"founders": FOUNDERS[:3]}),
        (rules.FoundersLacking, {"founders": [*FOUNDERS[:2], FOUNDERS[1], FOUNDERS[1]]}),
        (rules.FoundingUnclear, {"number": "10-00"}),
        (rules.FoundingUnclear, {"name": " "}),
        (rules.FoundingUnclear, {"founders": [Founder("sysadmin", "1", "张霞"), *FOUNDERS[1:]]}),
        (rules.NumberTaken, {"founders": [Founder("sysadmin", "100004", "张霞"), *FOUNDERS[1:]]}),
    ],
)
def test_what_cannot_be_founded_leaves_nothing_behind(refusal, changed):
    with pytest.raises(refusal):
        found(**changed)

    with connection.cursor() as cursor, services.acting_as_system(reason="test"):
        cursor.execute("SELECT count(*) FROM people_institution")
        assert cursor.fetchone() == (0,)


@pytest.mark.django_db
def test_what_is_not_given_and_cannot_be_asked_is_told():
    with pytest.raises(CommandError, match="missing"):
        call_command("found_bank", *WORDS[:3])
