"""Pairing, comparing, auditing: what each does, what each refuses, and what the database holds."""

from datetime import date, timedelta

import pytest
from django.db import Error, IntegrityError, transaction

from foundation.imaging import selectors as imaging_selectors
from foundation.imaging import services as imaging
from foundation.people import services as acting
from foundation.people.models import Staff
from foundation.trail import selectors as trail
from foundation.trail.models import Event
from foundation.worklist import rules as worklist_rules
from foundation.worklist.models import WorkItem
from monitoring import rules, services
from monitoring.models import Match
from tests.factories import ledger as ledger_factory
from tests.factories import monitoring, people
from tests.factories.people import DAY, NOON

LATER = NOON + timedelta(minutes=5)


def paired(place, teller, **read):
    line = monitoring.post(place, teller=teller.number, fen=120_000_00, voucher_no="1023000001")
    document, page = monitoring.scan(place, teller)
    match = services.pair(line=line, document_id=document.pk, touched=[teller.person], at=NOON)
    if read is not None:
        monitoring.read(page, **{**monitoring.agreeing(line), **read})
    return match, document, page


def decided(match, auditor, finding, reason="", **more):
    with acting.acting(staff=auditor):
        opened = services.open_next(auditor=auditor, at=LATER)
        return services.decide(
            match_id=match.pk,
            finding=finding,
            tries=opened.match.tries,
            fence=opened.item.fence,
            auditor=auditor,
            at=LATER,
            reason=reason,
            **more,
        )


def test_what_agrees_is_matched_by_the_machine(place, teller):
    match, document, _page = paired(place, teller)

    services.match_document(document_id=document.pk, at=LATER)

    match.refresh_from_db()
    assert (match.state, match.result) == ("matched", "matched")
    assert {field.verdict for field in match.compared} == {"same"}
    assert match.judged_at == LATER
    assert not WorkItem.objects.filter(queue=rules.QUEUE).exists()


def test_what_differs_goes_to_the_queue_with_its_fields(place, teller):
    match, document, _page = paired(place, teller, amount="¥12,000,000.00")

    services.match_document(document_id=document.pk, at=LATER)

    match.refresh_from_db()
    item = WorkItem.objects.get(queue=rules.QUEUE)
    assert (match.state, match.result) == ("open", "amount_diff")
    assert match.work_item == item
    assert item.conflicted == [teller.person]
    (amount,) = [field for field in match.compared if field.name == "amount"]
    assert (amount.expected, amount.verdict) == ("120,000.00", "differs")
    assert amount.box is not None


def test_a_day_of_comparing_twice_is_a_day_of_comparing_once(place, teller):
    match, document, _page = paired(place, teller)

    services.match_document(document_id=document.pk, at=LATER)
    services.match_document(document_id=document.pk, at=LATER + timedelta(hours=1))

    match.refresh_from_db()
    assert (match.tries, match.judged_at) == (1, LATER)


def test_a_difference_read_the_same_again_is_not_judged_again(difference):
    difference.refresh_from_db()
    before = (difference.tries, difference.judged_at)

    services.match_document(document_id=difference.document_id, at=LATER + timedelta(hours=1))

    difference.refresh_from_db()
    assert (difference.tries, difference.judged_at) == before
    assert Event.objects.filter(action="monitoring.judged").count() == 1


def test_an_image_not_read_yet_leaves_the_pair_waiting(place, teller):
    line = monitoring.post(place, teller=teller.number, fen=100, voucher_no="1023000001")
    document, _page = monitoring.scan(place, teller)
    match = services.pair(line=line, document_id=document.pk, touched=[], at=NOON)

    assert services.match_document(document_id=document.pk, at=LATER) == ()

    match.refresh_from_db()
    assert match.result == "waiting"


def test_the_same_line_is_paired_once(place, teller):
    match, document, _page = paired(place, teller)
    line = monitoring.post(place, teller=teller.number, fen=100)

    again = services.pair(line=line, document_id=None, touched=[], at=NOON)
    same = services.pair(line=line, document_id=document.pk, touched=[], at=LATER)

    assert again.pk == same.pk != match.pk
    assert same.document_id is None


def test_a_rescan_that_agrees_ends_the_difference(place, teller, difference):
    page = monitoring.add_page(difference.document, teller)
    first = difference.document.pages.order_by("id").first()
    imaging.rescan_page(
        page_id=first.pk, data=monitoring.picture(), name="b.png", reason="重扫", by=teller, at=NOON
    )
    fields = monitoring.agreeing(difference)
    for one in difference.document.pages.filter(state="stored").order_by("id"):
        monitoring.read(one, **fields)

    services.match_document(document_id=difference.document_id, at=LATER)

    difference.refresh_from_db()
    assert page.pk != first.pk
    assert (difference.state, difference.result, difference.tries) == ("matched", "matched", 2)
    assert difference.work_item.state == "withdrawn"


