"""A voucher without a line is set beside a line without a voucher by hand, and joined with it."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from foundation.imaging.services import batches
from foundation.kernel.errors import Refused
from foundation.people import services as people_services
from foundation.trail import services as trail
from foundation.trail.models import Event
from monitoring import rules
from monitoring import services as pairs
from monitoring.models import Alignment, DayEnd, Forcing, Match
from monitoring.rules import forcing, matching, tracing
from monitoring.selectors import settling as days
from monitoring.selectors import strays
from monitoring.selectors import tracing as selected
from monitoring.services import auditing, settling
from monitoring.services import tracing as services
from tests.browser import BACKEND
from tests.factories import batches as scanning
from tests.factories import looks, monitoring, people
from tests.factories.monitoring import alone
from tests.factories.people import DAY, NOON

WHY = "凭证装订在次日"


def lonely(place, teller, fen=3_000_00):
    """Return a line of the day that no voucher stands beside."""
    monitoring.post(place, teller=teller.number, fen=fen, voucher_no="10230000" + f"{fen}"[-4:])
    pairs.match_day(institution_id=place.outlet.pk, business_date=DAY, at=NOON)
    return Match.objects.get(amount_fen=fen, result=rules.IMAGE_MISSING)


@pytest.fixture
def line(place, teller):
    return lonely(place, teller)


@pytest.fixture
def stray(place, teller, line):
    return alone(place, teller, **monitoring.agreeing(line))


@pytest.fixture
def client(auditor):
    client = Client(HTTP_USER_AGENT="Chrome/120")
    client.force_login(auditor, backend=BACKEND)
    return client


def join(stray, line, by, reason=WHY):
    return services.join(stray_id=stray.pk, line_id=line.pk, reason=reason, by=by, at=NOON)


def told(match):
    rows = Event.objects.filter(subject=match.trail_subject, action="monitoring.join")
    return [(row.actor, row.detail["reason"]) for row in rows]


def by_hand(stray, line, by, **more):
    """Write that a person joined the two, past the service."""
    given = {
        "institution_id": line.institution_id, "match": line, "document_id": stray.document_id,
        "how": "hand", "found_at": NOON, "joined_by": by, "joined_person": by.person, "reason": WHY,
    }  # fmt: skip
    return Alignment.objects.create(**given | more)


def code_of(statement):
    with pytest.raises(DatabaseError) as refused, transaction.atomic():
        statement()
    cause = refused.value.__cause__
    return getattr(cause, "sqlstate", None) or cause.pgcode


def test_what_agrees_is_matched_and_neither_stands_alone(line, stray, auditor):
    joined = join(stray, line, auditor)

    assert (joined.state, joined.result) == (rules.MATCHED, rules.MATCHED)
    assert joined.document_id == stray.document_id
    stray.refresh_from_db()
    assert stray.state == rules.MATCHED
    row = Alignment.objects.get(match=line)
    assert (row.how, row.joined_by, row.joined_person, row.reason) == (
        "hand", auditor, auditor.person, WHY,
    )  # fmt: skip
    assert told(line) == told(stray) == [(auditor.label, WHY)]
    for ended in (joined, stray):
        ended.work_item.refresh_from_db()
        assert ended.work_item.state == "withdrawn"


def test_what_differs_goes_to_the_queue_and_is_forced_as_ever(
    place, teller, line, auditor, colleague
):
    stray = alone(place, teller, **monitoring.agreeing(line) | {"amount": "¥1.00"})
    joined = join(stray, line, auditor)

    assert (joined.state, joined.result) == (rules.OPEN, rules.AMOUNT_DIFF)
    assert joined.is_whole
    assert joined.work_item.state == "waiting"
    opened = auditing.open_next(auditor=auditor, at=NOON)
    while opened.match.pk != joined.pk:
        auditing.decide(
            match_id=opened.match.pk, finding=opened.match.result, tries=opened.match.tries,
            fence=opened.item.fence, auditor=auditor, at=NOON,
        )  # fmt: skip
        opened = auditing.open_next(auditor=auditor, at=NOON)
    given = {"match_id": joined.pk, "finding": rules.MATCHED_FORCED, "tries": opened.match.tries,
             "fence": opened.item.fence, "auditor": auditor, "at": NOON}  # fmt: skip
    with pytest.raises(rules.ForceNeedsReason):
        auditing.decide(**given)
    assert auditing.decide(**given, reason="手写金额相符").state == rules.FORCED


def test_above_the_limit_a_match_of_what_was_joined_takes_two(place, teller, auditor):
    looks.set_number(forcing.LIMIT, "10000000")
    line = lonely(place, teller, fen=800_000_00)
    stray = alone(place, teller, **monitoring.agreeing(line) | {"account": "6222000000000000017"})
    joined = join(stray, line, auditor)

    assert joined.result == rules.ACCOUNT_DIFF
    forced = {
        "state": rules.FORCED, "result": rules.MATCHED_FORCED, "decided_by": auditor,
        "decided_person": auditor.person, "decided_label": auditor.label, "decided_at": NOON,
        "reason": WHY,
    }  # fmt: skip
    assert code_of(lambda: Match.objects.filter(pk=joined.pk).update(**forced)) == "OP076"
    assert not Forcing.objects.exists()


@pytest.mark.parametrize("side", ["line", "stray"])
def test_who_had_a_part_in_either_may_not_join(place, line, stray, side):
    own = people.staff(place.outlet, "teller")
    if side == "line":
        monitoring.post(place, teller=own.number, fen=4_000_00)
        pairs.match_day(institution_id=place.outlet.pk, business_date=DAY, at=NOON)
        line = Match.objects.get(amount_fen=4_000_00)
    else:
        of = Match(institution=place.outlet, business_date=DAY, touched=[own.person])
        document, page = monitoring.scan(place, own)
        monitoring.read(page, amount="¥1.00")
        stray = pairs.again(document_id=document.pk, of=of, at=NOON)
    with pytest.raises(rules.OwnWork):
        join(stray, line, own)
    assert code_of(lambda: by_hand(stray, line, own)) == "OP094"


def test_what_is_joined_is_not_joined_again(place, teller, line, auditor, colleague):
    stray = alone(place, teller, **monitoring.agreeing(line))
    other = alone(place, teller, **monitoring.agreeing(line))
    another = lonely(place, teller, fen=5_000_00)
    join(stray, line, auditor)

    for voucher, beside in ((stray, another), (other, line), (stray, line)):
        with pytest.raises(tracing.JoinedAlready):
            join(voucher, beside, colleague)
        assert code_of(lambda one=voucher, two=beside: by_hand(one, two, colleague)) == "OP094"


def test_only_a_voucher_and_a_line_are_joined(line, stray, auditor):
    for one, other in ((line, stray), (line, line), (stray, stray)):
        with pytest.raises(rules.NoSuchPair):
            join(one, other, auditor)


def test_a_reason_is_needed(line, stray, auditor):
    with pytest.raises(tracing.JoinNeedsReason):
        join(stray, line, auditor, reason=" 。 ")
    assert code_of(lambda: by_hand(stray, line, auditor, reason="")) == "23514"
    assert code_of(lambda: by_hand(stray, line, auditor, how="order")) == "23514"


def test_a_closed_day_is_left_as_it_is(place, teller, line, auditor):
    closed = DAY + timedelta(days=1)
    DayEnd.objects.create(
        institution=place.outlet, business_date=closed, closed_by=auditor, closed_at=NOON,
        pairs=0, explained=0,
    )  # fmt: skip
    stray = alone(place, teller, on=closed, **monitoring.agreeing(line))

    with pytest.raises(tracing.JoinDayClosed):
        join(stray, line, auditor)
    assert code_of(lambda: by_hand(stray, line, auditor)) == "OP095"


def test_how_a_voucher_was_found_stays(line, stray, auditor):
    join(stray, line, auditor)
    rows = Alignment.objects.order_by()

    assert code_of(rows.delete) == code_of(lambda: rows.update(reason="另一个理由")) == "OP063"


def test_a_voucher_beside_a_line_is_not_changed_for_another(place, teller, difference):
    document, _page = monitoring.scan(place, teller)
    for other in (document.pk, None):
        rows = Match.objects.filter(pk=difference.pk)
        assert code_of(lambda key=other, rows=rows: rows.update(document=key)) == "OP094"


def test_an_unread_voucher_waits(place, teller, line, auditor):
    unread = alone(place, teller)
    with pytest.raises(tracing.JoinUnread):
        join(unread, line, auditor)


def test_what_a_colleague_looks_at_is_left_to_them(line, stray, auditor, colleague):
    held = auditing.open_next(auditor=colleague, at=NOON)
    while held.match.pk not in {line.pk, stray.pk}:
        auditing.decide(
            match_id=held.match.pk, finding=held.match.result, tries=held.match.tries,
            fence=held.item.fence, auditor=colleague, at=NOON,
        )  # fmt: skip
        held = auditing.open_next(auditor=colleague, at=NOON)

    with pytest.raises(tracing.JoinHeld):
        join(stray, line, auditor)
    assert join(stray, line, colleague).state == rules.MATCHED


@pytest.mark.parametrize("apart", [3, -3, 4, -4])
def test_a_voucher_filed_under_a_day_beside_it_is_joined(place, teller, line, auditor, apart):
    on, joined = DAY + timedelta(days=apart), abs(apart) == 3
    stray = alone(place, teller, on=on, **monitoring.agreeing(line))
    wanted = selected.Wanted(on=DAY, beside=True)
    found = selected.traced(outlet=place.outlet, wanted=wanted, by=auditor)
    assert (stray.pk in [one.match.pk for one in found.strays]) == joined
    if not joined:
        with pytest.raises(tracing.JoinTooFar):
            join(stray, line, auditor)
        return

    assert join(stray, line, auditor).state == rules.MATCHED
    assert days.documents_without_line(institution_id=place.outlet.pk, on=on) == ()
    settling.match_day(institution_id=place.outlet.pk, business_date=on, at=NOON)
    assert not Match.objects.filter(business_date=on, state=rules.OPEN).exists()


def test_a_voucher_of_another_outlet_is_not_joined(bank, teller, line, auditor):
    other = monitoring.Counter(bank.sibling, "", "")
    stray = alone(other, people.staff(bank.sibling, "teller"), **monitoring.agreeing(line))
    with pytest.raises(tracing.JoinTooFar):
        join(stray, line, auditor)


def test_the_best_comes_first(place, teller, auditor):
    lines = [lonely(place, teller, fen=fen) for fen in (100_00, 200_00, 300_00)]
    stray = alone(place, teller, **monitoring.agreeing(lines[1]))
    worse = alone(place, teller, amount="¥200.00")
    wrong = alone(place, teller, amount="¥900.00")

    of_stray = selected.traced(
        outlet=place.outlet, wanted=selected.Wanted(on=DAY, stray=stray.pk), by=auditor
    )
    assert of_stray.lines[0].match == lines[1]
    of_line = selected.traced(
        outlet=place.outlet, wanted=selected.Wanted(on=DAY, line=lines[1].pk), by=auditor
    )
    assert [one.match for one in of_line.strays] == [stray, worse, wrong]


def twins(place, teller, *moments):
    """Return lines of one amount at these moments that no voucher stands beside, by their order."""
    booked = [monitoring.post(place, teller=teller.number, fen=500_00, at=one) for one in moments]
    pairs.match_day(institution_id=place.outlet.pk, business_date=DAY, at=NOON)
    return [Match.objects.get(journal_no=one.journal_no) for one in booked]


@pytest.mark.parametrize("days", [0, 1])
def test_of_twins_the_one_at_the_printed_hour_comes_first(place, teller, auditor, days):
    early, late = twins(place, teller, NOON, NOON + timedelta(hours=2))
    said = {"amount": "¥500.00", "account": place.customer, "time": "14:00:31"}
    stray = alone(place, teller, on=DAY + timedelta(days=days), **said)

    wanted = selected.Wanted(on=DAY, beside=True, stray=stray.pk)
    found = selected.traced(outlet=place.outlet, wanted=wanted, by=auditor)

    assert [one.match for one in found.lines][:2] == [late, early]
    assert found.lines[0].fit.apart == timedelta(seconds=31)


def test_without_a_printed_time_a_voucher_has_none(client, place, teller, auditor, line):
    stray = alone(place, teller, **monitoring.agreeing(line))

    wanted = selected.Wanted(on=DAY, stray=stray.pk, line=line.pk)
    found = selected.traced(outlet=place.outlet, wanted=wanted, by=auditor)
    assert found.stray.sheet.at is None
    assert found.strays[0].fit.apart == timedelta.max
    page = client.get(reverse("monitoring:trace", args=[place.outlet.pk]), {"on": DAY})
    strays, _lines = page.content.decode().split('id="lonely"')
    assert "12:00" not in strays


def test_both_sides_are_narrowed(place, teller, auditor):
    lines = [lonely(place, teller, fen=fen) for fen in (100_00, 200_00)]
    strays = [alone(place, teller, **monitoring.agreeing(line)) for line in lines]
    silent = alone(place, teller, journal_no="99")
    for wanted in ({"fen": 200_00}, {"fen": 200_00, "teller": teller.number}):
        found = selected.traced(
            outlet=place.outlet, wanted=selected.Wanted(on=DAY, **wanted), by=auditor
        )
        assert [one.match for one in found.lines] == [lines[1]]
        assert [one.match for one in found.strays] == [strays[1], silent]
    nobody = selected.Wanted(on=DAY, teller="999999", account="000")
    found = selected.traced(outlet=place.outlet, wanted=nobody, by=auditor)
    assert list(found.lines) == []


class TestMany:
    @pytest.fixture(autouse=True)
    def _few_at_once(self, monkeypatch):
        monkeypatch.setattr(selected, "LOOKED_AT", 2)
        monkeypatch.setattr(selected, "GONE_THROUGH", 6)

    def found(self, place, auditor, **wanted):
        chosen = selected.Wanted(on=DAY, **wanted)
        return selected.traced(outlet=place.outlet, wanted=chosen, by=auditor)

    def test_what_fits_is_found_behind_what_does_not(self, place, teller, auditor):
        for _one in range(3):
            alone(place, teller, amount="¥100.00")
        stray = alone(place, teller, amount="¥200.00")

        found = self.found(place, auditor, fen=200_00)

        assert [one.match for one in found.strays] == [stray]
        assert not found.more

    def test_there_are_more_only_where_there_are(self, place, teller, auditor):
        for _one in range(2):
            alone(place, teller, amount="¥100.00")
        assert not self.found(place, auditor).more
        alone(place, teller, amount="¥100.00")

        found = self.found(place, auditor)

        assert (found.stray_count, found.more) == (2, True)

    def test_so_many_lines_are_not_more(self, place, teller, auditor):
        twins(place, teller, NOON)
        assert self.found(place, auditor).line_count == 2
        assert not self.found(place, auditor).more
        twins(place, teller, NOON)
        assert self.found(place, auditor).more

    @pytest.mark.parametrize("strays", [6, 7])
    def test_the_end_of_going_through_is_told(self, client, place, teller, auditor, strays):
        for _one in range(strays):
            alone(place, teller, amount="¥100.00")

        assert self.found(place, auditor, fen=200_00).more == (strays == 7)
        address = reverse("monitoring:trace", args=[place.outlet.pk])
        text = client.get(address, {"on": DAY, "amount": "200.00"}).content.decode()
        assert ("或只看当日" in text) == (strays == 7)

    def test_the_chosen_one_stays_whatever_is_wanted(self, place, teller, auditor):
        strays = [alone(place, teller, amount="¥100.00") for _one in range(3)]

        found = self.found(place, auditor, fen=200_00, stray=strays[2].pk)

        assert [one.match for one in found.strays] == [strays[2]]
        assert found.stray.match == strays[2]


def test_only_what_is_shown_is_read_of_a_voucher(place, teller, auditor):
    alone(place, teller, amount="¥500.00", payer_name="张三", time="14：00：31")

    with CaptureQueriesContext(connection) as asked:
        found = selected.traced(outlet=place.outlet, wanted=selected.Wanted(on=DAY), by=auditor)

    (sheet,) = [one.sheet for one in found.strays]
    assert (sheet.fen, sheet.at) == (500_00, NOON + timedelta(hours=2, seconds=31))
    readings = [one["sql"] for one in asked if "imaging_reading" in one["sql"]]
    assert readings
    assert not [sql for sql in readings if '"strips"' in sql or '."lines",' in sql]


def test_the_page_shows_both_sides_and_joins(client, place, line, stray):
    address = reverse("monitoring:trace", args=[place.outlet.pk])
    day = client.get(reverse("monitoring:day"), {"on": DAY}).content.decode()
    assert f"{address}?on={DAY}" in day
    page = client.get(address, {"on": DAY, "stray": stray.pk, "line": line.pk})
    text = page.content.decode()
    assert page.status_code == 200
    assert 'id="pair-viewer"' in text
    assert "op-compare" in text
    assert line.journal_no in text
    assert Event.objects.filter(subject=stray.trail_subject, action="monitoring.trace").exists()
    sent = {"on": DAY, "stray": stray.pk, "line": line.pk}

    refused = client.post(reverse("monitoring:join", args=[place.outlet.pk]), sent)
    assert refused.status_code == 422
    assert 'id="ops-errors"' in refused.content.decode()
    done = client.post(
        reverse("monitoring:join", args=[place.outlet.pk]), sent | {"reason": WHY}, follow=True
    )

    assert done.status_code == 200
    assert done.redirect_chain[0][0] == f"{address}?on={DAY}&joined={line.pk}"
    assert f"/match/{line.pk}/" in done.content.decode()
    line.refresh_from_db()
    assert line.state == rules.MATCHED


def test_an_empty_day_says_so(client, place):
    page = client.get(reverse("monitoring:trace", args=[place.outlet.pk]), {"on": "2026-01-05"})
    assert page.status_code == 200
    assert page.content.decode().count("op-empty") == 2


def test_what_one_had_a_part_in_is_not_offered(place, teller, line, stray):
    found = selected.traced(outlet=place.outlet, wanted=selected.Wanted(on=DAY), by=teller)
    assert line not in [one.match for one in found.lines]


def test_more_of_both_sides_ask_no_more_questions(client, place, teller, line, stray):
    asked = {"on": DAY, "stray": stray.pk, "line": line.pk}
    address = reverse("monitoring:trace", args=[place.outlet.pk])
    client.get(address, asked)
    with CaptureQueriesContext(connection) as few:
        client.get(address, asked)
    for fen in (100_00, 200_00, 300_00):
        alone(place, teller, **monitoring.agreeing(lonely(place, teller, fen=fen)))
    with CaptureQueriesContext(connection) as many:
        assert client.get(address, asked).content.decode().count("data-row=") == 9

    assert len(many) == len(few)


def test_what_is_typed_wrong_narrows_nothing_and_is_told(client, place, line):
    address = reverse("monitoring:trace", args=[place.outlet.pk])
    page = client.get(address, {"on": DAY, "amount": "abc", "stray": "x"})

    assert page.status_code == 200
    assert "不是有效金额" in page.content.decode()
    assert line.journal_no in page.content.decode()


def test_an_image_that_was_traced_has_its_reason(client, place, auditor, stray):
    address = reverse("monitoring:trace", args=[place.outlet.pk])
    client.get(address, {"on": DAY, "stray": stray.pk})
    page = stray.document.pages.get()
    trail.record(
        institution_id=place.outlet.pk, actor=auditor.label, action="imaging.page.seen.view",
        subject=f"imaging.page:{page.pk}", at=NOON,
        detail={"image_class": "voucher", "document": stray.document_id},
    )  # fmt: skip

    with people_services.acting_as_system(reason="test"):
        assert not strays.day(on=DAY).strays


@pytest.fixture
def world(committed_db, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    with people_services.acting_as_system(reason="test"):
        bank = people.branch()
        people.numbers(*(people.staff(bank.branch, "risk_manager") for _ in range(2)))
        teller = people.staff(bank.outlet, "teller")
        place = monitoring.counter(bank.outlet)
        auditors = [people.staff(bank.centre, "auditor") for _ in range(2)]
        lines = [lonely(place, teller, fen=fen) for fen in (100_00, 200_00)]
        strays = [alone(place, teller, **monitoring.agreeing(lines[0])) for _ in range(2)]
        return place, auditors, lines, strays


@pytest.mark.parametrize("pairs_wanted", [((0, 0), (0, 1)), ((0, 0), (1, 0)), ((0, 0), (0, 0))])
def test_of_two_who_join_the_same_at_once_one_wins(world, pairs_wanted):
    _place, auditors, lines, strays = world
    ready, went = threading.Barrier(2), []

    def work(auditor, chosen):
        try:
            with people_services.acting(staff=auditor):
                ready.wait()
                join(strays[chosen[0]], lines[chosen[1]], auditor)
                went.append("joined")
        except Refused as refusal:
            went.append(refusal.code)
        finally:
            connection.close()

    threads = [
        threading.Thread(target=work, args=(auditor, chosen))
        for auditor, chosen in zip(auditors, pairs_wanted, strict=True)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(went) == ["E6184", "joined"]
    with people_services.acting_as_system(reason="test"):
        assert Alignment.objects.filter(how="hand").count() == 1


@pytest.fixture
def contested(world):
    """Return a line and its voucher of a scanned batch: matching the day pairs them, too."""
    place, auditors, *_alone = world
    with people_services.acting_as_system(reason="test"):
        by = people.staff(place.outlet, "outlet_supervisor")
        line = lonely(place, by, fen=712_34)
        batch = scanning.handed_over(place.outlet, by, sheets=1)
        (frame,) = scanning.scanned(batch, auditors[1], ())
        batches.end_scan(batch_id=batch.pk, note="", by=auditors[1], at=NOON)
        monitoring.read(frame.page, **monitoring.agreeing(line))
        given = {"institution_id": place.outlet.pk, "day": DAY, "at": NOON}
        stray = pairs.stray(document_id=frame.page.document_id, **given)
    return line, stray


@pytest.mark.parametrize("first", ["join", "match"])
def test_the_day_is_matched_while_a_voucher_is_joined_and_who_is_first_has_it(
    world, contested, first
):
    (place, auditors, *_alone), (line, stray) = world, contested
    begun, never, went = threading.Event(), threading.Event(), {}
    works = {
        "join": lambda: join(stray, line, auditors[0]),
        "match": lambda: settling.match_day(
            institution_id=place.outlet.pk, business_date=DAY, at=NOON
        ),
    }

    def do(name):
        assert name == first or begun.wait(20)
        try:
            with people_services.acting_as_system(reason="test"), transaction.atomic():
                works[name]()
                if name == first:
                    begun.set()
                    never.wait(1)
            went[name] = "done"
        except Refused as refusal:
            went[name] = refusal.code
        finally:
            connection.close()

    threads = [threading.Thread(target=do, args=(name,)) for name in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert went == {"match": "done", "join": "done" if first == "join" else "E6184"}
    with people_services.acting_as_system(reason="test"):
        of_voucher = Match.objects.filter(document_id=stray.document_id).exclude(journal_no="")
        assert [one.journal_no for one in of_voucher] == [line.journal_no]
        hows = Alignment.objects.filter(document_id=stray.document_id)
        assert [one.how for one in hows] == [matching.HAND if first == "join" else matching.VOUCHER]


def test_who_joins_while_the_day_is_being_closed_waits_and_is_refused(world):
    place, auditors, *_alone = world
    on, went = DAY + timedelta(days=1), []
    with people_services.acting_as_system(reason="test"):
        lead, said_by = people.staff(place.outlet, "teller"), people.staff(place.outlet, "teller")
        stray = alone(place, lead, on=on, amount="¥1.00")
    with people_services.acting(staff=auditors[0]):
        held = auditing.open_next(auditor=auditors[0], at=NOON)
        while held.match.pk != stray.pk:
            auditing.decide(
                match_id=held.match.pk, finding=held.match.result, tries=held.match.tries,
                fence=held.item.fence, auditor=auditors[0], at=NOON,
            )  # fmt: skip
            held = auditing.open_next(auditor=auditors[0], at=NOON)
    with people_services.acting_as_system(reason="test"):
        line = lonely(place, said_by, fen=6_000_00)
        said = settling.explain(match_id=stray.pk, text=WHY, by=said_by, at=NOON)
        settling.decide_explanation(explanation_id=said.pk, accepted=True, by=lead, at=NOON)
    closing, never = threading.Event(), threading.Event()

    def close():
        with people_services.acting_as_system(reason="test"), transaction.atomic():
            settling.close_day(institution_id=place.outlet.pk, business_date=on, by=lead, at=NOON)
            closing.set()
            never.wait(1)
        connection.close()

    def work():
        assert closing.wait(20)
        try:
            with people_services.acting(staff=auditors[0]):
                join(stray, line, auditors[0])
        except Refused as refusal:
            went.append(refusal.code)
        finally:
            connection.close()

    threads = [threading.Thread(target=target) for target in (close, work)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert went == ["E6187"]
