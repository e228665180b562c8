"""The automatic tier decides: let by two, each pass once, stopped by one or by the rule."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from authorization import selectors, tasks
from authorization import services as authorization
from authorization.models import Decision, Request, Review, TierPublication, TierVerdict
from authorization.rules import publishing as rules
from authorization.selectors import measured
from authorization.selectors import publishing as selected
from authorization.selectors import tier as shadow
from authorization.services import fallback, publishing, quality, tier
from dashboards import selectors as dashboards
from foundation.imaging import selectors as imaging
from foundation.kernel.errors import Refused
from foundation.kernel.flow import StepNotAllowed
from foundation.ledger.models import Entry
from foundation.people.services import acting
from foundation.trail.models import Event
from foundation.worklist.models import Job
from ops_platform import conserving
from tests.authorization.desk import decided, minutes
from tests.browser import BACKEND
from tests.factories import authorization as factory
from tests.factories import fallback as emergency
from tests.factories import monitoring as papers
from tests.factories import people
from tests.factories import publishing as published
from tests.factories import quality as looks
from tests.factories import tier as sets
from tests.factories.people import DAY, NOON

pytestmark = pytest.mark.usefixtures("lists")
TERMS = rules.Terms(most_fen=10_000_000, until=published.LAST_DAY, sample_percent=100)


@pytest.fixture
def manager(bank):
    return people.staff(bank.head, "ops_manager", name="周明")


@pytest.fixture
def risk(bank):
    return people.staff(bank.head, "risk_manager", name="吴芳")


@pytest.fixture
def tier_set(manager, risk):
    return sets.in_force(manager, risk)


@pytest.fixture
def row(tier_set, manager, risk):
    """Let the set decide withdrawals, all seen again."""
    return published.published(tier_set, manager, risk)


@pytest.fixture
def compared(tier_set, send, authorizer):
    """Let the set agree with people twice, as the bank's numbers of tests want."""
    for place in (1, 2):
        send()
        decided(authorizer, "approve", at=minutes(place))
    assert tier.judge_due(at=minutes(5)) == 2
    return tier_set


def code_of(step, **given):
    with pytest.raises(Refused) as refused:
        step(**given)
    return refused.value.code


def now(item):
    return Request.objects.get(pk=item.pk)


def seen_again(reviewer, step, at=NOON):
    """Take the next review and answer it."""
    review = quality.open_review(reviewer=reviewer, at=at)
    return quality.review(
        review_id=review.pk, step=step, fence=review.work_item.fence, reviewer=reviewer, at=at,
        reasons=[] if step == "approve" else ["A07"],
    )  # fmt: skip


