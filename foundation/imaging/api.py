"""Batches of vouchers for other systems of the bank: hand over, send scans, see how far each is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.http import Http404
from rest_framework import serializers

from foundation.imaging.models import Batch, BatchFile
from foundation.imaging.rules import batches as rules
from foundation.imaging.selectors import batches as selected
from foundation.imaging.services import batches as services
from foundation.people.roles import Permission
from foundation.ui import rest


class Scans(rest.Images):
    """A scanner's file of images; a little more than one may have, so that imaging says no."""

    bytes_max = rules.FILE_BYTES_MAX + 1024 * 1024


class ScannedPdf(Scans):
    """A scanner's file as PDF, opened only where nothing can come of it."""

    media_type = "application/pdf"


class BatchesWanted(rest.Query):
    """Which batches: newest first, fifty a page."""

    on = rest.Day(required=False)
    state = rest.Choice(words=rules.BATCH_FLOW.states, required=False)
    before = rest.Whole(required=False)


class HandedOver(rest.Item):
    """A hand-over list; the same key with the same list answers the first batch again."""

    key = rest.Key()
    business_date = rest.Day()
    sheets = rest.Whole(most=rules.SHEETS_MOST)
    duplex = rest.Flag(required=False)


class ScanNamed(rest.Query):
    """What the file is called at the sender."""

    name = rest.Plain(limit=100, required=False)


class ScanningEnded(rest.Item):
    """That everything is scanned, and why the count differs if it does."""

    note = rest.Plain(limit=200, blank=True, required=False)


class BatchShown(rest.Item):
    """One batch: what was handed over, and how far it is."""

    id = serializers.IntegerField()
    number = serializers.CharField()
    state = rest.Choice(words=rules.BATCH_FLOW.states)
    institution = serializers.CharField(source="institution.number")
    business_date = serializers.DateField()
    sheets = serializers.IntegerField()
    duplex = serializers.BooleanField()
    note = serializers.CharField()
    handed_at = serializers.DateTimeField()
    scanned_at = serializers.DateTimeField(allow_null=True)
    read_at = serializers.DateTimeField(allow_null=True)
    matched_at = serializers.DateTimeField(allow_null=True)
    closed_at = serializers.DateTimeField(allow_null=True)


class ListedShown(rest.Item):
    """A batch of a list, with what was scanned and what must be scanned again."""

    batch = BatchShown()
    scanned = serializers.IntegerField()
    rescans = serializers.IntegerField()


class BatchesShown(rest.Item):
    """A page of batches, and what `before` takes for the next one."""

    rows = ListedShown(many=True)
    next_before = serializers.IntegerField(allow_null=True)


class FileShown(rest.Item):
    """A file of a batch: `arrived` until it was taken apart; `refusal` says why it was not."""

    id = serializers.IntegerField()
    name = serializers.CharField()
    state = rest.Choice(words=rules.FILE_FLOW.states)
    sha256 = serializers.CharField()
    refusal = serializers.CharField()
    came_at = serializers.DateTimeField()


class RecordShown(rest.Item):
    """One batch with its latest files, and how many of its pages are read."""

    batch = BatchShown()
    scanned = serializers.IntegerField()
    pages = serializers.IntegerField(source="page_count")
    read = serializers.IntegerField(source="read_count")
    under_way = serializers.IntegerField()
    files = FileShown(many=True)


@dataclass(frozen=True)
class _Page:
    rows: Sequence[selected.Listed]
    next_before: int | None


def _found(batch_id: int) -> Batch:
    found = selected.batch(batch_id=batch_id)
    if found is None:
        raise Http404
    return found


@rest.endpoint("GET", Permission.BATCH_VIEW, asks=BatchesWanted, answers=BatchesShown)
def batches(call: rest.Call) -> _Page:
    """List the batches that you may see, the newest first."""
    found = selected.listed(**call.typed)
    shown = found[: selected.PAGE]
    return _Page(shown, shown[-1].batch.pk if len(found) > len(shown) else None)


@rest.endpoint("GET", Permission.BATCH_VIEW, answers=RecordShown)
def batch(call: rest.Call, batch_id: int) -> selected.Record:  # noqa: ARG001  the scope is in the transaction
    """Answer one batch among those that you may see, with its files."""
    return selected.record(batch=_found(batch_id))


@rest.endpoint("POST", Permission.BATCH_HAND_OVER, asks=HandedOver, answers=BatchShown)
def hand_over(call: rest.Call) -> Batch:
    """Hand a day's vouchers of your own institution over; the batch gets its number."""
    return services.hand_over(
        institution_id=call.staff.institution_id, by=call.staff, at=call.at, **call.typed
    )


@rest.endpoint(
    "POST",
    Permission.BATCH_SCAN,
    asks=ScanNamed,
    answers=FileShown,
    finds=_found,
    parsers=(Scans, ScannedPdf),
)
def scan(call: rest.Call, batch_id: int) -> BatchFile:
    """Send a scanner's file: its bytes are the body, and its key: sent again it is kept once.

    A TIFF or a PDF may hold many pages; a file has up to 64 MB. A worker takes the file apart; the
    batch shows when.
    """
    name = call.typed.get("name", "")
    file, _new = services.receive(
        batch_id=batch_id, data=call.image, name=name, by=call.staff, at=call.at
    )
    return file


@rest.endpoint("POST", Permission.BATCH_SCAN, asks=ScanningEnded, answers=BatchShown, finds=_found)
def end_scan(call: rest.Call, batch_id: int) -> Batch:
    """End the scanning; another count than on the list needs a note."""
    note = call.typed.get("note", "")
    return services.end_scan(batch_id=batch_id, note=note, by=call.staff, at=call.at)
