"""Slices of vouchers that people key, and what each keyed."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from foundation.imaging.models import Page
from foundation.people.models import Institutional, Staff
from foundation.worklist.models import WorkItem
from monitoring.rules import entry


class Slice(Institutional):
    """One field of one page, cut out, without anything that tells whose it is.

    It is a row of the institution where it is keyed: a vendor's people see no other (`scope_of`).
    `touched` names the humans of the pair, who may not key it.
    States are those of `entry.SLICE_FLOW`. `answer` is what people read, in the form of
    `entry.clean_value`. A control has its `known` answer beforehand, and no pair waits for it.
    """

    match = models.ForeignKey(
        "monitoring.Match", on_delete=models.PROTECT, null=True, related_name="slices"
    )
    field = models.CharField(_("field"), max_length=16)
    page = models.ForeignKey(Page, on_delete=models.PROTECT, related_name="+")
    image = models.CharField(max_length=120)
    keyers = models.PositiveSmallIntegerField(_("keyers needed"))
    state = models.CharField(_("state"), max_length=8, default=entry.KEYING)
    answer = models.CharField(_("answer keyed"), max_length=32, blank=True)
    known = models.CharField(_("known answer"), max_length=32, blank=True)
    work_item = models.ForeignKey(WorkItem, on_delete=models.PROTECT, null=True, related_name="+")
    touched = ArrayField(models.UUIDField(), default=list)
    made_at = models.DateTimeField(_("cut at"))
    ended_at = models.DateTimeField(_("ended at"), null=True)

    class Meta:
        verbose_name = _("slice to be keyed")
        indexes = [
            models.Index(fields=["match", "state"], name="monitoring_slice_match"),
            models.Index(fields=["state", "-id"], name="monitoring_slice_state"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["match", "field", "page"],
                condition=Q(match__isnull=False) & ~Q(state=entry.VOID),
                name="monitoring_slice_once",
            ),
            models.CheckConstraint(
                condition=Q(
                    state__in=entry.SLICE_FLOW.states,
                    field__in=tuple(entry.ASKED),
                    keyers__in=(1, 2),
                ),
                name="monitoring_slice_known",
            ),
            models.CheckConstraint(
                condition=Q(match__isnull=False, known="") | (Q(match=None) & ~Q(known="")),
                name="monitoring_slice_control",
            ),
            models.CheckConstraint(
                condition=Q(state__in=entry.SLICE_OPEN, ended_at=None, answer="")
                | (
                    Q(state__in=(entry.AGREED, entry.SETTLED), ended_at__isnull=False)
                    & ~Q(answer="")
                )
                | Q(state=entry.VOID, ended_at__isnull=False),
                name="monitoring_slice_ended",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.field} {self.state}"

    @property
    def trail_subject(self) -> str:
        """Return the name under which the trail and the worklist know this slice."""
        return f"monitoring.slice:{self.pk}"


class Keying(Institutional):
    """What one person keyed of a slice, with strokes and milliseconds; never changed.

    `right` is written once, when the slice has its answer.
    """

    slice = models.ForeignKey(Slice, on_delete=models.PROTECT, related_name="keyings")
    keyer = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="+")
    person = models.UUIDField()
    arbiter = models.BooleanField(_("as arbiter"), default=False)
    value = models.CharField(_("value keyed"), max_length=32)
    strokes = models.PositiveSmallIntegerField(_("keystrokes"))
    milliseconds = models.PositiveIntegerField(_("milliseconds"))
    right = models.BooleanField(_("right"), null=True)
    keyed_at = models.DateTimeField(_("keyed at"))

    class Meta:
        verbose_name = _("keying")
        indexes = [models.Index(fields=["keyed_at", "keyer"], name="monitoring_keying_day")]
        constraints = [
            models.UniqueConstraint(fields=["slice", "person"], name="monitoring_keyed_once"),
            models.CheckConstraint(condition=~Q(value=""), name="monitoring_keyed_something"),
        ]

    def __str__(self) -> str:
        return f"{self.slice_id} {self.keyer_id}"
