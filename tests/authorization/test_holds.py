"""An item on hold: asked, answered, lapsed; the desk is free, and the asker has it back first."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from authorization import rules, selectors, services
from authorization.models import Decision, Inquiry, Request
from foundation.kernel.flow import StepNotAllowed
from foundation.trail.models import Event
from foundation.worklist import services as worklist
from foundation.worklist.models import Holding, Suspension, WorkItem
from foundation.worklist.rules import LeaseLost
from tests.factories import authorization as factory
from tests.factories import people
from tests.factories import rules as rule_factory

AT = people.NOON
LATER = AT + timedelta(seconds=60)


@pytest.fixture
def opened(waiting, authorizer):
    return services.open_next(authorizer=authorizer, at=AT)


@pytest.fixture
def hold(opened, authorizer):
    def put(kind=rules.RESCAN, **more):
        usual = {
            "question": "请补扫凭证背面", "fence": opened.opened_fence, "authorizer": authorizer,
            "called_number": "010-8888-6666" if kind == rules.CALL else "",
        }  # fmt: skip
        return services.hold(
            number=opened.number, kind=kind, at=AT + timedelta(seconds=8), **(usual | more)
        )

    return put


def add_image(item, teller):
    return services.attach(
        key=item.key, teller=teller, data=factory.image(), name="b.png", image_class="voucher",
        at=LATER,
    )  # fmt: skip


def answer(item, by, text="已补扫", **more):
    return services.answer(number=item.number, text=text, by=by, at=LATER, **more)


def decided(item, decider, step="approve", at=LATER, **more):
    return services.decide(
        number=item.number, step=step, shown=item.content_hash, fence=item.opened_fence,
        decider=decider, at=at, **more,
    )  # fmt: skip


class TestAsking:
    def test_the_desk_is_free_and_the_item_waits_aside(self, hold, opened, authorizer):
        hold()

        opened.refresh_from_db()
        assert opened.state == rules.ON_HOLD
        assert services.open_next(authorizer=authorizer, at=AT) is None
        assert Holding.objects.get().ended_by == "suspended"
        assert Suspension.objects.get().ended_at is None

    @pytest.mark.parametrize(
        ("kind", "more", "refusal"),
        [
            (rules.RESCAN, {"question": "  "}, rules.QuestionMissing),
            (rules.CALL, {"called_number": "电话"}, rules.NumberMissing),
            (rules.CALL, {"called_number": "123"}, rules.NumberMissing),
        ],
    )
    def test_a_question_that_says_nothing_is_refused(self, hold, kind, more, refusal):
        with pytest.raises(refusal):
            hold(kind, **more)

    def test_a_lost_lease_asks_nothing(self, hold, opened):
        with pytest.raises(LeaseLost), transaction.atomic():
            hold(fence=opened.opened_fence + 1)
        assert not Inquiry.objects.exists()

    def test_what_is_on_hold_is_not_decided(self, hold, opened, authorizer):
        hold()

        with pytest.raises(StepNotAllowed):
            decided(opened, authorizer)


class TestAnswering:
    def test_a_rescan_is_new_content_and_comes_back_to_who_asked(
        self, hold, opened, authorizer, teller, bank
    ):
        hold()
        add_image(opened, teller)
        answered = answer(opened, teller)

        other = services.open_next(authorizer=people.staff(bank.centre, "authorizer"), at=LATER)
        again = services.open_next(authorizer=authorizer, at=LATER)

        assert other is None
        assert again == answered
        assert again.content_hash != opened.content_hash
        assert len(selectors.shown(request=again).pages) == 2
        assert decided(again, authorizer).state == rules.POSTED

    def test_what_was_shown_before_the_image_came_is_stale(self, hold, opened, authorizer, teller):
        hold()
        add_image(opened, teller)
        answer(opened, teller)
        again = services.open_next(authorizer=authorizer, at=LATER)

        with pytest.raises(rules.ShownIsStale):
            services.decide(
                number=again.number, step="approve", shown=opened.content_hash,
                fence=again.opened_fence, decider=authorizer, at=LATER,
            )  # fmt: skip

    def test_a_rescan_without_an_image_is_refused(self, hold, opened, teller):
        hold()

        with pytest.raises(rules.ImageNotAdded):
            answer(opened, teller)

    def test_a_rescan_is_answered_by_its_teller_alone(self, hold, opened, bank, authorizer):
        hold()

        for somebody in (authorizer, people.staff(bank.outlet, "teller")):
            with pytest.raises(rules.NotYoursToAnswer):
                answer(opened, somebody)

    def test_a_consultation_is_answered_by_a_colleague(self, hold, opened, authorizer, bank):
        hold(rules.CONSULT, question="用途是否合理？")
        lead = people.staff(bank.centre, "auth_lead", grade=5)

        answer(opened, lead, "合理，可以办理")

        (asked,) = selectors.inquiries(request=opened)
        assert (asked.answered_by, asked.answer) == (lead, "合理，可以办理")
        assert services.open_next(authorizer=authorizer, at=LATER) == opened

    def test_nobody_consults_oneself_under_another_number(self, hold, opened, authorizer, bank):
        hold(rules.CONSULT, question="用途是否合理？")
        second = people.staff(bank.centre, "authorizer")
        second.person = authorizer.person
        second.save(update_fields=["person"])

        for same in (authorizer, second):
            with pytest.raises(rules.NotYoursToAnswer):
                answer(opened, same, "合理")

    def test_the_teller_does_not_answer_a_consultation(self, hold, opened, teller):
        hold(rules.CONSULT, question="用途是否合理？")

        with pytest.raises(rules.NotYoursToAnswer):
            answer(opened, teller, "合理")

    @pytest.mark.parametrize(
        ("more", "refusal"),
        [({"outcome": ""}, rules.OutcomeMissing), ({"outcome": "denied", "text": " "},
          rules.AnswerMissing)],
    )  # fmt: skip
    def test_a_call_says_what_came_of_it(self, hold, opened, authorizer, more, refusal):
        hold(rules.CALL)

        with pytest.raises(refusal):
            answer(opened, authorizer, **({"text": "客户本人接听"} | more))

    def test_it_is_answered_once(self, hold, opened, teller):
        hold()
        add_image(opened, teller)
        answer(opened, teller)

        with pytest.raises(rules.NothingAsked):
            answer(opened, teller)


class TestCallBack:
    """From an amount on the rule wants the customer called (DOMAIN §4)."""

    @pytest.fixture
    def opened(self, counter, teller, authorizer):
        rule_factory.in_force(
            rule_factory.plain(amount_from_fen=1, call_back_from_fen=6_000_000),
            valid_from=people.DAY,
        )
        factory.sent(teller, factory.withdrawal(counter))
        return services.open_next(authorizer=authorizer, at=AT)

    def test_without_a_call_nothing_is_approved(self, opened, authorizer):
        assert opened.call_needed
        with pytest.raises(rules.CallBackMissing):
            decided(opened, authorizer)

    def test_a_no_needs_no_call(self, opened, authorizer):
        assert decided(opened, authorizer, "reject", reasons=["A08"]).state == rules.REJECTED

    @pytest.mark.parametrize("outcome", [rules.DENIED, rules.NOT_REACHED])
    def test_another_outcome_is_no_confirmation(self, hold, opened, authorizer, outcome):
        hold(rules.CALL, question="向客户核实大额支取")
        answer(opened, authorizer, "未确认", outcome=outcome)
        again = services.open_next(authorizer=authorizer, at=LATER)

        with pytest.raises(rules.CallBackMissing):
            decided(again, authorizer)

    def test_what_the_customer_confirmed_is_approved(self, hold, opened, authorizer):
        hold(rules.CALL, question="向客户核实大额支取")
        answer(opened, authorizer, "本人确认", outcome=rules.CONFIRMED)
        again = services.open_next(authorizer=authorizer, at=LATER)

        assert decided(again, authorizer).state == rules.POSTED

    def test_the_database_wants_the_call_too(self, opened, authorizer):
        with pytest.raises(DatabaseError, match="not called back"), transaction.atomic():
            Decision.objects.create(
                institution_id=opened.institution_id, request=opened, seq=1, step="approve",
                decider=authorizer, decider_label=authorizer.label,
                decider_person=authorizer.person, content_hash=opened.content_hash, at=AT,
                queue_ms=0, view_ms=0, business_date=opened.business_date,
            )  # fmt: skip

    def test_below_the_amount_nobody_is_called(self, counter, teller, authorizer):
        rule_factory.in_force(
            rule_factory.plain(amount_from_fen=1, call_back_from_fen=6_000_001),
            valid_from=people.DAY,
        )

        assert not factory.sent(teller, factory.withdrawal(counter)).call_needed


class TestLapsing:
    def test_a_question_that_nobody_answers_lapses(self, hold, opened, authorizer):
        asked = hold()

        assert services.watch(at=asked.due_at - timedelta(seconds=1)) == 0
        services.lapse(number=opened.number, at=asked.due_at)

        opened.refresh_from_db()
        asked.refresh_from_db()
        assert (opened.state, asked.ended_by) == (rules.QUEUED, rules.LAPSED)
        assert services.open_next(authorizer=authorizer, at=LATER) == opened

    def test_an_item_that_a_dispatcher_resumed_opens_and_its_question_lapses(
        self, hold, opened, bank, authorizer
    ):
        hold()
        item = WorkItem.objects.get(id=opened.work_item_id)
        worklist.resume(item_id=item.pk, by=people.staff(bank.centre, "dispatcher"), at=AT)

        again = services.open_next(authorizer=authorizer, at=LATER)

        assert (again, again.state) == (opened, rules.VIEWING)
        assert Inquiry.objects.get().ended_by == rules.LAPSED

    def test_a_teller_takes_an_item_on_hold_back(self, hold, opened, teller):
        hold()

        gone = services.withdraw(number=opened.number, teller=teller, at=LATER)

        assert gone.state == rules.WITHDRAWN
        assert Inquiry.objects.get().ended_by == rules.TAKEN_BACK
        assert WorkItem.objects.get().state == "withdrawn"


class TestTime:
    def test_queue_view_and_hold_add_up(self, hold, opened, authorizer, teller):
        hold()
        add_image(opened, teller)
        answer(opened, teller)
        again = services.open_next(authorizer=authorizer, at=LATER + timedelta(seconds=2))
        decided(again, authorizer, at=LATER + timedelta(seconds=7))

        made = Decision.objects.get()
        assert (made.queue_ms, made.view_ms, made.hold_ms) == (2_000, 13_000, 52_000)

    def test_every_step_is_told(self, hold, opened, authorizer, teller):
        hold()
        add_image(opened, teller)
        answer(opened, teller)

        told = Event.objects.filter(subject=opened.subject).order_by("id")
        assert [event.action for event in told] == [
            "authorization.submit", "authorization.open", "authorization.hold",
            "authorization.answer",
        ]  # fmt: skip


class TestImages:
    def test_a_sent_item_takes_no_further_image(self, waiting, teller):
        with pytest.raises(rules.ImagesClosed):
            add_image(waiting, teller)

    def test_nor_one_of_another_teller(self, hold, opened, bank):
        hold()

        with pytest.raises(rules.ImagesClosed):
            add_image(opened, people.staff(bank.outlet, "teller"))

    def test_nor_one_that_was_not_asked_for(self, hold, opened, teller):
        hold(rules.CONSULT, question="用途是否合理？")

        with pytest.raises(rules.ImagesClosed):
            add_image(opened, teller)


class TestDatabase:
    def test_what_was_asked_is_never_rewritten(self, hold):
        hold()

        with pytest.raises(DatabaseError, match="only ever answered"), transaction.atomic():
            Inquiry.objects.update(question="别的")

    def test_only_whom_it_concerns_answers(self, hold, opened, authorizer):
        hold()

        with pytest.raises(DatabaseError, match="somebody else"), transaction.atomic():
            Inquiry.objects.update(
                ended_by="answered", ended_at=LATER, answer="好", answered_by=authorizer
            )

    def test_content_on_hold_changes_only_by_an_answered_rescan(self, hold, opened):
        hold()

        with pytest.raises(DatabaseError, match="sends an item again"), transaction.atomic():
            Request.objects.filter(id=opened.pk).update(state="queued", content_hash="0" * 64)

    @pytest.mark.parametrize(
        ("change", "truth"),
        [
            ({"ended_by": "answered", "ended_at": LATER}, "answered_by_whom"),
            (
                {"ended_by": "lapsed", "ended_at": LATER, "outcome": "confirmed"},
                "outcome_of_a_call",
            ),
            ({"ended_by": "forgotten", "ended_at": LATER}, "ended_how_and_when"),
        ],
    )
    def test_an_end_is_whole(self, hold, change, truth):
        hold()

        with pytest.raises(IntegrityError, match=truth), transaction.atomic():
            Inquiry.objects.update(**change)

    @pytest.mark.parametrize(
        ("more", "truth"),
        [
            ({"kind": "guess"}, "inquiry_asks"),
            ({"question": ""}, "inquiry_asks"),
            ({"called_number": "01088886666"}, "number_of_a_call"),
        ],
    )
    def test_a_question_is_whole(self, opened, authorizer, more, truth):
        usual = {
            "institution_id": opened.institution_id, "request": opened, "attempt": 1,
            "kind": "rescan", "question": "背面", "asked_by": authorizer, "asked_at": AT,
            "asked_by_label": authorizer.label, "due_at": LATER,
        }  # fmt: skip

        with pytest.raises(IntegrityError, match=truth), transaction.atomic():
            Inquiry.objects.create(**(usual | more))

    def test_two_questions_at_a_time_are_refused(self, hold, opened, authorizer):
        hold()
        Request.objects.filter(id=opened.pk).update(state="viewing")

        with (
            pytest.raises(IntegrityError, match="one_inquiry_at_a_time"),
            transaction.atomic(),
        ):
            Inquiry.objects.create(
                institution_id=opened.institution_id, request=opened, attempt=1, kind="rescan",
                question="正面", asked_by=authorizer, asked_by_label=authorizer.label,
                asked_at=AT, due_at=LATER,
            )  # fmt: skip
