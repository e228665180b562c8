"""A counter transaction on its way: sent, held, decided once by another, posted once."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import transaction

from authorization import rules, services, tasks
from authorization.models import Decision, Request
from foundation.imaging.rules import SameImage
from foundation.kernel.flow import StepNotAllowed
from foundation.ledger import rules as ledger_rules
from foundation.ledger import selectors as ledger
from foundation.ledger import services as ledger_services
from foundation.trail.models import Event
from foundation.worklist import services as worklist
from foundation.worklist.models import Job, WorkItem
from foundation.worklist.rules import LeaseLost
from tests.factories import authorization as factory
from tests.factories import ledger as books
from tests.factories import people

AT = people.NOON


def decided(request, decider, step="approve", **more):
    usual = {"shown": request.content_hash, "fence": request.opened_fence}
    return services.decide(
        number=request.number, step=step, decider=decider, at=AT, **(usual | more)
    )


@pytest.fixture
def opened(waiting, authorizer):
    return services.open_next(authorizer=authorizer, at=AT)


class TestSubmitting:
    def test_a_small_withdrawal_is_posted_at_once(self, counter, teller):
        request = factory.sent(teller, factory.withdrawal(counter, "49,999.99"))

        assert request.state == rules.POSTED
        assert ledger.balance(number=counter.payer.number).fen == 90_000_000 - 4_999_999

    def test_a_large_withdrawal_waits_and_nothing_is_posted(self, waiting, counter):
        assert waiting.state == rules.QUEUED
        assert ledger.balance(number=counter.payer.number).fen == 90_000_000

    def test_the_same_key_sent_twice_is_one_item(self, counter, teller):
        key = factory.attached(teller)
        order = factory.withdrawal(counter)

        first = services.submit(key=key, order=order, teller=teller, at=AT)
        second = services.submit(key=key, order=order, teller=teller, at=AT)

        assert first == second
        assert WorkItem.objects.count() == 1

    def test_the_same_key_with_other_content_is_refused(self, counter, teller):
        key = factory.attached(teller)
        services.submit(key=key, order=factory.withdrawal(counter), teller=teller, at=AT)

        with pytest.raises(rules.KeyUsedTwice):
            services.submit(
                key=key, order=factory.withdrawal(counter, "70,000.00"), teller=teller, at=AT
            )

    def test_what_could_not_post_never_reaches_an_authorizer(self, counter, teller):
        with pytest.raises(ledger_rules.NotEnough), transaction.atomic():
            factory.sent(teller, factory.withdrawal(counter, "950,000.00"))

        assert not Request.objects.exists()

    def test_without_an_image_nothing_is_sent(self, counter, teller):
        with pytest.raises(rules.ImageMissing):
            services.submit(key=uuid4(), order=factory.withdrawal(counter), teller=teller, at=AT)

    def test_the_image_of_a_form_never_sent_is_free_again(self, counter, teller):
        sheet = factory.image()
        add = {"teller": teller, "data": sheet, "name": "v.png", "image_class": "voucher"}
        services.attach(key=uuid4(), at=AT, **add)

        again = services.attach(key=uuid4(), at=AT, **add)

        assert again.reused_because

    def test_an_image_sent_again_for_want_of_an_answer_is_kept_once(self, counter, teller):
        add = {"key": uuid4(), "teller": teller, "data": factory.image(), "name": "v.png"}

        first = services.attach(image_class="voucher", at=AT, **add)
        again = services.attach(image_class="voucher", at=AT, **add)

        assert (again.pk, again.reused_because) == (first.pk, "")

    def test_the_image_of_a_sent_item_is_not(self, counter, teller):
        sheet, key = factory.image(), uuid4()
        add = {"teller": teller, "data": sheet, "name": "v.png", "image_class": "voucher"}
        services.attach(key=key, at=AT, **add)
        services.submit(key=key, order=factory.withdrawal(counter), teller=teller, at=AT)

        with pytest.raises(SameImage):
            services.attach(key=uuid4(), at=AT, **add)

    def test_a_payee_of_another_name_is_refused(self, counter, teller):
        with pytest.raises(rules.NameDiffers):
            factory.sent(teller, factory.transfer(counter, payee_name="刘辉"))

    def test_payer_and_payee_are_two_accounts(self, counter, teller):
        same = factory.transfer(counter, payee_account=counter.payer.number)

        with pytest.raises(rules.SameAccount):
            factory.sent(teller, same)

    def test_a_transfer_moves_the_money(self, counter, teller):
        factory.sent(teller, factory.transfer(counter))

        assert ledger.balance(number=counter.payer.number).fen == 90_000_000 - 100_000
        assert ledger.balance(number=counter.payee.number).fen == 90_000_000 + 100_000


class TestDeciding:
    def test_an_item_carried_forward_is_decided_and_posted_on_the_open_day(
        self, opened, authorizer, counter
    ):
        books.close_day(counter.outlet, people.DAY)
        with pytest.raises(ledger_rules.DayClosed), transaction.atomic():
            decided(opened, authorizer)
        tomorrow = people.DAY + timedelta(days=1)
        ledger_services.open_day(
            institution_id=counter.outlet.pk, on=tomorrow, at=AT, by=factory.BY
        )

        posted = decided(opened, authorizer)

        assert posted.state == rules.POSTED
        assert posted.business_date == people.DAY
        assert posted.entry.business_date == tomorrow
        assert Decision.objects.get(request=posted).business_date == tomorrow

    def test_an_approved_item_is_posted_in_the_same_moment(self, opened, authorizer, counter):
        request = decided(opened, authorizer)

        assert request.state == rules.POSTED
        assert request.journal_no
        assert ledger.balance(number=counter.payer.number).fen == 90_000_000 - 6_000_000

    def test_an_item_shown_again_keeps_its_clock(self, opened, authorizer):
        again = services.open_next(authorizer=authorizer, at=AT.replace(hour=5))

        assert again == opened
        assert again.opened_at == AT

    def test_a_rejected_item_ends_unposted(self, opened, authorizer, counter):
        request = decided(opened, authorizer, "reject", reasons=["A08"])

        assert request.state == rules.REJECTED
        assert ledger.balance(number=counter.payer.number).fen == 90_000_000

    def test_a_decision_about_something_else_than_shown_is_refused(self, opened, authorizer):
        with pytest.raises(rules.ShownIsStale):
            decided(opened, authorizer, shown="0" * 64)

    def test_a_decision_under_a_lost_lease_is_refused(self, opened, authorizer):
        with pytest.raises(LeaseLost):
            decided(opened, authorizer, fence=opened.opened_fence + 1)

    def test_somebody_who_does_not_hold_the_item_is_refused(self, opened, bank):
        with pytest.raises(LeaseLost):
            decided(opened, people.staff(bank.centre, "authorizer"))

    def test_a_low_grade_is_refused(self, opened, bank):
        with pytest.raises(rules.GradeTooLow):
            decided(opened, people.staff(bank.centre, "authorizer", grade=1))

    def test_a_second_decision_is_refused(self, opened, authorizer):
        decided(opened, authorizer)

        with pytest.raises(StepNotAllowed):
            decided(opened, authorizer)

    def test_an_item_handed_back_goes_to_the_next(self, opened, authorizer, bank):
        services.hand_back(
            number=opened.number, fence=opened.opened_fence, authorizer=authorizer, at=AT
        )

        again = services.open_next(authorizer=people.staff(bank.centre, "authorizer"), at=AT)

        assert again == opened

    def test_every_step_is_on_the_trail(self, opened, authorizer):
        decided(opened, authorizer)

        told = Event.objects.filter(subject=opened.subject).order_by("id")
        assert [event.action for event in told] == [
            "authorization.submit", "authorization.open", "authorization.approve",
        ]  # fmt: skip


class TestSelfApproval:
    """The ways in which one human might decide an own item (RELIABILITY P5)."""

    def test_the_teller_in_another_role(self, opened, teller):
        with pytest.raises(rules.OwnItem):
            decided(opened, teller)

    def test_the_same_human_under_another_number(self, opened, bank, teller):
        second = people.staff(bank.centre, name="王晓雯")
        second.person = teller.person
        second.save(update_fields=["person"])

        with pytest.raises(rules.OwnItem):
            decided(opened, second)

    def test_the_queue_does_not_even_offer_it(self, waiting, bank, teller):
        second = people.staff(bank.centre, name="王晓雯")
        second.person = teller.person
        second.save(update_fields=["person"])

        assert services.open_next(authorizer=second, at=AT) is None

    def insert(self, request, decider, **more):
        usual = {
            "institution_id": request.institution_id, "request": request, "seq": 1,
            "step": "approve", "decider": decider, "decider_label": decider.label,
            "decider_person": decider.person, "content_hash": request.content_hash, "at": AT,
            "queue_ms": 0, "view_ms": 0, "business_date": request.business_date,
        }  # fmt: skip
        with transaction.atomic():
            Decision.objects.create(**(usual | more))

    def test_the_database_refuses_it_too(self, opened, teller):
        with pytest.raises(Exception, match="may not decide the own item"):
            self.insert(opened, teller)

    def test_the_database_knows_who_the_decider_is(self, opened, teller, authorizer):
        with pytest.raises(Exception, match="another person"):
            self.insert(opened, teller, decider_person=authorizer.person)

    def test_the_database_refuses_swapped_content(self, opened, authorizer):
        with pytest.raises(Exception, match="another content"):
            self.insert(opened, authorizer, content_hash="0" * 64)

    def test_the_database_refuses_a_decision_of_another_day(self, opened, authorizer):
        with pytest.raises(Exception, match="of another day"):
            self.insert(opened, authorizer, business_date=opened.business_date + timedelta(days=1))

    def test_the_database_refuses_a_decision_before_its_time(self, waiting, authorizer):
        with pytest.raises(Exception, match="not open for decision"):
            self.insert(waiting, authorizer)

    def test_who_entered_an_item_cannot_be_rewritten(self, opened, authorizer):
        with pytest.raises(Exception, match="is fixed"), transaction.atomic():
            Request.objects.filter(id=opened.pk).update(teller_person=authorizer.person)

    def test_content_cannot_be_changed_under_the_eyes_of_the_authorizer(self, opened):
        with pytest.raises(Exception, match="content"), transaction.atomic():
            Request.objects.filter(id=opened.pk).update(amount_fen=1, content_hash="0" * 64)
        with pytest.raises(Exception, match="new hash"), transaction.atomic():
            Request.objects.filter(id=opened.pk).update(amount_fen=1)

    def test_a_decision_is_never_changed(self, opened, authorizer):
        decided(opened, authorizer)

        with pytest.raises(Exception, match="never changed"), transaction.atomic():
            Decision.objects.update(step="reject")

    def test_an_ended_item_is_never_changed(self, opened, authorizer):
        decided(opened, authorizer)

        with pytest.raises(Exception, match="never changed"), transaction.atomic():
            Request.objects.update(remark="x")


class TestSentBack:
    @pytest.fixture
    def returned(self, opened, authorizer):
        return decided(opened, authorizer, "return", reasons=["A18"])

    def again(self, request, order, teller):
        return services.resubmit(number=request.number, order=order, teller=teller, at=AT)

    def test_a_mended_item_goes_before_new_ones(self, returned, counter, teller, authorizer):
        factory.sent(teller, factory.withdrawal(counter, "51,000.00", voucher_no="0744719099"))
        self.again(returned, factory.withdrawal(counter, "55,000.00"), teller)

        following = services.open_next(authorizer=authorizer, at=AT)

        assert following == returned
        assert decided(following, authorizer).state == rules.POSTED
        assert ledger.balance(number=counter.payer.number).fen == 90_000_000 - 5_500_000

    def test_only_its_teller_mends_it(self, returned, counter, bank):
        with pytest.raises(rules.NotYourItem):
            self.again(returned, factory.withdrawal(counter), people.staff(bank.outlet, "teller"))

    def test_it_may_be_withdrawn(self, returned, teller):
        gone = services.withdraw(number=returned.number, teller=teller, at=AT)

        assert gone.state == rules.WITHDRAWN

    def test_an_item_being_looked_at_is_not_withdrawn(self, opened, teller):
        with pytest.raises(StepNotAllowed):
            services.withdraw(number=opened.number, teller=teller, at=AT)

    def test_an_item_that_its_authorizer_left_waits_again_for_all_to_see(self, opened, teller):
        WorkItem.objects.update(lease_until=AT - timedelta(days=9))
        worklist.expire_leases()
        (job,) = Job.objects.filter(kind="authorization.tasks.let_go")

        for _run in range(2):
            tasks.let_go(**job.args)()

        opened.refresh_from_db()
        assert (opened.state, opened.opened_at) == (rules.QUEUED, None)
        gone = services.withdraw(number=opened.number, teller=teller, at=AT)
        assert gone.state == rules.WITHDRAWN

    def test_an_item_that_another_took_meanwhile_stays_with_them(self, opened):
        tasks.let_go(subject=opened.subject)()

        opened.refresh_from_db()
        assert opened.state == rules.VIEWING

    def test_a_waiting_item_is_withdrawn_from_its_queue(self, waiting, teller, authorizer):
        services.withdraw(number=waiting.number, teller=teller, at=AT)

        assert services.open_next(authorizer=authorizer, at=AT) is None

    def test_an_unknown_item_is_refused(self, counter, teller):
        with pytest.raises(rules.NoSuchItem):
            services.withdraw(number="0", teller=teller, at=AT)
