"""The automatic tier in shadow: sets of two people, a verdict a round, and figures."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from django.urls import reverse

from authorization import selectors, tasks
from authorization.models import Request, TierSet, TierVerdict
from authorization.rules import tier as rules
from authorization.selectors import tier as selected
from authorization.services import tier
from foundation.kernel.errors import Refused
from foundation.people import services as people_services
from foundation.trail.models import Event
from foundation.worklist.models import Job
from tests.authorization.desk import decided, minutes
from tests.browser import BACKEND
from tests.factories import authorization as factory
from tests.factories import people
from tests.factories import tier as sets
from tests.factories.people import DAY, NOON

TOMORROW = DAY + timedelta(days=1)
CUT = selected.Cut(first=DAY, last=DAY)


@pytest.fixture
def manager(bank):
    return people.staff(bank.head, "ops_manager", name="周明")


@pytest.fixture
def risk(bank):
    return people.staff(bank.head, "risk_manager", name="吴芳")


@pytest.fixture
def in_force(manager, risk):
    return sets.in_force(manager, risk)


def judged(item, at=NOON):
    return tier.judge(number=item.number, at=at)


class TestSets:
    def test_one_proposes_and_another_approves(self, manager, risk):
        with people_services.acting(staff=manager):
            row = tier.propose_set(
                lines=sets.LINES, valid_from=TOMORROW, reason="试", by=manager, at=NOON
            )
        assert selected.in_force(on=TOMORROW) is None
        with people_services.acting(staff=risk):
            tier.approve_set(set_id=row.pk, by=risk, at=NOON)

        assert selected.in_force(on=TOMORROW) == row
        assert selected.in_force(on=DAY) is None
        told = Event.objects.filter(subject=f"authorization.tier:{row.pk}").order_by("id")
        assert [one.action for one in told] == [
            "authorization.propose_tier",
            "authorization.approve_tier",
        ]

    def test_a_later_set_follows_the_one_before(self, in_force, manager, risk):
        later = sets.in_force(manager, risk, valid_from=DAY)

        assert selected.in_force(on=DAY) == later
        assert selected.in_force(on=DAY - timedelta(days=1)) == in_force

    def test_the_proposer_decides_nothing_under_any_number(self, bank, manager):
        again = people.staff(bank.head, name="周明")
        type(again).objects.filter(pk=again.pk).update(person=manager.person)
        again.refresh_from_db()
        row = tier.propose_set(
            lines=sets.LINES, valid_from=TOMORROW, reason="试", by=manager, at=NOON
        )

        for step in (tier.approve_set, tier.decline_set):
            with pytest.raises(Refused) as refused:
                step(set_id=row.pk, by=again, at=NOON)
            assert refused.value.code == "E2088"
        with pytest.raises(DatabaseError, match="two people"), transaction.atomic():
            TierSet.objects.filter(pk=row.pk).update(approved_by=again, approved_at=NOON)

    def test_what_is_decided_is_decided(self, manager, risk):
        row = tier.propose_set(
            lines=sets.LINES, valid_from=TOMORROW, reason="试", by=manager, at=NOON
        )
        tier.decline_set(set_id=row.pk, by=risk, at=NOON)

        with pytest.raises(Refused) as refused:
            tier.approve_set(set_id=row.pk, by=risk, at=NOON)
        assert refused.value.code == "E2089"
        with pytest.raises(Refused) as unknown:
            tier.approve_set(set_id=row.pk + 1, by=risk, at=NOON)
        assert unknown.value.code == "E2087"

    @pytest.mark.parametrize("change", [{"lines": ["human: names_equal"]}, {"valid_from": DAY}])
    def test_a_set_is_never_changed_or_deleted(self, in_force, change):
        for step in (
            lambda: TierSet.objects.filter(pk=in_force.pk).update(**change),
            lambda: TierSet.objects.filter(pk=in_force.pk).delete(),
        ):
            with pytest.raises(DatabaseError), transaction.atomic():
                step()

        assert TierSet.objects.get() == in_force

    def test_it_is_of_the_head_office_and_of_no_day_begun(self, bank, manager):
        elsewhere = people.staff(bank.branch, "ops_manager")
        for by, day, code in ((manager, DAY, "E2021"), (elsewhere, TOMORROW, "E2022")):
            with people_services.acting(staff=by), pytest.raises(Refused) as refused:
                tier.propose_set(lines=sets.LINES, valid_from=day, reason="试", by=by, at=NOON)
            assert refused.value.code == code

    def test_a_set_without_lines_is_not_kept(self, manager, risk):
        with pytest.raises(IntegrityError), transaction.atomic():
            TierSet.objects.create(
                lines=[], valid_from=DAY, reason="x", proposed_by=manager, proposed_at=NOON
            )


@pytest.mark.usefixtures("in_force")
class TestShadow:
    def test_what_reads_as_keyed_would_pass_and_the_item_stays_as_it_is(self, send):
        item = send()
        before = Request.objects.filter(pk=item.pk).values().get()
        told = Event.objects.filter(subject=item.subject).count()

        verdict = judged(item)

        assert (verdict.outcome, verdict.line, verdict.seq) == ("pass", 3, 1)
        assert "read_equal 90" in verdict.held
        assert Request.objects.filter(pk=item.pk).values().get() == before
        assert Event.objects.filter(subject=item.subject).count() == told

    def test_an_amount_that_reads_otherwise_would_be_refused(self, send):
        verdict = judged(send(amount="¥61,000.00"))

        assert (verdict.outcome, verdict.reason) == ("reject", "A07")

    def test_what_is_not_sure_is_left_to_people(self, send):
        assert judged(send(confidence=80)).outcome == "human"

    def test_a_voucher_used_before_does_not_pass_the_second_time(self, send):
        first, second = send(number="10240000"), send(number="10240000")

        seen = selected.seen(request=Request.objects.get(pk=second.pk))

        assert not seen.voucher_unused
        assert selected.seen(request=Request.objects.get(pk=first.pk)).voucher_unused

    def test_history_is_what_was_before(self, send, authorizer):
        first, second = send(), send()
        decided(authorizer, "approve", at=minutes(1))
        decided(authorizer, "reject", at=minutes(2), reasons=("A07",))
        third = Request.objects.get(pk=send().pk)

        seen = selected.seen(request=third)
        assert (seen.last_approved, seen.teller_refused, seen.day_fen) == (0, 1, 6_000_000)
        seen = selected.seen(request=Request.objects.get(pk=second.pk))
        assert (seen.last_approved, seen.teller_refused, seen.day_fen) == (1, 0, 6_000_000)
        seen = selected.seen(request=Request.objects.get(pk=first.pk))
        assert (seen.last_approved, seen.teller_refused, seen.day_fen) == (0, 0, 0)

    def test_a_round_is_judged_once_however_often_it_is_tried(self, send):
        item = send()

        assert tier.judge_due(at=NOON) == 1
        assert tier.judge_due(at=NOON) == 0
        assert judged(item) is None
        assert TierVerdict.objects.count() == 1

    def test_a_judgement_that_breaks_off_leaves_nothing_and_is_made_up_for(self, send, monkeypatch):
        first, second = send(), send()
        whole = tier.judge

        def dies(*, number, at):
            if number == second.number:
                with transaction.atomic():
                    whole(number=number, at=at)
                    raise SystemExit
            return whole(number=number, at=at)

        monkeypatch.setattr(tier, "judge", dies)
        with pytest.raises(SystemExit):
            tier.judge_due(at=NOON)
        assert set(TierVerdict.objects.values_list("request_id", flat=True)) == {first.pk}
        monkeypatch.undo()

        assert tier.judge_due(at=NOON) == 1
        assert TierVerdict.objects.count() == 2

    def test_one_that_cannot_be_judged_is_left_to_people_and_the_next_follows(
        self, send, monkeypatch
    ):
        first, second = send(), send()
        look = selected.seen

        def breaks(*, request):
            if request.pk == first.pk:
                raise ZeroDivisionError
            return look(request=request)

        monkeypatch.setattr(selected, "seen", breaks)

        assert tier.judge_due(at=NOON) == 2
        left, passed = TierVerdict.objects.order_by("request_id")
        assert (left.outcome, left.line, left.failure) == ("human", 0, "ZeroDivisionError")
        assert (passed.request, passed.outcome, passed.failure) == (second, "pass", "")
        assert tier.judge_due(at=NOON) == 0

    def test_what_waits_goes_first_the_longest_waiting_at_its_head(self, send, authorizer):
        decided_already, later, sooner = send(), send(), send()
        decided(authorizer, "approve", at=minutes(1))
        Request.objects.filter(pk=sooner.pk).update(queued_at=NOON - timedelta(minutes=5))

        at = NOON + timedelta(minutes=2)
        found = [number for number, *_round in selected.due(at=at, limit=3)]

        assert found == [sooner.number, later.number, decided_already.number]
        assert [number for number, *_ in selected.due(at=at, limit=1)] == found[:1]

    def test_each_item_is_asked_for_once_a_round_and_judged_by_a_job_of_its_own(self, send):
        first, second = send(), send()

        assert tier.ask_due(at=NOON) == 2
        assert tier.ask_due(at=NOON) == 0
        jobs = Job.objects.filter(kind=tier.JUDGE).order_by("id")
        assert [job.args["number"] for job in jobs] == [first.number, second.number]
        for job in jobs:
            tasks.judge_one(**job.args)()

        assert TierVerdict.objects.count() == 2
        assert tier.ask_due(at=NOON) == 0

    def test_images_are_waited_for_but_not_for_ever(self, counter, teller):
        factory.sent(teller, factory.withdrawal(counter))

        assert tier.judge_due(at=NOON + timedelta(minutes=59)) == 0
        assert tier.judge_due(at=NOON + timedelta(minutes=61)) == 1
        assert TierVerdict.objects.get().outcome == "human"

    def test_what_nobody_looked_at_is_not_judged(self, counter, teller):
        item = factory.sent(teller, factory.withdrawal(counter, "1,000.00"))

        assert item.queued_at is None
        assert judged(item) is None

    def test_another_round_meanwhile_is_left_for_the_next_time(self, send, monkeypatch):
        item, look = send(), selected.seen

        def changed(*, request):
            found = look(request=request)
            Request.objects.filter(pk=request.pk).update(state="returned")
            Request.objects.filter(pk=request.pk).update(attempt=2)
            return found

        monkeypatch.setattr(selected, "seen", changed)

        assert judged(item) is None
        assert not TierVerdict.objects.exists()

    @pytest.mark.parametrize("change", [{"outcome": "human", "line": 0}, {"held": []}, None])
    def test_what_was_said_is_never_changed(self, send, change):
        made = judged(send())
        rows = TierVerdict.objects.filter(pk=made.pk)

        with pytest.raises(DatabaseError), transaction.atomic():
            rows.update(**change) if change else rows.delete()
        assert TierVerdict.objects.get().outcome == "pass"

    @pytest.mark.parametrize(
        "wrong", [{"seq": 2}, {"content_hash": "x"}, {"line": 9}, {"tier_set": "waiting"}]
    )
    def test_the_database_refuses_what_is_not_of_this_round_and_set(
        self, send, in_force, manager, wrong
    ):
        item = send()
        waiting = TierSet.objects.create(
            lines=list(sets.LINES), valid_from=DAY, reason="x", proposed_by=manager,
            proposed_at=NOON,
        )  # fmt: skip
        said = {
            "institution_id": item.institution_id, "request": item, "seq": 1, "line": 3,
            "tier_set": in_force, "outcome": "pass", "content_hash": item.content_hash, "at": NOON,
        }  # fmt: skip
        said |= {"tier_set": waiting} if "tier_set" in wrong else wrong

        with (
            pytest.raises(DatabaseError, match=r"another round|not in force"),
            transaction.atomic(),
        ):
            TierVerdict.objects.create(**said)

    @pytest.mark.parametrize(
        "wrong",
        [
            {"outcome": "reject"},
            {"reason": "A07"},
            {"line": 0},
            {"outcome": "maybe"},
            {"failure": "ValueError"},
        ],
    )
    def test_a_no_has_a_reason_and_a_word_has_its_line(self, send, in_force, wrong):
        item = send()
        said = {
            "institution_id": item.institution_id, "request": item, "seq": 1, "line": 3,
            "tier_set": in_force, "outcome": "pass", "content_hash": item.content_hash, "at": NOON,
        }  # fmt: skip

        with pytest.raises(IntegrityError), transaction.atomic():
            TierVerdict.objects.create(**(said | wrong))


@pytest.mark.usefixtures("in_force")
class TestCompared:
    @pytest.fixture
    def day(self, in_force, send, authorizer):
        """Let people approve, refuse and send back what would pass, be refused, be left."""
        cases = [
            ({}, "approve", ()),
            ({}, "approve", ()),
            ({}, "reject", ("A07",)),
            ({"amount": "¥1.00"}, "reject", ("A07",)),
            ({"amount": "¥1.00"}, "return", ("A01",)),
            ({"amount": "¥1.00"}, "approve", ()),
            ({"confidence": 50}, "approve", ()),
        ]
        for place, (read, step, reasons) in enumerate(cases):
            send(**read)
            decided(authorizer, step, at=minutes(2 * place + 2), took=20, reasons=reasons)
        send()  # waits: neither counted nor listed
        assert tier.judge_due(at=minutes(30)) == 8

    @pytest.mark.usefixtures("day")
    def test_figures_are_those_of_the_day(self):
        (row,) = selected.compared(cut=CUT)

        assert row.code == "1002"
        assert row.counts == {
            "judged": 7, "passed": 3, "wrong_pass": 1, "refused": 3, "wrong_refusal": 1,
            "left": 1, "agreed": 4,
        }  # fmt: skip
        assert row.saved_seconds == 60
        assert (row.wrong_passes.percent, row.agreement.percent) == (
            Decimal("33.33"),
            Decimal("66.67"),
        )
        assert (row.wrong_passes.lower, row.wrong_passes.upper) == (
            Decimal("6.15"),
            Decimal("79.23"),
        )
        assert selected.together(rows=[row]).counts == row.counts

    @pytest.mark.usefixtures("day")
    def test_every_figure_lists_what_it_counts(self):
        (row,) = selected.compared(cut=CUT)

        for figure, number in row.counts.items():
            page = selected.listed(figure=figure, cut=CUT)
            assert (page.total, len(page.rows)) == (number, number)
        (wrong,) = selected.listed(figure="wrong_pass", cut=CUT).rows
        assert (wrong.people, wrong.outcome) == ("reject", "pass")

    @pytest.mark.usefixtures("day")
    def test_days_transaction_and_set_narrow(self, in_force):
        later = selected.Cut(first=TOMORROW, last=TOMORROW)

        assert selected.compared(cut=later) == []
        assert selected.compared(cut=selected.Cut(DAY, DAY, code="1101")) == []
        assert selected.compared(cut=selected.Cut(DAY, DAY, set_id=in_force.pk + 1)) == []
        assert len(selected.compared(cut=selected.Cut(DAY, DAY, "1002", in_force.pk))) == 1

    @pytest.mark.usefixtures("day")
    def test_the_page_opens_each_figure_and_the_file_says_the_same(self, client, manager):
        client.force_login(manager, backend=BACKEND)
        asked = {"first": str(DAY), "last": str(DAY)}

        page = client.get(reverse("authorization:tier"), asked)
        text = page.content.decode()
        assert 'data-figure="7"' in text
        listed = client.get(reverse("authorization:tier_items"), asked | {"figure": "wrong_pass"})
        assert listed.context["page"].total == 1
        file = client.get(reverse("authorization:tier"), asked | {"export": "csv"})
        assert "33.33" in file.content.decode("utf-8-sig")
        assert Event.objects.filter(action="authorization:tier").count() == 1


class TestPages:
    def test_a_set_is_proposed_seen_and_approved(self, client, manager, risk):
        client.force_login(manager, backend=BACKEND)
        given = {"lines": "\n".join(sets.LINES), "valid_from": "2089-01-01", "reason": "试"}
        client.post(reverse("authorization:propose_tier"), given)
        made = TierSet.objects.get()
        assert client.get(reverse("authorization:tier_sets")).status_code == 200
        assert client.get(reverse("authorization:tier_set", args=[made.pk])).status_code == 200

        client.force_login(risk, backend=BACKEND)
        client.post(reverse("authorization:decide_tier", args=[made.pk]), {"step": "approve"})

        made.refresh_from_db()
        assert made.approved_by == risk

    def test_a_line_that_cannot_be_read_is_said_with_its_number(self, client, manager):
        client.force_login(manager, backend=BACKEND)
        given = {"lines": "human: names_equal\nperhaps", "valid_from": "2089-01-01", "reason": "x"}

        answer = client.post(reverse("authorization:propose_tier"), given)

        assert answer.status_code == 422
        assert "第 2 行不是规则" in answer.content.decode()
        assert not TierSet.objects.exists()

    @pytest.mark.usefixtures("in_force")
    def test_nobody_who_decides_sees_anything_of_it(self, client, bank, send, authorizer):
        item = send()
        judged(item)
        lead = people.staff(bank.centre, "auth_lead")
        for person in (authorizer, lead):
            client.force_login(person, backend=BACKEND)
            for name in ("tier", "tier_items", "tier_sets"):
                assert client.get(reverse(f"authorization:{name}")).status_code == 403
            page = client.get(reverse("authorization:item", args=[item.number])).content.decode()
            assert "read_equal" not in page
            assert f'"{reverse("authorization:tier")}"' not in page
        assert selectors.record(request=Request.objects.get(pk=item.pk))


def test_lines_that_are_kept_can_be_read(in_force):
    assert [str(line) for line in in_force.says] == list(sets.LINES)
    assert isinstance(in_force.says[0], rules.Line)
