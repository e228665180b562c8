"""A batch from the hand-over list to its closing: nothing lost, nothing read twice."""

import os

import pytest
from django.db import DatabaseError, connection, transaction

from foundation.imaging import events, gateways, tasks
from foundation.imaging import services as imaging
from foundation.imaging.models import Batch, BatchFile, Frame, Page, Rescan
from foundation.imaging.rules import batches as rules
from foundation.imaging.selectors import batches as selected
from foundation.imaging.services import batches as services
from foundation.imaging.services import rescans
from foundation.kernel import bus
from foundation.kernel.flow import StepNotAllowed
from foundation.people import services as people_services
from foundation.trail import selectors as trail
from tests.factories import batches as factory
from tests.factories import people
from tests.factories.people import DAY, NOON


@pytest.fixture
def bank(db):
    with people_services.acting_as_system(reason="test"):
        opened = people.branch()
        manager = people.staff(opened.branch, "ops_manager")
        people.numbers(manager, people.staff(opened.branch, "risk_manager"))
        yield opened


@pytest.fixture
def supervisor(bank):
    return people.staff(bank.outlet, "outlet_supervisor", name="许薇")


@pytest.fixture
def clerk(bank):
    return people.staff(bank.centre, "audit_lead", name="郑洁")


@pytest.fixture
def batch(bank, supervisor):
    return factory.handed_over(bank.outlet, supervisor)


@pytest.fixture
def heard(monkeypatch):
    found = []
    monkeypatch.setitem(bus._handlers, events.BatchRead, [found.append])  # noqa: SLF001
    return found


def read_all(batch):
    for page in Page.objects.filter(document__subject=batch.trail_subject, state="stored"):
        imaging.record_reading(page_id=page.pk, text=None, failure="nothing", at=NOON)
        services.on_page_read(
            events.PageRead(page_id=page.pk, document_id=1, subject=batch.trail_subject)
        )


def code_of(statement):
    with pytest.raises(DatabaseError) as refused, transaction.atomic():
        statement()
    return (
        refused.value.__cause__.sqlstate
        if hasattr(refused.value.__cause__, "sqlstate")
        else refused.value.__cause__.pgcode
    )


def removing(table):
    def statement():
        with connection.cursor() as cursor:
            cursor.execute(f"DELETE FROM {table}")

    return statement


def test_from_the_list_to_the_closing(batch, clerk, heard):
    factory.scanned(batch, clerk, (rules.cover_text(batch.number),), (), ("OPATT",), ())
    assert batch.state == "receiving"

    batch = services.end_scan(batch_id=batch.pk, note="", by=clerk, at=NOON)
    assert (batch.state, batch.note, heard) == ("reading", "", [])
    read_all(batch)

    assert [event.business_date for event in heard] == [str(DAY)]
    given = {"institution_id": batch.institution_id, "business_date": DAY, "at": NOON}
    assert services.matched(**given) == 1
    assert services.close_day(**given) == 1
    batch.refresh_from_db()
    assert batch.state == "closed"
    told = [event.action for event in trail.timeline(subject=batch.trail_subject)]
    assert sorted(told) == [
        "imaging.close_batch", "imaging.end_scan", "imaging.hand_over", "imaging.match_batch",
        "imaging.read_through", "imaging.receive_file", "imaging.take_apart",
    ]  # fmt: skip


def test_attachments_lie_in_the_document_of_their_voucher(batch, clerk):
    frames = factory.scanned(batch, clerk, (), ("OPATT",), ())

    first, attached, second = (frame.page.document_id for frame in frames)
    assert first == attached != second
    assert selected.scanned(batch_id=batch.pk) == 2


def test_the_same_file_again_changes_nothing(batch, clerk):
    given = {"batch_id": batch.pk, "data": b"x", "name": "a.tif", "by": clerk, "at": NOON}

    assert services.receive(**given)[1] is True
    assert services.receive(**given)[1] is False
    assert BatchFile.objects.count() == 1


def test_a_file_is_taken_apart_once(batch, clerk):
    file, _new = services.receive(batch_id=batch.pk, data=b"x", name="a", by=clerk, at=NOON)
    pieces = [factory.piece(0)]

    for _run in range(2):
        services.take_apart(file_id=file.pk, pieces=pieces, refusal="", at=NOON)

    assert Frame.objects.count() == Page.objects.count() == 1


def test_the_same_picture_again_has_a_row_and_no_page(batch, clerk):
    file, _new = services.receive(batch_id=batch.pk, data=b"x", name="a", by=clerk, at=NOON)
    one = factory.piece(0)
    twin = gateways.Piece(1, one.data, one.seen, ())

    services.take_apart(file_id=file.pk, pieces=[one, twin], refusal="", at=NOON)

    assert [frame.part for frame in Frame.objects.order_by("number")] == ["main", "again"]


def taken(batch, clerk, *pieces):
    data = b"".join(one.data for one in pieces)
    file, _new = services.receive(batch_id=batch.pk, data=data, name="b.tif", by=clerk, at=NOON)
    numbered = [gateways.Piece(n, one.data, one.seen, one.codes) for n, one in enumerate(pieces)]
    services.take_apart(file_id=file.pk, pieces=numbered, refusal="", at=NOON)
    rows = Frame.objects.filter(file=file).select_related("page").order_by("number")
    return [(row.part, row.page and row.page.document_id) for row in rows]


