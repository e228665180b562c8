"""Slips, what is answered to them, appeals, points, and the bulletins that tell of them."""

from __future__ import annotations

from functools import reduce
from operator import or_

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from foundation.imaging.models import Document
from foundation.people.models import Institutional, Staff
from monitoring.rules import points, slips

_FITTING = reduce(
    or_, (Q(kind=kind.code, state__in=kind.flow.states) for kind in slips.KINDS.values())
)
_GRADED = tuple(code for code, kind in slips.KINDS.items() if kind.graded)
_TIMELESS = (slips.HINT, slips.CASE)
_BACKED = (slips.ACCEPTED, slips.VERIFIED)


class Slip(Institutional):
    """Something that an institution is told, asked or charged with, and what came of it.

    `institution` is to whom it goes; `origin` names what it is about, such as
    `monitoring.match:12`. Each kind has its own flow in `rules.slips.KINDS`. `answered_at` is the
    latest answer, `late` stays once one was late, `rung` is the highest that an overdue one has
    gone up. A trigger keeps what was said, the order of states and the people apart.
    """

    number = models.CharField(_("slip number"), max_length=20, unique=True)
    kind = models.CharField(_("kind"), max_length=14)
    state = models.CharField(_("state"), max_length=14, default=slips.ISSUED)
    origin = models.CharField(_("about"), max_length=80, blank=True)
    code = models.CharField(_("error"), max_length=8, blank=True)
    error_class = models.PositiveSmallIntegerField(_("class"), null=True)
    repeated = models.BooleanField(_("repeated"), default=False)
    at_fault = models.ForeignKey(Staff, on_delete=models.PROTECT, null=True, related_name="+")
    at_fault_label = models.CharField(_("at fault"), max_length=60, blank=True)
    at_fault_person = models.UUIDField(null=True)
    text = models.CharField(_("text"), max_length=slips.TEXT_MOST)
    issued_by = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="+")
    issued_label = models.CharField(_("issued by"), max_length=60)
    issued_person = models.UUIDField()
    issued_at = models.DateTimeField(_("issued at"))
    issued_on = models.DateField(_("issued on"))
    due_at = models.DateTimeField(_("due at"), null=True)
    answered_at = models.DateTimeField(_("answered at"), null=True)
    late = models.BooleanField(_("late"), default=False)
    rung = models.PositiveSmallIntegerField(_("rung"), default=0)
    rung_at = models.DateTimeField(null=True)
    verified_by = models.ForeignKey(Staff, on_delete=models.PROTECT, null=True, related_name="+")
    verified_label = models.CharField(_("verified by"), max_length=60, blank=True)
    verified_person = models.UUIDField(null=True)
    verified_at = models.DateTimeField(null=True)
    phoned_label = models.CharField(_("told by phone"), max_length=60, blank=True)
    phoned_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(_("ended at"), null=True)

    class Meta:
        verbose_name = _("slip")
        indexes = [
            models.Index(fields=["institution", "issued_on"], name="monitoring_slip_month"),
            models.Index(fields=["institution", "-id"], name="monitoring_slip_place"),
            models.Index(
                fields=["due_at"],
                condition=Q(state__in=slips.WITH_OUTLET, due_at__isnull=False),
                name="monitoring_slip_due",
            ),
            models.Index(
                fields=["institution", "state"],
                condition=~Q(state__in=slips.ENDS),
                name="monitoring_slip_open",
            ),
            models.Index(fields=["origin"], name="monitoring_slip_origin"),
        ]
        constraints = [
            models.CheckConstraint(condition=_FITTING, name="monitoring_slip_state_of_kind"),
            models.CheckConstraint(
                condition=Q(kind__in=_GRADED, error_class__in=points.CLASSES) & ~Q(code="")
                | Q(~Q(kind__in=_GRADED), code="", error_class=None, repeated=False),
                name="monitoring_slip_graded",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=_TIMELESS, due_at=None)
                | Q(~Q(kind__in=_TIMELESS), due_at__isnull=False),
                name="monitoring_slip_due_said",
            ),
            models.CheckConstraint(
                condition=Q(at_fault=None, at_fault_person=None, at_fault_label="")
                | Q(at_fault__isnull=False, at_fault_person__isnull=False) & ~Q(at_fault_label=""),
                name="monitoring_slip_at_fault_whole",
            ),
            models.CheckConstraint(
                condition=Q(
                    verified_by=None, verified_person=None, verified_at=None, verified_label=""
                )
                | Q(
                    verified_by__isnull=False,
                    verified_person__isnull=False,
                    verified_at__isnull=False,
                )
                & ~Q(verified_label=""),
                name="monitoring_slip_verified_whole",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=_BACKED)
                | Q(verified_by__isnull=False, answered_at__isnull=False),
                name="monitoring_slip_verified_said",
            ),
            models.CheckConstraint(
                condition=Q(state__in=slips.ENDS, closed_at__isnull=False)
                | Q(~Q(state__in=slips.ENDS), closed_at=None),
                name="monitoring_slip_ended",
            ),
            models.CheckConstraint(
                condition=Q(rung=0, rung_at=None)
                | Q(rung__in=tuple(slips.RUNGS), rung_at__isnull=False, late=True),
                name="monitoring_slip_rung_known",
            ),
            models.CheckConstraint(
                condition=Q(phoned_at=None, phoned_label="")
                | Q(phoned_at__isnull=False, error_class=slips.PHONED) & ~Q(phoned_label=""),
                name="monitoring_slip_phoned",
            ),
            models.UniqueConstraint(
                fields=["origin", "kind", "code"],
                condition=~Q(origin="") & ~Q(state=slips.REVOKED) & Q(kind__in=_GRADED),
                name="monitoring_slip_once",
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def trail_subject(self) -> str:
        """Return the name under which the trail and the images know this slip."""
        return f"monitoring.slip:{self.number}"

    @property
    def sort(self) -> slips.Kind:
        """Return the kind with its name and its flow."""
        return slips.KINDS[self.kind]

    @property
    def to_phone(self) -> bool:
        """Tell whether the branch has still to be told of it by phone."""
        return self.error_class == slips.PHONED and self.phoned_at is None and not self.closed_at


class SlipReply(Institutional):
    """One answer to a slip, or a question asked again; it never changes."""

    slip = models.ForeignKey(Slip, on_delete=models.PROTECT, related_name="replies")
    step = models.CharField(_("step"), max_length=12)
    words = models.CharField(_("words"), max_length=slips.TEXT_MOST)
    document = models.ForeignKey(Document, on_delete=models.PROTECT, null=True, related_name="+")
    by = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="+")
    label = models.CharField(_("by"), max_length=60)
    person = models.UUIDField()
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("reply to a slip")
        indexes = [models.Index(fields=["slip", "id"], name="monitoring_reply_slip")]
        constraints = [
            models.CheckConstraint(
                condition=Q(step__in=sorted(slips.WORDED)) & ~Q(words=""),
                name="monitoring_reply_worded",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.slip_id} {self.step}"


class SlipAppeal(Institutional):
    """The one appeal against an error slip, and how another person judged it."""

    slip = models.OneToOneField(Slip, on_delete=models.PROTECT, related_name="appeal")
    words = models.CharField(_("words"), max_length=slips.TEXT_MOST)
    by = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="+")
    label = models.CharField(_("by"), max_length=60)
    person = models.UUIDField()
    at = models.DateTimeField()
    upheld = models.BooleanField(_("upheld"), null=True)
    judged_by = models.ForeignKey(Staff, on_delete=models.PROTECT, null=True, related_name="+")
    judged_label = models.CharField(_("judged by"), max_length=60, blank=True)
    judged_person = models.UUIDField(null=True)
    judged_at = models.DateTimeField(null=True)
    judged_words = models.CharField(_("words"), max_length=slips.TEXT_MOST, blank=True)

    class Meta:
        verbose_name = _("appeal against a slip")
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    judged_by=None, judged_person=None, judged_at=None, upheld=None, judged_words=""
                )
                | Q(
                    judged_by__isnull=False,
                    judged_person__isnull=False,
                    judged_at__isnull=False,
                    upheld__isnull=False,
                )
                & ~Q(judged_words=""),
                name="monitoring_appeal_judged_whole",
            ),
            models.CheckConstraint(
                condition=Q(judged_person=None) | ~Q(judged_person=F("person")),
                name="monitoring_appeal_two_people",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.slip_id} {self.upheld}"


