"""Documents, their pages as scanned, and what engines read on them."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from foundation.imaging import rules
from foundation.imaging.models._batches import Batch, BatchFile, Frame, PageQuality, Rescan
from foundation.imaging.models._layouts import Layout
from foundation.people.models import Institutional

__all__ = [
    "Batch",
    "BatchFile",
    "Document",
    "Frame",
    "Layout",
    "Page",
    "PageQuality",
    "Reading",
    "Rescan",
]


class Document(Institutional):
    """The pages that belong to one subject, such as `authorization.request:20261123000017`."""

    subject = models.CharField(_("subject"), max_length=80)
    kind = models.CharField(_("kind of document"), max_length=20)
    opened_by = models.CharField(_("opened by"), max_length=60)
    opened_at = models.DateTimeField(_("opened at"))

    class Meta:
        verbose_name = _("document")
        indexes = [models.Index(fields=["subject", "id"], name="imaging_document_subject")]

    def __str__(self) -> str:
        return f"{self.kind} {self.subject}"


class Page(Institutional):
    """One side of one sheet as it was scanned; a rescan is a new row, the old one stays.

    States: stored, read, unreadable, replaced (rules.FLOW). `sha256` names the uploaded bytes,
    which are kept as evidence; `view` and `thumb` are empty until a worker has made the copies.
    """

    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="pages")
    seq = models.PositiveSmallIntegerField(_("page number"))
    side = models.CharField(_("side"), max_length=5)
    image_class = models.CharField(_("image class"), max_length=10)
    version = models.PositiveSmallIntegerField(_("version"), default=1)
    state = models.CharField(_("state"), max_length=10, default=rules.STORED)
    name = models.CharField(_("file name"), max_length=80, blank=True)
    format = models.CharField(max_length=4)
    size_bytes = models.PositiveIntegerField()
    width_px = models.PositiveIntegerField()
    height_px = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    looks = models.CharField(max_length=256)
    original = models.CharField(max_length=120)
    view = models.CharField(max_length=120, blank=True)
    thumb = models.CharField(max_length=120, blank=True)
    stored_by = models.CharField(_("stored by"), max_length=60)
    stored_at = models.DateTimeField(_("stored at"))
    reused_because = models.CharField(_("why used again"), max_length=120, blank=True)
    replaced_because = models.CharField(_("why replaced"), max_length=120, blank=True)
    resembles = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = _("page")
        indexes = [
            models.Index(fields=["sha256"], name="imaging_page_sha256"),
            models.Index(fields=["institution", "image_class", "-id"], name="imaging_page_recent"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["document", "seq", "version"], name="imaging_page_version_once"
            ),
            models.UniqueConstraint(
                fields=["document", "seq"],
                condition=~Q(state=rules.REPLACED),
                name="imaging_page_one_in_force",
            ),
            models.UniqueConstraint(
                fields=["institution", "sha256"],
                condition=Q(reused_because=""),
                name="imaging_image_once",
            ),
            models.CheckConstraint(
                condition=Q(state__in=rules.FLOW.states), name="imaging_page_state_known"
            ),
            models.CheckConstraint(
                condition=Q(image_class__in=rules.CLASSES), name="imaging_page_class_known"
            ),
            models.CheckConstraint(
                condition=Q(side__in=rules.SIDES), name="imaging_page_side_known"
            ),
            models.CheckConstraint(
                condition=Q(state=rules.REPLACED) ^ Q(replaced_because=""),
                name="imaging_page_replaced_with_reason",
            ),
            models.CheckConstraint(
                condition=Q(view="", thumb="") | (~Q(view="") & ~Q(thumb="")),
                name="imaging_page_both_copies",
            ),
            models.CheckConstraint(
                condition=Q(resembles=None) | ~Q(resembles=F("id")),
                name="imaging_page_not_like_itself",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.document_id}/{self.seq}.{self.version}"


class Reading(Institutional):
    """What one engine read on a page at one try: lines with boxes, fields, barcodes.

    `outcome` is read, or unreadable with its `failure`; `outage` tells that the readers failed, and
    not the page. Boxes are left, top, width, height in pixels of the page; confidences 0–100. A
    page that is a known form has its `layout`, how well it lies on it (`fit`, percent), and
    `strips`: the lines of its zones with what the recogniser saw in each column, so that any
    expected value can be weighed later.
    """

    page = models.ForeignKey(Page, on_delete=models.PROTECT, related_name="readings")
    attempt = models.PositiveSmallIntegerField(_("attempt"))
    outcome = models.CharField(_("outcome"), max_length=10)
    engine = models.CharField(_("engine"), max_length=30, blank=True)
    engine_version = models.CharField(max_length=80, blank=True)
    milliseconds = models.PositiveIntegerField(_("processor milliseconds"), default=0)
    lines = models.JSONField(default=list)
    fields = models.JSONField(default=list)
    codes = models.JSONField(default=list)
    layout = models.ForeignKey(Layout, on_delete=models.PROTECT, null=True, related_name="+")
    fit = models.PositiveSmallIntegerField(_("fit"), default=0)
    strips = models.JSONField(default=list)
    words_agree = models.BooleanField(_("figures and capitals agree"), null=True)
    failure = models.CharField(max_length=200, blank=True)
    outage = models.BooleanField(_("failed by the readers"), default=False)
    read_at = models.DateTimeField(_("read at"))

    class Meta:
        verbose_name = _("reading")
        indexes = [
            models.Index(
                fields=["read_at"], condition=Q(outage=True), name="imaging_reading_outage"
            )
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["page", "attempt"], name="imaging_reading_attempt_once"
            ),
            models.CheckConstraint(
                condition=Q(outcome=rules.READ, failure="")
                | (Q(outcome=rules.UNREADABLE) & ~Q(failure="")),
                name="imaging_reading_failure_told",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.page_id}.{self.attempt} {self.outcome}"
