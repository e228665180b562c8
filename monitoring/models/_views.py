"""Who opened images, how many of them without an item: added up each night from the trail."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from foundation.imaging.models import Page
from foundation.people.models import Institutional, Staff


class ImageDay(Institutional):
    """How many images a person opened on a day, and how many of them without an item.

    Added once the day is over and never changed. The institution is the person's own, not that of
    the images. `taken` of the `stray` ones were fetched in full.
    """

    viewer = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="+", db_index=False)
    viewer_label = models.CharField(_("who"), max_length=60)
    on = models.DateField(_("day"))
    opened = models.PositiveIntegerField(_("images opened"))
    stray = models.PositiveIntegerField(_("without an item"))
    taken = models.PositiveIntegerField(_("of these in full"))

    class Meta:
        verbose_name = _("images of a person's day")
        indexes = [models.Index(fields=["on", "viewer"], name="monitoring_image_day")]
        constraints = [
            models.UniqueConstraint(fields=["viewer", "on"], name="monitoring_image_day_once"),
            models.CheckConstraint(
                condition=Q(opened__gte=F("stray"), stray__gte=F("taken"), opened__gt=0),
                name="monitoring_image_day_adds_up",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.on} {self.viewer_label}"


class StrayView(Institutional):
    """That a person opened an image without holding, deciding or having held an item about it.

    One row an event of the trail (`event`), found in the night after and never changed. `subject`
    is what the image belongs to. The institution is the person's own.
    """

    event = models.BigIntegerField(unique=True)
    viewer = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="+", db_index=False)
    viewer_label = models.CharField(_("who"), max_length=60)
    on = models.DateField(_("day"))
    at = models.DateTimeField(_("time"))
    page = models.ForeignKey(Page, on_delete=models.PROTECT, related_name="+")
    image_class = models.CharField(_("image class"), max_length=10)
    use = models.CharField(_("how"), max_length=8)
    subject = models.CharField(_("to what"), max_length=80)

    class Meta:
        verbose_name = _("image opened without an item")
        indexes = [
            models.Index(fields=["viewer", "on", "id"], name="monitoring_stray_person"),
            models.Index(fields=["on", "id"], name="monitoring_stray_day"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(use__in=("view", "original")), name="monitoring_stray_use"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.at:%F %T} {self.viewer_label} {self.page_id}"
