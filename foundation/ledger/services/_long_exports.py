"""Long files of the books: asked for, made by a job part by part, fetched, and forgotten."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils import translation

from foundation.kernel import bus
from foundation.kernel.calendar import local
from foundation.kernel.errors import Refused
from foundation.ledger import events, rules, selectors
from foundation.ledger.models import Export, ExportPart
from foundation.ledger.services import _columns
from foundation.people import selectors as people
from foundation.people import services as people_services
from foundation.people.models import Staff
from foundation.people.roles import Permission
from foundation.policy import selectors as policy
from foundation.trail import services as trail
from foundation.ui import live

PERMISSIONS: Mapping[str, Permission] = {
    rules.JOURNAL_FILE: Permission.JOURNAL_VIEW,
    rules.STATEMENT_FILE: Permission.ACCOUNT_VIEW,
    rules.ACCOUNTS_FILE: Permission.BOOKS_VIEW,
}
PART_LINES = 5_000
PARTS_A_FILE = 40


@transaction.atomic
def ask_export(
    *, key: UUID, kind: str, asked: Mapping[str, object], title: str, at: datetime, by: Staff
) -> Export:
    """Ask for a list as a long file; the same key again asks nothing twice."""
    known: Export | None = Export.objects.filter(key=key, staff=by).first()
    if known is not None:
        return known
    export: Export = Export.objects.create(
        institution_id=by.institution_id, key=key, kind=kind, title=title[:120], asked=asked,
        language=translation.get_language() or "", staff=by, label=by.label, asked_at=at,
    )  # fmt: skip
    _record(export, "ledger.ask_export", by=by.label, at=at)
    bus.publish(events.ExportAsked(export_id=export.pk))
    return export


def files_of(*, export: Export) -> range:
    """Return the numbers of the files that a list is cut into, so that none is too large."""
    return range(1, max(1, -(-export.parts // PARTS_A_FILE)) + 1)


def make_part(*, export_id: int, at: datetime) -> bool:
    """Write the next part as the person who asked, in a transaction of its own; False at the end.

    Whoever may not see the list any more gets none: then the refusal is kept.
    """
    with people_services.acting_as_system(reason="make_part"):
        staff = Export.objects.select_related("staff").get(id=export_id).staff
    with people_services.acting(staff=staff), transaction.atomic():
        export = Export.objects.select_for_update(of=("self",)).get(id=export_id)
        if export.done_at is not None or export.refusal:
            return False
        try:
            with translation.override(export.language):
                _check_may(export, staff, at)
                goes_on = _write_part(export)
        except Refused as refusal:
            export.refusal, goes_on = refusal.code, False
        export.save(update_fields=["places", "place", "parts", "lines", "total", "refusal"])
        live.tell(rules.EXPORTS_TOPIC, export.institution_id)
    return goes_on


@transaction.atomic
def finish_export(*, export_id: int, at: datetime) -> Export:
    """Say that a file is whole and until when it is kept; one that was refused stays refused."""
    export: Export = Export.objects.select_for_update(of=("self",)).get(id=export_id)
    if export.done_at is None and not export.refusal:
        hours = policy.whole(code="ledger.export_keep_hours", on=local(at).date())
        export.done_at, export.expires_at = at, at + timedelta(hours=hours)
        export.save(update_fields=["done_at", "expires_at"])
        _record(export, "ledger.make_export", by="system", at=at, lines=export.lines)
    live.tell(rules.EXPORTS_TOPIC, export.institution_id)
    return export


@transaction.atomic
def fetch_export(*, key: UUID, file: int, at: datetime, by: Staff) -> tuple[Export, bytes]:
    """Return one file of an export, as its own asker only, who still sees all that is in it."""
    export = selectors.export(key=key, staff=by)
    if file not in files_of(export=export):
        raise rules.NoSuchExport
    if export.done_at is None or export.expires_at is None or export.expires_at <= at:
        raise rules.ExportNotThere
    _check_may(export, by, at)
    if not set(export.places) <= set(_places()):
        raise rules.NoSuchExport
    first = (file - 1) * PARTS_A_FILE
    rows = export.bodies.filter(seq__gte=first, seq__lt=first + PARTS_A_FILE).order_by("seq")
    with translation.override(export.language):
        head = _columns.csv_lines(rows=[_columns.head(kind=export.kind)])
    _record(export, "ledger.fetch_export", by=by.label, at=at, file=file, lines=export.lines)
    body = b"".join(bytes(part) for part in rows.values_list("body", flat=True))
    return export, "\ufeff".encode() + head + body


@transaction.atomic
def purge_exports(*, at: datetime) -> int:
    """Forget the rows of the files that have expired; return how many parts went."""
    gone: QuerySet[ExportPart] = ExportPart.objects.filter(export__expires_at__lte=at)
    count, _ = gone.delete()
    return count


def _check_may(export: Export, staff: Staff, at: datetime) -> None:
    """Refuse whoever may not open the list's page any more."""
    if PERMISSIONS[export.kind] not in people.permissions(staff=staff, on=local(at).date()):
        raise rules.NoSuchExport


def _write_part(export: Export) -> bool:
    if export.total is None:
        export.total = selectors.export_total(kind=export.kind, asked=export.asked)
        export.places = list(_places())
    rows, place = selectors.export_rows(
        kind=export.kind, asked=export.asked, after=export.place, limit=PART_LINES
    )
    if rows:
        body = _columns.csv_lines(rows=[_columns.cells(kind=export.kind, row=row) for row in rows])
        ExportPart.objects.create(
            institution_id=export.institution_id, export=export, seq=export.parts, body=body
        )
        export.parts += 1
        export.lines += len(rows)
        export.place = place
    return len(rows) == PART_LINES


def _places() -> Sequence[int]:
    return tuple(people.institutions_in_scope().order_by("id").values_list("id", flat=True))


def _record(export: Export, action: str, *, by: str, at: datetime, **detail: object) -> None:
    trail.record(
        institution_id=export.institution_id,
        actor=by,
        action=action,
        subject=export.subject,
        at=at,
        detail={"list": export.title, **detail},
    )
