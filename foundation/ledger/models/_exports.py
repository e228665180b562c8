"""Files that are too long to be made while a person waits."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from foundation.people.models import Institutional, Staff


class Export(Institutional):
    """A list of the books that a person asked for as a file; a job makes it part by part.

    `asked` is the search as the page understood it, `places` the institutions that could be seen
    when it was made, `place` where the next part begins. The rows of the file go when it expires;
    that it was made stays. `refusal` is the code of what kept it from being made.
    """

    key = models.UUIDField(unique=True)
    kind = models.CharField(_("list"), max_length=20)
    title = models.CharField(_("title"), max_length=120)
    asked = models.JSONField()
    language = models.CharField(max_length=10)
    staff = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="+")
    label = models.CharField(_("asked by"), max_length=60)
    asked_at = models.DateTimeField(_("asked at"))
    places = models.JSONField(default=list)
    place = models.CharField(max_length=60, blank=True)
    parts = models.IntegerField(default=0)
    lines = models.BigIntegerField(_("lines"), default=0)
    total = models.BigIntegerField(null=True)
    done_at = models.DateTimeField(_("done at"), null=True)
    expires_at = models.DateTimeField(_("kept until"), null=True)
    refusal = models.CharField(max_length=10, blank=True)

    class Meta:
        verbose_name = _("long file")
        indexes = [models.Index(fields=["staff", "-id"], name="ledger_export_by_staff")]
        constraints = [
            models.CheckConstraint(
                condition=Q(done_at=None, expires_at=None)
                | Q(done_at__isnull=False, expires_at__isnull=False),
                name="ledger_export_done_and_kept",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"

    @property
    def subject(self) -> str:
        """Return the name under which the trail knows the file."""
        return f"ledger.export:{self.pk}"


class ExportPart(Institutional):
    """Some thousand lines of a long file, in order."""

    export = models.ForeignKey(Export, on_delete=models.PROTECT, related_name="bodies")
    seq = models.IntegerField()
    body = models.BinaryField()

    class Meta:
        verbose_name = _("part of a long file")
        constraints = [
            models.UniqueConstraint(fields=["export", "seq"], name="ledger_export_part_once")
        ]

    def __str__(self) -> str:
        return f"{self.export_id}/{self.seq}"
