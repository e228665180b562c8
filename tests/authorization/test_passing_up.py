"""An item is passed up: only a lead is offered it and reads why; nothing is decided by it."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from django.urls import reverse

from authorization import rules, services
from authorization.models import Decision, Request
from authorization.rules import passing
from foundation.kernel.flow import StepNotAllowed
from foundation.trail.models import Event
from foundation.worklist.models import Holding
from foundation.worklist.rules import LeaseLost
from ops_platform import frame
from tests.factories import authorization as factory
from tests.factories import people

BROWSER = {"HTTP_USER_AGENT": "Mozilla/5.0 Chrome/120.0"}
BACKEND = "django.contrib.auth.backends.ModelBackend"
AT = people.NOON
LATER = AT + timedelta(seconds=9)
WHY = "代理人关系存疑，请主管定夺"


@pytest.fixture
def lead(bank):
    return people.staff(bank.centre, "auth_lead", grade=5, name="王敏")


@pytest.fixture
def as_authorizer(client, authorizer):
    client.force_login(authorizer, backend=BACKEND)
    return client


@pytest.fixture
def opened(waiting, authorizer):
    return services.open_next(authorizer=authorizer, at=AT)


@pytest.fixture
def up(opened, authorizer):
    def passed(**more):
        usual = {"why": WHY, "fence": opened.opened_fence, "authorizer": authorizer, "at": LATER}
        return services.pass_up(number=opened.number, **(usual | more))

    return passed


class TestPassing:
    def test_only_a_lead_is_offered_it_and_nothing_is_decided(self, up, authorizer, lead):
        passed = up()

        assert (passed.state, passed.escalated_why) == (rules.ESCALATED, passing.PASSED_UP)
        assert (passed.escalated_note, passed.escalated_by_label) == (WHY, authorizer.label)
        assert Holding.objects.get().ended_by == "passed up"
        assert not Decision.objects.exists()
        assert services.open_next(authorizer=authorizer, at=LATER) is None
        assert services.open_next(authorizer=lead, at=LATER) == passed

    def test_the_lead_decides_and_the_first_look_counts_as_time(self, up, lead):
        up()
        taken = services.open_next(authorizer=lead, at=AT + timedelta(seconds=20))
        done = services.decide(
            number=taken.number, step="approve", shown=taken.content_hash,
            fence=taken.opened_fence, decider=lead, at=AT + timedelta(seconds=25),
        )  # fmt: skip

        assert done.state == rules.POSTED
        assert (Decision.objects.get().view_ms, Decision.objects.get().queue_ms) == (14_000, 11_000)

    def test_what_a_lead_hands_back_stays_with_the_leads(self, up, authorizer, lead):
        up()
        taken = services.open_next(authorizer=lead, at=LATER)
        services.hand_back(number=taken.number, fence=taken.opened_fence, authorizer=lead, at=LATER)

        assert Request.objects.get().state == rules.ESCALATED
        assert services.open_next(authorizer=authorizer, at=LATER) is None

    def test_another_round_knows_nothing_of_it(self, up, lead, teller, counter):
        up()
        taken = services.open_next(authorizer=lead, at=LATER)
        services.decide(
            number=taken.number, step="return", shown=taken.content_hash, reasons=["A01"],
            fence=taken.opened_fence, decider=lead, at=LATER,
        )  # fmt: skip
        services.settle(number=taken.number, at=LATER + timedelta(minutes=1))
        again = services.resubmit(
            number=taken.number, order=factory.withdrawal(counter), teller=teller,
            at=LATER + timedelta(minutes=2),
        )  # fmt: skip

        assert (again.escalated_why, again.escalated_note, again.escalated_by_label) == ("", "", "")

    @pytest.mark.parametrize("why", ["", "  "])
    def test_without_words_it_stays(self, up, opened, why):
        with pytest.raises(passing.WhyMissing):
            up(why=why)
        assert Request.objects.get().state == rules.VIEWING

    def test_a_lead_passes_nothing_up(self, waiting, lead):
        held = services.open_next(authorizer=lead, at=AT + timedelta(seconds=40))

        with pytest.raises(passing.NobodyAbove):
            services.pass_up(
                number=held.number, why=WHY, fence=held.opened_fence, authorizer=lead, at=LATER
            )

    def test_a_lost_lease_passes_nothing_up(self, up, opened):
        with pytest.raises(LeaseLost), transaction.atomic():
            up(fence=opened.opened_fence + 1)
        assert Request.objects.get().state == rules.VIEWING

    def test_twice_is_once(self, up):
        up()

        with pytest.raises((LeaseLost, StepNotAllowed)):
            up()
        assert Event.objects.filter(action="authorization.pass_up").count() == 1

    @pytest.mark.parametrize(
        "change",
        [{"escalated_note": WHY}, {"escalated_by_label": "1"},
         {"escalated_at": AT, "escalated_why": "passed_up"}],
    )  # fmt: skip
    def test_the_database_wants_who_and_why_together(self, waiting, change):
        with pytest.raises((IntegrityError, DatabaseError)), transaction.atomic():
            Request.objects.update(**change)


class TestScreens:
    def send(self, client, item, why=WHY):
        return client.post(
            reverse("authorization:pass_up", args=[item.number]),
            {"why": why, "fence": item.opened_fence}, HTTP_HX_REQUEST="true", **BROWSER,
        )  # fmt: skip

    def test_the_desk_is_free_and_the_lead_reads_why(self, as_authorizer, client, opened, lead):
        answer = self.send(as_authorizer, opened)

        assert answer.status_code == 200
        assert answer.context.get("shown") is None
        assert "已上报主管" in answer.content.decode()
        (notice,) = frame.alarmed(lead)
        assert WHY in notice.text
        client.force_login(lead, backend=BACKEND)
        desk = client.get(reverse("authorization:workbench"), **BROWSER).content.decode()
        assert WHY in desk
        assert 'id="pass-up"' not in desk

    def test_the_outlet_does_not_read_why(self, client, as_authorizer, opened, teller, bank):
        self.send(as_authorizer, opened)
        page = reverse("authorization:item", args=[opened.number])
        assert WHY in as_authorizer.get(page, **BROWSER).content.decode()

        for person in (teller, people.staff(bank.outlet, "outlet_supervisor")):
            client.force_login(person, backend=BACKEND)
            shown = client.get(page, **BROWSER)
            assert shown.status_code == 200
            assert WHY not in shown.content.decode()

    def test_no_words_keep_the_item_on_the_desk_and_say_so(self, as_authorizer, opened):
        answer = self.send(as_authorizer, opened, why=" ")

        assert answer.status_code == 409
        assert "E2114" in answer.content.decode()
        assert answer.context["shown"].request == opened

    def test_an_item_that_is_not_there_is_not_found(self, as_authorizer, opened):
        opened.number = "A0"
        assert self.send(as_authorizer, opened).status_code == 404
