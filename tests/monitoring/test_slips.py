"""Slips from issuing to closing, each kind by its flow; who is kept apart; points; the ladder."""

from datetime import date, timedelta

import pytest
from django.db import DatabaseError, connection, transaction

from foundation.hooks.models import Delivery
from foundation.imaging import selectors as imaging
from foundation.kernel.flow import StepNotAllowed
from foundation.kernel.numbering import parse_item_number
from foundation.people.services import acting
from foundation.trail.models import Event
from monitoring import services as monitoring
from monitoring.models import Slip, SlipPoint, SlipReply
from monitoring.rules import slips as rules
from monitoring.selectors import slips as selected
from monitoring.services import slips
from monitoring.services.slips import Picture
from tests.factories import hooks, people
from tests.factories import monitoring as factory
from tests.factories.people import DAY, NOON
from tests.factories.slips import due, issued

LATER = NOON + timedelta(hours=1)
TOMORROW = NOON + timedelta(days=1)


@pytest.fixture
def lead(bank):
    return people.staff(bank.centre, "audit_lead", name="许强")


@pytest.fixture
def supervisor(bank):
    return people.staff(bank.outlet, "outlet_supervisor", name="何平")


@pytest.fixture
def neighbour(bank):
    return people.staff(bank.sibling, "teller", name="五道口柜员")


def answered(slip, by, at=LATER, *, step="reply", pictures=0):
    files = [Picture(factory.picture(), f"{n}.png") for n in range(pictures)]
    return slips.answer(
        number=slip.number, step=step, words="已联系客户更换凭证", by=by, at=at, pictures=files
    )


def taken(slip, step, by, at=LATER):
    return slips.step(number=slip.number, step=step, by=by, at=at)


