"""An outlet's day: matched as a whole, its breaks explained by two people, closed once."""

import json
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, transaction
from django.test import Client
from django.urls import reverse

from foundation.imaging import services as imaging
from foundation.imaging.models import Page
from foundation.imaging.rules import batches as scans
from foundation.imaging.selectors import batches as scanned
from foundation.imaging.services import batches
from foundation.worklist.models import Job
from monitoring import rules, tasks
from monitoring import services as pairs
from monitoring.models import Alignment, DayEnd, Explanation, Match
from monitoring.rules import looks as look_rules
from monitoring.rules import matching, settling
from monitoring.selectors import settling as selected
from monitoring.services import auditing
from monitoring.services import looks as looking
from monitoring.services import settling as services
from tests.browser import BACKEND
from tests.factories import batches as scanning
from tests.factories import entry, looks, monitoring, people
from tests.factories import ledger as books
from tests.factories.people import DAY, NOON


@pytest.fixture
def supervisor(bank):
    return people.staff(bank.outlet, "outlet_supervisor", name="许薇")


@pytest.fixture
def lead(bank):
    return people.staff(bank.centre, "audit_lead", name="郑洁")


@pytest.fixture
def people_of(bank, supervisor, lead):
    return supervisor, lead, people.staff(bank.centre, "auditor", name="冯磊")


@pytest.fixture
def given(place):
    return {"institution_id": place.outlet.pk, "business_date": DAY, "at": NOON}


@pytest.fixture
def client(lead):
    client = Client(HTTP_USER_AGENT="Chrome/120")
    client.force_login(lead, backend=BACKEND)
    return client


def line(place, teller, fen=120_000_00):
    return monitoring.post(
        place,
        teller=teller.number,
        fen=fen,
        voucher_no=f"1023{next(monitoring._keys):08d}",  # noqa: SLF001
    )


def scan_and_read(place, supervisor, lead, *read):
    """Let a batch be scanned whose sheets say this; return its documents in order."""
    batch = scanning.handed_over(place.outlet, supervisor, sheets=len(read))
    frames = scanning.scanned(batch, lead, *[() for _sheet in read])
    batches.end_scan(batch_id=batch.pk, note="", by=lead, at=NOON)
    for frame, fields in zip(frames, read, strict=True):
        if fields is None:
            imaging.record_reading(page_id=frame.page_id, text=None, failure="nothing", at=NOON)
        else:
            monitoring.read(frame.page, **fields)
    return [frame.page.document_id for frame in frames]


def settle_opening(given, supervisor, lead):
    """Explain the booking without a voucher that the counter began the day with."""
    for match in Match.objects.filter(result=rules.IMAGE_MISSING, state=rules.OPEN):
        said = services.explain(match_id=match.pk, text="开业备付，无凭证", by=supervisor, at=NOON)
        services.decide_explanation(explanation_id=said.pk, accepted=True, by=lead, at=NOON)


def code_of(statement):
    with pytest.raises(DatabaseError) as refused, transaction.atomic():
        statement()
    cause = refused.value.__cause__
    return getattr(cause, "sqlstate", None) or cause.pgcode


def test_twins_are_told_apart_by_the_time_that_the_machine_printed(
    place, teller, supervisor, lead, given
):
    moments = [NOON, NOON + timedelta(minutes=20)]
    lines = [
        monitoring.post(place, teller=teller.number, fen=100_00, at=moment) for moment in moments
    ]
    said = {"amount": "¥100.00", "account": place.customer, "teller": teller.number}
    documents = scan_and_read(
        place, supervisor, lead, said | {"time": "12:20:31"}, said | {"time": "2026112312:00:31"}
    )

    services.match_day(**given)

    found = dict(Alignment.objects.values_list("match__journal_no", "document_id"))
    assert found == {lines[0].journal_no: documents[1], lines[1].journal_no: documents[0]}
    assert {*Alignment.objects.values_list("how", flat=True)} == {matching.ACCOUNT}


