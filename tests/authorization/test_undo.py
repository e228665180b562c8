"""Taking back what was just decided: in time it never was, after it it stands; never both."""

import threading
from datetime import timedelta

import pytest
from django.db import DatabaseError, connections, transaction
from django.urls import reverse
from django.utils import timezone

from authorization import rules, selectors, services, tasks
from authorization.models import Decision, Request, Verdict
from foundation.kernel.flow import StepNotAllowed
from foundation.people import services as people_services
from foundation.policy.models import Policy
from foundation.trail.models import Event
from foundation.worklist import services as worklist
from foundation.worklist.models import Holding, Job, WorkItem
from ops_platform import conserving
from tests.browser import BACKEND, ready
from tests.factories import authorization as factory
from tests.factories import people
from tests.factories import rules as rule_factory

AT = people.NOON
BROWSER = {"HTTP_USER_AGENT": "Mozilla/5.0 Chrome/120.0"}


def after(seconds):
    return AT + timedelta(seconds=seconds)


AT_TWENTY = after(20)


def in_force(seconds=5):
    """Let decisions be taken back for so many seconds from now on."""
    with people_services.acting_as_system(reason="test"):
        said = Policy.objects.get(code="authorization.undo_seconds")
        Policy.objects.create(
            code=said.code, value=str(seconds), valid_from=people.DAY,
            proposed_by=said.proposed_by, proposed_at=said.proposed_at,
            approved_by=said.approved_by, approved_at=said.approved_at,
        )  # fmt: skip


@pytest.fixture
def undoable(bank):
    in_force()


@pytest.fixture
def opened(undoable, waiting, authorizer):
    return services.open_next(authorizer=authorizer, at=AT)


def decide(item, by, step="reject", reasons=("A12",), at=AT_TWENTY):
    return services.decide(
        number=item.number, step=step, shown=item.content_hash, fence=item.opened_fence,
        decider=by, at=at, reasons=reasons if step != "approve" else (),
    )  # fmt: skip


def state_of(item):
    return Request.objects.get(pk=item.pk).state


class TestUntilItTakesEffect:
    def test_nothing_counts_and_nobody_is_told(self, opened, authorizer, teller):
        decided = decide(opened, authorizer)

        assert (decided.state, decided.told_state) == (rules.SETTLING, rules.VIEWING)
        assert not Decision.objects.exists()
        assert not Event.objects.filter(action="authorization.reject").exists()
        (own,) = selectors.own(teller=teller, on=people.DAY)
        assert (own.decided_at, own.reasons, own.decider_label) == (None, [], "")
        assert selectors.counts(on=people.DAY)[rules.VIEWING] == 1
        chosen = selectors.Filter(people.DAY, state=rules.VIEWING)
        assert [row.number for row in selectors.listed(chosen=chosen).rows] == [opened.number]

    def test_the_desk_goes_on(self, opened, authorizer, teller, counter):
        second = factory.sent(teller, factory.withdrawal(counter))
        decide(opened, authorizer)

        assert services.open_next(authorizer=authorizer, at=after(20)) == second

    def test_the_teller_can_do_nothing_yet(self, opened, authorizer, teller):
        decide(opened, authorizer, "return", ("A18",))

        with pytest.raises(StepNotAllowed):
            services.withdraw(number=opened.number, teller=teller, at=after(21))

    def test_it_is_not_decided_again(self, opened, authorizer):
        decide(opened, authorizer)

        for step in rules.DECISIONS:
            with pytest.raises(StepNotAllowed):
                decide(opened, authorizer, step, ("A12",) if step == "reject" else ("A18",))

    def test_work_is_conserved(self, opened, authorizer):
        decide(opened, authorizer)
        assert (*conserving.wrong(), *conserving.uncounted()) == ()

        services.settle(number=opened.number, at=after(25))
        assert (*conserving.wrong(), *conserving.uncounted()) == ()

    def test_a_yes_that_posts_is_never_held_back(self, opened, authorizer):
        assert decide(opened, authorizer, "approve").state == rules.POSTED
        assert not Verdict.objects.exists()

    def test_without_the_number_it_takes_effect_at_once(self, bank, waiting, authorizer):
        opened = services.open_next(authorizer=authorizer, at=AT)

        assert decide(opened, authorizer).state == rules.REJECTED


