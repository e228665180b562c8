"""The items of every queue, who held them for how long, and the jobs of the workers."""

from __future__ import annotations

from datetime import timedelta

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from foundation.people.models import Institutional, Staff
from foundation.worklist import rules


class WorkItem(Institutional):
    """One thing that waits in a queue for one person; states are those of rules.FLOW.

    `fence` grows with every claim, so that a holder whose lease ran out can change nothing. All
    moments are the database's. `turn_at` is the item's place in the queue: when it came, put
    forward by its priority and by being urgent, so that nothing waits for ever. `conflicted` are
    the humans (people.Staff.person) who may not hold it: whoever entered it; with
    `outsiders_only` nobody of its own institution may. `origin` is the human it came from, for the
    caps of a pair. Until `kept_until` it is for `kept_for` alone; with `leads_only` it is for the
    leads of its queue.
    """

    queue = models.CharField(_("queue"), max_length=40)
    subject = models.CharField(_("subject"), max_length=80)
    state = models.CharField(_("state"), max_length=10, default=rules.WAITING)
    priority = models.SmallIntegerField(_("priority"), default=10)
    turn_at = models.DateTimeField(db_default=Now())
    skill = models.CharField(_("skill"), max_length=40, blank=True)
    grade_needed = models.PositiveSmallIntegerField(_("grade needed"), default=1)
    amount_fen = models.BigIntegerField(_("amount"), null=True)
    urgent = models.BooleanField(_("urgent"), default=False)
    urgent_reason = models.CharField(max_length=200, blank=True)
    conflicted = ArrayField(models.UUIDField(), default=list)
    outsiders_only = models.BooleanField(default=True)
    origin = models.UUIDField(null=True)
    leads_only = models.BooleanField(default=False, db_default=False)
    kept_for = models.ForeignKey(Staff, on_delete=models.PROTECT, null=True, related_name="+")
    kept_until = models.DateTimeField(null=True)
    holder = models.ForeignKey(Staff, on_delete=models.PROTECT, null=True, related_name="+")
    holder_label = models.CharField(_("held by"), max_length=60, blank=True)
    lease_until = models.DateTimeField(null=True)
    fence = models.PositiveIntegerField(default=0)
    enqueued_at = models.DateTimeField(db_default=Now())
    first_held_at = models.DateTimeField(null=True)
    held_at = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)
    due_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("work item")
        indexes = [
            models.Index(
                fields=["queue", "turn_at", "id"],
                condition=Q(state__in=rules.OPEN),
                name="worklist_turn",
            ),
            models.Index(fields=["holder"], condition=Q(state="held"), name="worklist_held"),
            models.Index(fields=["lease_until"], condition=Q(state="held"), name="worklist_lease"),
            models.Index(fields=["subject"], name="worklist_subject"),
            models.Index(
                fields=["kept_for"],
                condition=Q(state="waiting", kept_for__isnull=False),
                name="worklist_kept",
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=rules.FLOW.states), name="worklist_state_known"
            ),
            models.CheckConstraint(
                condition=Q(
                    state="held",
                    holder__isnull=False,
                    lease_until__isnull=False,
                    held_at__isnull=False,
                )
                | (~Q(state="held") & Q(lease_until=None)),
                name="worklist_held_has_lease",
            ),
            models.CheckConstraint(
                condition=~Q(state="waiting") | Q(holder=None), name="worklist_waiting_is_nobodys"
            ),
            models.CheckConstraint(
                condition=Q(state__in=("done", "withdrawn"), done_at__isnull=False)
                | (~Q(state__in=("done", "withdrawn")) & Q(done_at=None)),
                name="worklist_ended_when",
            ),
            models.CheckConstraint(
                condition=Q(kept_for=None, kept_until=None)
                | Q(kept_for__isnull=False, kept_until__isnull=False),
                name="worklist_kept_for_and_until",
            ),
            models.CheckConstraint(
                condition=Q(urgent=False, urgent_reason="")
                | (Q(urgent=True) & ~Q(urgent_reason="")),
                name="worklist_urgent_has_reason",
            ),
            models.UniqueConstraint(
                fields=["queue", "subject"],
                condition=Q(state__in=rules.OPEN),
                name="worklist_open_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.queue} {self.subject}"


class Holding(Institutional):
    """Who held an item from when to when, and how it ended: the seconds of each person."""

    item = models.ForeignKey(WorkItem, on_delete=models.PROTECT, related_name="holdings")
    staff = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="+")
    fence = models.PositiveIntegerField()
    began_at = models.DateTimeField()
    ended_at = models.DateTimeField()
    ended_by = models.CharField(max_length=12)

    class Meta:
        verbose_name = _("holding")
        indexes = [
            models.Index(fields=["staff", "-ended_at"], name="worklist_person_day"),
            models.Index(fields=["ended_at"], name="worklist_holding_day"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["item", "fence"], name="worklist_one_end_a_holding"),
        ]

    def __str__(self) -> str:
        return f"{self.item_id}.{self.fence} {self.ended_by}"

    @property
    def ending(self) -> str:
        """Return how it ended, as a message id."""
        known = rules.ENDINGS.get(self.ended_by)
        return known.text if known else self.ended_by

    @property
    def seconds(self) -> int:
        """Return how long the item was held, in whole seconds."""
        return (self.ended_at - self.began_at) // timedelta(seconds=1)


