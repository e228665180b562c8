"""What can be asked of batches: where each stands, what came in, what must be scanned again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Count, JSONField, Max, Q, QuerySet
from django.db.models.expressions import RawSQL

from foundation.imaging.models import Batch, BatchFile, Document, Frame, Page, Reading, Rescan
from foundation.imaging.rules import STORED, ReadPage
from foundation.imaging.rules import batches as rules
from foundation.imaging.selectors import as_page, as_read
from foundation.trail import selectors as trail
from foundation.trail.models import Event

PAGE = 50
FILES_SHOWN = 100
PAGES_SHOWN = 60
SUBJECT = "imaging.batch:"


@dataclass(frozen=True)
class Listed:
    """A batch of a list, with how many vouchers were scanned and how many rescans are open."""

    batch: Batch
    scanned: int
    rescans: int


@dataclass(frozen=True)
class Record:
    """All that is known of a batch: its files, what its pictures are, how far the reading is."""

    batch: Batch
    files: Sequence[BatchFile]
    more_files: int
    parts: Mapping[str, int]
    pages: Sequence[Page]
    page_count: int
    read_count: int
    under_way: int
    rescans: Sequence[Rescan]
    timeline: Sequence[Event]

    @property
    def scanned(self) -> int:
        """Return how many vouchers were scanned."""
        return self.parts[rules.MAIN]


@dataclass(frozen=True)
class Sheet:
    """A document of a day's batches: where it stands in the order of scanning."""

    document_id: int
    place: int


def listed(
    *, on: date | None = None, state: str = "", before: int | None = None
) -> Sequence[Listed]:
    """Return batches within the scope, the newest first: a page and one more."""
    rows: QuerySet[Batch] = Batch.objects.select_related("institution")
    rows = rows.filter(business_date=on) if on else rows
    rows = rows.filter(state=state) if state in rules.BATCH_FLOW.states else rows
    rows = rows.filter(id__lt=before) if before else rows
    found = tuple(rows.order_by("-id")[: PAGE + 1])
    keys = [batch.pk for batch in found]
    mains = _counted(Frame.objects.filter(batch__in=keys, part=rules.MAIN))
    asked = _counted(Rescan.objects.filter(batch__in=keys, done_at=None))
    return tuple(Listed(batch, mains.get(batch.pk, 0), asked.get(batch.pk, 0)) for batch in found)


def batch(*, batch_id: int) -> Batch | None:
    """Return a batch within the scope, or None."""
    rows = Batch.objects.select_related("institution", "handed_by", "scanned_by")
    found: Batch | None = rows.filter(id=batch_id).first()
    return found


def batch_of(*, subject: str) -> Batch | None:
    """Return the batch that a subject names, or None."""
    key = subject.removeprefix(SUBJECT)
    if not subject.startswith(SUBJECT) or not key.isdigit():
        return None
    found: Batch | None = Batch.objects.filter(id=int(key)).first()
    return found


def batches_by_id(*, ids: Sequence[int]) -> Sequence[Batch]:
    """Return batches within the scope of the moment, by their ids."""
    return tuple(Batch.objects.filter(id__in=ids).order_by("id"))


def record(*, batch: Batch) -> Record:
    """Return all that is known of a batch; long lists are cut, their lengths are whole."""
    subject = batch.trail_subject
    pages = Page.objects.filter(document__subject=subject).exclude(state="replaced")
    told = pages.aggregate(
        whole=Count("*"), done=Count("id", filter=~Q(state=STORED)),
    )  # fmt: skip
    files = BatchFile.objects.filter(batch=batch).order_by("-id")
    kinds = Frame.objects.filter(batch=batch).order_by("part").values_list("part")
    counted = dict(kinds.annotate(n=Count("*")))
    return Record(
        batch=batch,
        files=tuple(files[:FILES_SHOWN]),
        more_files=max(0, files.count() - FILES_SHOWN),
        parts={part: counted.get(part, 0) for part in rules.PARTS},
        pages=tuple(pages.order_by("document_id", "seq", "id")[:PAGES_SHOWN]),
        page_count=told["whole"],
        read_count=told["done"],
        under_way=files.filter(state=rules.ARRIVED).count(),
        rescans=tuple(_open_rescans().filter(batch=batch)[:PAGE]),
        timeline=trail.timeline(subject=subject),
    )


def rescans(*, before: int | None = None) -> Sequence[Rescan]:
    """Return what must be scanned again within the scope, a page and one more, the oldest last."""
    rows = _open_rescans()
    return tuple((rows.filter(id__lt=before) if before else rows)[: PAGE + 1])


