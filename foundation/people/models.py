"""Institutions, the people who work in them, and the roles they hold."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from foundation.kernel import scope
from foundation.people import rules


class Institution(models.Model):
    """A head office, branch, sub-branch, outlet or centre; `path` holds the ids from the root down.

    A centre hangs beside the outlets under its branch and serves the whole of that branch.
    """

    number = models.CharField(_("institution number"), max_length=12, unique=True)
    name = models.CharField(_("institution name"), max_length=60)
    kind = models.CharField(_("kind"), max_length=12)
    parent = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="children")
    path = models.CharField(max_length=120, db_index=True)
    active = models.BooleanField(default=True)

    class Meta:
        verbose_name = _("institution")
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=rules.KINDS), name="people_institution_kind_known"
            ),
            models.CheckConstraint(
                condition=Q(parent=None, kind="head") | Q(parent__isnull=False),
                name="people_only_head_has_no_parent",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.name}"


class ScopedQuerySet(models.QuerySet[Any]):
    """Rows of institutions; the scope of the moment is always applied."""


class ScopedManager(models.Manager[Any]):
    """Refuses a query outside a scope and narrows every query to it, before the database does too."""

    def get_queryset(self) -> ScopedQuerySet:
        """Return only rows of the institutions in scope; raise NoScope outside one."""
        rows = ScopedQuerySet(self.model, using=self._db)
        allowed = scope.current()
        return rows if allowed == scope.EVERYTHING else rows.filter(institution__in=allowed)


class Institutional(models.Model):
    """A row that belongs to one institution: guarded by the ORM's scope and by row-level security."""

    institution = models.ForeignKey(Institution, on_delete=models.PROTECT, related_name="+")
    objects = ScopedManager()

    class Meta:
        abstract = True


class StaffManager(BaseUserManager["Staff"]):
    """Finds staff by number, as Django's sign-in expects."""


class Staff(AbstractBaseUser):
    """A sign-in of one human: `person` is the same for all numbers of that human.

    Not row-level guarded: names and numbers of colleagues are no secret inside the bank, and sign-in
    must find the row before any scope exists.
    """

    number = models.CharField(_("staff number"), max_length=12, unique=True)
    name = models.CharField(_("name"), max_length=30)
    institution = models.ForeignKey(Institution, on_delete=models.PROTECT, related_name="staff")
    person = models.UUIDField(default=uuid.uuid4)
    grade = models.PositiveSmallIntegerField(_("grade"), default=1)
    vendor = models.CharField(_("vendor"), max_length=40, blank=True)
    is_active = models.BooleanField(default=True)
    session_key = models.CharField(max_length=40, blank=True)
    password_changed_at = models.DateTimeField(null=True)

    objects = StaffManager()
    USERNAME_FIELD = "number"
    REQUIRED_FIELDS = ["name"]

    class Meta:
        verbose_name = _("staff")
        constraints = [
            models.CheckConstraint(condition=Q(grade__lte=5), name="people_grade_at_most_five"),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.name}"

    @property
    def label(self) -> str:
        """Return the name that rows and the trail keep: number and name."""
        return f"{self.number} {self.name}"


class StaffRole(models.Model):
    """A role held from a day on; granted by one person and approved by another."""

    staff = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="roles")
    role = models.CharField(_("role"), max_length=30)
    duty = models.CharField(max_length=20)
    person = models.UUIDField()
    valid_from = models.DateField()
    valid_until = models.DateField(null=True)
    granted_by = models.ForeignKey(Staff, on_delete=models.PROTECT, null=True, related_name="+")
    approved_by = models.ForeignKey(Staff, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = _("role held")
        constraints = [
            models.CheckConstraint(
                condition=Q(granted_by=None, approved_by=None)
                | (~Q(granted_by=F("approved_by")) & ~Q(staff=F("approved_by"))),
                name="people_role_two_people",
            ),
            models.UniqueConstraint(
                fields=["staff", "role"],
                condition=Q(valid_until=None),
                name="people_role_held_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.staff_id} {self.role}"