class TestPublished:
    def test_one_proposes_another_approves_one_withdraws(self, compared, manager, risk):
        given = {"tier_set": compared, "trade": "1002", "terms": TERMS, "reason": "试行"}
        with acting(staff=manager):
            row = publishing.propose(**given, by=manager, at=NOON)
        with acting(staff=risk):
            publishing.approve(publication_id=row.pk, by=risk, at=NOON)
            publishing.withdraw(publication_id=row.pk, reason="停用", by=risk, at=minutes(1))

        row.refresh_from_db()
        assert (row.state, row.codes, row.ended_by) == ("withdrawn", ["1002"], risk)
        told = Event.objects.filter(subject=row.subject).order_by("id")
        assert [one.action for one in told] == [
            "authorization.propose_publication",
            "authorization.approve_publication",
            "authorization.withdraw_publication",
        ]

    def test_too_little_compared_is_refused_with_the_figures(self, tier_set, send, manager):
        given = {"tier_set": tier_set, "trade": "CASH", "terms": TERMS, "reason": "试行"}

        with pytest.raises(Refused) as refused:
            publishing.propose(**given, by=manager, at=NOON)

        assert refused.value.code == "E2090"
        assert (refused.value.params["said"], refused.value.params["least"]) == (0, 2)

    def test_who_has_decisions_to_gain_has_no_part(self, compared, bank, authorizer):
        given = {"tier_set": compared, "trade": "1002", "terms": TERMS, "reason": "试行"}
        lead = people.staff(bank.centre, "auth_lead", name="钱立")
        decided_them = people.staff(bank.head, "ops_manager")
        type(lead).objects.filter(pk=decided_them.pk).update(person=authorizer.person)
        decided_them.refresh_from_db()

        for by in (lead, decided_them):
            assert code_of(publishing.propose, **given, by=by, at=NOON) == "E2092"
        with pytest.raises(DatabaseError, match="decided what"), transaction.atomic():
            published.proposed(compared, decided_them)

    def test_another_approves_under_whatever_number(self, compared, bank, manager):
        again = people.staff(bank.head, "ops_manager")
        type(again).objects.filter(pk=again.pk).update(person=manager.person)
        again.refresh_from_db()
        row = published.proposed(compared, manager)

        for step in (publishing.approve, publishing.decline):
            assert code_of(step, publication_id=row.pk, by=again, at=NOON) == "E2094"
        with pytest.raises(DatabaseError, match="another human"), transaction.atomic():
            TierPublication.objects.filter(pk=row.pk).update(
                state="active", decided_by=again, decided_at=NOON
            )

    def test_one_transaction_is_of_one_publication(self, compared, row, manager, risk):
        other = published.proposed(compared, manager, "1101", "1002")

        # 1101 was never compared, which is asked first; of 1002 alone the overlap is what is wrong.
        assert code_of(publishing.approve, publication_id=other.pk, by=risk, at=NOON) == "E2090"
        same = published.proposed(compared, manager)
        assert code_of(publishing.approve, publication_id=same.pk, by=risk, at=NOON) == "E2095"
        with pytest.raises(DatabaseError, match="published already"), transaction.atomic():
            TierPublication.objects.filter(pk=same.pk).update(
                state="active", decided_by=risk, decided_at=NOON
            )

    def test_only_the_set_in_force_and_of_the_head_office(self, compared, bank, manager, risk):
        given = {"tier_set": compared, "trade": "1002", "terms": TERMS, "reason": "试行"}
        elsewhere = people.staff(bank.branch, "ops_manager")
        with acting(staff=elsewhere):
            assert code_of(publishing.propose, **given, by=elsewhere, at=NOON) == "E2022"
        sets.in_force(manager, risk, valid_from=DAY)

        assert code_of(publishing.propose, **given, by=manager, at=NOON) == "E2091"

    def test_terms_and_transactions_out_of_bounds(self, compared, manager):
        given = {"tier_set": compared, "reason": "试行", "by": manager, "at": NOON}
        much = rules.Terms(10_000_001, published.LAST_DAY, 100)

        assert code_of(publishing.propose, trade="1002", terms=much, **given) == "E2096"
        assert code_of(publishing.propose, trade="1202", terms=TERMS, **given) == "E2097"
        unknown = {"publication_id": 0, "by": manager, "at": NOON}
        assert code_of(publishing.approve, **unknown) == "E2093"

    def test_what_is_over_is_over(self, row, risk):
        publishing.withdraw(publication_id=row.pk, reason="停用", by=risk, at=NOON)

        with pytest.raises(StepNotAllowed):
            publishing.withdraw(publication_id=row.pk, reason="停用", by=risk, at=NOON)
        for change in (
            {"state": "active", "ended_by": None, "ended_at": None, "ended_reason": ""},
            {"most_fen": 1},
            {"decided_at": minutes(9)},
        ):
            with pytest.raises(DatabaseError, match="goes forward"), transaction.atomic():
                TierPublication.objects.filter(pk=row.pk).update(**change)
        with pytest.raises(DatabaseError), transaction.atomic():
            TierPublication.objects.filter(pk=row.pk).delete()


