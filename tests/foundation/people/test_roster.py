"""Rosters: the lead plans who sits when; what the service and the database refuse of it."""

import csv
import io
from datetime import date, datetime, time, timedelta

import pytest
from django.db import IntegrityError, ProgrammingError, transaction
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from foundation.kernel.calendar import SHANGHAI
from foundation.people import rules, selectors, services
from foundation.people.models import RosterEntry, Shift
from foundation.people.roles import Permission
from foundation.people.rules import Hours
from foundation.trail.models import Event
from tests.browser import BACKEND
from tests.factories import people

MONDAY = people.DAY
TUESDAY = MONDAY + timedelta(days=1)
EARLY = Hours(time(8, 30), time(17), time(11, 30), time(12, 15))
LATE = Hours(time(10, 30), time(19))
AT = people.NOON


@pytest.fixture
def bank(everything):
    """Open a small branch, in the system's scope."""
    opened = people.branch()
    manager = people.staff(opened.branch, "ops_manager", name="周明")
    people.numbers(manager, people.staff(opened.branch, "risk_manager", name="吴芳"))
    return opened


@pytest.fixture
def teller(bank):
    return people.staff(bank.outlet, "teller", name="王晓雯")


@pytest.fixture
def lead(bank):
    return people.staff(bank.centre, "auth_lead", name="郑岚")


@pytest.fixture
def one(bank):
    return people.staff(bank.centre, "authorizer", name="李静")


@pytest.fixture
def other(bank):
    return people.staff(bank.centre, "authorizer", name="赵志远")


@pytest.fixture
def shifts(bank, lead):
    return [shift(bank, lead, code, hours) for code, hours in (("A", EARLY), ("B", LATE))]


def shift(bank, lead, code, hours, *, valid_from=MONDAY, at=AT):
    return services.add_shift(
        institution=bank.centre, code=code, name="班", hours=hours, valid_from=valid_from, by=lead,
        at=at,
    )  # fmt: skip


def put(bank, lead, *who, days=(MONDAY,), at=AT, **what):
    what = what or {"shift": "A"}
    return services.set_roster(
        institution=bank.centre, numbers=[row.number for row in who], days=days, by=lead, at=at,
        **what,
    )  # fmt: skip


def stands(who):
    rows = RosterEntry.objects.filter(staff=who).order_by("on")
    return {row.on: row.shift_code or row.absence for row in rows}


class TestPlanning:
    def test_several_people_get_a_shift_on_several_days_at_once(
        self, bank, lead, one, other, shifts
    ):
        assert put(bank, lead, one, other, days=[MONDAY, TUESDAY]) == 4
        assert stands(one) == stands(other) == {MONDAY: "A", TUESDAY: "A"}

    def test_an_absence_takes_the_place_of_a_shift_and_the_trail_says_both(
        self, bank, lead, one, shifts
    ):
        put(bank, lead, one)
        put(bank, lead, one, absence="sick")

        told = Event.objects.filter(action="people.set_roster").order_by("id").last()
        assert stands(one) == {MONDAY: "sick"}
        assert told.subject == f"people.staff:{one.number}"
        assert told.detail["before"] == {str(MONDAY): "A"}
        assert told.detail["after"] == {str(MONDAY): "sick"}

    def test_the_week_before_fills_what_is_free_and_nobody_is_ill_by_plan(
        self, bank, lead, one, other, shifts
    ):
        week = timedelta(days=7)
        put(bank, lead, one, other)
        put(bank, lead, one, days=[TUESDAY], absence="sick")
        put(bank, lead, other, days=[TUESDAY], absence="rest")
        put(bank, lead, other, days=[MONDAY + week], shift="B")

        copied = services.copy_week(institution=bank.centre, day=TUESDAY + week, by=lead, at=AT)

        assert copied == 2
        assert stands(one)[MONDAY + week] == "A"
        assert TUESDAY + week not in stands(one)
        assert stands(other)[MONDAY + week] == "B"
        assert stands(other)[TUESDAY + week] == "rest"

    def test_there_may_be_nothing_to_copy(self, bank, lead, one, shifts):
        with pytest.raises(rules.NothingToCopy), transaction.atomic():
            services.copy_week(institution=bank.centre, day=MONDAY, by=lead, at=AT)

    def test_hours_of_a_day_are_those_in_force_on_it_of_who_may_decide(
        self, bank, lead, one, shifts
    ):
        shift(bank, lead, "A", LATE, valid_from=TUESDAY)
        put(bank, lead, one, people.staff(bank.centre, "dispatcher"), days=[MONDAY, TUESDAY])

        found = selectors.hours_on(
            days=[MONDAY, TUESDAY], permission=Permission.AUTHORIZATION_DECIDE
        )

        assert found == {MONDAY: [EARLY], TUESDAY: [LATE]}


