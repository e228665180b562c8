"""The page of one item, and what a dispatcher does there."""

from datetime import datetime, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from foundation.kernel.calendar import SHANGHAI
from foundation.trail.models import Event
from foundation.worklist import rules
from foundation.worklist import services as worklist
from tests.factories import people


def address(name, item):
    return reverse(f"worklist:{name}", args=[item.pk])


def told(item):
    events = Event.objects.filter(subject=item.subject).order_by("id")
    return list(events.values_list("action", flat=True))


def test_the_page_shows_clocks_and_steps(desk, put, authorizer):
    put()
    item = worklist.claim_next(queue="authorization", staff=authorizer, at=people.NOON)

    answer = desk.get(address("item", item))

    assert answer.context["sheet"].steps == {"assign", "take_back", "suspend", "release",
                                             "expire", "escalate", "finish"}  # fmt: skip
    assert authorizer.label in answer.content.decode()


def test_an_item_that_is_not_there_is_not_found(desk):
    assert desk.get(reverse("worklist:item", args=[99999999])).status_code == 404
    assert desk.post(reverse("worklist:resume", args=[99999999])).status_code == 404
    gone = reverse("worklist:take_back", args=[99999999])
    assert desk.post(gone, {"reason": "小休"}).status_code == 404


def test_an_item_is_marked_urgent_for_a_reason(desk, put):
    item = put()

    answer = desk.post(address("mark_urgent", item), {"reason": "客户等待"})

    item.refresh_from_db()
    assert answer.status_code == 302
    assert (item.urgent, item.urgent_reason) == (True, "客户等待")
    assert "worklist.mark_urgent" in told(item)


@pytest.mark.parametrize("step", ["mark_urgent", "assign", "suspend"])
def test_nothing_is_done_without_a_reason(desk, put, step):
    item = put()

    answer = desk.post(address(step, item), {"reason": " ", "number": "1"})

    item.refresh_from_db()
    assert answer.status_code == 422
    assert item.state == rules.WAITING
    assert not item.urgent


def test_an_item_is_given_to_a_person(desk, put, authorizer):
    item = put()

    desk.post(address("assign", item), {"number": authorizer.number, "reason": "专长"})

    item.refresh_from_db()
    assert (item.state, item.holder) == (rules.HELD, authorizer)
    assert "worklist.assign" in told(item)


def test_an_item_is_not_given_to_nobody(desk, put):
    answer = desk.post(address("assign", put()), {"number": "999999", "reason": "专长"})

    assert answer.status_code == 422
    assert answer.context["form"].errors["number"]


def test_an_item_is_not_given_to_somebody_without_the_role(desk, put, bank):
    auditor = people.staff(bank.centre, "auditor")

    answer = desk.post(address("assign", put()), {"number": auditor.number, "reason": "专长"})

    assert answer.status_code == 422
    assert auditor.label in str(answer.context["form"].errors["number"])


def test_an_item_is_taken_back_from_its_holder(desk, put, authorizer):
    put()
    item = worklist.claim_next(queue="authorization", staff=authorizer, at=people.NOON)

    desk.post(address("take_back", item), {"reason": "小休"})

    item.refresh_from_db()
    assert (item.state, item.holder) == (rules.WAITING, None)
    assert "worklist.take_back" in told(item)


def test_an_item_is_set_aside_until_a_time_and_resumed(desk, put):
    item = put()
    until = timezone.localtime() + timedelta(hours=1)

    desk.post(address("suspend", item), {"reason": "等资料", "until": f"{until:%Y-%m-%dT%H:%M}"})

    item.refresh_from_db()
    assert item.state == rules.SUSPENDED
    assert item.suspensions.get().until == until.replace(second=0, microsecond=0)
    desk.post(address("resume", item))
    item.refresh_from_db()
    assert item.state == rules.WAITING
    assert told(item) == ["worklist.suspend", "worklist.resume"]


def test_an_item_is_not_set_aside_until_yesterday(desk, put):
    answer = desk.post(address("suspend", put()), {"reason": "等资料", "until": "2020-01-01T00:00"})

    assert answer.status_code == 422


def test_a_manager_sees_the_item_and_no_buttons(put, bank, client):
    manager = people.staff(bank.branch, "ops_manager")
    client.force_login(manager, backend="django.contrib.auth.backends.ModelBackend")
    item = put()

    assert "take-back" not in client.get(address("item", item)).content.decode()
    assert client.post(address("suspend", item), {"reason": "等资料"}).status_code == 403


@pytest.mark.parametrize(
    ("queue", "says", "due"),
    [
        # The target of half an hour ends on the next Monday's morning, by the counter at once.
        ("monitoring.audit", "按工作时间计", datetime(2026, 11, 30, 9, 15, tzinfo=SHANGHAI)),
        ("authorization", "按自然时间计", datetime(2026, 11, 27, 17, 15, tzinfo=SHANGHAI)),
    ],
)
def test_a_queue_goes_by_its_own_clock(put, desk, queue, says, due):
    friday = datetime(2026, 11, 27, 16, 45, tzinfo=SHANGHAI)
    item = put(queue=queue, at=friday, target=timedelta(minutes=30))

    page = desk.get(reverse("worklist:item", args=[item.pk])).content.decode()

    assert item.due_at == due
    assert says in page
