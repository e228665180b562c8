"""Who hears of what, where, under which secrets, and every call that was made or is to be made."""

from __future__ import annotations

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from foundation.hooks import rules
from foundation.people.models import Institutional, Staff


class Subscription(Institutional):
    """Another system that hears of what happens at an institution and below it.

    What it hears and where is said by its `Terms`. Stopped by one person at once, it hears nothing
    until two people agree on new terms.
    """

    name = models.CharField(_("name of the receiver"), max_length=60)
    made_at = models.DateTimeField()
    stopped_by = models.ForeignKey(Staff, on_delete=models.PROTECT, null=True, related_name="+")
    stopped_at = models.DateTimeField(null=True)
    stop_reason = models.CharField(max_length=200, blank=True)

    class Meta:
        verbose_name = _("subscription")
        constraints = [
            models.UniqueConstraint(fields=["institution", "name"], name="hooks_name_once"),
            models.CheckConstraint(
                condition=Q(stopped_by=None, stopped_at=None, stop_reason="")
                | (Q(stopped_by__isnull=False, stopped_at__isnull=False) & ~Q(stop_reason="")),
                name="hooks_stopped_by_at_and_why",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def subject(self) -> str:
        """Return the name under which the trail knows this subscription."""
        return f"hooks.subscription:{self.pk}"


class Terms(Institutional):
    """What a subscription hears from a day on, and at which address.

    Proposed by one person, they count once another has approved them; they are never changed, only
    followed by later ones. States: waiting, approved, declined.
    """

    subscription = models.ForeignKey(Subscription, on_delete=models.PROTECT, related_name="terms")
    address = models.CharField(_("address of the receiver"), max_length=rules.ADDRESS_MOST)
    topics = ArrayField(models.CharField(max_length=60))
    valid_from = models.DateField(_("valid from"))
    reason = models.CharField(_("reason"), max_length=200)
    proposed_by = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    approved_by = models.ForeignKey(Staff, on_delete=models.PROTECT, null=True, related_name="+")
    approved_at = models.DateTimeField(null=True)
    declined_by = models.ForeignKey(Staff, on_delete=models.PROTECT, null=True, related_name="+")
    declined_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("terms of a subscription")
        indexes = [
            models.Index(fields=["subscription", "-valid_from", "-id"], name="hooks_terms_days")
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(approved_by=None, approved_at=None)
                | Q(approved_by__isnull=False, approved_at__isnull=False),
                name="hooks_terms_approved_by_and_at",
            ),
            models.CheckConstraint(
                condition=Q(declined_by=None, declined_at=None)
                | Q(approved_by=None, declined_by__isnull=False, declined_at__isnull=False),
                name="hooks_terms_declined_by_and_at",
            ),
            models.CheckConstraint(
                condition=~Q(proposed_by=F("approved_by")), name="hooks_terms_two_people"
            ),
            models.CheckConstraint(
                condition=~Q(address="") & ~Q(topics=[]), name="hooks_terms_say_something"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.subscription_id} {self.valid_from}"

    @property
    def state(self) -> str:
        """Return whether it waits, was approved or declined."""
        decided = "approved" if self.approved_by_id else "declined" if self.declined_by_id else ""
        return decided or rules.WAITING


class Secret(Institutional):
    """What calls to a subscription are signed with; it lies here sealed and is shown once.

    The former one stays good until `until`, so that the receiver can change over.
    """

    subscription = models.ForeignKey(Subscription, on_delete=models.PROTECT, related_name="secrets")
    sealed = models.CharField(max_length=200)
    made_by = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    until = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("secret of a subscription")
        constraints = [
            models.UniqueConstraint(
                fields=["subscription"], condition=Q(until=None), name="hooks_one_present_secret"
            ),
            models.CheckConstraint(
                condition=Q(until=None) | Q(until__gte=F("made_at")), name="hooks_secret_ends_later"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.subscription_id} {self.made_at:%F}"


class Delivery(Institutional):
    """One event for one subscription, written with what happened; states of `DELIVERY_FLOW`.

    `key` is the same at every try, so that the receiver takes it once. The row's own number is the
    sequence: of two events of one item the later has the greater. `tries` are those of the round;
    `rounds` counts how often a person had it sent again. What is told never changes (trigger).
    """

    key = models.UUIDField(default=uuid.uuid4, unique=True)
    subscription = models.ForeignKey(
        Subscription, on_delete=models.PROTECT, related_name="deliveries"
    )
    topic = models.CharField(_("event"), max_length=60)
    subject = models.CharField(_("item number"), max_length=40)
    told_state = models.CharField(max_length=20)
    happened_at = models.DateTimeField()
    state = models.CharField(_("state"), max_length=10, default=rules.WAITING)
    tries = models.PositiveSmallIntegerField(_("tries"), default=0)
    rounds = models.PositiveSmallIntegerField(default=0)
    next_at = models.DateTimeField(null=True)
    tried_at = models.DateTimeField(null=True)
    last_status = models.PositiveSmallIntegerField(null=True)
    last_answer = models.CharField(_("last answer"), max_length=rules.ANSWER_MOST, blank=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("delivery of an event")
        indexes = [
            models.Index(fields=["subscription", "-id"], name="hooks_delivery_newest"),
            models.Index(fields=["subscription", "state", "-id"], name="hooks_delivery_state"),
            models.Index(
                fields=["next_at"], condition=Q(state=rules.WAITING), name="hooks_delivery_due"
            ),
            models.Index(
                fields=["ended_at"], condition=Q(ended_at__isnull=False), name="hooks_delivery_old"
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(state=rules.WAITING, next_at__isnull=False, ended_at=None)
                | Q(
                    state__in=(rules.DELIVERED, rules.DROPPED), next_at=None, ended_at__isnull=False
                ),
                name="hooks_delivery_waits_or_ended",
            ),
        ]

    def __str__(self) -> str:
        return str(self.key)

    @property
    def content(self) -> bytes:
        """Return what is sent, the same bytes at every try."""
        return rules.body(
            topic=self.topic,
            subject=self.subject,
            state=self.told_state,
            at=self.happened_at,
            sequence=self.pk,
            institution=self.institution.number,
        )