def test_a_day_finds_its_pairs_and_is_closed(place, teller, supervisor, lead, given):
    lines = [line(place, teller, fen) for fen in (100_00, 200_00)]
    documents = scan_and_read(
        place, supervisor, lead, *[monitoring.agreeing(one) for one in reversed(lines)]
    )

    ran = services.match_day(**given)

    assert (ran.paired, ran.unsettled, ran.batches) == (2, 0, 1)
    found = dict(Alignment.objects.values_list("match__journal_no", "document_id"))
    assert found == {lines[0].journal_no: documents[1], lines[1].journal_no: documents[0]}
    assert set(Match.objects.filter(document__isnull=False).values_list("result", flat=True)) == {
        rules.MATCHED
    }
    settle_opening(given, supervisor, lead)
    books.close_day(place.outlet)
    end = services.close_day(by=lead, **given)
    assert (end.pairs, end.explained) == (3, 1)
    with pytest.raises(settling.DayClosedAlready):
        services.close_day(by=lead, **given)


def test_matching_again_changes_nothing(place, teller, supervisor, lead, given):
    scan_and_read(place, supervisor, lead, monitoring.agreeing(line(place, teller)))
    services.match_day(**given)
    before = list(Match.objects.order_by("id").values())

    ran = services.match_day(**given)

    assert ran.paired == 0
    assert list(Match.objects.order_by("id").values()) == before


def test_a_line_found_alone_before_gets_its_voucher_later(place, teller, supervisor, lead, given):
    one = line(place, teller)
    services.match_day(**given)
    assert Match.objects.get(journal_no=one.journal_no).result == rules.IMAGE_MISSING

    scan_and_read(place, supervisor, lead, monitoring.agreeing(one))
    services.match_day(**given)

    assert Match.objects.get(journal_no=one.journal_no).state == rules.MATCHED


def test_a_voucher_without_a_line_is_a_break_until_its_line_comes(
    place, teller, supervisor, lead, given
):
    strange = {"amount": "¥77.00", "account": "6222000000000000017"}
    (document,) = scan_and_read(place, supervisor, lead, strange)

    ran = services.match_day(**given)

    assert ran.journal_missing == 1
    assert Match.objects.get(document=document).result == rules.JOURNAL_MISSING


def test_one_voucher_for_two_lines_is_compared_with_their_sum(
    place, teller, supervisor, lead, given
):
    lines = [monitoring.post(place, teller=teller.number, fen=fen) for fen in (100_00, 250_00)]
    whole = {"amount": "¥350.00", "amount_words": "叁佰伍拾元整", "account": place.customer}
    scan_and_read(place, supervisor, lead, whole)

    services.match_day(**given)

    found = Match.objects.filter(journal_no__in=[one.journal_no for one in lines])
    assert {match.result for match in found} == {rules.MATCHED}
    assert set(Alignment.objects.values_list("how", flat=True)) == {"sum"}


def numbered(one, **changed):
    return {"journal_no": one.journal_no, **monitoring.agreeing(one), **changed}


def standing_of(documents):
    rows = Match.objects.filter(document__in=documents).order_by("document_id", "id")
    return [(row.document_id, bool(row.journal_no), row.result) for row in rows]


