"""Whose a number is: a second number of one human is told, whoever opens it."""

from datetime import date, timedelta
from uuid import uuid4

import psycopg2
import pytest
from django.db import Error, transaction
from django.urls import reverse

from foundation.kernel import numbering
from foundation.people import rules, services
from foundation.people.models import Identity, Staff, StaffRole
from foundation.trail import selectors as trail
from foundation.worklist.models import Job
from tests.factories import people as factory
from tests.foundation.people.conftest import AT, DAY, hired
from tests.foundation.people.test_second_factor_moved import asked

HERS, HIS = numbering.sample_resident_id(1), numbering.sample_resident_id(2)
GIVEN = {"number": "110999", "name": "王晓雯", "institution": "110801", "title": "柜员",
         "grade": 2, "identity": HERS, "vendor": ""}  # fmt: skip
NEW = reverse("people:staff_new")


@pytest.fixture
def admin(client, sign_in, sysadmin):
    sign_in(sysadmin)
    return client


def opened(bank, by, number="110998", identity=HERS, **more) -> Staff:
    with services.acting(staff=by):
        return services.open_staff(
            number=number, name="王晓雯", institution=bank.outlet, title="柜员",
            identity=identity, by=by, at=AT, **more,
        )  # fmt: skip


def identified(staff, by, identity=HERS, seen=""):
    with services.acting(staff=by):
        return services.identify_staff(
            staff_id=staff.pk, identity=identity, seen=seen, by=by, at=AT
        )


class TestOpening:
    def test_a_second_number_is_named_first_then_is_the_same_humans(self, admin, bank, sysadmin):
        first = opened(bank, sysadmin)

        shown = admin.post(NEW, GIVEN)

        assert shown.status_code == 422
        assert first.label in str(shown.context["form"].errors["identity"])
        assert not Staff.objects.filter(number="110999").exists()
        form = shown.context["form"]
        kept = {name: form[name].value() for name in form.fields}
        assert kept == {key: str(value) for key, value in GIVEN.items()} | {"seen": "110998"}
        assert f'name="seen" value="{first.number}"' in shown.content.decode()

        assert admin.post(NEW, kept).status_code == 302
        assert Staff.objects.get(number="110999").person == first.person
        page = admin.get(reverse("people:staff_detail", args=["110999"])).content.decode()
        assert first.number in page

    def test_another_human_is_another(self, admin, bank, sysadmin):
        first = opened(bank, sysadmin)

        assert admin.post(NEW, GIVEN | {"identity": HIS}).status_code == 302

        assert Staff.objects.get(number="110999").person != first.person

    @pytest.mark.parametrize("identity", ["", "110105194912310021", HERS[:-1], "0" * 18])
    def test_what_is_no_identity_number_is_refused(self, admin, identity):
        answer = admin.post(NEW, GIVEN | {"identity": identity})

        assert answer.status_code == 422
        assert answer.context["form"].errors["identity"]
        assert not Staff.objects.filter(number="110999").exists()

    def test_the_second_number_meets_the_guards_of_the_first(self, bank, sysadmin, secadmin):
        first = opened(bank, sysadmin)
        second = opened(bank, sysadmin, number="110999", seen=first.number)
        with services.acting_as_system(reason="test"):
            services.grant_role(
                staff=first, role="teller", on=DAY, granted_by=None, approved_by=None
            )

        with services.acting(staff=secadmin), pytest.raises(rules.DutiesConflict):
            services.propose_role(
                staff=second, role="outlet_supervisor", kind=rules.GRANT, valid_from=DAY,
                valid_until=None, reason="x", by=secadmin, at=AT,
            )  # fmt: skip

    def test_nobody_opens_a_number_of_their_own(self, bank, sysadmin, secadmin):
        identified(sysadmin, secadmin)

        with pytest.raises(rules.OwnIdentity):
            opened(bank, sysadmin, seen=sysadmin.number)

    def test_who_came_between_is_shown_too(self, bank, sysadmin):
        first = opened(bank, sysadmin)
        opened(bank, sysadmin, number="110999", seen=first.number)

        with pytest.raises(rules.KnownPerson) as refused:
            opened(bank, sysadmin, number="110997", seen=first.number)

        assert refused.value.params["seen"] == "110998 110999"

    def test_a_human_works_for_the_bank_or_for_a_vendor(self, bank, sysadmin):
        first = opened(bank, sysadmin)
        vendor = services.open_vendor(number="V9", name="外包")

        with pytest.raises(rules.TwoHouses):
            opened(bank, sysadmin, number="110999", seen=first.number, vendor=vendor)
        with services.acting(staff=sysadmin):
            services.close_sign_in(staff_id=first.pk, reason="离职", by=sysadmin, at=AT)
        opened(bank, sysadmin, number="110999", seen=first.number, vendor=vendor)
        with services.acting(staff=sysadmin), pytest.raises(rules.TwoHouses):
            services.open_sign_in(staff_id=first.pk, reason="x", by=sysadmin, at=AT)


