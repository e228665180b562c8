"""What the door keeps: passwords that were, resets, devices, tries, tokens."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from foundation.people.models._house import Staff


class FormerPassword(models.Model):
    """The hash of a password that a person has had, so that it is not chosen again too soon."""

    staff = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="former_passwords")
    hashed = models.CharField(max_length=128)
    set_at = models.DateTimeField()

    class Meta:
        verbose_name = _("former password")

    def __str__(self) -> str:
        return f"{self.staff_id} {self.set_at:%F}"


class PasswordReset(models.Model):
    """A window in which a person may choose a new password with a code that is used once."""

    staff = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="password_resets")
    hashed = models.CharField(max_length=128)
    opened_by = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="+")
    opened_at = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(default=0)
    used_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("reset of a password")
        constraints = [
            models.CheckConstraint(
                condition=~Q(staff=F("opened_by")), name="people_reset_by_another"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.staff_id} {self.opened_at:%F %T}"


class SecondFactor(models.Model):
    """The device of a person's second factor; its secret is sealed with the installation's key.

    `last_step` is the time step of the last code that was accepted: the database lets it only
    grow, so that no code is good for twice.
    """

    staff = models.OneToOneField(Staff, on_delete=models.PROTECT, related_name="second_factor")
    sealed = models.CharField(max_length=200)
    confirmed = models.BooleanField(default=False)
    last_step = models.BigIntegerField(default=-1)
    failures = models.PositiveSmallIntegerField(default=0)
    failed_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("second factor")

    def __str__(self) -> str:
        return f"{self.staff_id} {self.confirmed}"


class SignInCount(models.Model):
    """How many tries to sign in a terminal made in one stretch of time and did not succeed with."""

    address = models.CharField(max_length=60)
    stretch = models.BigIntegerField()
    tries = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("tries to sign in")
        constraints = [
            models.UniqueConstraint(fields=["address", "stretch"], name="people_tries_once"),
        ]

    def __str__(self) -> str:
        return f"{self.address} {self.tries}"


class ApiToken(models.Model):
    """A secret by which another system acts as one person; only its sha256 is kept."""

    staff = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="api_tokens")
    hashed = models.CharField(max_length=64, unique=True)
    purpose = models.CharField(_("purpose"), max_length=60)
    issued_at = models.DateTimeField(_("issued at"))
    expires_at = models.DateTimeField(_("expires at"))
    revoked_at = models.DateTimeField(_("revoked at"), null=True)

    class Meta:
        verbose_name = _("token of the API")
        constraints = [
            models.CheckConstraint(
                condition=Q(expires_at__gt=F("issued_at")), name="people_token_expires_after_issue"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.staff_id} {self.purpose}"