def test_the_back_of_a_sheet_that_is_scanned_again_opens_no_document(bank, supervisor, clerk):
    batch = factory.handed_over(bank.outlet, supervisor, duplex=True)
    front, other, back, its_back = (factory.piece(number) for number in range(4))
    ((_main, first),) = taken(batch, clerk, front)

    found = taken(batch, clerk, other, its_back, front, back)

    second = found[0][1]
    assert found == [("main", second), ("back", second), ("again", None), ("back", first)]
    assert {page.document_id for page in Page.objects.all()} == {first, second}


def test_an_attachment_goes_to_the_sheet_that_is_scanned_again(batch, clerk):
    one, two, attached, three = (
        factory.piece(number, *codes) for number, codes in enumerate(((), (), ("OPATT",), ()))
    )
    ((_main, first), (_main, second)) = taken(batch, clerk, one, two)

    found = taken(batch, clerk, one, attached, three)

    assert found[:2] == [("again", None), ("attachment", first)]
    assert found[2][1] not in (first, second)


def test_what_follows_a_sheet_of_another_batch_makes_no_voucher(bank, supervisor, batch, clerk):
    other = factory.handed_over(bank.outlet, supervisor, duplex=True)
    front, back, next_front = (factory.piece(number) for number in range(3))
    taken(batch, clerk, front)

    found = taken(other, clerk, front, back, next_front)

    assert [part for part, _document in found] == ["again", "again", "main"]


def test_an_auditor_asks_for_a_better_scan_of_a_page_that_cannot_be_read(batch, clerk, monkeypatch):
    factory.scanned(batch, clerk, ())
    page = Page.objects.get()

    asked = [rescans.ask(page_ids=[page.pk], by=clerk, at=NOON) for _time in range(2)]

    assert asked == [1, 0]
    (row,) = selected.rescans()
    assert (row.page_id, row.faults) == (page.pk, ["unreadable"])
    told = trail.timeline(subject=batch.trail_subject)
    assert [event.actor for event in told if event.action == "imaging.ask_rescan"] == [clerk.label]
    sharp = factory.piece(0)
    monkeypatch.setattr(gateways, "examine", lambda **_given: sharp.seen)
    better = rescans.rescan(rescan_id=row.pk, data=sharp.data, name="b", by=clerk, at=NOON)
    assert selected.rescans() == ()
    with pytest.raises(rules.NoRescanPossible):
        rescans.ask(page_ids=[page.pk], by=clerk, at=NOON)
    assert rescans.ask(page_ids=[better.pk], by=clerk, at=NOON) == 1


def test_the_day_is_matched_again_when_the_last_page_is_read_anew(batch, clerk, heard):
    frames = factory.scanned(batch, clerk, (), ())
    services.end_scan(batch_id=batch.pk, note="", by=clerk, at=NOON)
    read_all(batch)
    services.matched(institution_id=batch.institution_id, business_date=DAY, at=NOON)
    for frame in frames:
        imaging.read_again(page_id=frame.page_id, by=None, at=NOON)
    heard.clear()

    for frame in frames:
        imaging.record_reading(page_id=frame.page_id, text=None, failure="nothing", at=NOON)

    assert [(event.batch_id, event.business_date) for event in heard] == [(batch.pk, str(DAY))]


def test_what_cannot_be_taken_apart_is_turned_away_and_kept(batch, clerk):
    file, _new = services.receive(batch_id=batch.pk, data=b"x", name="a", by=clerk, at=NOON)

    services.take_apart(file_id=file.pk, pieces=[factory.piece(0, "OPATT")], refusal="", at=NOON)

    file.refresh_from_db()
    assert (file.state, file.refusal, Page.objects.count()) == ("turned_away", "E4113", 0)
    assert gateways.original(name=file.original, sha256=file.sha256) == b"x"
    again, new = services.receive(batch_id=batch.pk, data=b"x", name="a", by=clerk, at=NOON)
    assert new
    assert again.pk != file.pk


def test_another_count_needs_a_note(batch, clerk):
    factory.scanned(batch, clerk, ())

    with pytest.raises(rules.CountDiffers):
        services.end_scan(batch_id=batch.pk, note="", by=clerk, at=NOON)
    ended = services.end_scan(batch_id=batch.pk, note="第二张作废", by=clerk, at=NOON)

    assert ended.note == "第二张作废"


def test_files_under_way_hold_the_end_up(batch, clerk):
    services.receive(batch_id=batch.pk, data=b"x", name="a", by=clerk, at=NOON)

    with pytest.raises(rules.FilesUnderWay):
        services.end_scan(batch_id=batch.pk, note="x", by=clerk, at=NOON)