def test_a_voucher_scanned_twice_is_a_difference_of_its_own(bank, place, teller, lead, given):
    one, supervisor = line(place, teller), people.staff(place.outlet, "outlet_supervisor")
    documents = scan_and_read(
        place, supervisor, lead, numbered(one), numbered(one), {"journal_no": one.journal_no}
    )

    ran = services.match_day(**given)

    first, second, attached = documents
    assert standing_of(documents) == [
        (first, True, rules.MATCHED), (second, False, rules.DUPLICATE_IMAGE),
    ]  # fmt: skip
    hows = Alignment.objects.filter(match__journal_no=one.journal_no)
    assert dict(hows.values_list("document_id", "how")) == {
        first: "number", second: "again", attached: "part",
    }  # fmt: skip
    assert (ran.paired, ran.unsettled, ran.journal_missing) == (2, 1, 0)
    settle_opening(given, supervisor, lead)
    books.close_day(place.outlet)
    with pytest.raises(settling.Unsettled):
        services.close_day(by=lead, **given)
    auditor = people.staff(bank.centre, "auditor")
    held = pairs.open_next(auditor=auditor, at=NOON)
    pairs.decide(
        match_id=held.match.pk, finding=rules.DUPLICATE_IMAGE, tries=held.match.tries,
        fence=held.item.fence, auditor=auditor, at=NOON,
    )  # fmt: skip
    assert services.match_day(**given).paired == 0
    services.close_day(by=lead, **given)


def test_another_amount_under_the_same_number_is_a_voucher_without_a_line(
    place, teller, supervisor, lead, given
):
    one = line(place, teller)
    wrong, right = scan_and_read(
        place, supervisor, lead, numbered(one, amount="¥9,999.00"), numbered(one)
    )

    ran = services.match_day(**given)

    assert standing_of((wrong, right)) == [
        (wrong, False, rules.JOURNAL_MISSING), (right, True, rules.MATCHED),
    ]  # fmt: skip
    assert ran.journal_missing == 1


def test_a_sheet_that_comes_later_is_set_beside_the_voucher_of_its_line(
    place, teller, supervisor, lead, given
):
    one = line(place, teller)
    (first,) = scan_and_read(place, supervisor, lead, numbered(one))
    services.match_day(**given)
    attached, second = scan_and_read(
        place, supervisor, lead, {"journal_no": one.journal_no}, numbered(one)
    )
    pairs.stray(document_id=second, institution_id=place.outlet.pk, day=DAY, at=NOON)

    services.match_day(**given)

    assert standing_of((first, attached, second)) == [
        (first, True, rules.MATCHED), (second, False, rules.DUPLICATE_IMAGE),
    ]  # fmt: skip


def test_a_part_that_looks_like_the_voucher_is_the_voucher_once_more(
    place, teller, supervisor, lead, given
):
    one = line(place, teller)
    first, second = scan_and_read(
        place, supervisor, lead, numbered(one), {"journal_no": one.journal_no}
    )
    looks = Page.objects.get(document=first).looks
    Page.objects.filter(document=second).update(looks=looks)

    services.match_day(**given)

    assert standing_of((first, second))[-1] == (second, False, rules.DUPLICATE_IMAGE)


def test_an_auditor_asks_at_the_desk_for_a_better_scan(place, teller, client, lead, given):
    supervisor = people.staff(place.outlet, "outlet_supervisor")
    strange = {"amount": "¥77.00", "account": "6222000000000000017"}
    (document,) = scan_and_read(place, supervisor, lead, strange)
    services.match_day(**given)
    stray = Match.objects.get(document=document)
    way, desk = reverse("monitoring:ask_rescan", args=[stray.pk]), reverse("monitoring:audit")
    while (opened := client.get(desk).context["opened"]) and opened.match != stray:
        pairs.decide(
            match_id=opened.match.pk, finding=opened.match.result, tries=opened.match.tries,
            fence=opened.item.fence, auditor=lead, at=NOON,
        )  # fmt: skip
    assert way in client.get(desk).content.decode()

    answer = client.post(way, headers={"HX-Request": "true"})

    assert answer.context["opened"].match == stray, "the desk goes on with it"
    assert "已要求补扫" in answer.content.decode()
    assert way not in answer.content.decode()
    (row,) = scanned.rescans()
    assert (row.page.document_id, row.faults) == (document, ["unreadable"])


def test_no_better_scan_is_asked_for_of_what_no_batch_has(place, teller, client):
    difference = monitoring.difference(place, teller)
    way = reverse("monitoring:ask_rescan", args=[difference.pk])

    assert way not in client.get(reverse("monitoring:audit")).content.decode()
    assert client.post(way).status_code == 409


