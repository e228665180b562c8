"""What imaging can be asked."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256
from typing import Any, NamedTuple

from django.db.models import Count, Exists, JSONField, OuterRef, Q, QuerySet, Subquery
from django.db.models.expressions import RawSQL

from foundation.imaging import rules
from foundation.imaging.models import Document, Page, Reading, Rescan
from foundation.trail import selectors as trail
from foundation.trail.models import Event

# How many of the latest pages of an institution a new one is held against: a bound on the work,
# about ten days of a busy outlet.
RECENT_PAGES = 5000
RESCAN_ASKED, RESCAN_POSSIBLE = "asked", "possible"
TOLD = 50


def subject_of(*, page_id: int) -> str:
    """Return the name of a page on the trail."""
    return f"imaging.page:{page_id}"


class PageName(NamedTuple):
    """What a page is called by: what it shows, which of them it is, and what it belongs to."""

    pk: int
    image_class: str
    seq: int
    version: int
    subject: str


@dataclass(frozen=True)
class Told:
    """One line of an image's timeline: the event, its word and its sign."""

    event: Event
    text: str
    icon: str


@dataclass(frozen=True)
class Sheet:
    """All that is known of one image: its scans, its readings, what it resembles, its timeline.

    `rescan` tells whether a better scan is asked for or may be; it is empty where neither is so.
    """

    page: Page
    versions: Sequence[Page]
    readings: Sequence[Reading]
    alike: Page | None
    told: Sequence[Told]
    next_below: int | None
    rescan: str


def documents(*, subject: str) -> Sequence[Document]:
    """Return the documents of a subject in the order of their opening."""
    return tuple(Document.objects.filter(subject=subject).order_by("id"))


def opened_on(*, institution_id: int, on: date, kind: str) -> Sequence[Document]:
    """Return the documents of a kind that an institution opened on a day, in that order."""
    rows = Document.objects.filter(institution_id=institution_id, kind=kind, opened_at__date=on)
    return tuple(rows.order_by("id"))


def pages(*, document_id: int) -> Sequence[Page]:
    """Return the pages in force of a document, in order."""
    rows = Page.objects.filter(document_id=document_id).exclude(state=rules.REPLACED)
    return tuple(rows.select_related("document").order_by("seq", "id"))


def first_pages(*, document_ids: Sequence[int]) -> Mapping[int, Page]:
    """Return the first page in force of each document."""
    rows = Page.objects.filter(document__in=document_ids).exclude(state=rules.REPLACED)
    first = rows.order_by("document_id", "seq", "id").distinct("document_id")
    return {page.document_id: page for page in first}


_LATEST = """(SELECT jsonb_build_object('lines', said.lines, 'fields', said.fields,
    'codes', said.codes) FROM imaging_reading said WHERE said.page_id = imaging_page.id
    ORDER BY said.attempt DESC LIMIT 1)"""


@dataclass(frozen=True)
class Looked:
    """The pages in force of a document in order, what was read on them, and whether all were."""

    pages: Sequence[Page]
    read: Sequence[rules.ReadPage]
    whole: bool


def looked(*, document_id: int) -> Looked:
    """Return `pages`, `readings` as rules take them and `is_read` of a document by one question."""
    rows = Page.objects.filter(document_id=document_id).exclude(state=rules.REPLACED)
    asked = rows.annotate(said=RawSQL(_LATEST, (), JSONField()))  # noqa: S611 -- a text of ours
    found = tuple(asked.order_by("seq", "id"))
    read = tuple(as_page(page_id=page.pk, **page.said) for page in found if page.said)
    return Looked(found, read, whole=all(page.state != rules.STORED for page in found))


def page_count(*, document: OuterRef) -> Subquery:
    """Return how many pages the document of a row has, for a query of another room."""
    own = Page.objects.filter(document_id=document).order_by().values("document_id")
    return Subquery(own.annotate(pages=Count("*")).values("pages"))


def unread(*, document: OuterRef) -> Exists:
    """Return whether a page in force of a row's document waits to be read, for another room."""
    return Exists(Page.objects.filter(document_id=document, state=rules.STORED).order_by())


