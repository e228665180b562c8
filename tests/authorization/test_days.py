"""Sums of days that are over are kept until something of the day changes, whatever it is."""

from datetime import timedelta

import pytest
from django.db import ProgrammingError, connection, transaction
from django.db.models import Sum
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from authorization import rules, services
from authorization.models import Inquiry, LateChange, Request
from authorization.selectors import days
from foundation.people import services as acting
from tests.authorization.desk import decided, minutes
from tests.factories import authorization as factory
from tests.factories import people
from tests.factories.people import DAY

ITEMS = days.Question(
    "items",
    "SELECT business_date, state, count(*) FROM authorization_request"
    f" WHERE business_date = ANY (%(days)s::date[]) AND {days.IN_SCOPE} GROUP BY 1, 2",
)


@pytest.fixture(autouse=True)
def nothing_kept():
    days.kept_days.clear()
    yield
    days.kept_days.clear()


def ask(question=ITEMS, day=DAY):
    """Return what a question comes to, and how many statements it took."""
    with CaptureQueriesContext(connection) as asked:
        found = days.lines(question=question, first=day, last=day)
    return dict(found), len(asked)


def counted():
    """Return how many changes of items were counted."""
    return LateChange.objects.aggregate(of=Sum("changes"))["of"] or 0


def test_a_day_that_is_over_is_read_once(counter, teller):
    factory.sent(teller, factory.withdrawal(counter))

    assert ask() == ({"queued": 1}, 2)
    assert ask() == ({"queued": 1}, 1)


def test_what_changes_of_it_is_read_again(counter, teller, authorizer):
    factory.sent(teller, factory.withdrawal(counter))
    ask()
    decided(authorizer, "reject", at=minutes(1), reasons=("A07",))

    assert ask() == ({"rejected": 1}, 2)
    assert ask() == ({"rejected": 1}, 1)


def test_what_was_rolled_back_does_not_stay(counter, teller):
    factory.sent(teller, factory.withdrawal(counter))
    with transaction.atomic():
        factory.sent(teller, factory.withdrawal(counter))
        assert ask()[0] == {"queued": 2}
        transaction.set_rollback(True)

    assert ask()[0] == {"queued": 1}
    factory.sent(teller, factory.transfer(counter))
    assert ask()[0] == {"queued": 1, "posted": 1}


def test_each_scope_has_sums_of_its_own(counter, teller, bank):
    factory.sent(teller, factory.withdrawal(counter))
    ask()
    with acting.acting(staff=people.staff(bank.elsewhere, "outlet_supervisor")):
        assert ask()[0] == {}

    assert ask() == ({"queued": 1}, 1)


def test_a_day_is_read_each_time_until_an_hour_after_its_midnight(counter, teller):
    moving = timezone.localdate(timezone.now() - timedelta(hours=1))

    assert ask(day=moving)[1] == ask(day=moving)[1] == 2
    over = moving - timedelta(days=1)
    assert (ask(day=over)[1], ask(day=over)[1]) == (2, 1)


def test_nothing_of_the_present_day_is_counted(counter, teller):
    item = factory.sent(teller, factory.withdrawal(counter))
    late = counted()
    assert late
    Request.objects.filter(pk=item.pk).update(business_date=timezone.localdate())

    assert counted() == late


def test_the_end_of_what_was_asked_about_a_late_item_is_counted(counter, teller, authorizer):
    factory.sent(teller, factory.withdrawal(counter))
    opened = services.open_next(authorizer=authorizer, at=minutes(1))
    services.hold(
        number=opened.number, kind=rules.CONSULT, question="?", fence=opened.opened_fence,
        authorizer=authorizer, at=minutes(2),
    )  # fmt: skip
    late = counted()
    Inquiry.objects.filter(request=opened).update(ended_by="lapsed", ended_at=minutes(9))

    assert counted() == late + 1


def test_a_day_has_one_row_however_often_it_is_changed(counter, teller):
    for number in range(1, 4):
        factory.sent(teller, factory.withdrawal(counter))
        assert counted() >= number

    assert LateChange.objects.filter(business_date=DAY).count() == 1


def test_the_application_only_reads_what_is_counted(counter, teller):
    item = factory.sent(teller, factory.withdrawal(counter))
    rows = LateChange.objects.order_by()
    new = {"institution_id": item.institution_id, "business_date": DAY, "changes": 1, "newest": 1}
    for write in (lambda: rows.update(changes=1), rows.delete, lambda: rows.create(**new)):
        with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
            write()


def test_a_decision_knows_the_day_and_kind_of_its_item(counter, teller, authorizer):
    factory.sent(teller, factory.withdrawal(counter))
    item = decided(authorizer, "approve", at=minutes(1))

    made = item.decisions.get()
    assert (made.item_date, made.trade_code) == (item.business_date, item.trade_code)