class TestTakingEffect:
    def test_it_counts_as_of_the_moment_of_the_key(self, opened, authorizer):
        decide(opened, authorizer)

        services.settle(number=opened.number, at=after(26))

        made = Decision.objects.get()
        assert (made.at, made.view_ms, made.step) == (after(20), 20_000, "reject")
        item = Request.objects.get(pk=opened.pk)
        assert (item.state, item.decided_at) == (rules.REJECTED, after(20))
        assert (item.reasons, item.decider_label) == (["A12"], authorizer.label)
        assert item.work_item.state == "done"
        assert Holding.objects.get().ended_by == "finished"
        assert Event.objects.filter(action="authorization.reject", at=after(26)).count() == 1

    def test_not_before_its_time_and_only_once(self, opened, authorizer):
        decide(opened, authorizer)

        for moment in (20, 24, 25, 26, 40):
            services.settle(number=opened.number, at=after(moment))
            assert Decision.objects.count() == (moment >= 25)

    def test_a_job_does_it_and_the_clock_where_none_did(self, opened, authorizer):
        decide(opened, authorizer)
        job = Job.objects.get(kind="authorization.tasks.settle")
        assert (job.run_after, job.args) == (after(25), {"number": opened.number})

        tasks.settle(**job.args)()  # the real clock is long past it
        assert state_of(opened) == rules.REJECTED

    def test_the_clock_does_it_where_no_job_did(self, opened, authorizer):
        decide(opened, authorizer)

        services.watch(at=after(24))
        assert state_of(opened) == rules.SETTLING
        services.watch(at=after(30))
        assert state_of(opened) == rules.REJECTED

    def test_what_was_sent_back_is_with_its_teller_then(self, opened, authorizer, teller, counter):
        decide(opened, authorizer, "return", ("A18",))
        services.settle(number=opened.number, at=after(25))

        again = services.resubmit(
            number=opened.number, order=factory.withdrawal(counter), teller=teller, at=after(60)
        )
        assert (again.state, again.attempt) == (rules.QUEUED, 2)

    def test_the_first_of_two_levels_brings_the_second(self, undoable, bank, teller, counter):
        rule = rule_factory.plain(amount_from_fen=1, centre_levels=2)
        rule_factory.in_force(rule, valid_from=people.DAY)
        sent = factory.sent(teller, factory.withdrawal(counter))
        first, second = (people.staff(bank.centre, "authorizer") for _ in range(2))
        opened = services.open_next(authorizer=first, at=AT)
        assert decide(opened, first, "approve").state == rules.SETTLING
        assert services.open_next(authorizer=second, at=after(21)) is None

        services.settle(number=sent.number, at=after(25))

        assert services.open_next(authorizer=first, at=after(26)) is None
        again = services.open_next(authorizer=second, at=after(26))
        assert (again, again.level) == (sent, 2)
        assert decide(again, second, "approve", at=after(40)).state == rules.POSTED