class TestDecides:
    def test_a_pass_decides_posts_and_is_seen_again(self, row, send, authorizer):
        item = send()

        assert tier.judge_due(at=minutes(1)) == 1

        done = now(item)
        assert (done.state, done.decider_label) == ("posted", "system: automatic tier")
        (made,) = Decision.objects.filter(request=item)
        assert (made.decider, made.decider_person, made.step) == (None, None, "approve")
        assert made.tier_verdict.publication == row
        assert (made.queue_ms, made.view_ms) == (60_000, 0)
        assert Entry.objects.filter(pk=done.entry_id).exists()
        assert (done.work_item.state, done.work_item.holder) == ("done", None)
        assert Review.objects.get().decision == made
        told = [one.action for one in Event.objects.filter(subject=item.subject).order_by("id")]
        assert "authorization.automatic" in told
        assert conserving.uncounted() == []
        assert authorization.open_next(authorizer=authorizer, at=minutes(2)) is None

    def test_it_is_asked_for_as_soon_as_the_last_image_is_read(self, row, send):
        item = send()

        (job,) = Job.objects.filter(kind=tier.JUDGE)
        tasks.judge_one(**job.args)()

        assert now(item).state == "posted"
        assert tier.ask_due(at=minutes(1)) == 0

    def test_nor_is_anybody_asked_twice_when_it_was_read_before_it_was_sent(
        self, row, counter, teller
    ):
        key = factory.attached(teller)
        (document,) = imaging.documents(subject=selectors.draft_subject(key=key))
        (page,) = imaging.pages(document_id=document.pk)
        papers.read(page, confidence=96, voucher_no="10240001")
        assert not Job.objects.filter(kind=tier.JUDGE).exists()

        order = factory.withdrawal(counter)
        authorization.submit(key=key, order=order, teller=teller, at=NOON)

        assert Job.objects.filter(kind=tier.JUDGE).count() == 1
        assert tier.ask_due(at=minutes(1)) == 0

    def test_it_happens_once(self, row, send):
        item = send()
        for minute in (1, 2):
            tier.judge_due(at=minutes(minute))
        again = TierVerdict.objects.get()

        with transaction.atomic():
            locked = selectors.locked(number=item.number)
            assert publishing.decide(request=locked, verdict=again, published=row, at=NOON) is None
        with pytest.raises(DatabaseError), transaction.atomic():
            _by_hand(now(item), again)
        assert Decision.objects.count() == 1

    def test_nothing_is_drawn_of_a_share_that_missed_it(
        self, tier_set, manager, risk, send, monkeypatch
    ):
        published.published(tier_set, manager, risk, sample_percent=5)
        monkeypatch.setattr(publishing, "_DRAWING", _Lot(5, 4))
        send()
        send()

        tier.judge_due(at=minutes(1))

        assert (Decision.objects.count(), Review.objects.count()) == (2, 1)

    def test_a_refusal_goes_to_people_with_its_reasons(self, row, send, client, authorizer):
        item = send(amount="¥61,000.00")

        tier.judge_due(at=minutes(1))

        assert now(item).state == "queued"
        client.force_login(authorizer, backend=BACKEND)
        answer = client.get(reverse("authorization:workbench"))
        assert "自动分层未予通过" in answer.content.decode()
        assert answer.context["tier_no"]["reason"].startswith("A07 ")

    def test_in_shadow_a_refusal_is_not_shown(self, tier_set, send, client, authorizer):
        send(amount="¥61,000.00")
        tier.judge_due(at=minutes(1))

        client.force_login(authorizer, backend=BACKEND)
        page = client.get(reverse("authorization:workbench")).content.decode()

        assert "自动分层" not in page

    @pytest.mark.parametrize("yuan", ["99,999.99", "1,000.00"])
    def test_what_was_passed_at_once_or_left_by_the_lines_is_not_touched(self, row, send, yuan):
        item = send(yuan, confidence=50)
        before = now(item).state

        tier.judge_due(at=minutes(1))

        assert now(item).state == before
        assert not Decision.objects.exists()

    @pytest.mark.parametrize(
        "change",
        [
            {"most_fen": 5_999_999},
            {"until": DAY - timedelta(days=1)},
        ],
    )
    def test_beyond_its_terms_it_does_not_decide(self, tier_set, manager, risk, send, change):
        published.published(tier_set, manager, risk, **change)
        item = send()

        # Past its last day the sweep ends it first; as one verdict it is looked at by itself.
        verdict = tier.judge(number=item.number, at=minutes(1))

        assert (verdict.outcome, now(item).state) == ("pass", "queued")
        with pytest.raises(DatabaseError, match="no publication"), transaction.atomic():
            _by_hand(now(item), verdict)

    def test_another_transaction_is_left(self, tier_set, manager, risk, send):
        published.published(tier_set, manager, risk, "1101")
        item = send()

        verdict = tier.judge(number=item.number, at=minutes(1))

        assert (verdict.publication, now(item).state) == (None, "queued")

    def test_two_levels_and_calls_are_never_automatic(self, row, send):
        item = send()
        verdict = _verdict(now(item), row)
        for change in ({"levels_needed": 2}, {"call_needed": True}):
            with transaction.atomic():
                Request.objects.filter(pk=item.pk).update(state="returned")
                Request.objects.filter(pk=item.pk).update(
                    state="queued", **({"levels_needed": 1, "call_needed": False} | change)
                )
            with pytest.raises(DatabaseError, match="no publication"), transaction.atomic():
                _by_hand(now(item), verdict)
            with transaction.atomic():
                locked = selectors.locked(number=item.number)
                given = {"request": locked, "verdict": verdict, "published": row, "at": NOON}
                assert publishing.decide(**given) is None

    def test_an_emergency_since_it_was_sent_keeps_it_with_people(self, row, bank, send):
        crew = emergency.crew(bank)
        item = send()
        switch = emergency.switched(crew, bank.branch, at=minutes(1))
        fallback.give_back(switch_id=switch.pk, reason="恢复", by=crew.manager, at=minutes(2))

        verdict = tier.judge(number=item.number, at=minutes(3))

        assert (verdict.outcome, now(item).state) == ("pass", "queued")
        with pytest.raises(DatabaseError, match="no publication"), transaction.atomic():
            _by_hand(now(item), verdict)

    def test_what_is_on_a_desk_stays_there(self, row, send, authorizer):
        item = send()
        authorization.open_next(authorizer=authorizer, at=minutes(1))

        tier.judge_due(at=minutes(2))

        assert now(item).state == "viewing"
        with pytest.raises(DatabaseError, match="no publication"), transaction.atomic():
            _by_hand(now(item), TierVerdict.objects.get())

    def test_what_a_dispatcher_just_gave_to_somebody_is_theirs(self, row, send, authorizer):
        item = send()
        type(item.work_item).objects.filter(pk=item.work_item_id).update(
            state="held", holder=authorizer, held_at=NOON, lease_until=NOON + timedelta(days=9999)
        )

        tier.judge_due(at=minutes(1))

        assert now(item).state == "queued"
        assert not Decision.objects.exists()

    def test_what_the_ledger_refuses_is_left_to_people_and_told(self, row, send, counter):
        item = send()
        type(counter.payer).objects.filter(pk=counter.payer.pk).update(state="frozen")

        assert tier.judge_due(at=minutes(1)) == 1

        assert now(item).state == "queued"
        assert TierVerdict.objects.get().publication == row
        assert Event.objects.filter(action="authorization.not_automatic").count() == 1
        assert not Decision.objects.exists()

    def test_withdrawn_it_speaks_in_shadow_again(self, row, send, risk):
        publishing.withdraw(publication_id=row.pk, reason="停用", by=risk, at=NOON)
        item = send()

        tier.judge_due(at=minutes(1))

        verdict = TierVerdict.objects.get()
        assert (verdict.outcome, verdict.publication, now(item).state) == ("pass", None, "queued")
        with pytest.raises(DatabaseError, match="not published"), transaction.atomic():
            _verdict(now(send()), row)
        with pytest.raises(DatabaseError, match="no publication"), transaction.atomic():
            _by_hand(now(item), verdict)

    def test_a_decision_has_a_person_or_a_pass(self, row, send, authorizer):
        item = send()
        verdict = _verdict(now(item), row)

        for wrong in (
            {"decider": authorizer, "decider_person": authorizer.person},
            {"step": "reject", "reasons": ["A07"]},
            {"view_ms": 1},
            {"tier_verdict": None},
        ):
            with pytest.raises((IntegrityError, DatabaseError)), transaction.atomic():
                _by_hand(now(item), verdict, **wrong)


