"""How vouchers were set beside lines, what explains a break, and that a day was closed."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from foundation.imaging.models import Document
from foundation.people.models import Institutional, Staff
from monitoring.rules import matching, settling

BY_HAND = Q(how=matching.HAND)


class Alignment(Institutional):
    """How a voucher was found for a line: one row a voucher and line, never changed.

    Several rows of one pair are several vouchers of one line; several pairs with one document are
    one voucher for several lines. What a person joined by hand says who and why; a voucher and a
    line are joined so once (`sql/trace_guard.sql`).
    """

    match = models.ForeignKey(
        "monitoring.Match", on_delete=models.PROTECT, related_name="alignments"
    )
    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="+")
    how = models.CharField(_("found by"), max_length=8)
    found_at = models.DateTimeField(_("found at"))
    joined_by = models.ForeignKey(Staff, on_delete=models.PROTECT, null=True, related_name="+")
    joined_person = models.UUIDField(null=True)
    reason = models.CharField(_("reason"), max_length=200, blank=True, default="", db_default="")

    class Meta:
        verbose_name = _("alignment of voucher and line")
        constraints = [
            models.UniqueConstraint(fields=["match", "document"], name="monitoring_aligned_once"),
            models.UniqueConstraint(
                fields=["document"], condition=BY_HAND, name="monitoring_joined_voucher_once"
            ),
            models.UniqueConstraint(
                fields=["match"], condition=BY_HAND, name="monitoring_joined_line_once"
            ),
            models.CheckConstraint(
                condition=Q(how__in=tuple(matching.HOWS)), name="monitoring_aligned_how"
            ),
            models.CheckConstraint(
                condition=(
                    Q(how=matching.HAND, joined_by__isnull=False, joined_person__isnull=False)
                    & ~Q(reason="")
                )
                | (~BY_HAND & Q(joined_by=None, joined_person=None, reason="")),
                name="monitoring_joined_by_and_why",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.match_id} {self.how}"


class Explanation(Institutional):
    """Why a break is none to worry about; states of `settling.EXPLANATION_FLOW`, by two people."""

    match = models.ForeignKey(
        "monitoring.Match", on_delete=models.PROTECT, related_name="explanations"
    )
    text = models.CharField(_("explanation"), max_length=200)
    state = models.CharField(_("state"), max_length=8, default=settling.PROPOSED)
    author = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="+")
    author_person = models.UUIDField()
    written_at = models.DateTimeField(_("written at"))
    decided_by = models.ForeignKey(Staff, on_delete=models.PROTECT, null=True, related_name="+")
    decided_person = models.UUIDField(null=True)
    decided_at = models.DateTimeField(_("decided at"), null=True)

    class Meta:
        verbose_name = _("explanation of a break")
        constraints = [
            models.UniqueConstraint(
                fields=["match"],
                condition=~Q(state=settling.DECLINED),
                name="monitoring_explained_once",
            ),
            models.CheckConstraint(
                condition=Q(state__in=settling.EXPLANATION_FLOW.states) & ~Q(text=""),
                name="monitoring_explanation_known",
            ),
            models.CheckConstraint(
                condition=Q(
                    state=settling.PROPOSED, decided_by=None, decided_person=None, decided_at=None
                )
                | Q(
                    ~Q(state=settling.PROPOSED),
                    decided_by__isnull=False,
                    decided_person__isnull=False,
                    decided_at__isnull=False,
                ),
                name="monitoring_explanation_decided",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.match_id} {self.state}"


class DayEnd(Institutional):
    """That the vouchers of an outlet's day were closed (轧账), once, with the figures of then."""

    business_date = models.DateField(_("business date"))
    closed_by = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="+")
    closed_at = models.DateTimeField(_("day closed at"))
    pairs = models.PositiveIntegerField(_("pairs"))
    explained = models.PositiveIntegerField(_("breaks explained"))

    class Meta:
        verbose_name = _("closing of a day's vouchers")
        constraints = [
            models.UniqueConstraint(
                fields=["institution", "business_date"], name="monitoring_day_closed_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.institution_id} {self.business_date}"
