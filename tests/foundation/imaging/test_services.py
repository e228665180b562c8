"""Pages are kept once, replaced with a reason, read once, and shown to those who may see them."""

import threading
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from foundation.imaging import events, gateways, rules, selectors, services, tasks
from foundation.imaging.models import Page, Reading
from foundation.imaging.services import rescans
from foundation.kernel import bus
from foundation.kernel.flow import StepNotAllowed
from foundation.people import services as people
from foundation.trail import selectors as trail
from tests.foundation.imaging import drawing
from tests.foundation.imaging.conftest import AT

EVERY_IMAGE = frozenset({"image_voucher_view", "image_id_view", "image_seal_view"})


def other_scan(number=1):
    fields = drawing.WITHDRAWAL | {"凭证号码": f"2026000000{number:04}"}
    return drawing.encoded(drawing.voucher(fields, size=(827, 583), seed=number))


def run(task, page):
    """Run a task as the worker does: slow part outside, its effect in one transaction."""
    commit = task(page_id=page.pk, document_id=page.document_id, subject="x", image_class="x")
    if commit is None:
        return None
    with people.acting_as_system(reason="test"):
        return commit()


def actions(page):
    with people.acting_as_system(reason="test"):
        return [event.action for event in trail.timeline(subject=f"imaging.page:{page.pk}")]


def fresh(page):
    with people.acting_as_system(reason="test"):
        return Page.objects.get(id=page.pk)


def reading_of(page):
    with people.acting_as_system(reason="test"):
        return selectors.reading(page_id=page.pk)


def test_the_upload_is_kept_byte_for_byte_under_its_fingerprint(add, scan):
    page = add(scan)

    assert page.sha256 in page.original
    assert gateways.original(name=page.original, sha256=page.sha256) == scan
    assert (page.width_px, page.height_px, page.format) == (1654, 1165, "JPEG")
    assert actions(page) == ["imaging.page.added"]


def test_pages_are_numbered_and_told_about(add, scan, document, monkeypatch):
    told: list[events.PageStored] = []
    monkeypatch.setitem(bus._handlers, events.PageStored, [told.append])  # noqa: SLF001

    add(scan)
    add(other_scan(), side="back", image_class="id")

    with people.acting_as_system(reason="test"):
        pages = selectors.pages(document_id=document.pk)
    assert [(page.seq, page.side, page.image_class) for page in pages] == [
        (1, "front", "voucher"),
        (2, "back", "id"),
    ]
    assert [(event.subject, event.image_class) for event in told] == [
        ("authorization.request:1", "voucher"),
        ("authorization.request:1", "id"),
    ]


def test_the_same_image_twice_is_refused_with_where_it_was_used(add, scan):
    add(scan)

    with pytest.raises(rules.SameImage) as refusal:
        add(scan)

    assert refusal.value.params["day"] == "2026-11-23"
    assert refusal.value.params["subject"] == "authorization.request:1"


def test_a_stated_reason_lets_an_image_be_used_again_and_is_on_the_trail(add, scan):
    add(scan)

    page = add(scan, reused_because="客户一次办理两笔")

    assert page.reused_because == "客户一次办理两笔"
    with people.acting_as_system(reason="test"):
        event = trail.timeline(subject=f"imaging.page:{page.pk}")[0]
    assert event.detail["reused_because"] == "客户一次办理两笔"


def test_an_unknown_class_or_side_is_refused(add, scan):
    with pytest.raises(rules.UnknownClass):
        add(scan, image_class="map")
    with pytest.raises(rules.UnknownSide):
        add(scan, side="top")


def test_a_rescan_replaces_the_page_and_keeps_the_old_one(add, scan, teller, document):
    old = add(scan)

    with people.acting(staff=teller):
        new = services.rescan_page(
            page_id=old.pk, data=other_scan(), name="b.jpg", reason="影像不清", by=teller, at=AT
        )
        in_force = selectors.pages(document_id=document.pk)
        scans = selectors.versions(page_id=new.pk)

    assert (new.seq, new.version) == (1, 2)
    assert [page.pk for page in in_force] == [new.pk]
    assert [page.pk for page in scans] == [new.pk, old.pk]
    assert fresh(old).state == rules.REPLACED
    assert gateways.original(name=old.original, sha256=old.sha256) == scan


def test_a_rescan_needs_a_reason_and_the_newest_page(add, scan, teller):
    old = add(scan)
    given = {"page_id": old.pk, "name": "b.jpg", "by": teller, "at": AT}

    with people.acting(staff=teller), pytest.raises(rules.NoReason):
        services.rescan_page(data=other_scan(1), reason=" ", **given)
    with people.acting(staff=teller):
        services.rescan_page(data=other_scan(2), reason="不清", **given)
    with people.acting(staff=teller), pytest.raises(rules.StaleRescan):
        services.rescan_page(data=other_scan(3), reason="不清", **given)