class TestWrong:
    def test_a_pass_that_a_review_refuses_is_counted_and_a_dismissed_one_is_not(
        self, row, send, bank, authorizer
    ):
        for _ in range(3):
            send()
        tier.judge_due(at=minutes(1))
        seen_again(authorizer, "approve")
        case = seen_again(authorizer, "reject").decision.cases.get()

        found = selected.figures(rows=[row])[row.pk]
        assert (found.decided, found.drawn, found.left) == (3, 3, 1)
        assert (found.wrong.part, found.wrong.whole) == (1, 2)
        for figure, number in (("decided", 3), ("drawn", 3), ("seen", 2), ("wrong", 1)):
            assert selected.listed(row=row, figure=figure).total == number

        lead = people.staff(bank.centre, "auth_lead", name="钱立")
        quality.judge(case_id=case.pk, upheld=False, words="无误", by=lead, at=NOON)
        assert selected.figures(rows=[row])[row.pk].wrong.part == 0
        assert selected.listed(row=row, figure="wrong").total == 0

    def test_wrong_beyond_the_number_withdraws_it_by_itself(self, row, send, authorizer):
        send()
        tier.judge_due(at=minutes(1))
        assert publishing.watch(at=minutes(2)) == 0
        seen_again(authorizer, "reject")

        after = send()
        tier.judge_due(at=minutes(3))

        row.refresh_from_db()
        assert (row.state, row.ended_by) == ("withdrawn", None)
        assert row.ended_reason.startswith("1 / 1: 100.00 %")
        assert now(after).state == "queued"
        assert publishing.watch(at=minutes(4)) == 0

    def test_past_its_last_day_it_expires(self, tier_set, manager, risk):
        row = published.published(tier_set, manager, risk, until=DAY)

        assert publishing.watch(at=minutes(1)) == 0
        assert publishing.watch(at=NOON + timedelta(days=1)) == 1

        row.refresh_from_db()
        assert (row.state, row.ended_reason) == ("expired", "its last day is past")


