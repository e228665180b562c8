"""Batches of an outlet's vouchers, the files they came in, each picture of them, its quality."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from foundation.imaging.rules import batches as rules
from foundation.people.models import Institutional, Staff


class Batch(Institutional):
    """The vouchers of one outlet's day as they were handed over; states of `rules.BATCH_FLOW`.

    `sheets` is what the hand-over list says. Where another count was scanned, `note` says why. The
    telephone of the teller is not on the list, and so not here (DOMAIN §5.1). `key` is made by a
    program before it hands over, so that a retry is one batch; a page has none.
    """

    number = models.CharField(_("batch number"), max_length=17, unique=True)
    key = models.UUIDField(null=True)
    business_date = models.DateField(_("business date"))
    sheets = models.PositiveSmallIntegerField(_("vouchers on the list"))
    duplex = models.BooleanField(_("front and back"), default=False)
    state = models.CharField(_("state"), max_length=12, default=rules.HANDED_OVER)
    note = models.CharField(_("difference note"), max_length=200, blank=True)
    handed_by = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="+")
    handed_at = models.DateTimeField(_("handed over at"))
    scanned_by = models.ForeignKey(Staff, on_delete=models.PROTECT, null=True, related_name="+")
    scanned_at = models.DateTimeField(_("scanned at"), null=True)
    read_at = models.DateTimeField(_("read at"), null=True)
    matched_at = models.DateTimeField(_("matched at"), null=True)
    closed_at = models.DateTimeField(_("batch closed at"), null=True)

    class Meta:
        verbose_name = _("batch of vouchers")
        indexes = [
            models.Index(fields=["institution", "business_date"], name="imaging_batch_day"),
            models.Index(fields=["state", "-id"], name="imaging_batch_state"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["institution", "key"], name="imaging_batch_key_once"),
            models.CheckConstraint(
                condition=Q(state__in=rules.BATCH_FLOW.states, sheets__gte=1),
                name="imaging_batch_known",
            ),
            models.CheckConstraint(
                condition=Q(scanned_by=None, scanned_at=None)
                | Q(scanned_by__isnull=False, scanned_at__isnull=False),
                name="imaging_batch_scanned_by_and_at",
            ),
            models.CheckConstraint(
                condition=Q(state__in=rules.TAKES) | Q(scanned_at__isnull=False),
                name="imaging_batch_scanned",
            ),
            models.CheckConstraint(
                condition=(~Q(state=rules.MATCHED) | Q(matched_at__isnull=False))
                & (~Q(state=rules.CLOSED) | Q(closed_at__isnull=False)),
                name="imaging_batch_dated",
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def trail_subject(self) -> str:
        """Return the name under which the trail keeps its steps."""
        return f"imaging.batch:{self.pk}"


class BatchFile(Institutional):
    """A file as a scanner or a person delivered it, kept under its fingerprint.

    States are those of `rules.FILE_FLOW`. The same bytes are one file, however often they come.
    """

    batch = models.ForeignKey(Batch, on_delete=models.PROTECT, related_name="files")
    sha256 = models.CharField(max_length=64)
    name = models.CharField(_("file name"), max_length=80)
    source = models.CharField(_("source"), max_length=8)
    state = models.CharField(_("state"), max_length=12, default=rules.ARRIVED)
    size_bytes = models.PositiveIntegerField()
    original = models.CharField(max_length=120)
    refusal = models.CharField(_("why turned away"), max_length=5, blank=True)
    came_by = models.CharField(_("brought by"), max_length=60)
    came_at = models.DateTimeField(_("arrived at"))
    done_at = models.DateTimeField(_("taken apart at"), null=True)

    class Meta:
        verbose_name = _("file of a batch")
        constraints = [
            models.UniqueConstraint(
                fields=["institution", "sha256"],
                condition=~Q(state=rules.TURNED_AWAY),
                name="imaging_file_once",
            ),
            models.CheckConstraint(
                condition=Q(state=rules.ARRIVED, done_at=None, refusal="")
                | Q(state=rules.TAKEN, done_at__isnull=False, refusal="")
                | (Q(state=rules.TURNED_AWAY, done_at__isnull=False) & ~Q(refusal="")),
                name="imaging_file_state",
            ),
            models.CheckConstraint(
                condition=Q(source__in=rules.SOURCES, size_bytes__gt=0), name="imaging_file_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.state}"


class Frame(Institutional):
    """One picture of a file and what it is: cover, voucher, back, attachment, the same again.

    Each picture has exactly one row and at most one page, so that nothing is lost or read twice.
    """

    file = models.ForeignKey(BatchFile, on_delete=models.PROTECT, related_name="frames")
    batch = models.ForeignKey(Batch, on_delete=models.PROTECT, related_name="frames")
    number = models.PositiveSmallIntegerField(_("number in the file"))
    part = models.CharField(_("part"), max_length=10)
    page = models.OneToOneField("imaging.Page", on_delete=models.PROTECT, null=True)

    class Meta:
        verbose_name = _("picture of a file")
        constraints = [
            models.UniqueConstraint(fields=["file", "number"], name="imaging_frame_once"),
            models.CheckConstraint(
                condition=Q(part__in=(rules.COVER, rules.AGAIN), page=None)
                | Q(part__in=(rules.MAIN, rules.BACK, rules.ATTACHMENT), page__isnull=False),
                name="imaging_frame_part",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.file_id}/{self.number} {self.part}"


class PageQuality(Institutional):
    """What was measured of a page when its copies were made; see `rules.Quality` for the units."""

    page = models.OneToOneField("imaging.Page", on_delete=models.PROTECT, related_name="quality")
    skew_tenths = models.SmallIntegerField(_("tenths of a degree askew"))
    light = models.PositiveSmallIntegerField(_("lightness"))
    ink_per_mille = models.PositiveSmallIntegerField(_("ink per thousand"))
    edge_per_mille = models.PositiveSmallIntegerField(_("broken edge per thousand"))
    side_pixels = models.PositiveIntegerField(_("longer side in pixels"))
    measured_at = models.DateTimeField(_("measured at"))

    class Meta:
        verbose_name = _("image quality")
        constraints = [
            models.CheckConstraint(
                condition=Q(light__lte=255, ink_per_mille__lte=1000, edge_per_mille__lte=1000),
                name="imaging_quality_bounds",
            )
        ]

    def __str__(self) -> str:
        return f"{self.page_id} {self.light}"


class Rescan(Institutional):
    """That a page must be scanned again and why; `done_by` is the version that came of it."""

    page = models.OneToOneField("imaging.Page", on_delete=models.PROTECT, related_name="rescan")
    batch = models.ForeignKey(Batch, on_delete=models.PROTECT, related_name="rescans")
    faults = ArrayField(models.CharField(max_length=12))
    asked_at = models.DateTimeField(_("asked at"))
    done_by = models.OneToOneField(
        "imaging.Page", on_delete=models.PROTECT, null=True, related_name="cleared"
    )
    done_at = models.DateTimeField(_("done at"), null=True)

    class Meta:
        verbose_name = _("rescan request")
        indexes = [
            models.Index(
                fields=["institution", "asked_at"],
                condition=Q(done_at=None),
                name="imaging_rescan_open",
            )
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(done_by=None, done_at=None)
                | Q(done_by__isnull=False, done_at__isnull=False),
                name="imaging_rescan_done",
            )
        ]

    def __str__(self) -> str:
        return f"{self.page_id} {','.join(self.faults)}"
