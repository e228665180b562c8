"""Exam, shadow, probation and admission; expiry and demotion by rule; known answers planted."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction

from authorization import services as authorization
from authorization.models import Admission, Decision, KnownItem, QualityCase, Review
from authorization.rules import admission as rules
from authorization.rules import quality as quality_rules
from authorization.selectors import admission as selected
from authorization.selectors import measured
from authorization.services import admission, known, quality
from foundation.kernel.flow import StepNotAllowed
from foundation.people.models import Staff
from foundation.people.services import acting
from foundation.policy.models import Policy
from tests.factories import authorization as factory
from tests.factories import people
from tests.factories.people import DAY, NOON

LATER = NOON + timedelta(hours=1)
TOMORROW = NOON + timedelta(days=1)
AFTER_SHADOW = NOON + timedelta(days=90)
MONTH = measured.Cut(first=DAY.replace(day=1), last=DAY)


@pytest.fixture
def second(bank):
    return people.staff(bank.centre, "authorizer", name="赵志远", grade=5)


@pytest.fixture
def newcomer(bank):
    return people.staff(bank.centre, "authorizer", name="孙新", grade=1)


@pytest.fixture
def lead(bank):
    return people.staff(bank.centre, "auth_lead", name="钱立")


@pytest.fixture
def manager(bank):
    return people.staff(bank.branch, "ops_manager", name="周敏")


@pytest.fixture
def decide(counter, teller, authorizer):
    """Return how to send an item and decide it."""

    def decided(step="approve", *, by=authorizer, at=NOON):
        number = factory.sent(teller, factory.withdrawal(counter)).number
        with acting(staff=by):
            opened = authorization.open_next(authorizer=by, at=at)
            assert opened is not None
            assert opened.number == number
            authorization.decide(
                number=number,
                step=step,
                shown=opened.content_hash,
                fence=opened.work_item.fence,
                decider=by,
                at=at + timedelta(seconds=20),
                reasons={"approve": [], "reject": ["A07"]}[step],
            )
        return Decision.objects.get(request__number=number)

    return decided


def entered(person, by, *, grade=3, points=95, at=NOON):
    return admission.enter_exam(
        staff=person, grade=grade, paper="SQ-01", points=points, by=by, at=at
    )


def in_shadow(person, lead, manager, *, grade=3, at=NOON):
    row = entered(person, lead, grade=grade, at=at)
    return admission.decide_exam(admission_id=row.pk, passed=True, by=manager, at=at)


def inherited(person):
    return admission.inherit(staff=person, at=NOON)


def answer(person, step, at=TOMORROW):
    with acting(staff=person):
        row = quality.open_review(reviewer=person, at=at)
        assert row is not None
        return quality.review(
            review_id=row.pk,
            step=step,
            fence=row.work_item.fence if row.work_item else 0,
            reviewer=person,
            at=at,
            reasons=["A08"] if step == "reject" else [],
        )


def breaks(sql, *values):
    """Tell the code with which the database refuses a statement."""
    with (
        pytest.raises(DatabaseError) as caught,
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(sql, values)
    return caught.value.__cause__.pgcode


class TestExam:
    def test_an_exam_below_the_points_is_refused(self, newcomer, lead):
        with pytest.raises(rules.ExamTooLow):
            entered(newcomer, lead, points=89)

    def test_two_others_than_the_candidate_are_needed(self, newcomer, lead, manager):
        with pytest.raises(rules.OwnAdmission):
            entered(lead, lead)
        row = entered(newcomer, lead)
        with pytest.raises(rules.SecondIsFirst):
            admission.decide_exam(admission_id=row.pk, passed=True, by=lead, at=NOON)
        with pytest.raises(rules.OwnAdmission):
            admission.decide_exam(admission_id=row.pk, passed=True, by=newcomer, at=NOON)

        row = admission.decide_exam(admission_id=row.pk, passed=True, by=manager, at=NOON)

        assert row.state == rules.SHADOW
        newcomer.refresh_from_db()
        assert newcomer.grade == 0

    def test_a_declined_exam_takes_nothing(self, newcomer, lead, manager):
        row = entered(newcomer, lead)

        row = admission.decide_exam(admission_id=row.pk, passed=False, by=manager, at=NOON)

        assert row.state == rules.STOPPED
        assert selected.allowed_grade(person=newcomer.person, on=DAY) is None

    def test_one_way_at_a_time(self, newcomer, lead):
        entered(newcomer, lead)

        with pytest.raises(rules.AdmissionRuns):
            entered(newcomer, lead, grade=2)

    def test_of_two_at_once_the_database_keeps_one(self, newcomer, lead, monkeypatch):
        entered(newcomer, lead)
        monkeypatch.setattr(rules, "BEFORE", ())  # as if the first had not been seen yet

        with pytest.raises(rules.AdmissionRuns):
            entered(newcomer, lead, grade=2)
        assert Admission.objects.count() == 1

    def test_who_decided_before_keeps_what_is_held(self, decide, authorizer, lead, manager):
        decide()
        grade = authorizer.grade

        in_shadow(authorizer, lead, manager, grade=5)

        authorizer.refresh_from_db()
        assert authorizer.grade == grade
        assert Admission.objects.filter(person=authorizer.person, inherited=True).count() == 1

    def test_there_is_no_such_admission(self, lead):
        with pytest.raises(rules.NoSuchAdmission):
            admission.decide_exam(admission_id=0, passed=True, by=lead, at=NOON)


class TestShadow:
    def test_nobody_in_the_shadow_is_offered_an_item(
        self, newcomer, lead, manager, teller, counter
    ):
        in_shadow(newcomer, lead, manager)
        newcomer.refresh_from_db()
        factory.sent(teller, factory.withdrawal(counter))

        with acting(staff=newcomer):
            assert authorization.open_next(authorizer=newcomer, at=NOON) is None

    def test_nor_decides_one_given_a_grade_by_hand(self, newcomer, lead, manager, teller, counter):
        in_shadow(newcomer, lead, manager)
        Staff.objects.filter(pk=newcomer.pk).update(grade=5)
        newcomer.refresh_from_db()
        number = factory.sent(teller, factory.withdrawal(counter)).number

        with acting(staff=newcomer):
            opened = authorization.open_next(authorizer=newcomer, at=NOON)
            with pytest.raises(rules.NotAdmitted):
                authorization.decide(
                    number=number,
                    step="approve",
                    shown=opened.content_hash,
                    fence=opened.work_item.fence,
                    decider=newcomer,
                    at=NOON,
                )
            assert (
                breaks(
                    "INSERT INTO authorization_decision (institution_id, request_id, seq, level,"
                    " step, decider_id, decider_label, decider_person, reasons, remark,"
                    " content_hash, business_date, at, queue_ms, view_ms, hold_ms)"
                    " SELECT institution_id, id, attempt, level, 'approve', %s, 'x', %s, '{}', '',"
                    " content_hash, business_date, now(), 0, 0, 0 FROM authorization_request"
                    " WHERE number = %s",
                    newcomer.pk,
                    newcomer.person,
                    number,
                )
                == "OP047"
            )

    def test_what_is_said_is_compared_and_changes_nothing(
        self, decide, newcomer, second, lead, manager
    ):
        row = in_shadow(newcomer, lead, manager)
        decide("approve")
        decide("reject")
        assert quality.draw_shadows(at=TOMORROW) == 2
        assert quality.draw_shadows(at=TOMORROW) == 0

        answer(newcomer, "approve")
        answer(newcomer, "approve")

        found = selected.progress(rows=[row])[row.pk].agreed
        assert (found.part, found.whole) == (1, 2)
        assert not QualityCase.objects.exists()
        assert measured.measured(cut=MONTH)[0].counts["seen"] == 0

    def test_another_does_not_answer(self, decide, newcomer, second, lead, manager):
        in_shadow(newcomer, lead, manager)
        decide()
        quality.draw_shadows(at=TOMORROW)
        drawn = Review.objects.get(kind=rules.SHADOWED)

        with acting(staff=second), pytest.raises(quality_rules.NoSuchReview):
            quality.review(
                review_id=drawn.pk, step="approve", fence=0, reviewer=second, at=TOMORROW
            )
        assert (
            breaks(
                "UPDATE authorization_review SET state = 'done', step = 'approve',"
                " reviewed_at = now(), reviewer_id = %s, reviewer_person = %s WHERE id = %s",
                second.pk,
                second.person,
                drawn.pk,
            )
            == "OP050"
        )

    def test_it_lasts_its_days_and_needs_something_compared(self, decide, newcomer, lead, manager):
        row = in_shadow(newcomer, lead, manager)
        with pytest.raises(rules.NotYet):
            admission.move_on(admission_id=row.pk, by=lead, at=AFTER_SHADOW)
        decide()
        quality.draw_shadows(at=TOMORROW)
        answer(newcomer, "approve")
        with pytest.raises(rules.NotYet):
            admission.move_on(admission_id=row.pk, by=lead, at=AFTER_SHADOW - timedelta(days=1))
        with pytest.raises(rules.OwnAdmission):
            admission.move_on(admission_id=row.pk, by=newcomer, at=AFTER_SHADOW)

        row = admission.move_on(admission_id=row.pk, by=lead, at=AFTER_SHADOW)

        newcomer.refresh_from_db()
        assert (row.state, newcomer.grade) == (rules.PROBATION, 3)


@pytest.fixture
def on_trial(newcomer, lead, manager):
    """Return who is in the probation, however the shadow went."""
    row = in_shadow(newcomer, lead, manager, grade=5)
    Admission.objects.filter(pk=row.pk).update(state=rules.PROBATION, probation_at=NOON)
    Staff.objects.filter(pk=newcomer.pk).update(grade=5)
    return Admission.objects.select_related("staff").get(pk=row.pk)


@pytest.fixture
def numbers():
    """Return how to put other numbers of admission in force."""

    def put(**values):
        for name, value in values.items():
            now = Policy.objects.get(code=rules.NUMBERS[name], institution=None)
            Policy.objects.create(
                code=now.code,
                value=value,
                valid_from=DAY,
                reason="test",
                proposed_by=now.proposed_by,
                proposed_at=NOON,
                approved_by=now.approved_by,
                approved_at=NOON,
            )

    return put


@pytest.fixture
def one_is_enough(bank, numbers):
    """Let one decision seen again be enough."""
    numbers(probation_items="1")


class TestProbation:
    def test_all_that_is_decided_is_seen_again(self, decide, on_trial, authorizer):
        for _ in range(3):
            decide(by=on_trial.staff)
            decide(by=authorizer)

        assert quality.draw_reviews(at=TOMORROW) == 3 + 1

    def test_enough_seen_again_and_few_enough_wrong_admit(
        self, decide, on_trial, second, lead, numbers
    ):
        numbers(probation_items="2")
        decide(by=on_trial.staff)
        decide(by=on_trial.staff)
        quality.draw_reviews(at=TOMORROW)
        answer(second, "approve")
        with pytest.raises(rules.NotYet):
            admission.move_on(admission_id=on_trial.pk, by=lead, at=TOMORROW)
        answer(second, "approve")

        row = admission.move_on(admission_id=on_trial.pk, by=lead, at=TOMORROW)

        assert row.state == rules.ADMITTED
        assert row.valid_until == DAY + timedelta(days=365)

    @pytest.mark.usefixtures("one_is_enough")
    def test_a_doubt_that_is_open_or_upheld_does_not(self, decide, on_trial, second, lead):
        decide(by=on_trial.staff)
        quality.draw_reviews(at=TOMORROW)
        answer(second, "reject")
        with pytest.raises(rules.NotYet, match="1 not judged"):
            admission.move_on(admission_id=on_trial.pk, by=lead, at=TOMORROW)
        upheld(QualityCase.objects.get(), lead, severity=1, at=TOMORROW)

        with pytest.raises(rules.NotYet, match="1 wrong"):
            admission.move_on(admission_id=on_trial.pk, by=lead, at=TOMORROW)

    def test_it_is_stopped_with_a_reason(self, on_trial, lead):
        row = admission.stop(admission_id=on_trial.pk, reason="离岗", by=lead, at=TOMORROW)

        assert (row.state, row.ended_why) == (rules.STOPPED, "离岗")
        on_trial.staff.refresh_from_db()
        assert on_trial.staff.grade == 0
        with pytest.raises(StepNotAllowed):
            admission.stop(admission_id=on_trial.pk, reason="离岗", by=lead, at=TOMORROW)


def upheld(case, lead, *, severity, at):
    return quality.judge(
        case_id=case.pk,
        upheld=True,
        words="成立",
        by=lead,
        at=at,
        cause="image",
        severity=severity,
    )


class TestEnding:
    def test_it_ends_after_its_last_day_and_is_taken_up_by_a_new_exam(self, second, lead, manager):
        row = inherited(second)
        assert admission.watch(at=NOON + timedelta(days=364)) == 0

        late = NOON + timedelta(days=365)
        assert admission.watch(at=late) == 1
        assert admission.watch(at=late) == 0

        row.refresh_from_db()
        second.refresh_from_db()
        assert (row.state, second.grade) == (rules.EXPIRED, 0)
        again = entered(second, lead, grade=5, at=late)
        again = admission.decide_exam(admission_id=again.pk, passed=True, by=manager, at=late)
        second.refresh_from_db()
        assert (again.state, second.grade) == (rules.ADMITTED, 5)

    def test_before_the_watch_comes_the_day_counts(self, second):
        inherited(second)

        assert selected.allowed_grade(person=second.person, on=DAY + timedelta(days=364)) == 5
        assert selected.allowed_grade(person=second.person, on=DAY + timedelta(days=365)) == 0

    def test_a_grave_wrong_approval_lowers_the_grade_once(self, decide, authorizer, second, lead):
        row = inherited(authorizer)
        decide("approve")
        quality.draw_reviews(at=TOMORROW)
        answer(second, "reject")
        upheld(QualityCase.objects.get(), lead, severity=3, at=TOMORROW)
        night = TOMORROW + timedelta(hours=13)

        assert admission.watch(at=night) == 1
        assert admission.watch(at=night) == 0

        row.refresh_from_db()
        authorizer.refresh_from_db()
        assert (row.state, authorizer.grade) == (rules.DEMOTED, row.grade - 1)

    def test_a_slight_one_does_not(self, decide, authorizer, second, lead):
        inherited(authorizer)
        decide("approve")
        quality.draw_reviews(at=TOMORROW)
        answer(second, "reject")
        upheld(QualityCase.objects.get(), lead, severity=2, at=TOMORROW)

        assert admission.watch(at=TOMORROW + timedelta(hours=13)) == 0

    def test_three_wrong_refusals_in_a_month_do(self, decide, authorizer, second, lead):
        inherited(authorizer)
        ended = []
        for _ in range(3):
            made = decide("reject")
            case = quality.object_to(
                number=made.request.number, words="清楚", by=made.request.teller, at=LATER
            )
            quality.examine(case_id=case.pk, wrong=True, words="是", by=second, at=TOMORROW)
            upheld(case, lead, severity=1, at=TOMORROW)
            ended.append(admission.watch(at=TOMORROW + timedelta(hours=13)))

        assert ended == [0, 0, 1]


class TestInTheDatabase:
    def test_an_admission_is_of_three_people_and_goes_forward(self, newcomer, lead, manager):
        row = entered(newcomer, lead)
        decided = (
            "UPDATE authorization_admission SET state = 'shadow', shadow_at = now(),"
            " decided_at = now(), decided_by_id = %s, decided_person = %s WHERE id = %s"
        )

        assert breaks(decided, lead.pk, lead.person, row.pk) == "OP048"
        assert breaks(decided, newcomer.pk, newcomer.person, row.pk) == "OP048"
        assert breaks(decided, manager.pk, lead.person, row.pk) == "OP048"
        admission.decide_exam(admission_id=row.pk, passed=True, by=manager, at=NOON)
        assert breaks("UPDATE authorization_admission SET state = 'admitted'") == "OP048"
        assert breaks("UPDATE authorization_admission SET grade = 5") == "OP048"
        assert breaks("DELETE FROM authorization_admission") == "OP048"

    def test_none_begins_admitted_but_by_the_system(self, second, lead):
        begins = (
            "INSERT INTO authorization_admission (staff_id, person, grade, state, inherited, paper,"
            " entered_at, admitted_at, valid_until, ended_why)"
            " VALUES (%s, %s, 5, 'admitted', true, '', now(), now(), '2030-01-01', '')"
        )
        with acting(staff=lead):
            assert breaks(begins, second.pk, second.person) == "OP048"


@pytest.fixture
def kept(decide, second, lead, manager):
    """Return an item whose answer is known and approved."""
    made = decide("approve")
    quality.draw_reviews(at=TOMORROW)
    answer(second, "approve")
    row = known.keep(number=made.request.number, by=lead, at=TOMORROW)
    return known.approve(known_id=row.pk, by=manager, at=TOMORROW)


class TestKnown:
    def test_an_answer_that_nobody_established_is_not_kept(self, decide, lead):
        with pytest.raises(rules.AnswerNotKnown):
            known.keep(number=decide().request.number, by=lead, at=TOMORROW)

    def test_a_judged_case_gives_the_answer(self, decide, second, lead, manager):
        made = decide("approve")
        quality.draw_reviews(at=TOMORROW)
        answer(second, "reject")
        upheld(QualityCase.objects.get(), lead, severity=1, at=TOMORROW)

        assert known.keep(number=made.request.number, by=manager, at=TOMORROW).answer == "reject"

    def test_two_people_keep_it(self, decide, second, lead):
        made = decide()
        quality.draw_reviews(at=TOMORROW)
        answer(second, "approve")
        row = known.keep(number=made.request.number, by=lead, at=TOMORROW)

        with pytest.raises(rules.SecondIsFirst):
            known.approve(known_id=row.pk, by=lead, at=TOMORROW)
        assert (
            breaks(
                "UPDATE authorization_knownitem SET approved_by_id = %s, approved_person = %s,"
                " approved_at = now()",
                lead.pk,
                lead.person,
            )
            == "OP049"
        )

    def test_it_is_planted_met_and_measured_apart(self, kept, bank, second):
        third = people.staff(bank.centre, "authorizer", name="李三", grade=5)
        before = measured.measured(cut=MONTH)[0].counts
        later = TOMORROW + timedelta(days=1)
        assert quality.draw_reviews(at=later) == 1
        assert quality.draw_reviews(at=later) == 0
        with acting(staff=second):
            assert quality.open_review(reviewer=second, at=later) is None

        row = answer(third, "reject", at=later)

        assert row.kind == rules.PLANTED
        assert QualityCase.objects.count() == 0
        assert measured.measured(cut=MONTH)[0].counts == before
        (met,) = selected.met(first=DAY, last=later.date())
        assert (met.label, met.right.part, met.right.whole) == (third.label, 0, 1)

    def test_ended_it_is_planted_no_more(self, kept, lead):
        known.end(known_id=kept.pk, by=lead, at=TOMORROW)

        assert quality.draw_reviews(at=TOMORROW + timedelta(days=1)) == 0
        with pytest.raises(rules.NoSuchKnown):
            known.end(known_id=kept.pk, by=lead, at=TOMORROW)
        assert breaks("DELETE FROM authorization_knownitem") == "OP049"
        assert KnownItem.objects.count() == 1