def rescan(*, rescan_id: int) -> Rescan | None:
    """Return an open request within the scope, or None."""
    found: Rescan | None = _open_rescans().filter(id=rescan_id).first()
    return found


def scanned(*, batch_id: int) -> int:
    """Return how many vouchers of a batch were scanned."""
    return Frame.objects.filter(batch_id=batch_id, part=rules.MAIN).count()


def unread(*, batch_id: int) -> bool:
    """Tell whether a page in force of a batch is still to be read."""
    rows = Page.objects.filter(document__subject=f"{SUBJECT}{batch_id}", state=STORED)
    return rows.exists()


def last_reading(*, batch_id: int) -> datetime:
    """Return when the last page of a batch was read."""
    rows = Reading.objects.filter(page__document__subject=f"{SUBJECT}{batch_id}")
    moment: datetime = rows.aggregate(last=Max("read_at"))["last"]
    return moment


def last_document(*, batch_id: int) -> Document | None:
    """Return the document of a batch that was begun last, or None."""
    rows = Document.objects.filter(subject=f"{SUBJECT}{batch_id}")
    found: Document | None = rows.order_by("-id").first()
    return found


def sheets_of(*, institution_id: int, on: date) -> Sequence[Sheet]:
    """Return the documents of a day's batches whose scanning ended, in the order of scanning."""
    days = Batch.objects.filter(institution_id=institution_id, business_date=on)
    ended = days.exclude(state__in=rules.TAKES).values_list("id", flat=True)
    subjects = [f"{SUBJECT}{key}" for key in ended]
    rows = Document.objects.filter(subject__in=subjects).order_by("id").values_list("id", flat=True)
    return tuple(Sheet(key, place) for place, key in enumerate(rows))


def read_pages(*, document_ids: Sequence[int]) -> Mapping[int, Sequence[ReadPage]]:
    """Return what was read on the pages in force of documents that are read to the end."""
    rows = _latest(document_ids).select_related("page").defer("strips")
    found = ((row.page.document_id, as_read(reading=row)) for row in rows)
    return _by_document(document_ids, found)


def read_briefly(*, document_ids: Sequence[int]) -> Mapping[int, Sequence[ReadPage]]:
    """Return of the same pages the fields and codes, and of the lines only those with a time.

    All lines of a page with their boxes are some hundred times as much.
    """
    timed = RawSQL(_TIMED, (), JSONField())  # noqa: S611 -- a text of ours
    rows = _latest(document_ids)
    said = rows.values_list("page__document_id", "page_id", timed, "fields", "codes")
    found = (
        (document_id, as_page(page_id=page_id, lines=lines, fields=fields, codes=codes))
        for document_id, page_id, lines, fields, codes in said
    )
    return _by_document(document_ids, found)


# Of a line only what may be a time, in full or half width: hours and minutes with a colon.
_TIMED = r"""jsonb_path_query_array(imaging_reading.lines,
    '$[*] ? (@.text like_regex "[0-9０-９]\\s*[:：﹕]\\s*[0-9０-９]")')"""


def _latest(document_ids: Sequence[int]) -> QuerySet[Reading]:
    """Return the last readings of the pages in force, in the order of the pages."""
    return (
        Reading.objects.filter(page__document__in=document_ids)
        .exclude(page__state="replaced")
        .order_by("page__document", "page__seq", "page_id", "-attempt")
        .distinct("page__document", "page__seq", "page_id")
    )


def _by_document(
    document_ids: Sequence[int], pages: Iterable[tuple[int, ReadPage]]
) -> Mapping[int, Sequence[ReadPage]]:
    """Return pages by document, read only after what is still unread is known."""
    unread = Page.objects.filter(document__in=document_ids, state=STORED)
    waiting = set(unread.values_list("document_id", flat=True))
    found: dict[int, list[ReadPage]] = {key: [] for key in document_ids if key not in waiting}
    for document_id, page in pages:
        if document_id in found:
            found[document_id].append(page)
    return found


def standing(*, institution_id: int, on: date) -> Mapping[str, int]:
    """Return how many batches of an outlet's day stand in each state."""
    rows = Batch.objects.filter(institution_id=institution_id, business_date=on)
    found = Counter(rows.values_list("state", flat=True))
    return {state: found[state] for state in rules.BATCH_FLOW.states if found[state]}


def _open_rescans() -> QuerySet[Rescan]:
    rows = Rescan.objects.filter(done_at=None).select_related("page", "batch", "institution")
    return rows.order_by("-id")


def _counted(rows: QuerySet[Any]) -> dict[int, int]:
    return dict(rows.order_by("batch_id").values_list("batch_id").annotate(n=Count("*")))