class TestKeeping:
    def test_neither_the_table_nor_the_trail_holds_the_number(self, bank, sysadmin):
        staff = opened(bank, sysadmin)

        with services.acting_as_system(reason="test"):
            with pytest.raises(Error, match="permission denied"), transaction.atomic():
                asked("SELECT * FROM people_identity")
            entries = trail.timeline(subject=f"people.staff:{staff.number}", limit=5)
        assert entries
        assert HERS not in str(entries)

    def test_the_hash_is_another_with_another_key(self, settings):
        from foundation.people import gateways

        one = gateways.identity_hashes(HERS)
        settings.OPS_IDENTITY_KEYS = ("another",)

        assert set(one.values()).isdisjoint(gateways.identity_hashes(HERS).values())
        assert HERS not in str(one)

    def test_a_former_key_still_tells_and_a_missing_one_is_refused(self, bank, sysadmin, settings):
        first, former = opened(bank, sysadmin), settings.OPS_IDENTITY_KEYS
        settings.OPS_IDENTITY_KEYS = ("new", *former)

        with pytest.raises(rules.KnownPerson):
            opened(bank, sysadmin, number="110999")
        settings.OPS_IDENTITY_KEYS = ("new",)
        with pytest.raises(rules.IdentityKeyMissing):
            opened(bank, sysadmin, number="110999", seen=first.number)

    def test_the_database_lets_nobody_enter_their_own_or_one_twice(self, teller, sysadmin):
        def keep(person, hashed, by):
            with transaction.atomic():
                Identity.objects.keep({person: hashed}, key_name="k", by=by, at=AT)

        with services.acting(staff=sysadmin):
            for who in (sysadmin.pk, None):
                with pytest.raises(Error) as refused:
                    keep(sysadmin.person, "a", who)
                assert refused.value.__cause__.pgcode == "OP104"
            keep(teller.person, "a", sysadmin.pk)
            for person, hashed in ((teller.person, "b"), (uuid4(), "a")):
                with pytest.raises(Error, match="duplicate key"):
                    keep(person, hashed, sysadmin.pk)

    def test_who_is_not_the_application_may_not_call_the_functions(self, db):
        assert asked(
            "SELECT proname FROM pg_proc CROSS JOIN aclexplode(coalesce(proacl, acldefault('f',"
            " proowner))) WHERE proname IN ('people_person_of', 'people_known',"
            " 'people_identity_keys', 'people_keep_identity') AND grantee = 0"
        ) == []  # fmt: skip