def test_a_stray_ends_when_its_line_is_found(place, teller, supervisor, lead, given):
    (document,) = scan_and_read(
        place, supervisor, lead, {"amount": "¥1200.00", "account": place.customer}
    )
    services.match_day(**given)
    late = line(place, teller, 1200_00)

    services.match_day(**given)

    assert Match.objects.get(journal_no="", document=document).state == rules.MATCHED
    assert Match.objects.get(journal_no=late.journal_no).document_id == document


def test_an_unsettled_pair_keeps_the_day_open(place, teller, given, lead):
    monitoring.difference(place, teller)
    services.match_day(**given)
    books.close_day(place.outlet)

    with pytest.raises(settling.Unsettled):
        services.close_day(by=lead, **given)


def test_a_break_keeps_the_day_open_until_two_explained_it(place, given, supervisor, lead):
    services.match_day(**given)
    books.close_day(place.outlet)
    with pytest.raises(settling.Unexplained):
        services.close_day(by=lead, **given)

    settle_opening(given, supervisor, lead)

    services.close_day(by=lead, **given)
    assert Match.objects.get().state == rules.CONFIRMED


def test_a_batch_that_is_not_read_keeps_the_day_open(place, given, supervisor, lead):
    services.match_day(**given)
    settle_opening(given, supervisor, lead)
    scanning.handed_over(place.outlet, supervisor)
    books.close_day(place.outlet)

    with pytest.raises(scans.DayNotScanned):
        services.close_day(by=lead, **given)


def test_explanations_are_by_two_people_and_about_breaks(place, teller, given, supervisor, lead):
    services.match_day(**given)
    alone = Match.objects.get()
    said = entry.explained(alone, lead)

    with pytest.raises(settling.ExplainedByTwo):
        services.decide_explanation(explanation_id=said.pk, accepted=True, by=lead, at=NOON)
    with pytest.raises(settling.ExplainedAlready):
        entry.explained(alone, supervisor)
    with pytest.raises(settling.NotExplained):
        services.explain(match_id=alone.pk, text=" x ", by=supervisor, at=NOON)
    with pytest.raises(settling.NotABreak):
        entry.explained(monitoring.difference(place, teller), supervisor)
    with pytest.raises(settling.NoSuchExplanation):
        services.decide_explanation(explanation_id=99, accepted=True, by=lead, at=NOON)
    with pytest.raises(rules.NoSuchPair):
        services.explain(match_id=99, text="没有这一笔", by=supervisor, at=NOON)


def test_a_declined_explanation_can_be_followed_by_another(place, given, supervisor, lead):
    services.match_day(**given)
    said = entry.explained(Match.objects.get(), supervisor)

    services.decide_explanation(explanation_id=said.pk, accepted=False, by=lead, at=NOON)

    assert entry.explained(Match.objects.get(), supervisor).state == "proposed"
    assert Match.objects.get().state == rules.OPEN


def test_what_an_auditor_looks_at_is_left_alone(bank, place, teller, supervisor, lead):
    given = {"institution_id": place.outlet.pk, "business_date": DAY, "at": NOON}
    auditor = people.staff(bank.centre, "auditor")
    one = line(place, teller)
    services.match_day(**given)
    while (held := pairs.open_next(auditor=auditor, at=NOON)).match.journal_no != one.journal_no:
        pairs.decide(
            match_id=held.match.pk, finding=held.match.result, tries=held.match.tries,
            fence=held.item.fence, auditor=auditor, at=NOON,
        )  # fmt: skip
    scan_and_read(place, supervisor, lead, monitoring.agreeing(one))

    services.match_day(**given)

    assert Match.objects.get(journal_no=one.journal_no).document_id is None