def test_a_forgotten_sheet_opens_the_batch_again(batch, clerk, heard):
    factory.scanned(batch, clerk, ())
    services.end_scan(batch_id=batch.pk, note="缺", by=clerk, at=NOON)
    with pytest.raises(rules.BatchNotOpen):
        services.receive(batch_id=batch.pk, data=b"y", name="b", by=clerk, at=NOON)

    services.receive_more(batch_id=batch.pk, by=clerk, at=NOON)
    factory.scanned(batch, clerk, ())
    services.end_scan(batch_id=batch.pk, note="", by=clerk, at=NOON)
    read_all(batch)

    assert len(heard) == 1


def test_an_empty_batch_cannot_end(batch, clerk):
    with pytest.raises(StepNotAllowed):
        services.end_scan(batch_id=batch.pk, note="x", by=clerk, at=NOON)


def test_a_day_is_not_closed_over_a_batch(batch):
    with pytest.raises(rules.DayNotScanned):
        services.close_day(institution_id=batch.institution_id, business_date=DAY, at=NOON)


def test_an_unknown_batch_is_refused(clerk):
    with pytest.raises(rules.NoSuchBatch):
        services.receive_more(batch_id=99, by=clerk, at=NOON)


def test_a_bad_page_is_asked_for_again_and_cleared_by_the_new_version(
    batch, clerk, supervisor, monkeypatch
):
    asked = factory.asked_again(batch, clerk)
    assert asked.faults == ["skew", "dark"]
    better = gateways.Examined("PNG", 1654, 1165, "0f" * 128)
    monkeypatch.setattr(gateways, "examine", lambda **_given: better)

    page = rescans.rescan(rescan_id=asked.pk, data=b"better", name="b.png", by=supervisor, at=NOON)

    asked.refresh_from_db()
    assert (asked.done_by, page.version) == (page, 2)
    assert selected.rescans() == ()
    with pytest.raises(rules.NoRescanAsked):
        rescans.rescan(rescan_id=asked.pk, data=b"c", name="c", by=supervisor, at=NOON)


def test_a_good_page_is_not_asked_for(batch, clerk):
    (frame,) = factory.scanned(batch, clerk, ())

    factory.measure(frame, factory.GOOD)

    assert not Rescan.objects.exists()


def test_the_database_keeps_what_came_in(batch, clerk):
    (frame,) = factory.scanned(batch, clerk, ())
    asked = factory.asked_again(batch, clerk)

    assert code_of(lambda: Batch.objects.filter(pk=batch.pk).update(sheets=9)) == "OP062"
    assert code_of(removing("imaging_batchfile")) == "OP062"
    assert code_of(lambda: BatchFile.objects.update(sha256="0" * 64)) == "OP062"
    assert code_of(lambda: Frame.objects.filter(pk=frame.pk).update(part="back")) == "OP062"
    assert code_of(lambda: Rescan.objects.filter(pk=asked.pk).update(faults=["torn"])) == "OP062"
    assert code_of(removing("imaging_rescan")) == "OP062"


def test_real_files_are_taken_apart_by_their_barcodes(batch, clerk):
    data = factory.tiff(factory.cover(batch), factory.sheet(), factory.sheet(code="OPATT"))
    file, _new = services.receive(batch_id=batch.pk, data=data, name="a.tif", by=clerk, at=NOON)

    commit = tasks.take_apart(file_id=file.pk)
    commit()

    assert [frame.part for frame in Frame.objects.order_by("number")] == [
        "cover", "main", "attachment",
    ]  # fmt: skip
    assert tasks.take_apart(file_id=file.pk) is None


def test_one_picture_keeps_its_own_bytes(batch, clerk):
    data = factory.png(factory.sheet())

    (one,) = gateways.pieces(data=data)

    assert (one.data, one.seen.format, one.codes) == (data, "PNG", ())


def test_the_folder_of_the_scanner(batch, tmp_path, settings):
    settings.SCAN_FOLDER = tmp_path / "scans"
    settings.SCAN_FOLDER.mkdir()
    good = factory.tiff(factory.cover(batch), factory.sheet(), factory.sheet())
    files = {"a.tif": good, "b.tif": factory.tiff(factory.sheet()), "c.tif": b"II*\0 no picture"}
    for name, data in files.items():
        (settings.SCAN_FOLDER / name).write_bytes(data)
    os.utime(settings.SCAN_FOLDER / "a.tif", (0, 0))
    os.utime(settings.SCAN_FOLDER / "b.tif", (1, 1))
    os.utime(settings.SCAN_FOLDER / "c.tif", (2, 2))
    (settings.SCAN_FOLDER / "still-written.tif").write_bytes(good)

    tasks.sweep_folder()
    (settings.SCAN_FOLDER / "a-again.tif").write_bytes(good)
    os.utime(settings.SCAN_FOLDER / "a-again.tif", (3, 3))
    tasks.sweep_folder()

    names = sorted(str(path.relative_to(settings.SCAN_FOLDER))
                   for path in settings.SCAN_FOLDER.rglob("*.tif"))  # fmt: skip
    assert names == [
        "done/a-again.tif", "done/a.tif", "refused/b.tif", "refused/c.tif", "still-written.tif",
    ]  # fmt: skip
    assert BatchFile.objects.count() == 1
    assert selected.scanned(batch_id=batch.pk) == 2