class TestTakingBack:
    def test_the_item_is_on_the_desk_again_and_never_was_decided(self, opened, authorizer):
        decide(opened, authorizer)
        services.undo(number=opened.number, by=authorizer, at=after(24))

        again = services.open_next(authorizer=authorizer, at=after(24))

        assert again == opened
        assert not Decision.objects.exists()
        assert Verdict.objects.get().ended_by == rules.UNDONE
        told = Event.objects.get(action="authorization.undo")
        assert (told.detail["before"], told.detail["reasons"]) == ("reject", ["A12"])
        assert (*conserving.wrong(), *conserving.uncounted()) == ()
        assert decide(again, authorizer, "approve", at=after(40)).state == rules.POSTED
        assert (*conserving.wrong(), *conserving.uncounted()) == ()

    def test_times_still_add_up_to_the_round(self, opened, authorizer):
        decide(opened, authorizer)
        services.undo(number=opened.number, by=authorizer, at=after(24))
        again = services.open_next(authorizer=authorizer, at=after(24))
        decide(again, authorizer, "approve", at=after(40))

        made = Decision.objects.get()
        assert made.view_ms == 20_000 + 16_000
        assert made.queue_ms + made.view_ms + made.hold_ms == 40_000

    def test_what_came_to_the_desk_since_goes_back_to_its_place(
        self, opened, authorizer, teller, counter, bank
    ):
        second = factory.sent(teller, factory.withdrawal(counter))
        decide(opened, authorizer)
        services.open_next(authorizer=authorizer, at=after(20))

        services.undo(number=opened.number, by=authorizer, at=after(22))

        assert state_of(second) == rules.QUEUED
        assert services.open_next(authorizer=authorizer, at=after(22)) == opened
        other = people.staff(bank.centre, "authorizer")
        assert services.open_next(authorizer=other, at=after(22)) == second

    def test_it_is_kept_for_who_decided(self, opened, authorizer, bank):
        decide(opened, authorizer)
        services.undo(number=opened.number, by=authorizer, at=after(24))

        other = people.staff(bank.centre, "authorizer")
        assert services.open_next(authorizer=other, at=after(24)) is None

    def test_nothing_happens_later(self, opened, authorizer):
        decide(opened, authorizer)
        services.undo(number=opened.number, by=authorizer, at=after(24))

        services.settle(number=opened.number, at=after(60))
        services.watch(at=after(60))

        assert state_of(opened) == rules.QUEUED
        assert not Decision.objects.exists()

    def test_what_went_up_stays_with_the_leads(self, opened, bank):
        services.send_up(number=opened.number, at=after(180))
        lead = people.staff(bank.centre, "auth_lead", grade=5)
        again = services.open_next(authorizer=lead, at=after(181))
        decide(again, lead, at=after(190))

        undone = services.undo(number=opened.number, by=lead, at=after(191))

        assert undone.state == rules.ESCALATED
        assert WorkItem.objects.get(pk=undone.work_item_id).leads_only
        assert services.open_next(authorizer=lead, at=after(191)) == opened

    @pytest.mark.parametrize("seconds", [25, 26, 600])
    def test_it_is_too_late_after_its_seconds(self, opened, authorizer, seconds):
        decide(opened, authorizer)

        with pytest.raises(rules.TooLateToUndo):
            services.undo(number=opened.number, by=authorizer, at=after(seconds))

    def test_nobody_else_takes_it_back(self, opened, authorizer, teller, bank):
        decide(opened, authorizer)

        for somebody in (teller, people.staff(bank.centre, "auth_lead", grade=5)):
            with pytest.raises(rules.TooLateToUndo):
                services.undo(number=opened.number, by=somebody, at=after(21))

    def test_what_posted_is_not_taken_back(self, opened, authorizer):
        decide(opened, authorizer, "approve")

        with pytest.raises(rules.TooLateToUndo):
            services.undo(number=opened.number, by=authorizer, at=after(21))


class TestADispatcherMeanwhile:
    def test_an_item_let_wait_again_is_given_to_nobody(self, opened, authorizer, bank):
        decide(opened, authorizer)
        worklist.resume(
            item_id=opened.work_item_id, by=people.staff(bank.centre, "dispatcher"), at=after(21)
        )

        other = people.staff(bank.centre, "authorizer")
        assert services.open_next(authorizer=other, at=after(22)) is None
        services.settle(number=opened.number, at=after(25))
        assert state_of(opened) == rules.REJECTED

    @pytest.mark.parametrize("given", [False, True])
    def test_the_decision_ends_it_wherever_it_was_put(self, opened, authorizer, bank, given):
        decide(opened, authorizer)
        dispatcher = people.staff(bank.centre, "dispatcher")
        worklist.resume(item_id=opened.work_item_id, by=dispatcher, at=after(21))
        if given:
            worklist.assign(
                item_id=opened.work_item_id, to=people.staff(bank.centre, "authorizer"),
                reason="急", by=dispatcher, at=after(21),
            )  # fmt: skip

        services.settle(number=opened.number, at=after(25))

        assert WorkItem.objects.get(pk=opened.work_item_id).state == "done"
        assert (*conserving.wrong(), *conserving.uncounted()) == ()


