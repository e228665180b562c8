"""What can be done with layouts: drawn, changed while a draft, published by a second person."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db import transaction

from foundation.imaging import gateways, rules
from foundation.imaging.models import Layout
from foundation.imaging.rules import layouts
from foundation.imaging.rules.layouts import Zone
from foundation.imaging.selectors import layouts as selected
from foundation.people.models import Staff
from foundation.trail import services as trail


def draw(*, code: str, title: str, data: bytes, by: Staff, at: datetime) -> Layout:
    """Begin a layout, or the next version of one, with the scan of an empty form.

    Refuses bytes that are no page, and a form that is not found again on its own picture. A new
    version begins with the zones of the one in use.
    """
    layouts.check_name(code)
    seen = gateways.examine(data=data)
    png = gateways.clean_png(data=data)
    picture = gateways.keep_original(data=png, kind="PNG")
    itself = gateways.Blank("itself.1", gateways.file_of(name=picture), ())
    if gateways.read_form(png=png, blanks=[itself]) is None:
        raise layouts.FormNotFound(field="file")
    with transaction.atomic():
        before = Layout.objects.filter(code=code, state=layouts.PUBLISHED).first()
        same_size = before and (before.width_px, before.height_px) == (
            seen.width_px,
            seen.height_px,
        )
        row: Layout = Layout.objects.create(
            code=code,
            version=selected.next_version(code=code),
            title=title.strip()[:60],
            picture=picture,
            width_px=seen.width_px,
            height_px=seen.height_px,
            zones=before.zones if before and same_size else [],
            drawn_by=by,
            drawn_at=at,
        )
        _tell(row, "drawn", by=by, at=at)
        return row


@transaction.atomic
def keep_zones(*, layout_id: int, zones: Sequence[Zone], by: Staff, at: datetime) -> Layout:
    """Put zones in the place of a draft's; refuse any that cannot be read."""
    row = _locked(layout_id)
    layouts.check_draft(row.state)
    layouts.check_zones(zones, width_px=row.width_px, height_px=row.height_px)
    row.zones = [zone.told for zone in zones]
    row.save(update_fields=["zones"])
    _tell(row, "zones", by=by, at=at, detail={"zones": len(zones)})
    return row


@transaction.atomic
def publish(*, layout_id: int, by: Staff, at: datetime) -> Layout:
    """Let pages be read by a draft; the version before it retires. Refuses who drew it."""
    row = _locked(layout_id)
    _check_second(row, by)
    layouts.check_zones(row.reads, width_px=row.width_px, height_px=row.height_px)
    before = Layout.objects.select_for_update(of=("self",)).filter(
        code=row.code, state=layouts.PUBLISHED
    )
    for old in before.order_by("id"):
        old.state = layouts.FLOW.after(old.state, "retire")
        old.save(update_fields=["state"])
        _tell(old, "retired", by=by, at=at)
    return _decide(row, "publish", by=by, at=at)


@transaction.atomic
def decline(*, layout_id: int, by: Staff, at: datetime) -> Layout:
    """End a draft without using it; refuses who drew it."""
    row = _locked(layout_id)
    _check_second(row, by)
    return _decide(row, "decline", by=by, at=at)


def try_sample(*, layout_id: int, data: bytes) -> gateways.PageText | None:
    """Read a sample by a layout, all of its zones, and keep nothing; None where it is another form.

    Refuses bytes that are no page; raises EngineFailed when the reader did not answer.
    """
    row = selected.by_id(layout_id=layout_id)
    if row is None:
        raise layouts.NoSuchLayout(number=layout_id)
    rules.check_upload(data=data)
    png = gateways.clean_png(data=data)
    return gateways.read_form(png=png, blanks=[blank(layout=row)], whole=True)


def blank(*, layout: Layout) -> gateways.Blank:
    """Return a layout as the reader takes it."""
    return gateways.Blank(layout.key, gateways.file_of(name=layout.picture), layout.reads)


def blanks() -> Sequence[gateways.Blank]:
    """Return the layouts in use as the reader takes them."""
    return tuple(blank(layout=layout) for layout in selected.in_use())


def read(*, png: bytes, known: Sequence[gateways.Blank]) -> gateways.PageText:
    """Read a page by the zones of its form, or whole where it is none of the known forms.

    Raises EngineFailed where no engine could; a failure at the zones is no failure of the page.
    """
    try:
        found = gateways.read_form(png=png, blanks=known)
    except gateways.EngineFailed:
        found = None
    return found or gateways.read_text(png=png)


def picture(*, layout_id: int) -> bytes:
    """Return the empty form of a layout as PNG; it bears no data of anybody."""
    row = selected.by_id(layout_id=layout_id)
    if row is None:
        raise layouts.NoSuchLayout(number=layout_id)
    return gateways.copy(name=row.picture)


def _locked(layout_id: int) -> Layout:
    rows = Layout.objects.select_for_update(of=("self",)).select_related("drawn_by")
    row: Layout | None = rows.filter(id=layout_id).first()
    if row is None:
        raise layouts.NoSuchLayout(number=layout_id)
    return row


def _check_second(row: Layout, by: Staff) -> None:
    layouts.check_draft(row.state)
    if row.drawn_by.person == by.person:
        raise layouts.LayoutOfSamePerson


def _decide(row: Layout, step: str, *, by: Staff, at: datetime) -> Layout:
    row.state = layouts.FLOW.after(row.state, step)
    row.decided_by, row.decided_at = by, at
    row.save(update_fields=["state", "decided_by", "decided_at"])
    _tell(row, row.state, by=by, at=at)
    return row


def _tell(
    row: Layout, what: str, *, by: Staff, at: datetime, detail: Mapping[str, object] | None = None
) -> None:
    trail.record(
        institution_id=by.institution_id,
        actor=by.label,
        action=f"imaging.layout.{what}",
        subject=selected.subject_of(layout_id=row.pk),
        at=at,
        detail={"form": row.title, "version": row.version, **(detail or {})},
    )