def same_page(*, subject: str, image_class: str, data: bytes) -> Page | None:
    """Return the page in force of a subject that holds these very bytes, or None."""
    rows = Page.objects.filter(
        document__subject=subject, image_class=image_class, sha256=sha256(data).hexdigest()
    )
    found: Page | None = rows.exclude(state=rules.REPLACED).order_by("id").first()
    return found


def versions(*, page_id: int) -> Sequence[Page]:
    """Return every scan of the same page, the newest first."""
    page = Page.objects.get(id=page_id)
    rows = Page.objects.filter(document_id=page.document_id, seq=page.seq)
    return tuple(rows.order_by("-version", "-id"))


def page(*, page_id: int) -> Page | None:
    """Return a page within the scope of the moment, or None."""
    found: Page | None = Page.objects.select_related("document").filter(id=page_id).first()
    return found


def sheet(*, page_id: int, permissions: Collection[str], below: int | None = None) -> Sheet | None:
    """Return all that is known of an image within the scope, or None.

    Refuses a class that the person may not see. `below` is where the next lines begin.
    """
    found = page(page_id=page_id)
    if found is None:
        return None
    rules.check_may_view(image_class=found.image_class, permissions=permissions)
    subject = subject_of(page_id=page_id)
    events = trail.timeline(subject=subject, limit=TOLD + 1, below=below)
    return Sheet(
        page=found,
        versions=versions(page_id=page_id),
        readings=tuple(
            Reading.objects.filter(page=found).select_related("layout").order_by("-attempt")
        ),
        alike=page(page_id=found.resembles_id) if found.resembles_id else None,
        told=[_told(event) for event in events[:TOLD]],
        next_below=events[TOLD - 1].pk if len(events) > TOLD else None,
        rescan=rescan_of(pages=[found]),
    )


def rescan_of(*, pages: Sequence[Page]) -> str:
    """Return whether a better scan of one of a batch's pages is asked for, or may be."""
    ours = [one.pk for one in pages if one.document.kind == "batch" and one.state != rules.REPLACED]
    if not ours:
        return ""
    asked = Rescan.objects.filter(page__in=ours, done_at=None).exists()
    return RESCAN_ASKED if asked else RESCAN_POSSIBLE


def pages_by_id(*, ids: Sequence[int]) -> Sequence[PageName]:
    """Return what pages within the scope of the moment are called, by their ids."""
    rows = Page.objects.filter(id__in=ids).order_by("id")
    return tuple(
        map(
            PageName._make,
            rows.values_list("id", "image_class", "seq", "version", "document__subject"),
        )
    )


def documents_by_id(*, ids: Sequence[int]) -> Sequence[Document]:
    """Return documents within the scope of the moment, by their ids."""
    return tuple(Document.objects.filter(id__in=ids).order_by("id"))


def reading(*, page_id: int) -> Reading | None:
    """Return the latest reading of a page, or None while nobody has read it."""
    found: Reading | None = Reading.objects.filter(page_id=page_id).order_by("-attempt").first()
    return found


def readings(*, document_id: int) -> Sequence[Reading]:
    """Return the latest reading of each page in force, in the order of the pages."""
    rows = (
        Reading.objects.filter(page__document_id=document_id)
        .exclude(page__state=rules.REPLACED)
        .order_by("page__seq", "page_id", "-attempt")
        .distinct("page__seq", "page_id")
    )
    return tuple(rows)


def is_read(*, document_id: int) -> bool:
    """Tell whether every page in force was read or given up."""
    return not Page.objects.filter(document_id=document_id, state=rules.STORED).exists()


def comparison(*, document_id: int, expected: Mapping[str, object]) -> Sequence[rules.Comparison]:
    """Return each expected value beside what the document's pages say.

    Known names: amount (fen or Money), amount_words, voucher_no, account, payee_account,
    payer_name, payee_name, date, journal_no, teller, id_number, purpose; any other is looked for
    as plain text.
    """
    read = [as_read(reading=row) for row in readings(document_id=document_id)]
    return rules.verify(expected=expected, pages=read)