class TestRefused:
    def test_another_centres_lead_does_not_plan(self, bank, one, shifts):
        stranger = people.staff(bank.branch, "ops_manager")

        with pytest.raises(rules.RosterElsewhere), transaction.atomic():
            put(bank, stranger, one)
        with pytest.raises(rules.RosterElsewhere), transaction.atomic():
            shift(bank, stranger, "C", EARLY)
        with pytest.raises(rules.RosterElsewhere), transaction.atomic():
            services.copy_week(institution=bank.centre, day=MONDAY, by=stranger, at=AT)

    def test_only_people_of_the_centre(self, bank, lead, teller, shifts):
        with pytest.raises(rules.NotOfCentre), transaction.atomic():
            put(bank, lead, teller)

    def test_somebody_who_moved_in_keeps_the_days_of_a_centre_out_of_sight(
        self, bank, lead, one, shifts
    ):
        branch = services.open_institution(
            number="310000", name="上海分行", kind="branch", parent=bank.head
        )
        away = services.open_institution(
            number="310100", name="上海中心", kind="centre", parent=branch
        )
        put(bank, lead, one)
        far = people.staff(away, "auth_lead")
        one.institution = away
        one.save(update_fields=["institution"])

        with services.acting(staff=far), pytest.raises(rules.NotOfCentre), transaction.atomic():
            services.set_roster(
                institution=away, numbers=[one.number], days=[MONDAY], absence="rest", by=far, at=AT
            )

    def test_a_day_that_is_over_needs_a_reason(self, bank, lead, one, shifts):
        later = AT + timedelta(days=1)

        with pytest.raises(rules.PastNeedsReason), transaction.atomic():
            put(bank, lead, one, at=later)

        put(bank, lead, one, at=later, absence="sick", reason="电话请假")
        assert stands(one) == {MONDAY: "sick"}

    def test_a_shift_that_does_not_count_yet(self, bank, lead, one, shifts):
        with pytest.raises(rules.NoSuchShift), transaction.atomic():
            put(bank, lead, one, days=[MONDAY - timedelta(days=1)], shift="A", reason="补")

    def test_nobody_or_no_day(self, bank, lead, one, shifts):
        with pytest.raises(rules.NobodyChosen), transaction.atomic():
            put(bank, lead)
        with pytest.raises(rules.NobodyChosen), transaction.atomic():
            put(bank, lead, one, days=())

    def test_a_shift_there_is_changes_from_tomorrow(self, bank, lead, shifts):
        with pytest.raises(rules.ShiftTooSoon), transaction.atomic():
            shift(bank, lead, "A", LATE)
        with pytest.raises(rules.ShiftTooSoon), transaction.atomic():
            shift(bank, lead, "C", LATE, valid_from=MONDAY - timedelta(days=1))

        shift(bank, lead, "A", LATE, valid_from=TUESDAY)
        with pytest.raises(rules.ShiftTooSoon), transaction.atomic():
            shift(bank, lead, "A", EARLY, valid_from=TUESDAY)
        assert selectors.shifts(of=bank.centre, on=MONDAY)[0].hours == EARLY


def entry(lead, who, **more):
    return RosterEntry(
        **{
            "institution": lead.institution, "staff": who, "person": who.person, "on": MONDAY,
            "shift_code": "A", "set_by": lead, "set_at": AT, **more,
        }
    )  # fmt: skip


