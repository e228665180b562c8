"""Decisions are seen again blind; those in doubt are examined and judged by others, once."""

import html
import re
from datetime import timedelta
from decimal import Decimal
from urllib.parse import quote_plus

import pytest
from django.db import DatabaseError, connection, transaction
from django.urls import reverse

from authorization import services as authorization
from authorization.models import Decision, QualityCase, Review
from authorization.rules import quality as rules
from authorization.selectors import measured
from authorization.services import quality
from foundation.kernel.errors import Refused
from foundation.kernel.flow import StepNotAllowed
from foundation.people import services as people_services
from foundation.people.services import acting
from foundation.trail.models import Event
from foundation.worklist import rules as worklist
from tests.factories import authorization as factory
from tests.factories import people
from tests.factories import rules as rows
from tests.factories.people import DAY, NOON

LATER = NOON + timedelta(hours=3)
TOMORROW = NOON + timedelta(days=1)
MONTH = measured.Cut(first=DAY.replace(day=1), last=DAY)


@pytest.fixture
def second(bank):
    return people.staff(bank.centre, "authorizer", name="赵志远")


@pytest.fixture
def lead(bank):
    return people.staff(bank.centre, "auth_lead", name="钱立")


@pytest.fixture
def manager(bank):
    return people.staff(bank.branch, "ops_manager", name="周敏")


@pytest.fixture
def decide(counter, teller, authorizer):
    """Return how to send an item and decide it."""

    def decided(step, *, by=authorizer, took=20, at=NOON):
        number = factory.sent(teller, factory.withdrawal(counter)).number
        with acting(staff=by):
            opened = authorization.open_next(authorizer=by, at=at)
            assert opened.number == number
            authorization.decide(
                number=number,
                step=step,
                shown=opened.content_hash,
                fence=opened.work_item.fence,
                decider=by,
                at=at + timedelta(seconds=took),
                reasons={"approve": [], "reject": ["A07"], "return": ["A01"]}[step],
            )
        return Decision.objects.get(request__number=number)

    return decided


def objected(made, teller, at=LATER):
    return quality.object_to(number=made.request.number, words="凭证清楚", by=teller, at=at)


@pytest.fixture
def again_on_site(decide, counter, teller, bank):
    """Return how to let an outlet alone end an item that the centre had sent back."""

    def ended(step):
        number = decide("return").request.number
        said = rows.plain(amount_from_fen=1, outlet_levels=1, centre_levels=0)
        rows.in_force(said, valid_from=people.DAY)
        by = people.staff(bank.outlet, "outlet_supervisor", name="孙丽")
        order = factory.withdrawal(counter, "55,000.00")
        item = authorization.resubmit(number=number, order=order, teller=teller, at=LATER)
        authorization.look(number=number, by=by, at=LATER)
        return authorization.decide_on_site(
            number=number, step=step, shown=item.content_hash, by=by, at=LATER,
            reasons=["A08"] if step == "reject" else (),
        )  # fmt: skip

    return ended


def again(by, step, at=TOMORROW, **more):
    with acting(staff=by):
        row = quality.open_review(reviewer=by, at=at)
        return quality.review(
            review_id=row.pk, step=step, fence=row.work_item.fence, reviewer=by, at=at, **more
        )


