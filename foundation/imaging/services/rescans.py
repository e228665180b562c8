"""Scanning pages again: asked for by what was measured, cleared by the new version."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from datetime import date, datetime

from django.db import transaction

from foundation.imaging import events, selectors, services
from foundation.imaging import rules as pages
from foundation.imaging.models import Batch, Page, PageQuality, Rescan
from foundation.imaging.rules import batches as rules
from foundation.imaging.selectors import batches as selected
from foundation.kernel import bus
from foundation.kernel.flow import StepNotAllowed
from foundation.people.models import Staff
from foundation.policy import selectors as policy
from foundation.trail import services as trail
from foundation.ui import live


@transaction.atomic
def rescan(*, rescan_id: int, data: bytes, name: str, by: Staff, at: datetime) -> Page:
    """Put a better scan in the place of a page that was asked for; refuse one nobody asks for."""
    asked = (
        Rescan.objects.select_for_update(of=("self",))
        .filter(id=rescan_id, done_at=None)
        .select_related("batch")
        .first()
    )
    if asked is None:
        raise rules.NoRescanAsked
    page = services.rescan_page(
        page_id=asked.page_id, data=data, name=name, reason=" ".join(asked.faults), by=by, at=at
    )
    _tell(asked.batch, "rescan", by.label, at, reasons=asked.faults)
    return page


@transaction.atomic
def ask(*, page_ids: Sequence[int], by: Staff, at: datetime) -> int:
    """Ask for better scans of pages of batches that a person cannot read; return how many are new.

    Refuses a page of no batch, and one that a better scan replaced; asked again nothing changes.
    """
    found = 0
    for page in Page.objects.filter(id__in=page_ids).select_related("document").order_by("id"):
        batch = selected.batch_of(subject=page.document.subject)
        if batch is None or page.state == pages.REPLACED:
            raise rules.NoRescanPossible
        found += _ask(page, batch, [rules.UNREADABLE], by.label, at)
    return found


def read_again_due(*, at: datetime) -> int:
    """Send pages that an outage left unread to the readers once more; return how many.

    Needs every scope, as jobs have it. Somebody may have been faster with one of them.
    """
    sent = 0
    for page_id in selectors.to_read_again(at=at):
        with suppress(StepNotAllowed):
            services.read_again(page_id=page_id, by=None, at=at)
            sent += 1
    return sent


def on_page_read(event: events.PageRead) -> None:
    """Let a day be matched again once all is read that was read or scanned anew of its batch."""
    known = selected.batch_of(subject=event.subject)
    if known is None or known.state != rules.MATCHED:
        return
    batch = Batch.objects.select_for_update(of=("self",)).get(pk=known.pk)
    if batch.state == rules.MATCHED and not selected.unread(batch_id=batch.pk):
        bus.publish(
            events.BatchRead(
                batch_id=batch.pk,
                institution_id=batch.institution_id,
                business_date=str(batch.business_date),
                subject=batch.trail_subject,
            )
        )


def on_page_measured(event: events.PageMeasured) -> None:
    """Ask for a rescan of a batch's page that is worse than the numbers in force allow."""
    page = Page.objects.select_related("document").get(id=event.page_id)
    batch = selected.batch_of(subject=page.document.subject)
    if batch is None or page.state == "replaced":
        return
    limits = _limits(batch.business_date)
    measured = PageQuality.objects.get(page=page)
    found = () if limits is None else rules.faults(
        rules.Quality(
            measured.skew_tenths, measured.light, measured.ink_per_mille, measured.edge_per_mille,
            measured.side_pixels,
        ),
        limits=limits,
        back=page.side == "back",
    )  # fmt: skip
    if not found:
        return
    _ask(page, batch, found, services.WORKER, event.at)


def _ask(page: Page, batch: Batch, faults: Sequence[str], label: str, at: datetime) -> bool:
    _row, new = Rescan.objects.get_or_create(
        page=page,
        defaults={
            "institution_id": page.institution_id,
            "batch": batch,
            "faults": list(faults),
            "asked_at": at,
        },
    )
    if new:
        _tell(batch, "ask_rescan", label, at, reasons=list(faults))
    return bool(new)


def _limits(on: date) -> dict[str, int] | None:
    """Return the numbers in force; while one is missing nothing is asked for again."""
    said = policy.bank_wholes(codes=tuple(rules.NUMBERS.values()), on=on)
    if len(said) < len(rules.NUMBERS):
        return None
    return {name: said[code] for name, code in rules.NUMBERS.items()}


def _tell(batch: Batch, step: str, actor: str, at: datetime, **detail: object) -> None:
    trail.record(
        institution_id=batch.institution_id,
        actor=actor,
        action=f"imaging.{step}",
        subject=batch.trail_subject,
        at=at,
        detail=detail,
    )
    live.tell(rules.TOPIC, batch.institution_id)