class SlipPoint(Institutional):
    """What an error cost an outlet and its teller, or that an upheld appeal gave it back."""

    slip = models.ForeignKey(Slip, on_delete=models.PROTECT, related_name="points")
    code = models.CharField(_("error"), max_length=8)
    person = models.UUIDField(null=True)
    points = models.SmallIntegerField(_("points"))
    repeated = models.BooleanField(_("repeated"), default=False)
    reverses = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, related_name="reversal"
    )
    on = models.DateField(_("day"))
    at = models.DateTimeField()
    label = models.CharField(_("by"), max_length=60)

    class Meta:
        verbose_name = _("points of an error")
        indexes = [
            models.Index(fields=["institution", "on"], name="monitoring_point_month"),
            models.Index(
                fields=["person", "code", "on"],
                condition=Q(person__isnull=False),
                name="monitoring_point_person",
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(reverses=None, points__gt=0) | Q(reverses__isnull=False, points__lt=0),
                name="monitoring_point_signed",
            ),
            models.UniqueConstraint(
                fields=["slip"], condition=Q(reverses=None), name="monitoring_point_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.slip_id} {self.points}"


class Bulletin(Institutional):
    """The errors of a month as told to a branch: figures, and the files as they were made.

    Made again, a month has another version; the former ones stay. `facts` holds the sums.
    """

    month = models.DateField(_("month"))
    version = models.PositiveSmallIntegerField(_("version"))
    upto = models.DateField(_("until"))
    facts = models.JSONField(default=dict)
    pdf = models.BinaryField()
    xlsx = models.BinaryField()
    made_at = models.DateTimeField(_("made at"))

    class Meta:
        verbose_name = _("bulletin of errors")
        constraints = [
            models.UniqueConstraint(
                fields=["institution", "month", "version"], name="monitoring_bulletin_version"
            ),
            models.CheckConstraint(
                condition=Q(version__gte=1, upto__gte=F("month")), name="monitoring_bulletin_dated"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m} v{self.version}"

    @property
    def trail_subject(self) -> str:
        """Return the name under which the trail keeps it."""
        return f"monitoring.bulletin:{self.pk}"