class TestCountedApart:
    def test_people_are_counted_without_it_and_it_without_people(self, row, send, authorizer, bank):
        send()
        tier.judge_due(at=minutes(1))
        send()
        decided(authorizer, "approve", at=minutes(3))

        figures = selectors.figures(on=DAY)
        assert (figures.decided, figures.automatic, figures.average_view_ms) == (1, 1, 20_000)
        cut = measured.Cut(first=DAY, last=DAY)
        assert [line.key for line in measured.measured(cut=cut)] == [authorizer.label]
        assert [one.authorizer for one in measured.pairs(cut=cut)] == []
        with acting(staff=people.staff(bank.branch, "ops_manager")):
            board = dashboards.board(on=DAY, at=minutes(30))
        assert (board.tiles.decided.count, board.tiles.automatic.count) == (1, 1)
        assert [person.label for person in board.staff] == [authorizer.label]
        assert dashboards.listed(figure="automatic", cut=board.cut).total == 1

    def test_the_shadow_is_not_compared_with_itself(self, row, send):
        send()
        tier.judge_due(at=minutes(1))

        assert shadow.compared(cut=shadow.Cut(first=DAY, last=DAY)) == []

    def test_the_night_draws_what_people_decided_however_much_of_it_was_drawn(
        self, row, send, authorizer
    ):
        send()
        tier.judge_due(at=minutes(1))
        send()
        decided(authorizer, "approve", at=minutes(3))

        assert quality.draw_reviews(at=NOON + timedelta(days=1)) == 1
        drawn = Review.objects.values_list("decision__decider", flat=True)
        assert set(drawn) == {None, authorizer.pk}