def breaks(sql, *values):
    """Tell the code with which the database refuses a statement."""
    with (
        pytest.raises(DatabaseError) as caught,
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(sql, values)
    return caught.value.__cause__.pgcode


class TestIssue:
    def test_an_error_slip_has_a_number_a_class_a_clock_and_points(self, auditor, teller, bank):
        slip = issued(auditor, teller=teller.number)

        assert parse_item_number(slip.number).centre == "71"
        assert (slip.institution, slip.state, slip.error_class) == (bank.outlet, "issued", 2)
        assert slip.due_at == NOON + timedelta(days=2)
        (charged,) = SlipPoint.objects.filter(slip=slip)
        assert (charged.points, charged.person, charged.on) == (3, teller.person, DAY)
        told = Event.objects.filter(subject=slip.trail_subject).order_by("id")
        assert [row.action for row in told] == ["monitoring.issue_slip", "monitoring.charge_points"]

    def test_the_same_error_of_the_same_teller_within_the_days_counts_twice(
        self, auditor, teller, supervisor
    ):
        issued(auditor, teller=teller.number)

        again = issued(auditor, teller=teller.number, at=NOON + timedelta(days=30))
        other_error = issued(auditor, teller=teller.number, code="J101", at=LATER)
        other_person = issued(auditor, teller=supervisor.number, at=LATER)
        nobody = issued(auditor, at=LATER)
        late = issued(auditor, teller=teller.number, at=NOON + timedelta(days=61))

        assert again.points.get().points == 6
        assert [one.repeated for one in (again, other_error, other_person, nobody, late)] == [
            True, False, False, False, False,
        ]  # fmt: skip

    def test_it_goes_by_the_dictionary_of_the_day(self, auditor):
        with pytest.raises(rules.CodeNotInForce):
            issued(auditor, code="J999")
        with pytest.raises(rules.CodeNeeded):
            issued(auditor, code="")
        assert issued(auditor, code="J105").error_class == 2

    def test_it_goes_to_an_outlet_in_sight_and_a_quality_slip_to_a_centre(self, auditor, bank):
        for wrong in ("110100", "110800", "999999"):
            with pytest.raises(rules.NoSuchPlace):
                issued(auditor, place=wrong)
        with pytest.raises(rules.NoSuchPlace):
            issued(auditor, kind=rules.QC)
        assert issued(auditor, kind=rules.QC, place="110100").institution == bank.centre

    def test_it_says_something_about_somebody_who_is_there(self, auditor):
        with pytest.raises(rules.WordsNeeded):
            issued(auditor, text="错 ")
        with pytest.raises(rules.NobodyThere):
            issued(auditor, teller="999999")
        with pytest.raises(rules.SameHand):
            issued(auditor, teller=auditor.number)
        with pytest.raises(rules.NoSuchOrigin):
            issued(auditor, origin="monitoring.match:99999")

    def test_a_pair_is_put_on_one_slip_for_one_error(self, auditor, difference):
        first = issued(auditor, origin=difference.trail_subject)

        with pytest.raises(rules.IssuedAlready, match=first.number):
            issued(auditor, origin=difference.trail_subject)
        issued(auditor, origin=difference.trail_subject, code="J205")
        issued(auditor, origin=difference.trail_subject, kind=rules.QUERY)
        assert len(selected.about(origin=difference.trail_subject)) == 3

    def test_two_at_once_leave_one(self, auditor, difference, monkeypatch):
        issued(auditor, origin=difference.trail_subject)
        monkeypatch.setattr(selected, "same_before", lambda **_asked: None)  # not seen yet

        with pytest.raises(rules.IssuedAlready):
            issued(auditor, origin=difference.trail_subject)
        assert Slip.objects.count() == 1

    def test_a_rectification_notice_is_for_grave_or_repeated_errors(self, auditor, teller):
        with pytest.raises(rules.NotForRectification):
            issued(auditor, kind=rules.RECTIFICATION, teller=teller.number)
        issued(auditor, teller=teller.number)

        repeated = issued(auditor, kind=rules.RECTIFICATION, teller=teller.number)
        grave = issued(auditor, kind=rules.RECTIFICATION, code="J301")

        assert (repeated.repeated, grave.error_class) == (True, 3)
        assert not SlipPoint.objects.filter(slip__in=[repeated, grave]).exists()

    def test_class_4_is_of_the_same_day_and_told_by_phone(self, auditor):
        slip = issued(auditor, code="J401")
        assert (slip.due_at, slip.to_phone) == (NOON + timedelta(hours=5), True)

        slips.phone(number=slip.number, by=auditor, at=LATER)
        slips.phone(number=slip.number, by=auditor, at=TOMORROW)

        slip.refresh_from_db()
        assert (slip.phoned_at, slip.to_phone) == (LATER, False)

    def test_a_slip_of_december_is_due_in_a_january_that_nobody_has_published(self, auditor):
        slip = issued(auditor, at=NOON + timedelta(days=38))  # the last day of the year

        assert slip.due_at == NOON + timedelta(days=42)

    def test_an_alert_s_query_is_of_the_same_day_and_any_other_of_the_next_noon(self, auditor):
        alert = issued(auditor, kind=rules.QUERY, origin="monitoring.alert:7")

        assert alert.due_at == NOON + timedelta(hours=5)
        assert issued(auditor, kind=rules.QUERY).due_at == TOMORROW


class TestLoop:
    def test_an_error_is_answered_with_evidence_verified_and_closed(
        self, auditor, colleague, supervisor, teller
    ):
        slip = issued(auditor, code="J301", teller=teller.number)

        slip = answered(slip, supervisor, pictures=2)
        slip = taken(slip, "verify", colleague)
        slip = taken(slip, "close", auditor, TOMORROW)

        assert (slip.state, slip.closed_at, slip.late) == ("closed", TOMORROW, False)
        reply = SlipReply.objects.get(slip=slip)
        assert len(imaging.pages(document_id=reply.document_id)) == 2
        actions = Event.objects.filter(subject=slip.trail_subject).order_by("id")
        assert [row.action.removeprefix("monitoring.") for row in actions] == [
            "issue_slip", "charge_points", "acknowledge_slip", "begin_slip", "reply_slip",
            "verify_slip", "close_slip",
        ]  # fmt: skip

    def test_a_query_is_asked_again_until_the_answer_does(self, auditor, teller):
        slip = issued(auditor, kind=rules.QUERY)
        taken(slip, "receive", teller)
        answered(slip, teller)

        slip = slips.requery(number=slip.number, words="请说明授权人", by=auditor, at=TOMORROW)
        assert (slip.state, slip.due_at) == ("requeried", TOMORROW + timedelta(days=1))
        answered(slip, teller, TOMORROW)
        taken(slip, "accept", auditor, TOMORROW)
        slip = taken(slip, "close", auditor, TOMORROW)

        assert slip.state == "closed"
        assert [row.step for row in slip.replies.order_by("id")] == ["reply", "requery", "reply"]

    def test_a_rectification_has_a_plan_and_then_its_whole_time(
        self, auditor, colleague, supervisor
    ):
        slip = issued(auditor, kind=rules.RECTIFICATION, code="J301")
        assert slip.due_at == NOON + timedelta(days=7)
        with pytest.raises(StepNotAllowed):
            answered(slip, supervisor, pictures=1)

        slip = answered(slip, supervisor, step="plan")
        assert (slip.state, slip.due_at) == ("rectifying", NOON + timedelta(days=21))
        slip = answered(slip, supervisor, TOMORROW, pictures=1)
        slip = taken(slip, "verify", colleague)

        assert taken(slip, "close", colleague).state == "closed"

    def test_hint_warning_and_quality_slip_end_by_their_own_flows(
        self, auditor, colleague, lead, teller
    ):
        hint = taken(issued(auditor, kind=rules.HINT), "see", teller)
        warning = answered(issued(auditor, kind=rules.WARNING), teller)
        taken(warning, "accept", auditor)
        missed = issued(lead, kind=rules.QC, place="110100", teller=auditor.number)
        answered(missed, auditor)
        taken(missed, "verify", lead)

        ends = [hint, taken(warning, "close", auditor), taken(missed, "close", lead)]
        assert [slip.state for slip in ends] == ["seen", "closed", "closed"]

    def test_a_late_answer_stays_late(self, auditor, teller):
        slip = answered(issued(auditor), teller, NOON + timedelta(days=2, seconds=1))

        assert slip.late

    def test_a_grave_error_is_not_put_right_without_a_picture(self, auditor, teller):
        slip = issued(auditor, code="J301")

        with pytest.raises(rules.EvidenceNeeded):
            answered(slip, teller)
        with pytest.raises(rules.TooManyPictures):
            answered(slip, teller, pictures=5)
        with pytest.raises(rules.WordsNeeded):
            slips.answer(number=slip.number, step="reply", words="好", by=teller, at=LATER)
        slip.refresh_from_db()
        assert slip.state == "issued"

    def test_only_those_to_whom_it_went_answer(self, auditor, neighbour, teller):
        slip = issued(auditor)

        with pytest.raises(rules.NotYourSlip):
            answered(slip, neighbour)
        with pytest.raises(rules.NotYourSlip):
            taken(slip, "acknowledge", neighbour)
        with pytest.raises(rules.NotAStep):
            taken(slip, "reply", teller)
        with pytest.raises(rules.NotAStep):
            slips.answer(number=slip.number, step="close", words="办结一下", by=teller, at=LATER)

    def test_another_outlet_does_not_see_it(self, auditor, neighbour, teller):
        slip = issued(auditor)

        with acting(staff=neighbour):
            assert selected.slip(number=slip.number) is None
            assert selected.slips(chosen=selected.Filter(at=NOON)).count() == 0
            with pytest.raises(rules.NoSuchSlip):
                taken(slip, "acknowledge", neighbour)
        with acting(staff=teller):
            assert selected.inbox(institution_id=teller.institution_id) == (slip,)

    def test_who_erred_or_answered_does_not_verify(self, auditor, supervisor, bank):
        slip = answered(issued(auditor, teller=supervisor.number), supervisor)
        same = people.staff(bank.centre, "auditor", name="何平")
        same.person = supervisor.person
        same.save(update_fields=["person"])

        with pytest.raises(rules.SameHand):
            taken(slip, "verify", same)
        assert (
            breaks(
                "UPDATE monitoring_slip SET state = 'verified', verified_by_id = %s,"
                " verified_label = 'x', verified_person = %s, verified_at = now() WHERE id = %s",
                same.pk,
                same.person,
                slip.pk,
            )
            == "OP058"
        )

    def test_what_moved_is_told_to_other_systems_but_not_what_is_sealed(
        self, auditor, bank, lead, teller
    ):
        hook, _secret = hooks.subscription(bank.branch, auditor, lead, topics=["monitoring.slip"])
        slip = answered(issued(auditor, kind=rules.WARNING), teller)

        issued(lead, kind=rules.CASE, text="涉嫌伪造印章诈骗")

        told = Delivery.objects.filter(subscription=hook).order_by("id")
        assert [(row.subject, row.told_state) for row in told] == [
            (slip.number, state) for state in ("issued", "investigating", "reported")
        ]


class TestAppeal:
    def test_upheld_it_ends_the_slip_and_gives_the_points_back(self, auditor, lead, teller):
        slip = issued(auditor, teller=teller.number)

        slips.appeal(number=slip.number, words="凭证与流水一致", by=teller, at=LATER)
        slips.judge(number=slip.number, upheld=True, words="申诉成立，撤销", by=lead, at=TOMORROW)

        slip.refresh_from_db()
        assert (slip.state, slip.closed_at) == ("revoked", TOMORROW)
        assert [row.points for row in slip.points.order_by("id")] == [3, -3]
        again = issued(auditor, teller=teller.number, at=TOMORROW)
        assert not again.repeated, "what was given back does not count"

    def test_dismissed_it_goes_on_and_is_not_made_twice(self, auditor, lead, teller):
        slip = issued(auditor)
        slips.appeal(number=slip.number, words="凭证与流水一致", by=teller, at=LATER)

        slips.judge(number=slip.number, upheld=False, words="影像显示不符", by=lead, at=TOMORROW)

        slip.refresh_from_db()
        assert (slip.state, slip.due_at) == ("acknowledged", TOMORROW + timedelta(days=2))
        assert slip.points.count() == 1
        with pytest.raises(rules.AppealedAlready):
            slips.appeal(number=slip.number, words="再次申诉一次", by=teller, at=TOMORROW)

    def test_it_is_made_within_two_working_days(self, auditor, teller):
        slip = issued(auditor)

        with pytest.raises(rules.AppealTooLate):
            slips.appeal(
                number=slip.number,
                words="凭证与流水一致",
                by=teller,
                at=NOON + timedelta(days=2, seconds=1),
            )

    def test_neither_issuer_nor_who_erred_judges(self, auditor, lead, teller, bank):
        slip = issued(lead, teller=teller.number)
        appeal = slips.appeal(number=slip.number, words="凭证与流水一致", by=teller, at=LATER)

        for one in (lead, teller):
            with pytest.raises(rules.SameHand):
                slips.judge(number=slip.number, upheld=True, words="申诉成立", by=one, at=LATER)
            assert (
                breaks(
                    "UPDATE monitoring_slipappeal SET upheld = true, judged_by_id = %s,"
                    " judged_label = 'x', judged_person = %s, judged_at = now(),"
                    " judged_words = 'x' WHERE id = %s",
                    one.pk,
                    one.person,
                    appeal.pk,
                )
                == "OP058"
            )
        slip.refresh_from_db()
        assert slip.state == "appealed"

    def test_what_is_being_put_right_is_not_appealed(self, auditor, teller):
        slip = answered(issued(auditor), teller)

        with pytest.raises(StepNotAllowed):
            slips.appeal(number=slip.number, words="凭证与流水一致", by=teller, at=LATER)


class TestLadder:
    def test_an_overdue_slip_goes_up_rung_by_rung_once(self, auditor, bank):
        slip = issued(auditor, code="J301")  # one working day
        other = issued(auditor, kind=rules.HINT)
        first = due(slip)

        climbed = [
            slips.climb_all(at=first + timedelta(hours=hours)) for hours in (0, 1, 1, 25, 49)
        ]

        slip.refresh_from_db()
        other.refresh_from_db()
        assert climbed == [0, 1, 0, 1, 1]
        assert (slip.rung, slip.late, other.rung) == (3, True, 0)
        told = Event.objects.filter(action="monitoring.escalate_slip").order_by("id")
        assert [row.detail["rung"] for row in told] == ["1", "2", "3"]

    def test_long_unseen_it_catches_up(self, auditor):
        slip = issued(auditor, code="J301")

        assert slips.climb_all(at=due(slip) + timedelta(days=7)) == 3
        assert slips.climb_all(at=due(slip) + timedelta(days=8)) == 0

    def test_each_rung_is_told_to_those_who_work_there(self, auditor, bank, supervisor):
        slip = issued(auditor, code="J301")
        slips.climb_all(at=due(slip) + timedelta(hours=1))
        assert selected.climbed(institution=bank.outlet, most=9) == (slip,)
        assert selected.climbed(institution=bank.sub_branch, most=9) == ()

        slips.climb_all(at=due(slip) + timedelta(hours=25))

        assert selected.climbed(institution=bank.sub_branch, most=9) == (slip,)
        assert selected.climbed(institution=bank.branch, most=9) == ()
        assert selected.climbed(institution=bank.centre, most=9) == ()

    def test_answered_it_stays_where_it_is(self, auditor, teller):
        slip = issued(auditor)
        answered(slip, teller)

        assert slips.climb(number=slip.number, at=NOON + timedelta(days=9)) == 0


class TestSealed:
    def test_a_suspected_crime_is_for_those_alone_who_may(self, auditor, lead, teller):
        slip = issued(lead, kind=rules.CASE, text="涉嫌伪造印章诈骗")

        assert selected.slip(number=slip.number) is None
        assert selected.slip(number=slip.number, sealed=True) == slip
        assert selected.numbers_in_sight(numbers=[slip.number]) == ()
        with pytest.raises(rules.NoSuchSlip):
            taken(slip, "hand_over", auditor)
        told = Event.objects.filter(subject=slip.trail_subject)
        assert [row.detail for row in told] == [{}]

    def test_it_is_handed_over_and_closed(self, lead):
        slip = issued(lead, kind=rules.CASE, text="涉嫌伪造印章诈骗")

        for step in ("hand_over", "close"):
            slip = slips.step(number=slip.number, step=step, by=lead, at=LATER, sealed=True)

        assert slip.state == "closed"


class TestInTheDatabase:
    def test_a_slip_goes_forward_and_what_it_says_stays(self, auditor, teller):
        slip = issued(auditor, teller=teller.number)

        for wrong in (
            "UPDATE monitoring_slip SET state = 'verified'",
            "UPDATE monitoring_slip SET text = 'x'",
            "UPDATE monitoring_slip SET error_class = 1",
            "UPDATE monitoring_slip SET issued_at = now()",
            "DELETE FROM monitoring_slip",
        ):
            assert breaks(wrong) == "OP058", wrong
        assert breaks("UPDATE monitoring_slip SET state = 'seen'") == "OP058"
        answered(slip, teller)
        assert breaks("UPDATE monitoring_slip SET state = 'issued'") == "OP058"

    def test_an_ended_one_never_changes(self, auditor, teller):
        taken(issued(auditor, kind=rules.HINT), "see", teller)

        assert breaks("UPDATE monitoring_slip SET late = true") == "OP058"

    def test_none_begins_later_and_no_person_is_another(self, auditor, teller):
        begins = (
            "INSERT INTO monitoring_slip (institution_id, number, kind, state, origin, code,"
            " repeated, at_fault_label, text, issued_by_id, issued_label, issued_person, issued_at,"
            " issued_on, late, rung, verified_label, phoned_label)"
            " VALUES (%s, 'x', 'hint', %s, '', '', false, '', 'x', %s, 'x', %s, now(), now(),"
            " false, 0, '', '')"
        )
        place = teller.institution_id
        assert breaks(begins, place, "seen", auditor.pk, auditor.person) == "OP058"
        assert breaks(begins, place, "issued", auditor.pk, teller.person) == "OP058"

    def test_replies_points_and_appeals_stay(self, auditor, lead, teller):
        slip = issued(auditor)
        slips.appeal(number=slip.number, words="凭证与流水一致", by=teller, at=LATER)
        slips.judge(number=slip.number, upheld=False, words="影像显示不符", by=lead, at=LATER)
        answered(slip, teller)

        for table, column in (("slipreply", "words = 'x'"), ("slippoint", "points = 1")):
            assert breaks(f"UPDATE monitoring_{table} SET {column}") == "OP059"
            assert breaks(f"DELETE FROM monitoring_{table}") == "OP059"
        assert breaks("UPDATE monitoring_slipappeal SET upheld = true") == "OP058"
        assert breaks("DELETE FROM monitoring_slipappeal") == "OP058"

    def test_points_are_given_back_by_an_upheld_appeal_alone(self, auditor, teller):
        slip = issued(auditor)
        given = slip.points.get()
        row = (
            "INSERT INTO monitoring_slippoint (institution_id, slip_id, code, points, repeated,"
            " reverses_id, \"on\", at, label) VALUES (%s, %s, %s, %s, false, %s, now(), now(), 'x')"
        )
        place = slip.institution_id

        assert breaks(row, place, slip.pk, slip.code, -3, given.pk) == "OP059"
        assert breaks(row, place, slip.pk, "J101", 3, None) == "OP059"
        assert breaks(row, place, slip.pk, slip.code, 3, None) == "23505"

    def test_an_appealed_slip_moves_by_its_judgement(self, auditor, teller):
        slip = issued(auditor)
        slips.appeal(number=slip.number, words="凭证与流水一致", by=teller, at=LATER)

        assert breaks("UPDATE monitoring_slip SET state = 'revoked', closed_at = now()") == "OP058"

    def test_a_reply_is_of_the_institution_and_of_its_sender(self, auditor, neighbour, teller):
        slip = issued(auditor)
        says = (
            "INSERT INTO monitoring_slipreply (institution_id, slip_id, step, words, by_id, label,"
            " person, at) VALUES (%s, %s, 'reply', 'x', %s, 'x', %s, now())"
        )
        place = slip.institution_id

        assert breaks(says, place, slip.pk, neighbour.pk, neighbour.person) == "OP058"
        assert breaks(says, place, slip.pk, teller.pk, neighbour.person) == "OP058"


def test_evidence_is_no_stray_voucher(auditor, teller, place):
    answered(issued(auditor, code="J301"), teller, pictures=1)

    strays = monitoring.match_day(institution_id=place.outlet.pk, business_date=DAY, at=LATER)

    assert not [match for match in strays if match.document_id]


def test_a_slip_of_the_month_before_stays_in_it(auditor):
    issued(auditor)

    assert selected.slips(chosen=selected.Filter(at=NOON, month=date(2026, 11, 1))).count() == 1
    assert selected.slips(chosen=selected.Filter(at=NOON, month=date(2026, 12, 1))).count() == 0