class TestObjecting:
    def test_a_no_is_objected_to_examined_and_judged(self, decide, teller, second, lead):
        made = decide("reject")

        case = objected(made, teller)
        quality.examine(case_id=case.pk, wrong=True, words="可以认定", by=second, at=LATER)
        case = quality.judge(
            case_id=case.pk,
            upheld=True,
            words="错误拒绝",
            by=lead,
            at=LATER,
            cause="image",
            severity=2,
        )

        assert (case.state, case.kind, case.source) == ("upheld", "wrong_refusal", "objection")
        row = measured.measured(cut=MONTH)[0]
        (dwell,) = measured.dwells(first=MONTH.first, last=MONTH.last)
        assert (dwell.label, dwell.decided) == (row.key, row.counts["decided"])
        assert (row.counts["refused"], row.counts["wrong_refusal"]) == (1, 1)

    def test_a_case_is_dismissed_without_a_cause(self, decide, teller, second, lead):
        case = objected(decide("return"), teller)
        quality.examine(case_id=case.pk, wrong=False, words="应退回", by=second, at=LATER)

        case = quality.judge(case_id=case.pk, upheld=False, words="维持", by=lead, at=LATER)

        assert (case.state, case.cause, case.severity) == ("dismissed", "", None)

    def test_a_yes_is_not_objected_to(self, decide, teller):
        with pytest.raises(rules.NothingToObject):
            objected(decide("approve"), teller)

    def test_what_was_not_decided_is_not_objected_to(self, waiting, teller):
        with pytest.raises(rules.NothingToObject):
            quality.object_to(number=waiting.number, words="x", by=teller, at=LATER)

    def test_what_the_outlet_ended_itself_is_nobodys_of_the_centre(
        self, again_on_site, teller, lead
    ):
        item = again_on_site("reject")

        with pytest.raises(rules.DecidedByOutlet):
            quality.object_to(number=item.number, words="x", by=teller, at=LATER)
        with pytest.raises(rules.DecidedByOutlet):
            quality.report(number=item.number, source=rules.AUDIT, words="x", by=lead, at=LATER)
        assert not QualityCase.objects.exists()

    def test_after_a_day_it_is_too_late(self, decide, teller):
        made = decide("reject")

        assert objected(made, teller, at=made.at + timedelta(hours=24)).state == rules.RAISED
        with pytest.raises(rules.TooLateToObject):
            objected(made, teller, at=made.at + timedelta(hours=24, seconds=1))

    def test_another_outlet_does_not_object(self, decide, bank):
        with pytest.raises(rules.NotYourOutlet):
            objected(decide("reject"), people.staff(bank.sibling, "teller", name="孙洋"))

    def test_a_decision_has_one_case(self, decide, teller):
        made = decide("reject")
        objected(made, teller)

        with pytest.raises(rules.CaseThere):
            objected(made, teller)

    def test_the_decider_neither_examines_nor_judges(self, decide, teller, authorizer, second):
        case = objected(decide("reject"), teller)

        with pytest.raises(rules.OwnDecision):
            quality.examine(case_id=case.pk, wrong=False, words="x", by=authorizer, at=LATER)
        quality.examine(case_id=case.pk, wrong=True, words="x", by=second, at=LATER)
        for person in (authorizer, second, teller):
            with pytest.raises(rules.OwnDecision):
                quality.judge(case_id=case.pk, upheld=False, words="x", by=person, at=LATER)

    def test_a_second_number_of_the_same_human_is_the_same(self, decide, teller, second, lead):
        case = objected(decide("reject"), teller)
        quality.examine(case_id=case.pk, wrong=True, words="x", by=second, at=LATER)
        lead.person = second.person
        lead.save(update_fields=["person"])

        with pytest.raises(rules.OwnDecision):
            quality.judge(case_id=case.pk, upheld=False, words="x", by=lead, at=LATER)

    def test_what_is_upheld_says_its_cause(self, decide, teller, second, lead):
        case = objected(decide("reject"), teller)
        quality.examine(case_id=case.pk, wrong=True, words="x", by=second, at=LATER)

        with pytest.raises(rules.CauseNeeded):
            quality.judge(case_id=case.pk, upheld=True, words="x", by=lead, at=LATER)

    def test_a_case_is_judged_after_it_was_examined_and_once(self, decide, teller, second, lead):
        case = objected(decide("reject"), teller)
        with pytest.raises(StepNotAllowed):
            quality.judge(case_id=case.pk, upheld=False, words="x", by=lead, at=LATER)
        quality.examine(case_id=case.pk, wrong=False, words="x", by=second, at=LATER)
        quality.judge(case_id=case.pk, upheld=False, words="x", by=lead, at=LATER)

        with pytest.raises(StepNotAllowed):
            quality.judge(case_id=case.pk, upheld=False, words="x", by=lead, at=LATER)
        with pytest.raises(rules.NoSuchCase):
            quality.judge(case_id=case.pk + 1, upheld=False, words="x", by=lead, at=LATER)