class TestPages:
    def test_it_is_proposed_and_decided_on_its_pages(self, compared, client, manager, risk):
        client.force_login(manager, backend=BACKEND)
        form = {
            "trade": "1002", "most": "100,000.00", "sample_percent": "10", "reason": "试行",
            "until": str(timezone.localdate() + timedelta(days=20)),
        }  # fmt: skip
        address = reverse("authorization:publish_tier")
        for wrong in ({"most": "much"}, {"most": "100,000.01"}, {"trade": "1101"}):
            answer = client.post(address, form | wrong)
            assert answer.status_code == 422
            assert 'value="试行"' in answer.content.decode()
        client.post(address, form)
        row = TierPublication.objects.get()
        assert (row.codes, row.most_fen, row.proposed_by) == (["1002"], 10_000_000, manager)
        address = reverse("authorization:publication", args=[row.pk])
        assert 'value="approve"' not in client.get(address).content.decode()
        assert client.get(reverse("authorization:publications")).status_code == 200

        client.force_login(risk, backend=BACKEND)
        assert 'value="approve"' in client.get(address).content.decode()
        client.post(reverse("authorization:decide_publication", args=[row.pk]), {"step": "approve"})
        row.refresh_from_db()
        assert (row.state, row.decided_by) == ("active", risk)

    def test_the_kill_switch_wants_a_reason_and_acts_at_once(self, row, client, risk, send):
        client.force_login(risk, backend=BACKEND)
        address = reverse("authorization:withdraw_publication", args=[row.pk])

        assert client.post(address, {"reason": ""}).status_code == 422
        client.post(address, {"reason": "异常"})

        row.refresh_from_db()
        assert (row.state, row.ended_reason) == ("withdrawn", "异常")
        tier.judge(number=send().number, at=minutes(1))
        assert not Decision.objects.exists()

    def test_its_rate_stands_on_the_page_of_the_tier_and_opens_its_items(
        self, row, client, risk, send, authorizer
    ):
        send()
        tier.judge_due(at=minutes(1))
        seen_again(authorizer, "approve")
        client.force_login(risk, backend=BACKEND)

        page = client.get(reverse("authorization:tier")).content.decode()
        assert "0.00 (0.00–79.35)" in page
        listed = reverse("authorization:publication_items", args=[row.pk])
        assert client.get(listed, {"figure": "seen"}).context["page"].total == 1
        assert client.get(listed, {"figure": "wrong"}).context["page"].total == 0

    def test_another_look_at_a_decision_is_no_other_decision(self, row, bank, send, authorizer):
        item = send()
        tier.judge_due(at=minutes(1))
        seen_again(authorizer, "approve")
        looks.planted(bank, Decision.objects.get(), at=minutes(2))

        (found,) = selected.figures(rows=[row]).values()

        assert (found.decided, found.fen, found.drawn) == (1, item.amount_fen, 1)
        assert (found.wrong.part, found.wrong.whole) == (0, 1)
        for figure, count in {"decided": 1, "drawn": 1, "seen": 1, "wrong": 0}.items():
            page = selected.listed(row=row, figure=figure)
            assert (page.total, len(page.rows)) == (count, count)

    def test_item_and_receipt_say_who_decided(self, row, client, send, teller):
        item = send()
        tier.judge_due(at=minutes(1))
        client.force_login(teller, backend=BACKEND)

        for name in ("item", "receipt"):
            page = client.get(reverse(f"authorization:{name}", args=[item.number]))
            assert "自动分层" in page.content.decode()


class _Lot:
    """Draws the numbers that it was given."""

    def __init__(self, *numbers):
        self.numbers = list(numbers)

    def randrange(self, _whole):
        return self.numbers.pop(0)


def _verdict(item, row):
    return TierVerdict.objects.create(
        institution_id=item.institution_id, request=item, seq=item.attempt, line=3,
        tier_set=row.tier_set, outcome="pass", content_hash=item.content_hash, at=NOON,
        publication=row,
    )  # fmt: skip


def _by_hand(item, verdict, **wrong):
    """Try to write an automatic decision past the service."""
    said = {
        "institution_id": item.institution_id, "request": item, "seq": item.attempt, "level": 1,
        "step": "approve", "decider_label": "x", "tier_verdict": verdict,
        "content_hash": item.content_hash, "business_date": item.business_date, "at": NOON,
        "queue_ms": 0, "view_ms": 0,
    }  # fmt: skip
    Decision.objects.create(**(said | wrong))


def test_who_may_stop_it_can_open_its_page(client, bank, row):
    lead = people.staff(bank.centre, "auth_lead", name="钱立")
    client.force_login(lead, backend=BACKEND)
    listed = client.get(reverse("authorization:publications")).content.decode()
    page = client.get(reverse("authorization:publication", args=[row.pk])).content.decode()
    stop = reverse("authorization:withdraw_publication", args=[row.pk])

    assert reverse("authorization:publication", args=[row.pk]) in listed
    assert stop in page
    assert reverse("authorization:tier_set", args=[row.tier_set_id]) not in page
    assert client.get(reverse("authorization:tier")).status_code == 403

    client.post(stop, {"reason": "停用"})

    row.refresh_from_db()
    assert (row.state, row.ended_by) == ("withdrawn", lead)