class DayLoad(Institutional):
    """What a person did of a queue on a day of the calendar: the sum of the holdings that ended.

    Written by a trigger alone, whenever a holding ends. The institution is the person's own, not
    that of the items (decision 0222).
    """

    staff = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="+", db_index=False)
    queue = models.CharField(max_length=40)
    on = models.DateField()
    held_ms = models.BigIntegerField()
    finished = models.IntegerField()
    finished_ms = models.BigIntegerField()

    class Meta:
        verbose_name = _("day's load")
        constraints = [
            models.UniqueConstraint(
                fields=["staff", "queue", "on"], name="worklist_one_load_a_day"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.staff_id} {self.queue} {self.on}"


class Suspension(Institutional):
    """From when to when an item was set aside, by whom and why; not ended means still aside."""

    item = models.ForeignKey(WorkItem, on_delete=models.PROTECT, related_name="suspensions")
    began_at = models.DateTimeField()
    by_label = models.CharField(max_length=60)
    reason = models.CharField(_("reason"), max_length=200)
    until = models.DateTimeField(_("set aside until"), null=True)
    ended_at = models.DateTimeField(null=True)
    ended_by_label = models.CharField(max_length=60, blank=True)

    class Meta:
        verbose_name = _("suspension")
        indexes = [
            models.Index(fields=["until"], condition=Q(ended_at=None), name="worklist_aside_until"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["item"], condition=Q(ended_at=None), name="worklist_aside_once"
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None, ended_by_label="")
                | (Q(ended_at__isnull=False) & ~Q(ended_by_label="")),
                name="worklist_aside_ended_by_and_at",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.item_id} {self.reason}"


class Job(models.Model):
    """Work for a worker, written in the transaction that wants it done; ids only, no data.

    States are those of rules.JOB_FLOW. The row is the queue: whoever rings a worker only says its
    id, and a worker whose lease ran out cannot finish it (`fence`). `turn_at` orders as in
    WorkItem. `subject` is the item it is about; `reason` is a person's who tried it again or gave
    it up. Each state has an index of its own, so that what is done is in nobody's way.
    """

    kind = models.CharField(_("kind"), max_length=120)
    args = models.JSONField(default=dict)
    subject = models.CharField(_("subject"), max_length=80, blank=True, db_default="")
    dedup_key = models.CharField(max_length=160, null=True)  # noqa: DJ001
    state = models.CharField(_("state"), max_length=8, default=rules.READY)
    turn_at = models.DateTimeField(db_default=Now())
    run_after = models.DateTimeField(db_default=Now())
    attempts = models.PositiveSmallIntegerField(_("tries"), default=0)
    attempts_max = models.PositiveSmallIntegerField(default=8)
    lease_until = models.DateTimeField(null=True)
    fence = models.PositiveIntegerField(default=0)
    last_error = models.TextField(_("last error"), blank=True)
    reason = models.CharField(_("reason"), max_length=200, blank=True, db_default="")
    trace = models.CharField(max_length=64, blank=True)
    created_at = models.DateTimeField(db_default=Now())
    started_at = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("job")
        indexes = [
            models.Index(
                fields=["kind", "turn_at", "id", "run_after"],
                condition=Q(state="ready"),
                name="worklist_job_next",
            ),
            models.Index(
                fields=["kind", "lease_until"],
                condition=Q(state="running"),
                name="worklist_job_running",
            ),
            models.Index(
                fields=["state", "kind", "id"],
                condition=Q(state__in=("dead", "dropped")),
                name="worklist_job_ended",
            ),
            models.Index(
                fields=["done_at"], condition=Q(state="done"), name="worklist_job_done_day"
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=rules.JOB_FLOW.states), name="worklist_job_state_known"
            ),
            models.CheckConstraint(
                condition=Q(state="running", lease_until__isnull=False)
                | (~Q(state="running") & Q(lease_until=None)),
                name="worklist_job_running_has_lease",
            ),
            models.CheckConstraint(
                condition=~Q(state="dropped") | ~Q(reason=""),
                name="worklist_job_dropped_has_reason",
            ),
            models.UniqueConstraint(
                fields=["dedup_key"],
                condition=Q(dedup_key__isnull=False),
                name="worklist_job_key_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.pk} {self.kind}"


class Heartbeat(models.Model):
    """The last sign of life of one process: worker, relay or beat."""

    process = models.CharField(max_length=20)
    host = models.CharField(max_length=80)
    pid = models.PositiveIntegerField()
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("sign of life")
        constraints = [
            models.UniqueConstraint(fields=["process", "host", "pid"], name="worklist_one_sign"),
        ]

    def __str__(self) -> str:
        return f"{self.process} {self.host} {self.pid}"