def test_the_database_closes_no_day_over_a_break_and_changes_none(place, given, supervisor, lead):
    services.match_day(**given)
    alone = Match.objects.get()
    row = {
        "institution_id": place.outlet.pk, "business_date": DAY, "closed_by": lead,
        "closed_at": NOON, "pairs": 1, "explained": 0,
    }  # fmt: skip
    assert code_of(lambda: DayEnd.objects.create(**row)) == "OP063"

    said = entry.explained(alone, supervisor)
    alike = {
        "state": "accepted", "decided_by": supervisor, "decided_person": supervisor.person,
        "decided_at": NOON,
    }  # fmt: skip
    chosen = Explanation.objects.filter(pk=said.pk)
    assert code_of(lambda: chosen.update(**alike)) == "OP064"
    assert code_of(lambda: chosen.update(text="另一种说法")) == "OP063"
    assert code_of(chosen.delete) == "OP063"
    services.decide_explanation(explanation_id=said.pk, accepted=True, by=lead, at=NOON)
    assert code_of(lambda: DayEnd.objects.create(**row)) == "OP063", "its books are open"
    books.close_day(place.outlet)
    services.close_day(by=lead, **given)
    assert code_of(lambda: DayEnd.objects.update(pairs=9)) == "OP063"


def test_a_day_of_open_books_is_not_closed(place, given, supervisor, lead):
    services.match_day(**given)
    settle_opening(given, supervisor, lead)

    with pytest.raises(settling.BooksOpen):
        services.close_day(by=lead, **given)


def test_a_day_that_was_never_matched_is_not_closed(place, given, lead):
    books.close_day(place.outlet)
    assert not Match.objects.exists()

    with pytest.raises(settling.NotCompared):
        services.close_day(by=lead, **given)
    row = {
        "institution_id": place.outlet.pk, "business_date": DAY, "closed_by": lead,
        "closed_at": NOON, "pairs": 0, "explained": 0,
    }  # fmt: skip
    assert code_of(lambda: DayEnd.objects.create(**row)) == "OP063"


def test_a_key_business_that_waits_keeps_the_day_open(place, teller, given, people_of):
    looks.set_number(look_rules.CASH_FROM, "100000")
    supervisor, lead, auditor = people_of
    looks.passed(place, teller)
    services.match_day(**given)
    settle_opening(given, supervisor, lead)
    books.close_day(place.outlet)

    with pytest.raises(settling.KeyLooksWait):
        services.close_day(by=lead, **given)
    row = {
        "institution_id": place.outlet.pk, "business_date": DAY, "closed_by": lead,
        "closed_at": NOON, "pairs": 2, "explained": 1,
    }  # fmt: skip
    assert code_of(lambda: DayEnd.objects.create(**row)) == "OP063"
    opened = auditing.open_next(auditor=auditor, at=NOON)
    looking.look(
        look_id=opened.look.pk, answer=look_rules.AGREES, fence=opened.item.fence,
        auditor=auditor, at=NOON,
    )  # fmt: skip
    assert services.close_day(by=lead, **given).pairs == 2


def test_what_is_not_explained_comes_first(place, teller, given, people_of, monkeypatch):
    monkeypatch.setattr(selected, "BREAKS_SHOWN", 1)
    services.match_day(**given)
    first = Match.objects.get()
    settle_opening(given, *people_of[:2])
    late = line(place, teller)
    services.match_day(**given)

    (shown,) = selected.day(institution=place.outlet, on=DAY).breaks

    assert (shown.match.journal_no, shown.explanation) == (late.journal_no, None)
    assert first.journal_no != late.journal_no


def test_what_stands_alone_is_not_matched_by_hand(bank, place, given):
    auditor = people.staff(bank.centre, "auditor")
    services.match_day(**given)
    held = pairs.open_next(auditor=auditor, at=NOON)

    with pytest.raises(rules.NothingToMatch):
        pairs.decide(
            match_id=held.match.pk, finding=rules.MATCHED_FORCED, reason="原件已核对",
            tries=held.match.tries, fence=held.item.fence, auditor=auditor, at=NOON,
        )  # fmt: skip
    forced = {
        "state": rules.FORCED, "result": rules.MATCHED_FORCED, "reason": "原件已核对",
        "decided_by": auditor, "decided_person": auditor.person, "decided_label": auditor.label,
        "decided_at": NOON,
    }  # fmt: skip
    assert code_of(lambda: Match.objects.filter(pk=held.match.pk).update(**forced)) == "OP093"


