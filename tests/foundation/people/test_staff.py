"""Staff: opened, changed, certified and closed by others, and told on the trail."""

from datetime import date, timedelta

import pytest
from django.db import Error, transaction
from django.urls import reverse

from foundation.kernel import numbering
from foundation.people import rules, selectors, services, tasks
from foundation.people.models import Password, Qualification, Staff
from foundation.trail import selectors as trail
from tests.foundation.people.conftest import AT, DAY, device_of, hired


@pytest.fixture
def admin(client, sign_in, sysadmin):
    sign_in(sysadmin)
    return client


def address(name, staff):
    return reverse(name, args=[staff.number])


def test_a_list_by_number_or_name_within_the_scope(admin, bank, teller):
    with services.acting_as_system(reason="test"):
        far = services.open_institution(number="120000", name="外", kind="branch", parent=bank.head)
    stranger = hired(far, name="远方", password="")

    page = admin.get(reverse("people:staff"), {"q": teller.name}).content.decode()

    assert teller.number in page
    assert stranger.number not in admin.get(reverse("people:staff")).content.decode()
    assert admin.get(address("people:staff_detail", stranger)).status_code == 404


def test_long_lists_come_in_pages(bank, sysadmin):
    with services.acting(staff=sysadmin):
        first = selectors.staff_in_scope(limit=1)
        second = selectors.staff_in_scope(limit=1, after=first[0].number)
    assert len(first) == 1
    assert not second or second[0].number > first[0].number


def test_a_new_number_cannot_sign_in_before_a_password_is_set(admin, bank, sign_in):
    given = {"number": "110999", "name": "新人", "institution": "110801", "title": "柜员",
             "grade": 2, "identity": numbering.sample_resident_id(1)}  # fmt: skip

    assert admin.get(reverse("people:staff_new")).status_code == 200
    assert admin.post(reverse("people:staff_new"), given).status_code == 302

    staff = Staff.objects.get(number="110999")
    assert Password.objects.hash_of(staff.pk) == ""
    assert not staff.check_password("")
    with services.acting_as_system(reason="test"):
        assert [str(post.title) for post in staff.posts.all()] == ["柜员"]
    again = admin.post(reverse("people:staff_new"), given)
    assert again.status_code == 422
    assert again.context["form"].errors["number"]
    assert again.context["form"]["name"].value() == "新人"


def test_a_change_is_told_with_before_and_after(admin, bank, teller, sysadmin):
    given = {"name": "王晓文", "institution": "110802", "grade": 4}

    assert admin.get(address("people:staff_change", teller)).status_code == 200
    admin.post(address("people:staff_change", teller), given)

    with services.acting(staff=sysadmin):
        event = trail.timeline(subject=f"people.staff:{teller.number}")[0]
    assert event.actor == sysadmin.label
    assert ("grade", "3 → 4") in event.items
    assert ("name", "王晓雯 → 王晓文") in event.items
    teller.refresh_from_db()
    assert teller.institution == bank.outlet  # that takes a post, and two people


def test_a_certified_skill_counts_until_its_day(admin, teller):
    given = {"skill": "seal.verify", "grade": 2, "valid_from": "2026-01-01",
             "valid_until": "2026-12-31"}  # fmt: skip

    assert admin.get(address("people:staff_qualify", teller)).status_code == 200
    assert admin.post(address("people:staff_qualify", teller), given).status_code == 302

    assert selectors.skills(staff=teller, on=date(2026, 12, 31)) == {"seal.verify": 2}
    assert selectors.skills(staff=teller, on=date(2027, 1, 1)) == {}


@pytest.mark.parametrize(
    "wrong", [{"grade": 6}, {"grade": 0}, {"valid_until": date(2020, 1, 1)}], ids=str
)
def test_the_database_refuses_impossible_skills(teller, wrong):
    usual = {"grade": 1, "valid_from": DAY, "valid_until": DAY}
    with pytest.raises(Error), transaction.atomic():
        Qualification.objects.create(staff=teller, skill="x", **{**usual, **wrong})


def test_closing_ends_the_session_at_once(admin, teller, sign_in):
    browser = type(admin)()
    sign_in(teller, browser=browser)

    admin.post(address("people:staff_close", teller), {"reason": "离职"})

    assert browser.get(reverse("ui:keys")).status_code == 302
    assert sign_in(teller, browser=browser).status_code == 422
    admin.post(address("people:staff_open", teller), {"reason": "返岗"})
    assert sign_in(teller, browser=browser).status_code == 302


def test_an_administrator_ends_a_session(admin, teller, sign_in):
    browser = type(admin)()
    sign_in(teller, browser=browser)

    admin.post(address("people:end_sessions", teller), {"reason": "值班交接"})

    assert "ended=ended" in browser.get(reverse("ui:keys"))["Location"]


def test_a_lost_device_is_taken_away(admin, teller):
    services.enrol_second_factor(staff=teller)

    admin.post(address("people:reset_device", teller))

    assert device_of(teller) is None


@pytest.mark.parametrize(
    "name",
    [
        "people:staff_close",
        "people:staff_open",
        "people:end_sessions",
        "people:reset_password",
        "people:reset_device",
    ],
)
def test_nobody_does_it_to_themselves(admin, sysadmin, name):
    assert admin.post(address(name, sysadmin), {"reason": "x"}).status_code == 409


def test_numbers_that_nobody_used_for_a_quarter_are_closed(teller, sysadmin):
    Staff.objects.filter(pk=teller.pk).update(last_login=AT - timedelta(days=91))
    Staff.objects.filter(pk=sysadmin.pk).update(last_login=AT - timedelta(days=89))

    with services.acting_as_system(reason="test"):
        assert services.disable_dormant(at=AT) == 1
        assert services.disable_dormant(at=AT) == 0

    teller.refresh_from_db()
    assert not teller.is_active


def test_the_jobs_of_the_night_may_run_twice(bank):
    for task in (tasks.disable_dormant, tasks.forget_tries, tasks.take_up_posts):
        for _ in range(2):
            with services.acting_as_system(reason="test"):
                task()()


def test_a_number_taken_and_days_reversed_are_refused(bank, teller, sysadmin):
    with services.acting(staff=sysadmin):
        with pytest.raises(rules.NumberTaken):
            services.open_staff(
                number=teller.number, name="x", institution=bank.outlet, title="x",
                identity=numbering.sample_resident_id(1), by=sysadmin, at=AT,
            )  # fmt: skip
        with pytest.raises(rules.DaysReversed):
            services.qualify(
                staff_id=teller.pk, skill="x", grade=1, certificate="", valid_from=DAY,
                valid_until=date(2020, 1, 1), by=sysadmin, at=AT,
            )  # fmt: skip