def test_lines_without_voucher_are_found_after_the_day(place, teller):
    line = monitoring.post(place, teller=teller.number, fen=100)
    monitoring.post(place, teller=teller.number, fen=200)

    services.match_day(institution_id=place.outlet.pk, business_date=DAY, at=LATER)
    services.match_day(institution_id=place.outlet.pk, business_date=DAY, at=LATER)

    alone = Match.objects.filter(result=rules.IMAGE_MISSING).order_by("id")
    assert alone.count() == 3  # the customer's first deposit is a line too
    assert alone.get(journal_no=line.journal_no).touched == [teller.person]
    assert WorkItem.objects.filter(queue=rules.QUEUE).count() == 3


def test_vouchers_without_line_are_found_after_the_day(place, teller):
    document, _page = monitoring.scan(place, teller)

    services.match_day(institution_id=place.outlet.pk, business_date=DAY, at=LATER)
    services.match_day(institution_id=place.outlet.pk, business_date=DAY, at=LATER)

    stray = Match.objects.get(result=rules.JOURNAL_MISSING)
    assert (stray.document_id, stray.journal_no, stray.amount_fen) == (document.pk, "", None)


def test_a_form_that_is_not_sent_stands_alone_only_after_its_day(place, teller):
    """Its teller is about to send it: a scanner's batch read at noon opens no break for it."""
    document, _page = monitoring.scan(place, teller, subject="authorization.draft:1")
    given = {"institution_id": place.outlet.pk, "business_date": DAY, "at": LATER}

    services.match_day(**given)
    assert not Match.objects.filter(document=document).exists()

    ledger_factory.close_day(place.outlet)
    services.match_day(**given)
    assert Match.objects.get(document=document).result == rules.JOURNAL_MISSING


def test_a_voucher_sent_between_two_looks_is_no_break(place, teller, monkeypatch):
    """An item is written with its voucher or after it, while the day is being matched."""
    real, sent = imaging_selectors.opened_on, []

    def opened_on(**given):
        sent.extend(real(**given))
        return tuple(sent)

    def items(*, chosen):
        assert sent, "the vouchers are read before what explains them"
        return Explained()

    class Explained:
        def values_list(self, *_names, **_how):
            return [document.pk for document in sent]

    monkeypatch.setattr("monitoring.selectors.settling.imaging.opened_on", opened_on)
    monkeypatch.setattr("monitoring.selectors.settling.authorization.items", items)
    monitoring.scan(place, teller)

    services.match_day(institution_id=place.outlet.pk, business_date=DAY, at=LATER)

    assert sent
    assert not Match.objects.filter(result=rules.JOURNAL_MISSING).exists()


def test_a_break_ends_when_its_voucher_is_posted(place, teller):
    document, _page = monitoring.scan(place, teller)
    services.match_day(institution_id=place.outlet.pk, business_date=DAY, at=LATER)
    alone = Match.objects.get(document=document)
    line = monitoring.post(place, teller=teller.number, fen=100)

    services.pair(line=line, document_id=document.pk, touched=[], at=LATER)

    alone.refresh_from_db()
    assert (alone.state, alone.work_item.state) == ("matched", "withdrawn")


def test_a_break_that_an_auditor_looks_at_is_left_to_the_auditor(place, teller, auditor):
    document, _page = monitoring.scan(place, teller)
    services.stray(document_id=document.pk, institution_id=place.outlet.pk, day=DAY, at=LATER)
    opened = services.open_next(auditor=auditor, at=LATER)
    line = monitoring.post(place, teller="000000", fen=100)

    services.pair(line=line, document_id=document.pk, touched=[], at=LATER)

    assert opened.match.document_id == document.pk
    assert Match.objects.get(pk=opened.match.pk).state == "open"


def test_an_auditor_confirms_a_difference(difference, auditor):
    found = decided(difference, auditor, "amount_diff")

    assert (found.state, found.result) == ("confirmed", "amount_diff")
    assert (found.decided_label, found.decided_person) == (auditor.label, auditor.person)
    assert (
        found.work_item.state != "held"
        or WorkItem.objects.get(pk=found.work_item_id).state == "done"
    )


def test_an_auditor_matches_by_hand_with_a_reason(difference, auditor):
    found = decided(difference, auditor, rules.MATCHED_FORCED, "金额处有折痕，实物相符")

    assert (found.state, found.result, found.reason) == (
        "forced",
        "matched_forced",
        "金额处有折痕，实物相符",
    )


def test_the_trail_tells_the_whole_way(difference, auditor):
    decided(difference, auditor, "account_diff")

    told = [event.action for event in trail.timeline(subject=difference.trail_subject)]
    assert told == [
        "monitoring.confirm", "monitoring.opened", "monitoring.judged", "monitoring.paired",
    ]  # fmt: skip


def test_a_match_by_hand_without_a_reason_is_refused(difference, auditor):
    with pytest.raises(rules.ForceNeedsReason):
        decided(difference, auditor, rules.MATCHED_FORCED)


def test_a_second_decision_is_refused(difference, auditor):
    found = decided(difference, auditor, "amount_diff")

    with acting.acting(staff=auditor), pytest.raises(rules.NotOpen):
        services.decide(
            match_id=found.pk, finding="amount_diff", tries=1, fence=1, auditor=auditor, at=LATER
        )


