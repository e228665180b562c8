"""Background work of imaging: copies for screens, and reading; each may run twice."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from django.conf import settings
from django.utils import timezone

from foundation.imaging import gateways, services
from foundation.imaging.services import batches, layouts, rescans
from foundation.kernel.errors import Refused


def make_copies(*, page_id: int, **_event: object) -> Callable[[], object] | None:
    """Make the view copy and the thumbnail of a page."""
    copies_awaited, _ = services.awaits(page_id=page_id)
    source = services.source_of(page_id=page_id) if copies_awaited else None
    if source is None:
        return None
    made = gateways.copies(data=source.data)
    view = gateways.keep_copy(data=made.view, sha256=source.sha256, use="view")
    thumb = gateways.keep_copy(data=made.thumb, sha256=source.sha256, use="thumb")
    return partial(
        services.record_copies,
        page_id=page_id,
        view=view,
        thumb=thumb,
        quality=made.quality,
        at=timezone.now(),
    )


def read_page(*, page_id: int, **_event: object) -> Callable[[], object] | None:
    """Read a stored page; engines that fail leave it unreadable, never the worker dead."""
    _, reading_awaited = services.awaits(page_id=page_id)
    if not reading_awaited:
        return None
    text, failure, outage = None, "", False
    try:
        source = services.source_of(page_id=page_id)
        if source is None:
            return None
        text = layouts.read(png=gateways.clean_png(data=source.data), known=layouts.blanks())
    except (gateways.EngineFailed, Refused) as error:
        failure, outage = str(error), isinstance(error, gateways.EngineFailed)
    return partial(
        services.record_reading,
        page_id=page_id, text=text, failure=failure, outage=outage, at=timezone.now(),
    )  # fmt: skip


def take_apart(*, file_id: int, **_event: object) -> Callable[[], object] | None:
    """Take a file of a batch apart; one that cannot be is turned away, never the worker dead."""
    source = batches.file_source(file_id=file_id)
    if source is None:
        return None
    pieces: tuple[gateways.Piece, ...] = ()
    refusal = ""
    try:
        pieces = gateways.pieces(data=source.data)
    except Refused as error:
        refusal = error.code
    return partial(
        batches.take_apart, file_id=file_id, pieces=pieces, refusal=refusal, at=timezone.now()
    )


def read_again_due() -> Callable[[], object]:
    """Send what an outage of the readers left unread to them once more."""
    return partial(rescans.read_again_due, at=timezone.now())


def sweep_folder() -> None:
    """Take in what the scanner wrote into its folder, where there is one."""
    if settings.SCAN_FOLDER:
        batches.sweep(folder=Path(settings.SCAN_FOLDER), at=timezone.now())