class TestDatabase:
    @pytest.mark.parametrize(
        ("more", "constraint"),
        [
            ({"absence": "sick"}, "people_roster_shift_or_absence"),
            ({"shift_code": ""}, "people_roster_shift_or_absence"),
            ({"shift_code": "", "absence": "bored"}, "people_roster_shift_or_absence"),
            ({"shift_code": "Z"}, "people_roster_shift_known"),
            ({"set_at": AT + timedelta(days=1)}, "people_roster_past_has_reason"),
        ],
    )
    def test_an_entry_is_whole(self, lead, one, shifts, more, constraint):
        with pytest.raises(IntegrityError) as refused, transaction.atomic():
            entry(lead, one, **more).save(force_insert=True)

        assert refused.value.__cause__.diag.constraint_name == constraint

    def test_midnight_is_shanghais(self, lead, one, shifts):
        """The last minute of the day by Shanghai's clock still needs no reason."""
        entry(lead, one, set_at=datetime.combine(MONDAY, time(23, 59), SHANGHAI)).save(
            force_insert=True
        )
        with pytest.raises(IntegrityError, match="past_has_reason"), transaction.atomic():
            entry(
                lead, one, on=MONDAY, set_at=datetime.combine(TUESDAY, time(0, 1), SHANGHAI)
            ).save(force_insert=True)

    def test_one_human_has_one_entry_a_day_under_whatever_number(self, bank, lead, one, shifts):
        again = people.staff(bank.centre, "authorizer")
        again.person = one.person
        again.save(update_fields=["person"])
        entry(lead, one).save(force_insert=True)

        with pytest.raises(IntegrityError, match="people_roster_one_a_day"), transaction.atomic():
            entry(lead, again).save(force_insert=True)

    def test_only_who_works_there(self, lead, teller, shifts):
        with pytest.raises(IntegrityError, match="on its roster"), transaction.atomic():
            entry(lead, teller).save(force_insert=True)

    def test_an_entry_stays_with_its_day(self, lead, one, shifts):
        row = entry(lead, one)
        row.save(force_insert=True)

        with pytest.raises(IntegrityError, match="human and its day"), transaction.atomic():
            RosterEntry.objects.filter(pk=row.pk).update(on=TUESDAY)

    def test_a_shift_is_only_followed(self, lead, shifts):
        for step in (
            lambda rows: rows.update(name="x"),
            lambda rows: rows.delete(),
        ):
            with pytest.raises((ProgrammingError, IntegrityError)), transaction.atomic():
                step(Shift.objects.filter(pk=shifts[0].pk))

    def test_hours_stand_in_order(self, lead):
        row = Shift(
            institution=lead.institution, code="X", name="x", starts=time(9), ends=time(8),
            valid_from=MONDAY, set_by=lead, set_at=AT,
        )  # fmt: skip
        with (
            pytest.raises(IntegrityError, match="people_shift_hours_in_order"),
            transaction.atomic(),
        ):
            row.save(force_insert=True)