def test_a_lost_lease_decides_nothing(difference, auditor, colleague):
    with acting.acting(staff=auditor):
        opened = services.open_next(auditor=auditor, at=LATER)

    with acting.acting(staff=colleague), pytest.raises(worklist_rules.LeaseLost):
        services.decide(
            match_id=difference.pk,
            finding="amount_diff",
            tries=1,
            fence=opened.item.fence,
            auditor=colleague,
            at=LATER,
        )


def test_a_reading_that_came_between_asks_to_look_again(difference, auditor):
    with acting.acting(staff=auditor):
        opened = services.open_next(auditor=auditor, at=LATER)

        with pytest.raises(rules.ShownIsStale):
            services.decide(
                match_id=difference.pk,
                finding="amount_diff",
                tries=opened.match.tries - 1,
                fence=opened.item.fence,
                auditor=auditor,
                at=LATER,
            )


def test_what_was_handed_back_is_the_next_one_again(difference, auditor, colleague):
    with acting.acting(staff=auditor):
        opened = services.open_next(auditor=auditor, at=LATER)
        services.hand_back(
            match_id=difference.pk, fence=opened.item.fence, auditor=auditor, at=LATER
        )

    with acting.acting(staff=colleague):
        assert services.open_next(auditor=colleague, at=LATER).match == difference


def moved_to_audit(bank, teller):
    """The teller of then has become an auditor, under another number."""
    teller.roles.update(valid_until=date(2025, 12, 31))
    number = people.staff(bank.centre)
    Staff.objects.filter(pk=number.pk).update(person=teller.person)
    number.refresh_from_db()
    acting.grant_role(
        staff=number, role="auditor", on=date(2026, 1, 1), granted_by=None, approved_by=None
    )
    return number


def test_own_work_is_never_offered(place, bank, teller):
    monitoring.difference(place, teller)
    same_human = moved_to_audit(bank, teller)

    with acting.acting(staff=same_human):
        assert services.open_next(auditor=same_human, at=LATER) is None


def test_own_work_is_refused_by_the_service(difference, bank, teller):
    same_human = moved_to_audit(bank, teller)

    with acting.acting(staff=same_human), pytest.raises(rules.OwnWork):
        services.decide(
            match_id=difference.pk,
            finding="amount_diff",
            tries=1,
            fence=0,
            auditor=same_human,
            at=LATER,
        )


def test_own_work_is_refused_by_the_database(difference, teller):
    with pytest.raises(Error, match="may not audit"), transaction.atomic():
        Match.objects.filter(pk=difference.pk).update(
            state="confirmed",
            decided_by=teller,
            decided_person=teller.person,
            decided_label=teller.label,
            decided_at=LATER,
        )


def test_somebody_elses_name_is_refused_by_the_database(difference, auditor, colleague):
    with pytest.raises(Error, match="another person"), transaction.atomic():
        Match.objects.filter(pk=difference.pk).update(
            state="confirmed",
            decided_by=auditor,
            decided_person=colleague.person,
            decided_label=auditor.label,
            decided_at=LATER,
        )


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"amount_fen": 1}, "journal line"),
        ({"touched": []}, "journal line"),
        ({"result": "matched"}, "monitoring_result_fits_state"),
        ({"state": "open", "result": "waiting"}, "monitoring_result_fits_state"),
        ({"state": "forced", "result": "matched_forced"}, "monitoring_ended_by_person"),
        ({"reason": "x"}, "monitoring_ended_by_person"),
        ({"judged_at": None}, "monitoring_judged_at"),
        ({"decided_label": "x"}, "monitoring_decided_by_and_at"),
        ({"document": None}, "stays there"),
    ],
)
def test_what_can_never_be_in_the_database(difference, change, said):
    with pytest.raises(Error, match=said), transaction.atomic():
        Match.objects.filter(pk=difference.pk).update(**change)


def test_without_a_voucher_nothing_else_is_found_of_a_line(place, teller):
    line = monitoring.post(place, teller=teller.number, fen=7_00)
    alone = services.pair(line=line, document_id=None, touched=[], at=NOON)
    with pytest.raises(Error, match="monitoring_without_image_said"), transaction.atomic():
        Match.objects.filter(pk=alone.pk).update(result=rules.AMOUNT_DIFF)


def test_an_ended_pair_never_changes(difference, auditor):
    decided(difference, auditor, "amount_diff")

    with pytest.raises(Error, match="never changed"), transaction.atomic():
        Match.objects.filter(pk=difference.pk).update(reason="afterwards")


def test_a_pair_is_never_removed(difference):
    with pytest.raises(Error), transaction.atomic():
        Match.objects.filter(pk=difference.pk).delete()


def test_a_line_is_paired_once_in_the_database(difference):
    copy = Match.objects.get(pk=difference.pk)
    copy.pk, copy.work_item = None, None

    with pytest.raises(IntegrityError, match="monitoring_journal_line_once"), transaction.atomic():
        copy.save(force_insert=True)


def test_another_outlets_pairs_are_out_of_sight(difference, bank):
    stranger = people.staff(bank.elsewhere, "outlet_supervisor")

    with acting.acting(staff=stranger):
        assert not Match.objects.exists()