def test_copies_are_made_once_however_often_the_task_runs(add, scan):
    page = add(scan)

    run(tasks.make_copies, page)
    first = fresh(page)
    second_run = run(tasks.make_copies, page)

    assert first.view
    assert first.thumb
    assert second_run is None
    assert len(gateways.copy(name=first.view)) <= 120_000


def test_two_workers_with_one_page_leave_one_reading(add, scan):
    page = add(scan)
    commits = [tasks.read_page(page_id=page.pk), tasks.read_page(page_id=page.pk)]

    for commit in commits:
        assert commit
        with people.acting_as_system(reason="test"):
            commit()

    with people.acting_as_system(reason="test"):
        assert Reading.objects.filter(page=page).count() == 1
    assert fresh(page).state == rules.READ
    assert run(tasks.read_page, page) is None


def test_what_was_keyed_is_compared_with_the_paper(add, scan, document):
    page = add(scan)
    run(tasks.read_page, page)

    with people.acting_as_system(reason="test"):
        rows = selectors.comparison(
            document_id=document.pk,
            expected={
                "amount": 12345678,
                "voucher_no": "20260000123456",
                "account": "6228480012345678910",
                "journal_no": "112300001743",
                "payer_name": "欧阳建国",
                "payee_name": "张三",
            },
        )

    reading = reading_of(page)
    verdicts = {row.name: row.verdict for row in rows}
    assert verdicts == {
        "amount": "same",
        "amount_words": "same",
        "voucher_no": "same",
        "account": "same",
        "journal_no": "differs",
        "payer_name": "same",
        "payee_name": "not_found",
    }
    assert reading.words_agree is True
    assert reading.engine == gateways.PP_OCR
    boxes = selectors.boxes(page_id=page.pk, rows=rows)
    assert boxes["journal_no"][4] == 1
    assert boxes["amount"][4] == 0


def test_engines_that_fail_leave_the_page_unreadable_and_it_can_be_tried_again(
    add, scan, teller, monkeypatch
):
    page = add(scan)

    def dead(**_):
        raise gateways.EngineFailed("both engines crashed")

    with monkeypatch.context() as patch:
        patch.setattr(gateways, "read_text", dead)
        run(tasks.read_page, page)
    failed = reading_of(page)
    with people.acting(staff=teller):
        services.read_again(page_id=page.pk, by=teller, at=AT)
    run(tasks.read_page, page)

    assert (failed.outcome, failed.failure) == ("unreadable", "both engines crashed")
    assert fresh(page).state == rules.READ
    assert reading_of(page).attempt == 2


def failed_at(page, at, *, outage=True):
    services.record_reading(page_id=page.pk, text=None, failure="down", outage=outage, at=at)