class TestReporting:
    def test_a_wrong_yes_is_reported_and_judged(self, decide, manager, second, lead):
        made = decide("approve")

        case = quality.report(
            number=made.request.number, source="complaint", words="客户投诉", by=manager, at=LATER
        )
        quality.examine(case_id=case.pk, wrong=True, words="x", by=second, at=LATER)
        quality.judge(
            case_id=case.pk, upheld=True, words="x", by=lead, at=LATER, cause="haste", severity=3
        )

        row = measured.measured(cut=MONTH)[0]
        assert (row.wrong_approvals.part, row.wrong_approvals.whole) == (1, 1)

    def test_a_no_is_not_reported(self, decide, manager):
        made = decide("reject")

        with pytest.raises(rules.NotApproved):
            quality.report(
                number=made.request.number, source="audit", words="x", by=manager, at=LATER
            )


class TestReviewing:
    def test_each_person_and_decision_is_drawn_once(self, decide, second):
        for _ in range(2):
            decide("approve")
        decide("reject", by=second)
        decide("return")

        assert quality.draw_reviews(at=TOMORROW) == 2
        assert quality.draw_reviews(at=TOMORROW) == 0
        drawn = Review.objects.values_list("decision__step", flat=True)
        assert sorted(drawn) == ["approve", "reject"]

    def test_of_two_levels_one_decision_is_drawn(self, counter, teller, authorizer, second, lead):
        rows.in_force(rows.plain("1002", always=True, centre_levels=2))
        number = factory.sent(teller, factory.withdrawal(counter)).number
        for by in (authorizer, second):
            with acting(staff=by):
                opened = authorization.open_next(authorizer=by, at=NOON)
                authorization.decide(
                    number=number,
                    step="approve",
                    shown=opened.content_hash,
                    fence=opened.work_item.fence,
                    decider=by,
                    at=NOON,
                )

        assert quality.draw_reviews(at=TOMORROW) == 1
        assert Decision.objects.count() == 2

    def test_the_day_itself_is_not_drawn(self, decide):
        decide("approve")

        assert quality.draw_reviews(at=LATER) == 0

    def test_the_decider_is_never_given_the_own_decision(self, decide, authorizer, second):
        decide("approve")
        quality.draw_reviews(at=TOMORROW)

        with acting(staff=authorizer):
            assert quality.open_review(reviewer=authorizer, at=TOMORROW) is None
        with acting(staff=second):
            assert quality.open_review(reviewer=second, at=TOMORROW) is not None

    def test_one_who_agrees_begins_no_case(self, decide, second):
        decide("approve")
        quality.draw_reviews(at=TOMORROW)

        row = again(second, "approve")

        assert (row.state, row.step) == ("done", "approve")
        assert not QualityCase.objects.exists()
        assert measured.measured(cut=MONTH)[0].counts["both"] == 1

    @pytest.mark.parametrize("decided", ["approve", "reject"])
    def test_one_who_differs_begins_a_case_for_the_lead(self, decide, second, lead, decided):
        seen, kind = {
            "approve": ("reject", "wrong_approval"),
            "reject": ("approve", "wrong_refusal"),
        }[decided]
        decide(decided)
        quality.draw_reviews(at=TOMORROW)

        again(second, seen, reasons=["A08"] if seen == "reject" else [])

        case = QualityCase.objects.get()
        assert (case.kind, case.source, case.state) == (kind, "review", "examined")
        with pytest.raises(rules.OwnDecision):
            quality.judge(case_id=case.pk, upheld=False, words="x", by=second, at=TOMORROW)
        quality.judge(case_id=case.pk, upheld=False, words="x", by=lead, at=TOMORROW)

    def test_a_doubt_that_is_there_stays_the_only_one(self, decide, teller, second):
        objected(decide("reject"), teller)
        quality.draw_reviews(at=TOMORROW)

        again(second, "approve")

        assert QualityCase.objects.get().source == "objection"

    def test_a_no_says_why(self, decide, second):
        decide("approve")
        quality.draw_reviews(at=TOMORROW)

        with pytest.raises(Refused, match="reason"):
            again(second, "reject")

    def test_a_lost_lease_keeps_nothing(self, decide, second):
        decide("approve")
        quality.draw_reviews(at=TOMORROW)
        with acting(staff=second):
            row = quality.open_review(reviewer=second, at=TOMORROW)
            with pytest.raises(worklist.LeaseLost):
                quality.review(
                    review_id=row.pk,
                    step="approve",
                    fence=row.work_item.fence + 1,
                    reviewer=second,
                    at=TOMORROW,
                )

    def test_a_review_is_answered_once(self, decide, second):
        decide("approve")
        quality.draw_reviews(at=TOMORROW)
        row = again(second, "approve")

        with pytest.raises(rules.NoSuchReview):
            quality.review(review_id=row.pk, step="approve", fence=1, reviewer=second, at=TOMORROW)