def as_read(*, reading: Reading) -> rules.ReadPage:
    """Return a stored reading as the values that rules work on."""
    return as_page(
        page_id=reading.page_id, lines=reading.lines, fields=reading.fields, codes=reading.codes
    )


def as_page(
    *, page_id: int, lines: Sequence[Any], fields: Sequence[Any], codes: Sequence[Any]
) -> rules.ReadPage:
    """Return what is stored of a page's reading as the values that rules work on."""
    return rules.ReadPage(
        page_id=page_id,
        lines=tuple(rules.Line(**_with_box(row)) for row in lines),
        fields=tuple(rules.Field(**_with_box(row)) for row in fields),
        codes=tuple(rules.Code(**_with_box(row)) for row in codes),
    )


def boxes(*, page_id: int, rows: Sequence[rules.Comparison]) -> dict[str, list[int]]:
    """Return the boxes of compared values on a page, as the viewer draws them.

    Each is left, top, width, height, and 1 where the value differs.
    """
    return {
        row.name: [*row.box, int(row.verdict == rules.DIFFERS)]
        for row in rows
        if row.box and row.page_id == page_id
    }


def to_read_again(*, at: datetime) -> Sequence[int]:
    """Return pages that the last outage of the readers left unread and whose next try is due."""
    tries = Q()
    for attempt, wait in enumerate(rules.READ_AGAIN_AFTER, start=1):
        tries |= Q(attempt=attempt, read_at__lte=at - wait)
    later = Reading.objects.filter(page=OuterRef("page"), attempt__gt=OuterRef("attempt"))
    since = at - rules.READ_AGAIN_WITHIN
    rows = Reading.objects.filter(outage=True, read_at__gt=since, page__state=rules.UNREADABLE)
    due = rows.filter(tries, ~Exists(later)).order_by("read_at", "id")
    return tuple(due.values_list("page_id", flat=True)[: rules.READ_AGAIN_AT_ONCE])


def same_image(*, sha256: str) -> Page | None:
    """Return the first page in scope that has the very same bytes."""
    found: Page | None = (
        Page.objects.select_related("document").filter(sha256=sha256).order_by("id").first()
    )
    return found


def like(*, page: Page) -> Page | None:
    """Return an earlier page that shows the same picture: the bytes anywhere in the bank, or the
    look among the latest pages of the institution.
    """
    earlier: QuerySet[Page] = Page.objects.filter(id__lt=page.pk).order_by("id")
    copy = earlier.filter(sha256=page.sha256).first()
    if copy is not None:
        return copy
    if rules.is_blank(page.looks):
        return None
    recent = (
        Page.objects.filter(
            institution_id=page.institution_id, image_class=page.image_class, id__lt=page.pk
        )
        .order_by("-id")
        .values_list("id", "looks")[:RECENT_PAGES]
    )
    alike = [
        number
        for number, looks in recent
        if rules.likeness(looks, page.looks) <= rules.ALIKE_BITS_MAX
    ]
    return earlier.filter(id=min(alike)).first() if alike else None


def look_alike(*, document_id: int, other_id: int) -> bool:
    """Tell whether two documents begin with the same picture, and not with an empty one."""
    rows = Page.objects.filter(document__in=(document_id, other_id)).exclude(state=rules.REPLACED)
    firsts = rows.order_by("document_id", "seq", "id").distinct("document_id")
    looks = [page.looks for page in firsts]
    return (
        len(looks) == len((document_id, other_id))
        and not rules.is_blank(looks[0])
        and rules.likeness(*looks) <= rules.ALIKE_BITS_MAX
    )


def _told(event: Event) -> Told:
    seen = rules.HAPPENINGS.get(event.action)
    return Told(event, seen.text, seen.icon) if seen else Told(event, event.action, "info-circle")


def _with_box(row: Mapping[str, Any]) -> dict[str, Any]:
    return {**row, "box": tuple(row["box"])}
