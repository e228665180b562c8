"""The calendar: published days are loaded, later ones entered by two people."""

from datetime import date

import pytest
from django.db import Error, transaction
from django.urls import reverse

from foundation.kernel.calendar import CalendarEnds
from foundation.people import services as people
from foundation.policy import rules, selectors, services
from foundation.policy.models import CalendarDay
from tests.foundation.people.conftest import AT, hired

SPRING = date(2027, 2, 8)


@pytest.fixture(autouse=True)
def _numbers(numbers):
    """Put the business numbers in force, the office hours among them."""


def proposed(by, *, on=SPRING, works=False):
    return services.propose_day(on=on, works=works, name="春节", source="国办发明电", by=by, at=AT)


def test_the_published_days_are_there_from_the_start(db):
    calendar = selectors.calendar(on=SPRING)

    assert not calendar.is_business_day(date(2026, 10, 1))
    assert calendar.is_business_day(date(2026, 11, 23))
    assert calendar.next_business_day(date(2026, 9, 30)) > date(2026, 10, 7)
    assert CalendarDay.objects.filter(works=True, on__year=2026).exists()


def test_loading_a_year_again_adds_nothing(db):
    assert services.load_holidays(year=2026) == 0
    assert services.load_holidays(year=2027) == 0


def test_beyond_the_last_known_year_nothing_is_guessed(db):
    with pytest.raises(CalendarEnds):
        selectors.calendar(on=SPRING).is_business_day(date(2027, 1, 4))


def test_a_day_counts_once_a_second_person_approved_it(db, manager, risk):
    with people.acting_as_system(reason="test"):
        row = proposed(manager)
        with pytest.raises(CalendarEnds):
            selectors.calendar(on=SPRING).is_business_day(SPRING)
        services.approve_day(day_id=row.pk, by=risk, at=AT)

    assert not selectors.calendar(on=SPRING).is_business_day(SPRING)
    assert selectors.calendar(on=SPRING).is_business_day(date(2027, 2, 1))


def test_a_later_row_corrects_a_day(db, manager, risk):
    with people.acting_as_system(reason="test"):
        for works in (False, True):
            row = proposed(manager, on=date(2026, 10, 8), works=works)
            services.approve_day(day_id=row.pk, by=risk, at=AT)

    assert selectors.calendar(on=SPRING).is_business_day(date(2026, 10, 8))


def test_the_proposer_does_not_approve_and_nothing_is_decided_twice(manager, risk):
    with people.acting_as_system(reason="test"):
        row = proposed(manager)
        with pytest.raises(rules.SamePerson):
            services.approve_day(day_id=row.pk, by=manager, at=AT)
        with pytest.raises(Error), transaction.atomic():
            CalendarDay.objects.filter(pk=row.pk).update(approved_by=manager, approved_at=AT)
        services.approve_day(day_id=row.pk, by=risk, at=AT)
        with pytest.raises(rules.AlreadyDecided):
            services.approve_day(day_id=row.pk, by=risk, at=AT)


def test_two_people_enter_a_day_by_the_pages(client, manager, risk, sign_in):
    sign_in(manager)
    assert client.get(reverse("policy:propose_day")).status_code == 200
    given = {"on": "2027-02-08", "name": "春节", "source": "国办发明电"}
    assert client.post(reverse("policy:propose_day"), given).status_code == 302
    row = CalendarDay.objects.get(on=SPRING)

    sign_in(risk)
    assert "春节" in client.get(reverse("policy:days"), {"year": "2027"}).content.decode()
    assert client.post(reverse("policy:approve_day", args=[row.pk])).status_code == 302
    row.refresh_from_db()
    assert row.approved_by == risk


@pytest.mark.parametrize("year", ["", "x", "0000", "99999", "２０２７"])
def test_a_foolish_year_shows_this_one(client, manager, sign_in, year):
    sign_in(manager)

    assert client.get(reverse("policy:days"), {"year": year}).status_code == 200


@pytest.fixture
def corrected(manager, risk):
    """Let two people of the branch correct a published day."""
    with people.acting(staff=manager):
        row = proposed(manager, on=date(2026, 10, 8), works=True)
    with people.acting(staff=risk):
        return services.approve_day(day_id=row.pk, by=risk, at=AT)


def test_the_page_of_a_day_shows_its_rows_and_what_happened(client, corrected, manager, sign_in):
    sign_in(manager)
    address = reverse("policy:day", args=[corrected.on])

    listed = client.get(reverse("policy:days"), {"year": "2026"}).content.decode()
    page = client.get(address)

    assert f'href="{address}"' in listed
    assert corrected in page.context["rows"]
    told = [event.action for event in page.context["entries"]]
    assert told == ["policy.approve_day", "policy.propose_day"]
    assert "批准日历调整" in page.content.decode().partition("op-timeline")[2]


def test_of_a_day_only_what_is_in_sight_is_told(client, bank, corrected, sign_in):
    elsewhere = hired(bank.sub_branch, "ops_manager", name="冯远")
    sign_in(elsewhere)

    page = client.get(reverse("policy:day", args=[corrected.on]))

    assert corrected in page.context["rows"], "the calendar binds everybody"
    assert not page.context["entries"]


@pytest.mark.parametrize("on", ["2026-11-24", "2026-13-01", "x"])
def test_a_day_that_nobody_entered_has_no_page(client, manager, sign_in, on):
    sign_in(manager)

    assert client.get(reverse("policy:day", args=[on])).status_code == 404
