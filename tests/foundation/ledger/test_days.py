"""The business day of an institution."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from foundation.ledger import rules, selectors, services
from foundation.ledger.models import BusinessDay
from tests.factories import ledger as factory
from tests.factories.ledger import DAY, NOON, pay

NEXT = DAY + timedelta(days=1)


def open_day(bank, on, at=NOON):
    return services.open_day(institution_id=bank.outlet.pk, on=on, at=at, by="t")


def close_day(bank, on=DAY):
    factory.close_day(bank.outlet, on)


def test_the_open_day_is_the_business_date(bank):
    assert selectors.business_date(institution_id=bank.outlet.pk) == DAY
    assert selectors.day_state(institution_id=bank.outlet.pk, on=DAY) == "open"
    assert selectors.day_state(institution_id=bank.outlet.pk, on=NEXT) == ""


def test_opening_the_open_day_again_changes_nothing(bank):
    assert open_day(bank, DAY).pk == open_day(bank, DAY).pk


def test_a_day_is_opened_only_when_the_last_is_closed(bank):
    with pytest.raises(rules.OtherDayOpen):
        open_day(bank, NEXT)


@pytest.mark.parametrize("days", [0, -1])
def test_a_closed_or_earlier_day_is_not_opened(bank, days):
    close_day(bank)

    with pytest.raises(rules.DayPast):
        open_day(bank, DAY + timedelta(days=days))


def test_a_day_is_at_most_a_month_after_the_last_or_after_today(bank):
    close_day(bank)
    last = DAY + timedelta(days=rules.DAYS_AHEAD_MAX)

    with pytest.raises(rules.DayTooFar):
        open_day(bank, last + timedelta(days=1))

    assert open_day(bank, last).date == last


def test_an_institution_that_was_shut_for_long_opens_on_the_day_that_it_is(bank):
    close_day(bank)

    assert open_day(bank, DAY + timedelta(days=90), at=NOON + timedelta(days=90)).pk


def test_a_day_is_closed_once_and_only_if_there_is_one(bank):
    close_day(bank)

    with pytest.raises(rules.DayClosed):
        close_day(bank)
    with pytest.raises(rules.DayNotOpened):
        close_day(bank, NEXT)
    with pytest.raises(rules.NoDayOpen):
        selectors.business_date(institution_id=bank.outlet.pk)


def test_a_new_year_finds_its_partitions(bank):
    close_day(bank)
    new_year = DAY.replace(year=2027, month=1, day=4)
    open_day(bank, new_year, at=NOON + (new_year - DAY))

    entry = pay(bank, bank.payer, bank.payee, 1, business_date=new_year)

    assert rules.day_of(entry.pk) == new_year


def test_the_database_keeps_one_day_open(bank):
    with pytest.raises(IntegrityError, match="ledger_one_day_open"), transaction.atomic():
        BusinessDay.objects.create(institution=bank.outlet, date=NEXT, opened_at=NOON)


@pytest.mark.parametrize("change", [{"state": "asleep"}, {"state": "closed"}, {"closed_by": "t"}])
def test_the_database_keeps_days_right(bank, change):
    days = BusinessDay.objects.filter(institution=bank.outlet)

    with pytest.raises(IntegrityError), transaction.atomic():
        days.update(**change)