class TestTheDatabase:
    def verdict(self, item, by, **more):
        usual = {
            "institution_id": item.institution_id, "request": item, "seq": item.attempt,
            "level": item.level, "step": "reject", "decider": by, "reasons": ["A12"],
            "content_hash": item.content_hash, "at": after(20), "due_at": after(25),
        }  # fmt: skip
        with transaction.atomic():
            return Verdict.objects.create(**(usual | more))

    @pytest.mark.parametrize(
        ("more", "why"),
        [
            ({"step": "approve"}, "the last yes posts at once"),
            ({"content_hash": "0" * 64}, "not open for this decision"),
            ({"seq": 2}, "not open for this decision"),
            ({"level": 2}, "not open for this decision"),
            ({"due_at": after(20)}, "authorization_verdict_whole"),
            ({"step": "post"}, "authorization_verdict_whole"),
        ],
    )
    def test_what_does_not_fit_is_refused(self, opened, authorizer, more, why):
        with pytest.raises(DatabaseError, match=why):
            self.verdict(opened, authorizer, **more)

    def test_it_is_of_who_has_the_item_at_its_place(self, opened, bank, authorizer):
        with pytest.raises(DatabaseError, match="has not the item"):
            self.verdict(opened, people.staff(bank.centre, "authorizer"))
        with pytest.raises(DatabaseError, match="not of that institution"):
            self.verdict(opened, authorizer, institution_id=bank.sibling.pk)

    def test_it_stays_as_it_was_made_and_ends_once(self, opened, authorizer):
        decide(opened, authorizer)
        rows = Verdict.objects.all()

        for change in (
            {"step": "return"}, {"due_at": after(1)},
            {"ended_by": rules.SETTLED, "ended_at": after(24)},
            {"ended_by": rules.UNDONE, "ended_at": after(25)},
            {"ended_by": rules.UNDONE, "ended_at": None},
        ):  # fmt: skip
            with pytest.raises(DatabaseError), transaction.atomic():
                rows.update(**change)
        with pytest.raises(DatabaseError, match="once"), transaction.atomic():
            rows.get().delete()
        services.settle(number=opened.number, at=after(25))
        with pytest.raises(DatabaseError, match="once"), transaction.atomic():
            rows.update(ended_by=rules.UNDONE, ended_at=after(24))

    def test_no_other_decision_comes_of_it(self, opened, authorizer):
        decide(opened, authorizer)
        opened.refresh_from_db()

        with pytest.raises(DatabaseError, match="not open for decision"), transaction.atomic():
            Decision.objects.create(
                institution_id=opened.institution_id, request=opened, seq=1, level=1,
                step="return", decider=authorizer, decider_label=authorizer.label,
                decider_person=authorizer.person, reasons=["A18"], at=after(20),
                content_hash=opened.content_hash, business_date=people.DAY,
                queue_ms=0, view_ms=0,
            )  # fmt: skip

    def test_another_outlet_sees_none(self, opened, authorizer, bank):
        decide(opened, authorizer)

        with people_services.acting(staff=people.staff(bank.sibling, "teller")):
            assert not Verdict.objects.exists()


class TestPages:
    def post(self, client, name, item, **typed):
        return client.post(
            reverse(f"authorization:{name}", args=[item.number]), typed,
            HTTP_HX_REQUEST="true", **BROWSER,
        )  # fmt: skip

    def reject(self, client, item):
        return self.post(
            client, "decide", item, step="reject", reasons=["A12"], fence=item.opened_fence,
            shown=item.content_hash,
        )  # fmt: skip

    @pytest.fixture
    def desk(self, client, opened, authorizer):
        client.force_login(authorizer, backend=BACKEND)
        return client

    def test_a_no_is_told_with_the_way_back(self, desk, opened):
        page = self.reject(desk, opened).content.decode()

        assert f'data-undo="{reverse("authorization:undo", args=[opened.number])}"' in page
        assert 'data-seconds="5"' in page

    def test_the_item_comes_back(self, desk, opened):
        self.reject(desk, opened)

        answer = self.post(desk, "undo", opened)

        assert answer.status_code == 200
        assert answer.context["shown"].request == opened

    def test_too_late_is_told_on_the_desk(self, desk, opened):
        self.reject(desk, opened)
        due = Verdict.objects.get().due_at
        services.settle(number=opened.number, at=due)

        answer = self.post(desk, "undo", opened)

        assert answer.status_code == 409
        assert "E2056" in answer.content.decode()

    def test_the_tellers_page_says_nothing_yet(self, client, opened, authorizer, teller):
        decide(opened, authorizer, at=timezone.now())
        client.force_login(teller, backend=BACKEND)

        for address in ("authorization:item", "authorization:mine"):
            args = [opened.number] if address.endswith("item") else []
            page = client.get(reverse(address, args=args), **BROWSER).content.decode()
            assert "授权中" in page
            assert "待生效" not in page
            assert "已拒绝" not in page

    def test_the_items_page_does_not_wait_for_the_job(self, client, opened, authorizer, teller):
        decide(opened, authorizer)  # its seconds are long over
        client.force_login(teller, backend=BACKEND)

        page = client.get(reverse("authorization:item", args=[opened.number]), **BROWSER)

        assert "已拒绝" in page.content.decode()
        assert Decision.objects.get().step == "reject"