class TestFillingIn:
    @pytest.fixture
    def guard(self, client, sign_in, secadmin):
        sign_in(secadmin)
        return client

    def test_unknown_is_shown_and_filled_in_once(self, guard, teller, secadmin):
        address = reverse("people:staff_identify", args=[teller.number])
        person = reverse("people:staff_detail", args=[teller.number])
        assert address in guard.get(person).content.decode()
        assert guard.get(address).status_code == 200

        assert guard.post(address, {"identity": HERS}).status_code == 302

        assert address not in guard.get(person).content.decode()
        again = guard.post(address, {"identity": HERS})
        assert again.status_code == 422
        with services.acting(staff=secadmin):
            event = trail.timeline(subject=f"people.staff:{teller.number}", limit=1)[0]
        assert (event.action, event.actor) == ("people.identify_staff", secadmin.label)

    def test_nobody_fills_in_their_own(self, guard, secadmin):
        address = reverse("people:staff_identify", args=[secadmin.number])

        answer = guard.post(address, {"identity": HERS})

        assert answer.status_code == 422
        assert answer.context["form"].errors["identity"]
        assert not Identity.objects.known([secadmin.person])

    def test_two_numbers_become_one_human_and_their_sessions_end(
        self, guard, bank, teller, sysadmin, sign_in
    ):
        first, before = opened(bank, sysadmin), teller.person
        browser = type(guard)()
        sign_in(teller, browser=browser)
        address = reverse("people:staff_identify", args=[teller.number])

        shown = guard.post(address, {"identity": HERS})
        assert first.label in str(shown.context["form"].errors["identity"])
        sent = {"identity": HERS, "seen": shown.context["form"]["seen"].value()}
        assert guard.post(address, sent).status_code == 302

        teller.refresh_from_db()
        assert teller.person == first.person
        assert {row.person for row in StaffRole.objects.filter(staff=teller)} == {first.person}
        rung = Job.objects.filter(kind="foundation.ledger.tasks.follow_person").values_list("args")
        assert rung.get() == ({"former": str(before), "person": str(first.person)},)
        assert "ended=ended" in browser.get(reverse("ui:keys"))["Location"]

    def test_roles_that_are_not_for_one_human_are_refused_until_one_ended(
        self, bank, sysadmin, secadmin
    ):
        first = opened(bank, sysadmin)
        with services.acting_as_system(reason="test"):
            services.grant_role(
                staff=first, role="teller", on=date(2020, 1, 1), granted_by=None, approved_by=None
            )
        other = hired(bank.outlet, "outlet_supervisor", password="")

        with pytest.raises(rules.DutiesConflict):
            identified(other, secadmin, seen=first.number)
        with (
            services.acting_as_system(reason="test"),
            pytest.raises(Error, match="not for one human"),
            transaction.atomic(),
        ):
            Staff.objects.filter(pk=other.pk).update(person=first.person)
        with services.acting_as_system(reason="test"):
            StaffRole.objects.filter(staff=other).update(valid_until=AT - timedelta(days=9))
        assert identified(other, secadmin, seen=first.number).person == first.person

    def test_a_role_that_the_human_granted_themselves_ends_first(
        self, bank, sysadmin, secadmin, second_secadmin
    ):
        first = opened(bank, sysadmin)
        other = hired(bank.branch, "secadmin", password="")
        with services.acting_as_system(reason="test"):
            held = services.grant_role(
                staff=first, role="teller", on=DAY, granted_by=second_secadmin, approved_by=other
            )
            StaffRole.objects.filter(staff=other).update(valid_until=date(2026, 11, 22))

        with pytest.raises(rules.OwnRoleGranted):
            identified(other, secadmin, seen=first.number)
        with services.acting_as_system(reason="test"):
            StaffRole.objects.filter(pk=held.pk).update(valid_until=DAY)
        with services.acting(staff=secadmin):
            services.identify_staff(
                staff_id=other.pk, identity=HERS, seen=first.number, by=secadmin,
                at=AT + timedelta(days=1),
            )  # fmt: skip


def test_the_same_identity_at_the_same_time_is_one_human(committed_db):
    """Past the service's lock, too, one identity number is one human's."""
    with services.acting_as_system(reason="test"):
        by = hired(factory.branch().branch, password="")
    with committed_db.as_owner() as first, committed_db.as_owner() as second:
        for line in (first, second):
            line.execute("BEGIN; SET LOCAL lock_timeout = '300ms'")
        keep = "SELECT people_keep_identity(ARRAY[gen_random_uuid()], ARRAY['h'], 'k', %s, now())"
        first.execute(keep, [by.pk])
        with pytest.raises(psycopg2.errors.LockNotAvailable):
            second.execute(keep, [by.pk])
        first.execute("COMMIT")
        second.execute("ROLLBACK; BEGIN")
        with pytest.raises(psycopg2.errors.UniqueViolation):
            second.execute(keep, [by.pk])