def breaks(sql, *values):
    """Tell the code with which the database refuses a statement."""
    with (
        pytest.raises(DatabaseError) as caught,
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(sql, values)
    return caught.value.__cause__.pgcode


class TestInTheDatabase:
    def test_a_review_is_not_answered_by_who_had_a_part(self, decide, authorizer, teller, second):
        decide("approve")
        quality.draw_reviews(at=TOMORROW)
        answer = (
            "UPDATE authorization_review SET state = 'done', step = 'approve', reviewed_at = now(),"
            " reviewer_id = %s, reviewer_person = %s"
        )

        assert breaks(answer, authorizer.pk, authorizer.person) == "OP032"
        assert breaks(answer, teller.pk, teller.person) == "OP032"
        assert breaks(answer, authorizer.pk, second.person) == "OP032"

    def test_an_answer_stays(self, decide, second):
        decide("approve")
        quality.draw_reviews(at=TOMORROW)
        again(second, "approve")

        assert breaks("UPDATE authorization_review SET step = 'reject'") == "OP030"
        assert breaks("DELETE FROM authorization_review") == "OP030"

    def test_a_case_is_judged_by_a_third_person(self, decide, teller, authorizer, second):
        case = objected(decide("reject"), teller)
        quality.examine(case_id=case.pk, wrong=True, words="x", by=second, at=LATER)
        judged = (
            "UPDATE authorization_qualitycase SET state = 'dismissed', judged_at = now(),"
            " judged_by_id = %s, judged_person = %s"
        )

        assert breaks(judged, authorizer.pk, authorizer.person) == "OP036"
        assert breaks(judged, second.pk, second.person) == "23514"
        assert breaks(judged, teller.pk, teller.person) in {"OP036", "23514"}
        assert breaks(judged, second.pk, authorizer.person) == "OP035"

    def test_a_judged_case_stays(self, decide, teller, second, lead):
        case = objected(decide("reject"), teller)
        quality.examine(case_id=case.pk, wrong=False, words="x", by=second, at=LATER)
        quality.judge(case_id=case.pk, upheld=False, words="x", by=lead, at=LATER)

        assert breaks("UPDATE authorization_qualitycase SET words = 'y'") == "OP033"
        assert breaks("DELETE FROM authorization_qualitycase") == "OP033"

    def test_a_case_fits_its_decision(self, decide, teller):
        case = objected(decide("reject"), teller)

        assert breaks("UPDATE authorization_qualitycase SET kind = 'wrong_approval'") == "OP033"
        assert case.kind == "wrong_refusal"

    def test_another_outlet_sees_no_case(self, decide, teller, bank):
        case = objected(decide("reject"), teller)
        other = people.staff(bank.elsewhere, "teller", name="孙洋")

        with people_services.acting(staff=other):
            assert not QualityCase.objects.filter(pk=case.pk).exists()


class TestFigures:
    def test_every_figure_counts_what_its_list_lists(self, decide, teller, second, lead):
        for step, by in (
            ("approve", None),
            ("reject", None),
            ("approve", second),
            ("return", None),
        ):
            decide(step, **({"by": by} if by else {}), took=2 if by else 30)
        objected(Decision.objects.filter(step="reject").get(), teller)
        quality.draw_reviews(at=TOMORROW)
        again(second, "reject", reasons=["A08"])

        for by in measured.BY:
            cut = measured.Cut(first=MONTH.first, last=MONTH.last, by=by)
            rows = measured.measured(cut=cut)
            assert rows
            for row in rows:
                own = measured.Cut(first=cut.first, last=cut.last, by=by, key=row.key)
                for figure, count in row.counts.items():
                    assert measured.counted(figure=figure, cut=own).count() == count, figure
            whole = measured.together(rows=rows)
            assert whole.counts["decided"] == 4
            assert whole.counts["differing"] == 1

    def test_a_quick_yes_is_odd_only_with_many_images(self, decide):
        decide("approve", took=2)

        assert measured.measured(cut=MONTH)[0].counts["quick"] == 0

    def test_a_pair_that_always_meets_stands_out(self, monkeypatch):
        met = [("t1", "a1", 60), *((f"t{n}", f"a{m}", 5) for n in range(2, 8) for m in range(1, 9))]
        monkeypatch.setattr(measured, "_met", lambda _cut: met)

        assert [(one.teller, one.authorizer) for one in measured.pairs(cut=MONTH)] == [("t1", "a1")]


class TestPages:
    def test_neither_is_offered_of_what_the_outlet_refused(self, client, again_on_site, teller):
        item = again_on_site("reject")
        client.force_login(teller)

        page = client.get(reverse("authorization:item", args=[item.number])).content.decode()

        assert item.state == "rejected"
        assert reverse("authorization:object_to", args=[item.number]) not in page

    def test_nor_of_what_it_approved(self, client, again_on_site, lead):
        item = again_on_site("approve")
        client.force_login(lead)

        page = client.get(reverse("authorization:item", args=[item.number])).content.decode()

        assert item.state == "posted"
        assert reverse("authorization:report_approval", args=[item.number]) not in page

    def test_an_outlet_objects_in_the_browser(self, client, decide, teller):
        made = decide("reject")
        client.force_login(teller)

        page = client.get(reverse("authorization:item", args=[made.request.number]))
        assert (
            reverse("authorization:object_to", args=[made.request.number]) in page.content.decode()
        )

    def test_the_lead_sees_cases_figures_and_lists(self, client, decide, teller, lead):
        case = objected(decide("reject"), teller)
        client.force_login(lead)

        assert "objection" not in client.get(reverse("authorization:cases")).content.decode()
        page = client.get(reverse("authorization:measured"), {"month": f"{DAY:%Y-%m}"})
        assert 'data-figure="1"' in page.content.decode()
        listed = client.get(
            reverse("authorization:decisions"), {"month": f"{DAY:%Y-%m}", "figure": "open_cases"}
        )
        assert case.decision.request.number in listed.content.decode()
        assert client.get(reverse("authorization:case", args=[case.pk])).status_code == 200

    def test_a_pair_opens_the_decisions_in_which_they_met(
        self, client, decide, authorizer, lead, monkeypatch
    ):
        decided, _other = decide("approve"), decide("reject")
        ((teller, label, met),) = measured._met(MONTH)  # noqa: SLF001 -- what pairs counts
        pair = measured.Pair(teller, label, met, Decimal("0.1"))
        monkeypatch.setattr(measured, "pairs", lambda *, cut: [pair] if cut else [])
        client.force_login(lead)

        page = client.get(reverse("authorization:measured"), {"month": f"{DAY:%Y-%m}"}).text
        links = dict(re.findall(r'href="([^"]+)" data-figure="(\d+)"', page))
        address = next(link for link in links if "teller=" in link)
        opened = client.get(html.unescape(address)).context["page"]

        assert (met, links[address], opened.total) == (2, "2", 2)
        assert decided.request.number in [row.request.number for row in opened.rows]
        other = html.unescape(address).replace(quote_plus(teller), quote_plus("220000 无此人"))
        assert client.get(other).context["page"].total == 0

    def test_the_sums_above_open_what_they_count(self, client, decide, lead, second):
        decide("approve"), decide("reject")
        quality.draw_reviews(at=TOMORROW)
        again(second, "approve")
        client.force_login(lead)

        page = client.get(reverse("authorization:measured"), {"month": f"{DAY:%Y-%m}"})
        bar = page.text.partition("</h1>")[2].partition("<table")[0]
        links = re.findall(r'href="([^"]+)" data-figure="(\d+)"', bar)

        assert [count for _link, count in links] == ["2", "1"]
        for address, count in links:
            listed = client.get(html.unescape(address)).context["page"]
            assert (listed.total, len(listed.rows)) == (int(count), int(count))

    def test_a_review_shows_nothing_of_the_first_decision(self, client, decide, authorizer, second):
        decide("approve")
        quality.draw_reviews(at=TOMORROW)
        client.force_login(second)

        page = client.get(reverse("authorization:review")).content.decode()

        assert authorizer.name not in page
        assert 'name="step" value="approve"' in page

    def test_a_review_is_sent_and_the_next_one_comes(self, client, decide, second):
        decide("approve")
        quality.draw_reviews(at=TOMORROW)
        client.force_login(second)
        client.get(reverse("authorization:review"))
        row = Review.objects.select_related("work_item").get()
        address = reverse("authorization:review_send", args=[row.pk])

        refused = client.post(address, {"step": "reject", "fence": row.work_item.fence})
        sent = client.post(address, {"step": "approve", "fence": row.work_item.fence})

        assert refused.status_code == 409
        assert sent.status_code == 302
        assert Review.objects.get().reviewer == second

    def test_a_case_goes_its_way_in_the_browser(self, client, decide, manager, second, lead):
        number = decide("approve").request.number
        client.force_login(manager)
        told = {"source": "complaint", "words": "客户投诉"}
        client.post(reverse("authorization:report_approval", args=[number]), told)
        case = QualityCase.objects.get()

        client.force_login(second)
        opinion = {"wrong": "yes", "words": "看错影像"}
        client.post(reverse("authorization:examine", args=[case.pk]), opinion)
        client.force_login(lead)
        told = {"upheld": "yes", "words": "成立", "cause": "image", "severity": "2"}
        client.post(reverse("authorization:judge", args=[case.pk]), told)

        case.refresh_from_db()
        assert (case.state, case.cause, case.severity) == ("upheld", "image", 2)

    def test_who_may_not_judge_has_no_page(self, client, decide, teller, second):
        case = objected(decide("reject"), teller)
        client.force_login(second)

        answer = client.post(reverse("authorization:judge", args=[case.pk]), {"upheld": "no"})

        assert answer.status_code == 403

    def test_a_judgement_without_words_is_told_at_its_field(
        self, client, decide, teller, second, lead
    ):
        case = objected(decide("reject"), teller)
        quality.examine(case_id=case.pk, wrong=True, words="x", by=second, at=LATER)
        client.force_login(lead)

        answer = client.post(reverse("authorization:judge", args=[case.pk]), {"upheld": "yes"})

        assert answer.status_code == 422
        assert "op-field--error" in answer.content.decode()

    def test_the_figures_are_taken_away_as_they_are_shown(self, client, decide, lead):
        decide("approve")
        client.force_login(lead)
        asked = {"month": f"{DAY:%Y-%m}", "export": "csv"}

        answer = client.get(reverse("authorization:measured"), asked)

        lines = answer.content.decode("utf-8-sig").splitlines()
        assert "quality-2026-11-person.csv" in answer["Content-Disposition"]
        assert lines[0].startswith("对象,授权决定")
        assert "<" not in answer.content.decode()
        assert lines[1].split(",")[1] == "1"

    def test_what_a_figure_counts_is_taken_away(self, client, decide, lead):
        made = decide("approve")
        client.force_login(lead)
        asked = {"month": f"{DAY:%Y-%m}", "by": "trade", "figure": "approved", "export": "csv"}
        shown = client.get(reverse("authorization:decisions"), asked | {"export": ""})
        assert f"{shown.context['query']}export=xlsx" in shown.content.decode().replace(
            "&amp;", "&"
        )

        answer = client.get(reverse("authorization:decisions"), asked)

        lines = answer.content.decode("utf-8-sig").splitlines()
        assert len(lines) == 2
        assert made.request.number in lines[1]
        assert Event.objects.filter(action="authorization:decisions", result="ok").count() == 1

    def test_cases_are_taken_away_as_they_are_narrowed(self, client, decide, teller, lead):
        case = objected(decide("reject"), teller)
        client.force_login(lead)
        page = client.get(reverse("authorization:cases"), {"state": "open", "before": "999"})
        assert page.context["query"] == "state=open&"

        asked = {"state": "open", "export": "csv"}
        answer = client.get(reverse("authorization:cases"), asked)
        none = client.get(reverse("authorization:cases"), asked | {"state": "upheld"})

        lines = answer.content.decode("utf-8-sig").splitlines()
        assert [line.split(",")[0] for line in lines[1:]] == [str(case.pk)]
        assert len(none.content.decode("utf-8-sig").splitlines()) == 1