def test_what_an_outage_left_unread_is_sent_once_more_later_and_later_and_then_no_more(add, scan):
    page, at, sent = add(scan), AT, []
    with people.acting_as_system(reason="test"):
        for _try in range(9):
            failed_at(page, at)
            since = at
            while not rescans.read_again_due(at=at) and at < since + timedelta(days=2):
                at += timedelta(minutes=5)
            sent.append(int((at - since).total_seconds() // 60))
            if fresh(page).state == rules.UNREADABLE:
                break

    assert sent == [5, 20, 80, 320, 1280, 2 * 24 * 60]
    assert reading_of(page).attempt == 6


def test_a_page_at_fault_is_not_sent_again_by_a_machine(add, scan):
    page = add(scan)
    with people.acting_as_system(reason="test"):
        failed_at(page, AT)
        services.read_again(page_id=page.pk, by=None, at=AT)
        failed_at(page, AT, outage=False)

        assert rescans.read_again_due(at=AT + timedelta(days=1)) == 0


def test_the_job_reads_what_the_engines_failed_at(add, scan, monkeypatch):
    page = add(scan)

    def dead(**_):
        raise gateways.EngineFailed("both engines crashed")

    with monkeypatch.context() as patch:
        patch.setattr(gateways, "read_text", dead)
        run(tasks.read_page, page)
    assert reading_of(page).outage
    later = reading_of(page).read_at + timedelta(minutes=6)
    monkeypatch.setattr(tasks.timezone, "now", lambda: later)
    with people.acting_as_system(reason="test"):
        tasks.read_again_due()()
        tasks.read_again_due()()
    run(tasks.read_page, page)

    assert fresh(page).state == rules.READ
    assert reading_of(page).attempt == 2


def test_a_page_that_was_read_is_not_read_again(add, scan, teller):
    page = add(scan)
    run(tasks.read_page, page)

    with people.acting(staff=teller), pytest.raises(StepNotAllowed):
        services.read_again(page_id=page.pk, by=teller, at=AT)


def test_a_damaged_file_is_neither_shown_nor_read(add, scan, teller, settings):
    page = add(scan)
    (settings.MEDIA_ROOT / page.original).write_bytes(scan[:-9] + b"forgedxyz")

    run(tasks.read_page, page)

    assert fresh(page).state == rules.UNREADABLE
    with people.acting(staff=teller), pytest.raises(rules.EvidenceDamaged):
        services.show(
            page_id=page.pk, use="original", viewer=teller, permissions=EVERY_IMAGE, at=AT
        )


def test_the_same_picture_saved_again_is_noticed_by_the_worker(add, scan, document):
    first = add(scan)
    again = add(drawing.encoded(drawing.voucher(drawing.WITHDRAWAL), quality=60))

    run(tasks.make_copies, first)
    run(tasks.make_copies, again)

    assert fresh(again).resembles_id == first.pk
    assert fresh(first).resembles_id is None
    assert "imaging.page.resembles" in actions(again)


def test_every_look_is_on_the_trail_with_who_when_and_which(add, scan, authorizer):
    page = add(scan)
    run(tasks.make_copies, page)

    with people.acting(staff=authorizer):
        for use in ("thumb", "view", "original"):
            services.show(
                page_id=page.pk,
                use=use,
                viewer=authorizer,
                permissions=EVERY_IMAGE,
                at=AT,
                where="10.11.3.27",
            )

    with people.acting_as_system(reason="test"):
        seen = trail.timeline(subject=f"imaging.page:{page.pk}")[:3]
    assert [event.action.rpartition(".")[2] for event in seen] == ["original", "view", "thumb"]
    assert {(event.actor, event.at, event.where) for event in seen} == {
        ("110037 李静", AT, "10.11.3.27")
    }


@pytest.mark.parametrize("image_class", ["id", "seal"])
def test_pages_of_a_class_are_for_those_whose_roles_cover_it(add, scan, authorizer, image_class):
    page = add(scan, image_class=image_class)
    run(tasks.make_copies, page)

    with people.acting(staff=authorizer), pytest.raises(rules.ClassNotAllowed):
        services.show(
            page_id=page.pk,
            use="view",
            viewer=authorizer,
            permissions={"image_voucher_view"},
            at=AT,
        )


def test_a_copy_that_is_not_made_yet_says_so(add, scan, teller):
    page = add(scan)

    with people.acting(staff=teller), pytest.raises(rules.NotYetCopied):
        services.show(page_id=page.pk, use="view", viewer=teller, permissions=EVERY_IMAGE, at=AT)


def test_a_neighbours_page_does_not_exist_for_a_teller(add, scan, stranger):
    page = add(scan)

    with people.acting(staff=stranger):
        shown = services.show(
            page_id=page.pk, use="view", viewer=stranger, permissions=EVERY_IMAGE, at=AT
        )
        assert shown is None
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM imaging_page")
            assert cursor.fetchone() == (0,)


def test_evidence_can_be_neither_deleted_nor_exchanged(add, scan):
    page = add(scan)

    for change in ("DELETE FROM imaging_page", "UPDATE imaging_page SET sha256 = 'x'"):
        with (
            people.acting_as_system(reason="test"),
            connection.cursor() as cursor,
            pytest.raises(IntegrityError),
            transaction.atomic(),
        ):
            cursor.execute(change)
    assert fresh(page).sha256 == page.sha256


def test_a_torn_file_from_a_crash_is_written_again(add, scan, settings):
    name = gateways.keep_original(data=scan, kind="JPEG")
    (settings.MEDIA_ROOT / name).write_bytes(scan[:100])

    page = add(scan)

    assert gateways.original(name=page.original, sha256=page.sha256) == scan


def test_of_two_equal_uploads_at_once_one_is_kept(scan, settings):
    names = []
    threads = [
        threading.Thread(
            target=lambda: names.append(gateways.keep_original(data=scan, kind="JPEG"))
        )
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(set(names)) == 1
    assert len([path for path in settings.MEDIA_ROOT.rglob("*") if path.is_file()]) == 1


def test_a_document_is_looked_at_by_one_question(add, scan, django_assert_num_queries):
    read, waiting = add(scan), add(other_scan())
    run(tasks.read_page, read)

    with people.acting_as_system(reason="test"):
        with django_assert_num_queries(1):
            found = selectors.looked(document_id=read.document_id)
        pages = selectors.pages(document_id=read.document_id)
        rows = selectors.readings(document_id=read.document_id)

    assert found.pages == pages
    assert waiting in pages
    assert found.read == tuple(selectors.as_read(reading=row) for row in rows)
    assert found.read
    assert found.whole is False