class TestPages:
    @pytest.fixture
    def planned(self, bank, lead, one):
        today = timezone.localdate()
        at = datetime.combine(today - timedelta(days=14), time(9), SHANGHAI)
        for code, hours in (("A", EARLY), ("B", LATE)):
            shift(bank, lead, code, hours, valid_from=today - timedelta(days=14), at=at)

    def sign_in(self, client, staff):
        client.force_login(staff, backend=BACKEND)
        return client

    def address(self, name, today):
        return f"{reverse(f'people:{name}')}?week={today}"

    def test_the_lead_sets_a_shift_for_several_days(self, client, lead, one, planned):
        today = timezone.localdate()
        days = rules.week_of(today + timedelta(days=7))[:3]
        answer = self.sign_in(client, lead).post(
            self.address("set_roster", days[0]),
            {"number": [one.number], "day": list(map(str, days)), "what": "shift:B"},
        )

        assert answer.status_code == 302
        assert stands(one) == dict.fromkeys(days, "B")
        shown = client.get(answer["Location"]).content.decode()
        assert shown.count('<span class="op-chip op-chip--brand">B</span>') == 3

    def test_what_is_missing_is_said_and_the_choice_is_kept(self, client, lead, one, planned):
        today = timezone.localdate()
        answer = self.sign_in(client, lead).post(
            self.address("set_roster", today), {"number": [one.number], "what": "shift:A"}
        )

        assert answer.status_code == 422
        assert "请至少选择一人和一天" in answer.content.decode()
        assert f'value="{one.number}" checked' in answer.content.decode()

    def test_a_past_day_is_refused_at_the_reason(self, client, lead, one, planned):
        today = timezone.localdate()
        past = rules.week_of(today - timedelta(days=7))[0]
        answer = self.sign_in(client, lead).post(
            self.address("set_roster", past),
            {"number": [one.number], "day": [str(past)], "what": "sick"},
        )

        assert answer.status_code == 422
        assert 'id="id_reason-error"' in answer.content.decode()

    def test_an_authorizer_looks_and_does_not_plan(self, client, one, planned):
        today = timezone.localdate()
        page = self.sign_in(client, one).get(self.address("roster", today)).content.decode()

        assert one.number in page
        assert "set_roster" not in page
        assert 'name="day"' not in page
        assert client.post(self.address("set_roster", today)).status_code == 403

    def test_a_manager_sees_the_centres_and_plans_none(self, client, bank, planned):
        today = timezone.localdate()
        manager = people.staff(bank.branch, "ops_manager")
        page = self.sign_in(client, manager).get(self.address("roster", today)).content.decode()

        assert bank.centre.name in page
        assert 'name="day"' not in page

    def test_out_of_sight_there_is_no_centre(self, client, bank):
        manager = people.staff(bank.sub_branch, "ops_manager")
        page = self.sign_in(client, manager).get(reverse("people:roster"))

        assert "没有可见的中心" in page.content.decode()
        assert client.get(f"{reverse('people:roster')}?place=110100").status_code == 404

    def test_the_week_before_is_copied(self, client, bank, lead, one, planned):
        today = timezone.localdate()
        week = rules.week_of(today + timedelta(days=7))
        put(bank, lead, one, days=week[:2], at=timezone.now())
        answer = self.sign_in(client, lead).post(
            self.address("copy_roster", week[0] + timedelta(days=7))
        )

        assert answer.status_code == 302
        assert len(stands(one)) == 4

    def test_a_shift_is_entered_and_nonsense_stays_at_its_field(self, client, lead, planned):
        today = timezone.localdate()
        tomorrow = today + timedelta(days=1)
        typed = {
            "code": "C", "name": "中班", "starts": "09:00", "ends": "17:30", "break_from": "12:00",
            "break_until": "12:45", "valid_from": str(tomorrow),
        }  # fmt: skip
        desk, address = self.sign_in(client, lead), reverse("people:shifts")

        assert desk.post(address, typed).status_code == 302
        assert Shift.objects.get(code="C").hours.break_until == time(12, 45)
        wrong = desk.post(address, typed | {"code": "D", "starts": "09:10"})
        assert wrong.status_code == 422
        assert 'id="id_starts-error"' in wrong.content.decode()

    def test_who_only_looks_enters_no_shift(self, client, one, planned):
        desk = self.sign_in(client, one)

        assert (
            '<form method="post" class="op-card__body'
            not in desk.get(reverse("people:shifts")).content.decode()
        )
        assert desk.post(reverse("people:shifts"), {"code": "C"}).status_code == 200
        assert not Shift.objects.filter(code="C").exists()

    @pytest.mark.parametrize("kind", ["csv", "xlsx"])
    def test_the_week_is_saved_as_a_file(self, client, bank, lead, planned, kind):
        today = timezone.localdate()
        week = rules.week_of(today + timedelta(days=7))
        one = people.staff(bank.centre, "authorizer", name="李静")
        put(bank, lead, one, days=week[:1], at=timezone.now(), shift="B")
        answer = self.sign_in(client, lead).get(f"{self.address('roster', week[0])}&export={kind}")

        if kind == "csv":
            lines = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
        else:
            book = load_workbook(io.BytesIO(answer.content))
            lines = [
                [cell or "" for cell in row] for row in book.active.iter_rows(values_only=True)
            ]
        assert [one.number, one.name, "B"] in [line[:3] for line in lines]

    def test_nonsense_in_the_address_is_taken_as_not_said(self, client, lead, planned):
        for odd in ("x", "2026-13-01", "9999-12-31", "0001-01-01"):
            address = f"{reverse('people:roster')}?week={odd}"
            assert self.sign_in(client, lead).get(address).status_code == 200


def test_a_week_begins_on_monday():
    assert rules.week_of(date(2026, 11, 29))[0] == MONDAY