class TestRaces:
    """Real threads: what was decided is taken back, or has its effect, and never both."""

    @pytest.fixture
    def returned(self, committed_db):
        with people_services.acting_as_system(reason="test"):
            bank = people.branch()
            manager = people.staff(bank.branch, "ops_manager")
            people.numbers(manager, people.staff(bank.branch, "risk_manager"))
            counter = factory.counter(bank)
            teller = people.staff(bank.outlet, "teller")
            authorizer = people.staff(bank.centre, "authorizer")
            factory.sent(teller, factory.withdrawal(counter))
            in_force()
        with people_services.acting(staff=authorizer):
            opened = services.open_next(authorizer=authorizer, at=AT)
            decide(opened, authorizer, "return", ("A18",))
        return opened, counter, teller, authorizer

    def together(self, *acts):
        """Do all at once; return the places of those that were not refused."""
        done, faults = [], []
        start = threading.Barrier(len(acts))

        def run(place, act):
            start.wait()
            try:
                act()
                done.append(place)
            except (rules.TooLateToUndo, StepNotAllowed):
                pass
            except Exception as fault:  # noqa: BLE001 -- told below
                faults.append(repr(fault))
            finally:
                connections.close_all()

        threads = [threading.Thread(target=run, args=one) for one in enumerate(acts)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert not faults
        return done

    def undo(self, item, by):
        with people_services.acting(staff=by):
            services.undo(number=item.number, by=by, at=after(24))

    def settle(self, item):
        with people_services.acting_as_system(reason="test"):
            services.settle(number=item.number, at=after(25))

    def outcome(self, item):
        with people_services.acting_as_system(reason="test"):
            assert (*conserving.wrong(), *conserving.uncounted()) == ()
            undone = Verdict.objects.get().ended_by == rules.UNDONE
            assert Decision.objects.count() == (not undone)
            return undone, state_of(item)

    def test_taking_back_against_taking_effect(self, returned):
        item, _counter, _teller, by = returned

        done = self.together(lambda: self.undo(item, by), lambda: self.settle(item))

        undone, state = self.outcome(item)
        assert undone == (0 in done)
        assert state == (rules.QUEUED if undone else rules.RETURNED)

    def test_taking_back_twice(self, returned):
        item, _counter, _teller, by = returned

        done = self.together(*[lambda: self.undo(item, by)] * 4)

        assert len(done) == 1
        assert self.outcome(item) == (True, rules.QUEUED)

    def test_taking_back_against_the_teller_who_sends_it_again(self, returned):
        item, counter, teller, by = returned

        def resubmit():
            self.settle(item)
            with people_services.acting(staff=teller):
                services.resubmit(
                    number=item.number, order=factory.withdrawal(counter), teller=teller,
                    at=after(26),
                )  # fmt: skip

        done = self.together(lambda: self.undo(item, by), resubmit)

        undone, state = self.outcome(item)
        assert done == ([0] if undone else [1])
        assert state == rules.QUEUED

    def test_taking_back_against_the_teller_who_withdraws(self, returned):
        item, _counter, teller, by = returned

        def withdraw():
            self.settle(item)
            with people_services.acting(staff=teller):
                services.withdraw(number=item.number, teller=teller, at=after(26))

        self.together(lambda: self.undo(item, by), withdraw)

        # Taken back, it waits again, and what waits is withdrawn: one outcome after the other.
        _undone, state = self.outcome(item)
        assert state == rules.WITHDRAWN


@pytest.mark.slow
def test_a_no_is_taken_back_by_its_key(live, browse, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    with people_services.acting_as_system(reason="test"):
        bank = people.branch()
        manager = people.staff(bank.branch, "ops_manager")
        people.numbers(manager, people.staff(bank.branch, "risk_manager"))
        in_force(60)
        counter = factory.counter(bank)
        teller = people.staff(bank.outlet, "teller")
        authorizer = people.staff(bank.centre, "authorizer")
        first, second = (factory.sent(teller, factory.withdrawal(counter)) for _ in range(2))
    desk = browse(authorizer)
    desk.route("**/live/?*", lambda route: route.fulfill(status=204))  # not served in tests
    desk.goto("/authorization/workbench/")
    ready(desk)
    on_desk = desk.locator(".op-meta").first

    desk.keyboard.press("F10")
    desk.keyboard.press("1")
    desk.keyboard.press("Enter")
    desk.wait_for_selector(f".op-meta >> text={second.number}")
    assert "F4" in desk.locator(".op-toast").inner_text()
    desk.keyboard.press("F4")
    desk.wait_for_selector(f".op-meta >> text={first.number}")

    assert first.number in on_desk.inner_text()
    with people_services.acting_as_system(reason="test"):
        assert not Decision.objects.exists()
