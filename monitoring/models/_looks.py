"""Second looks at pairs: proofs of automatic passes, matches by hand for two, looks by people."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from foundation.people.models import Institutional, Staff
from foundation.worklist.models import WorkItem
from monitoring.rules import forcing, looks
from monitoring.rules.workshop import BUSINESSES


class Proof(Institutional):
    """An automatic pass that is keyed again, blind, because a hash drew it; once a pair.

    States are those of `looks.PROOF_FLOW`. `differs` names the fields that people read otherwise
    than they were booked. An ended proof stays as it is.
    """

    match = models.OneToOneField("monitoring.Match", on_delete=models.PROTECT, related_name="proof")
    state = models.CharField(_("state"), max_length=9, default=looks.KEYING)
    differs = ArrayField(models.CharField(max_length=16), default=list)
    drawn_at = models.DateTimeField(_("drawn for proof at"))
    ended_at = models.DateTimeField(_("ended at"), null=True)

    class Meta:
        verbose_name = _("proof of an automatic pass")
        indexes = [models.Index(fields=["state", "-id"], name="monitoring_proof_state")]
        constraints = [
            models.CheckConstraint(
                condition=Q(state=looks.KEYING, ended_at=None)
                | Q(state__in=looks.PROOF_FLOW.states[1:], ended_at__isnull=False),
                name="monitoring_proof_ended",
            ),
            models.CheckConstraint(
                condition=Q(state__in=(looks.KEYING, looks.PROVED, looks.UNPROVED), differs=[])
                | (
                    Q(state__in=(looks.MISSED, looks.UPHELD, looks.DISMISSED))
                    & Q(differs__len__gt=0)
                ),
                name="monitoring_proof_differs",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.match_id} {self.state}"


class Forcing(Institutional):
    """A match by hand above the limit: one auditor says why, another accepts or declines.

    States are those of `forcing.FORCING_FLOW`; one waits for a pair at a time. `tries` is the
    reading that the author saw.
    """

    match = models.ForeignKey("monitoring.Match", on_delete=models.PROTECT, related_name="forcings")
    state = models.CharField(_("state"), max_length=8, default=forcing.PROPOSED)
    reason = models.CharField(_("reason"), max_length=200)
    tries = models.PositiveSmallIntegerField(_("comparisons"))
    work_item = models.ForeignKey(WorkItem, on_delete=models.PROTECT, null=True, related_name="+")
    author = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="+")
    author_person = models.UUIDField()
    proposed_at = models.DateTimeField(_("proposed at"))
    decided_by = models.ForeignKey(Staff, on_delete=models.PROTECT, null=True, related_name="+")
    decided_person = models.UUIDField(null=True)
    decided_at = models.DateTimeField(_("decided at"), null=True)

    class Meta:
        verbose_name = _("match by hand for two")
        indexes = [models.Index(fields=["state", "-id"], name="monitoring_forcing_state")]
        constraints = [
            models.UniqueConstraint(
                fields=["match"],
                condition=Q(state=forcing.PROPOSED),
                name="monitoring_forcing_waits_once",
            ),
            models.CheckConstraint(
                condition=Q(state__in=forcing.FORCING_FLOW.states) & ~Q(reason=""),
                name="monitoring_forcing_known",
            ),
            models.CheckConstraint(
                condition=Q(
                    state=forcing.PROPOSED, decided_by=None, decided_person=None, decided_at=None
                )
                | (
                    ~Q(state=forcing.PROPOSED)
                    & Q(
                        decided_by__isnull=False,
                        decided_person__isnull=False,
                        decided_at__isnull=False,
                    )
                ),
                name="monitoring_forcing_decided",
            ),
            models.CheckConstraint(
                condition=Q(decided_person=None) | ~Q(decided_person=F("author_person")),
                name="monitoring_forcing_two_people",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.match_id} {self.state}"


class Look(Institutional):
    """An ended pair looked at once more by a person, and what for.

    `kind` is one of `looks.KINDS`, `why` a key business or a risk, states are those of
    `looks.LOOK_FLOW`. Of an audit seen again `first` is what the first auditor found. `touched`
    names the humans who may not look: a trigger keeps them from it.
    """

    match = models.ForeignKey("monitoring.Match", on_delete=models.PROTECT, related_name="looks")
    kind = models.CharField(_("kind"), max_length=6)
    why = models.CharField(_("why"), max_length=8, blank=True)
    state = models.CharField(_("state"), max_length=9, default=looks.WAITING)
    first = models.CharField(_("first finding"), max_length=16, blank=True)
    first_by = models.ForeignKey(Staff, on_delete=models.PROTECT, null=True, related_name="+")
    found = models.CharField(_("found"), max_length=16, blank=True)
    touched = ArrayField(models.UUIDField(), default=list)
    work_item = models.ForeignKey(WorkItem, on_delete=models.PROTECT, null=True, related_name="+")
    opened_at = models.DateTimeField(_("opened at"))
    looked_by = models.ForeignKey(Staff, on_delete=models.PROTECT, null=True, related_name="+")
    looked_person = models.UUIDField(null=True)
    looked_at = models.DateTimeField(_("looked at"), null=True)
    judged_by = models.ForeignKey(Staff, on_delete=models.PROTECT, null=True, related_name="+")
    judged_person = models.UUIDField(null=True)
    judged_at = models.DateTimeField(_("judged at"), null=True)

    class Meta:
        verbose_name = _("second look at a pair")
        indexes = [
            models.Index(fields=["kind", "state", "-id"], name="monitoring_looks"),
            models.Index(
                fields=["first_by", "opened_at"],
                condition=Q(kind=looks.AGAIN),
                name="monitoring_looks_again",
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["match", "kind"], name="monitoring_looked_once"),
            models.CheckConstraint(
                condition=Q(kind__in=sorted(looks.KINDS), state__in=looks.LOOK_FLOW.states),
                name="monitoring_look_known",
            ),
            models.CheckConstraint(
                condition=Q(kind=looks.AGAIN, first_by__isnull=False) & ~Q(first="")
                | ~Q(kind=looks.AGAIN) & Q(first_by=None, first=""),
                name="monitoring_look_first",
            ),
            models.CheckConstraint(
                condition=Q(state=looks.WAITING, looked_by=None, looked_person=None, found="")
                | (
                    ~Q(state=looks.WAITING)
                    & ~Q(found="")
                    & Q(
                        looked_by__isnull=False,
                        looked_person__isnull=False,
                        looked_at__isnull=False,
                    )
                ),
                name="monitoring_look_looked",
            ),
            models.CheckConstraint(
                condition=Q(
                    state__in=(looks.UPHELD, looks.DISMISSED),
                    judged_by__isnull=False,
                    judged_person__isnull=False,
                    judged_at__isnull=False,
                )
                | (
                    ~Q(state__in=(looks.UPHELD, looks.DISMISSED))
                    & Q(judged_by=None, judged_person=None, judged_at=None)
                ),
                name="monitoring_look_judged",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.match_id}"

    @property
    def trail_subject(self) -> str:
        """Return the name under which the trail and the worklist know this look."""
        return f"monitoring.look:{self.pk}"

    @property
    def sort(self) -> looks.Named:
        """Return the word for what it is looked at for."""
        return looks.KINDS[self.kind]

    @property
    def reason_name(self) -> str:
        """Return the word for the key business or the risk, or nothing."""
        named = BUSINESSES if self.kind == looks.KEY else looks.REASONS
        return named[self.why].name if self.why in named else ""