def test_the_database_keeps_how_pairs_were_found(place, teller, supervisor, lead, given):
    scan_and_read(place, supervisor, lead, monitoring.agreeing(line(place, teller)))
    services.match_day(**given)

    assert code_of(lambda: Alignment.objects.update(how="order")) == "OP063"


def test_the_job_runs_twice(place, teller, supervisor, lead):
    scan_and_read(place, supervisor, lead, monitoring.agreeing(line(place, teller)))

    for _run in range(2):
        tasks.match_day(institution_id=place.outlet.pk, business_date=DAY.isoformat())()

    assert Alignment.objects.count() == 1


def test_the_command_tells_in_json(place, teller, supervisor, lead):
    scan_and_read(place, supervisor, lead, monitoring.agreeing(line(place, teller)))
    out = StringIO()

    call_command("match_day", outlet=place.outlet.number, date=DAY, json=True, stdout=out)

    told = json.loads(out.getvalue())
    assert (told["paired"], told["image_missing"], told["unsettled"]) == (1, 1, 0)


def test_the_command_tells_which_values_differ(place, teller, supervisor, lead):
    booked = line(place, teller)
    said = monitoring.agreeing(booked) | {"voucher_no": "102300009999"}
    scan_and_read(place, supervisor, lead, said)
    out = StringIO()

    call_command("match_day", outlet=place.outlet.number, date=DAY, json=True, stdout=out)

    assert json.loads(out.getvalue())["differing"] == {"voucher_no": 1}


def test_the_command_knows_no_other_outlet(bank):
    with pytest.raises(CommandError, match="E6068"):
        call_command("match_day", outlet="999999", date=DAY)


def test_the_page_of_a_day(place, given, supervisor, client, teller):
    services.match_day(**given)
    said = entry.explained(Match.objects.get(), supervisor)
    address = f"{reverse('monitoring:settlement', args=[place.outlet.pk])}?on={DAY}"

    assert said.text in client.get(address).content.decode()
    accepted = reverse("monitoring:decide_explanation", args=[said.pk])
    assert client.post(accepted, {"step": "accept"})["Location"] == address
    books.close_day(place.outlet)
    closed = client.post(
        reverse("monitoring:close_vouchers", args=[place.outlet.pk]), {"on": DAY.isoformat()}
    )
    assert closed.status_code == 302
    assert DayEnd.objects.get().explained == 1


def test_a_day_is_matched_and_a_break_explained_from_the_page(place, client):
    run = reverse("monitoring:run_day", args=[place.outlet.pk])
    for _again in range(2):
        assert client.post(run, {"on": DAY.isoformat()}).status_code == 302
    job = Job.objects.get(kind=settling.MATCH_JOB)
    address = f"{reverse('monitoring:settlement', args=[place.outlet.pk])}?on={DAY}"
    assert "disabled" in client.get(address, headers={"HX-Request": "true"}).content.decode()
    tasks.match_day(**job.args)()
    alone = Match.objects.get()

    explain = reverse("monitoring:explain", args=[alone.pk])
    assert client.post(explain, {"text": "x"}).status_code == 422
    assert client.post(explain, {"text": "凭证随下一批补送"}).status_code == 302
    assert selected.standing(institution_id=place.outlet.pk, on=DAY).unexplained == 1


def test_another_outlets_day_does_not_exist(bank, place):
    stranger = Client(HTTP_USER_AGENT="Chrome/120")
    stranger.force_login(people.staff(bank.elsewhere, "outlet_supervisor"), backend=BACKEND)

    address = reverse("monitoring:settlement", args=[place.outlet.pk])
    assert stranger.get(address).status_code == 404
