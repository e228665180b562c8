"""The pages of the emergency: switched, used at the desk of the outlet, ended and looked at."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from authorization import services
from authorization.models import Decision, Fallback, LocalAuthorizer
from authorization.services import fallback
from foundation.worklist.models import WorkItem
from ops_platform import day_checks
from tests.factories import authorization as factory
from tests.factories import fallback as emergency
from tests.factories import people

BACKEND = "django.contrib.auth.backends.ModelBackend"
STATE, HOME = reverse("authorization:fallback"), reverse("authorization:home")


def client_of(person):
    browser = Client()
    browser.force_login(person, backend=BACKEND)
    return browser


def text(answer):
    return answer.content.decode()


@pytest.fixture
def crew(bank):
    return emergency.crew(bank)


@pytest.fixture
def manager(crew):
    return client_of(crew.manager)


@pytest.fixture
def risk(crew):
    return client_of(crew.risk)


@pytest.fixture
def supervisor(crew, bank):
    return emergency.registered(crew, bank.outlet)[0]


def test_two_people_switch_and_one_ends_it(bank, manager, risk):
    typed = {"institution": "110000", "minutes": "60", "reason": "中心断网", "drill": "on"}
    assert manager.get(reverse("authorization:propose_fallback")).status_code == 200
    manager.post(reverse("authorization:propose_fallback"), typed)
    row = Fallback.objects.get()
    decide = reverse("authorization:decide_fallback", args=[row.pk])
    assert decide not in text(manager.get(STATE))
    assert manager.post(decide, {"step": "approve"}).status_code == 403
    assert decide in text(risk.get(STATE))

    risk.post(decide, {"step": "approve"})

    row.refresh_from_db()
    assert (row.state, row.drill) == ("active", True)
    end = reverse("authorization:end_fallback", args=[row.pk])
    page = reverse("authorization:epoch", args=[row.pk])
    assert end in text(manager.get(page))
    assert manager.post(end, {"reason": ""}).status_code == 422
    manager.post(end, {"reason": "中心恢复"})
    row.refresh_from_db()
    assert row.state == "ended"
    assert "中心恢复" in text(risk.get(page))
    assert str(row.epoch) in text(risk.get(STATE))


@pytest.mark.parametrize(
    ("field", "value"),
    [("minutes", "121"), ("minutes", "0"), ("institution", "999999"), ("reason", "")],
)
def test_what_is_refused_stands_at_its_field(bank, manager, field, value):
    typed = {"institution": "110000", "minutes": "60", "reason": "断网"} | {field: value}
    answer = manager.post(reverse("authorization:propose_fallback"), typed)

    assert answer.status_code == 422
    assert f'id="id_{field}-error"' in text(answer)
    assert not Fallback.objects.exists()


def test_a_proposal_is_declined(crew, bank, risk):
    row = emergency.proposed(crew, bank.branch)
    risk.post(reverse("authorization:decide_fallback", args=[row.pk]), {"step": "decline"})

    row.refresh_from_db()
    assert row.state == "declined"


def test_a_supervisor_is_registered_approved_and_ended(bank, manager, risk, crew):
    person = people.staff(bank.outlet, "outlet_supervisor", name="钱红")
    propose = reverse("authorization:propose_local")
    assert manager.get(propose).status_code == 200
    for number, most in (("999999", "100.00"), (person.number, "900,000.00"), (person.number, "x")):
        typed = {"number": number, "most": most, "reason": "预案"}
        assert manager.post(propose, typed).status_code == 422
    manager.post(propose, {"number": person.number, "most": "100,000.00", "reason": "预案"})
    row = LocalAuthorizer.objects.get()
    listed = reverse("authorization:local_list")
    decide = reverse("authorization:decide_local", args=[row.pk])
    assert decide not in text(manager.get(listed))
    assert decide in text(risk.get(listed))

    risk.post(decide, {"step": "approve"})
    row.refresh_from_db()
    assert (row.state, row.most_fen) == ("active", 10_000_000)
    risk.post(reverse("authorization:end_local", args=[row.pk]))
    row.refresh_from_db()
    assert row.state == "ended"


def test_the_desk_of_the_outlet_is_shut_while_the_centre_decides(waiting, supervisor):
    answer = client_of(supervisor).get(HOME)

    assert answer.status_code == 200
    assert waiting.number not in text(answer)
    assert WorkItem.objects.get(pk=waiting.work_item_id).state == "waiting"


def test_a_local_person_decides_on_the_same_desk(bank, crew, counter, teller, supervisor):
    first = factory.sent(teller, factory.withdrawal(counter))
    second = factory.sent(teller, factory.withdrawal(counter))
    switch = emergency.switched(crew, bank.branch)
    desk = client_of(supervisor)
    assert first.number in text(desk.get(HOME))
    first.refresh_from_db()
    said = {"step": "approve", "shown": first.content_hash, "fence": first.opened_fence}
    decide = reverse("authorization:decide", args=[first.number])
    answer = desk.post(decide, said, headers={"HX-Request": "true"})

    assert answer.status_code == 200
    assert second.number in text(answer)
    made = Decision.objects.get()
    assert (made.request, made.fallback, made.epoch) == (first, switch, switch.epoch)
    second.refresh_from_db()
    beat = reverse("authorization:heartbeat", args=[second.work_item_id])
    assert desk.post(beat, {"fence": second.opened_fence}).status_code == 200
    back = desk.post(
        reverse("authorization:hand_back", args=[second.number]), {"fence": second.opened_fence}
    )
    assert back.status_code == 200
    epoch = reverse("authorization:epoch", args=[switch.pk])
    assert first.number in text(client_of(crew.manager).get(epoch))


def test_after_the_end_the_desk_says_so_and_nothing_is_recorded(bank, crew, waiting, supervisor):
    switch = emergency.switched(crew, bank.branch)
    desk = client_of(supervisor)
    desk.get(HOME)
    waiting.refresh_from_db()
    emergency.ended(crew, switch)
    said = {"step": "approve", "shown": waiting.content_hash, "fence": waiting.opened_fence}
    answer = desk.post(reverse("authorization:decide", args=[waiting.number]), said)

    assert answer.status_code == 409
    assert "E2059" in text(answer)
    assert not Decision.objects.exists()


def test_supervisors_and_switchers_are_told(bank, crew, waiting, supervisor, manager):
    at = timezone.now()
    switch = emergency.switched(crew, bank.branch)
    notices = reverse("ui:notices")
    assert "应急已启动" in text(client_of(supervisor).get(notices))
    fallback.give_back(switch_id=switch.pk, reason="恢复", by=crew.manager, at=at)
    WorkItem.objects.update(enqueued_at=at - timezone.timedelta(hours=1))

    assert "授权中心可能中断" in text(manager.get(STATE))
    assert STATE in text(manager.get(notices))


def test_every_figure_of_an_emergency_opens_what_it_counts(crew, bank, counter, teller, manager):
    person, _local = emergency.registered(crew, bank.outlet)
    row = emergency.switched(crew, bank.branch)
    for place, said in enumerate((["approve"], ["reject", "A07"], ["return", "A01"])):
        factory.sent(teller, factory.withdrawal(counter, voucher_no=f"074471903{place}"))
        emergency.decided(person, emergency.opened(person), *said)

    links = re.findall(r'href="([^"]+)" data-figure="(\d+)"', text(manager.get(STATE)))

    counts = {link.partition("figure=")[2]: int(count) for link, count in links}
    assert counts == {"approved": 1, "rejected": 1, "returned": 1, "seen": 0, "left": 2}
    for link, count in links:
        page = manager.get(link)
        assert len(page.context["made"]) == int(count), link
        assert f'data-figure="{count}" aria-current="true"' in text(page)
    assert len(manager.get(reverse("authorization:epoch", args=[row.pk])).context["made"]) == 3


def test_what_nobody_has_seen_again_keeps_the_next_day_open(
    bank, crew, waiting, supervisor, authorizer
):
    emergency.switched(crew, bank.branch)
    emergency.decided(supervisor, emergency.opened(supervisor))
    day = timezone.timedelta(days=1)

    assert day_checks.unseen(bank.outlet.pk, people.DAY).count == 0
    assert day_checks.unseen(bank.outlet.pk, people.DAY + day).count == 1


def test_an_authorizer_of_the_centre_has_the_workbench_as_ever(waiting, authorizer):
    desk = client_of(authorizer)

    assert waiting.number in text(desk.get(reverse("authorization:workbench")))
    assert desk.get(HOME).status_code == 403
    assert services.open_next(authorizer=authorizer, at=timezone.now()).number == waiting.number
