"""Institutions, the people who work in them, what they can and may do."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.hashers import check_password, make_password
from django.db import models
from django.db.models import F, Q
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from foundation.kernel import scope
from foundation.people import rules
from foundation.people.models._password import Password


class Institution(models.Model):
    """A head office, branch, sub-branch, outlet or centre; `path` holds the ids from the root down.

    A centre hangs beside the outlets under its branch and serves the whole of that branch. The
    path is computed by the database from the parent, never by us; it also refuses a circle and a
    kind that does not stand under the parent's kind.
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


class Among(models.Func):
    """Whether a column of ids is one of these: one text for the database, however many they are."""

    output_field = models.BooleanField()
    template = "(%(expressions)s::bigint[]))"
    arg_joiner = " = ANY ("

    def __init__(self, column: str, ids: Iterable[int]) -> None:
        super().__init__(column, models.Value(f"{{{','.join(map(str, ids))}}}"))


class ScopedQuerySet(models.QuerySet[Any]):
    """Rows of institutions; the scope of the moment is always applied."""


class ScopedManager(models.Manager[Any]):
    """Refuses a query outside a scope and narrows every query, before the database does too."""

    def get_queryset(self) -> ScopedQuerySet:
        """Return only rows of the institutions in scope; raise NoScope outside one."""
        rows = ScopedQuerySet(self.model, using=self._db)
        allowed = scope.current()
        return (
            rows if allowed == scope.EVERYTHING else rows.filter(Among("institution_id", allowed))
        )


class Institutional(models.Model):
    """A row of one institution: guarded by the ORM's scope and by row-level security."""

    institution = models.ForeignKey(Institution, on_delete=models.PROTECT, related_name="+")
    objects = ScopedManager()

    class Meta:
        abstract = True


class Vendor(models.Model):
    """An outside company whose people do slices of the work, and never decide or check."""

    number = models.CharField(_("vendor number"), max_length=12, unique=True)
    name = models.CharField(_("vendor name"), max_length=60)
    active = models.BooleanField(default=True)

    class Meta:
        verbose_name = _("vendor")

    def __str__(self) -> str:
        return f"{self.number} {self.name}"


class StaffManager(BaseUserManager["Staff"]):
    """Finds staff by number, as Django's sign-in expects."""


class Staff(AbstractBaseUser):
    """A sign-in of one human: `person` is the same for all numbers of that human.

    Not row-level guarded: names and numbers of colleagues are no secret inside the bank, sign-in
    must find the row before any scope exists, and the guards of two people count humans who are
    out of sight too (decision 0183). The hash of the password is in `Password`. `sign_in_epoch`
    counts up at each sign-in, each new password and each kick-out: sessions of an earlier epoch
    are void at their next request. `seen_at` is the last sign of life of the present session;
    beyond the idle minutes the session is locked.
    `own_keys` holds the keys that the person chose for actions of the screens, by action.
    """

    password = None  # type: ignore[assignment]
    number = models.CharField(_("staff number"), max_length=12, unique=True)
    name = models.CharField(_("name"), max_length=30)
    institution = models.ForeignKey(Institution, on_delete=models.PROTECT, related_name="staff")
    person = models.UUIDField(default=uuid.uuid4, db_index=True)
    grade = models.PositiveSmallIntegerField(_("grade"), default=1)
    vendor = models.ForeignKey(Vendor, on_delete=models.PROTECT, null=True, related_name="staff")
    is_active = models.BooleanField(_("may sign in"), default=True)
    is_demo = models.BooleanField(default=False)
    opened_at = models.DateTimeField(null=True)
    sign_in_epoch = models.PositiveIntegerField(default=0)
    seen_at = models.DateTimeField(null=True)
    signed_out_because = models.CharField(max_length=12, blank=True)
    password_changed_at = models.DateTimeField(null=True)
    must_change_password = models.BooleanField(default=False)
    own_keys = models.JSONField(default=dict)

    objects = StaffManager()
    USERNAME_FIELD = "number"
    REQUIRED_FIELDS = ["name"]

    class Meta:
        verbose_name = _("staff")
        constraints = [
            models.CheckConstraint(condition=Q(grade__lte=5), name="people_grade_at_most_five"),
            models.CheckConstraint(
                condition=Q(signed_out_because__in=["", *rules.SIGNED_OUT_BECAUSE]),
                name="people_signed_out_because_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.name}"

    @property
    def label(self) -> str:
        """Return the name that rows and the trail keep: number and name."""
        return f"{self.number} {self.name}"

    def check_password(self, raw_password: str | None) -> bool:
        """Tell whether it is the password; one that is hashed in a former way is hashed anew."""
        return check_password(
            raw_password,
            Password.objects.hash_of(self.pk),
            lambda raw: Password.objects.keep_hash([self.pk], make_password(raw)),
        )

    def get_session_auth_hash(self) -> str:
        """Return what ties a session to the latest sign-in, and so to the latest password."""
        tied = f"{self.sign_in_epoch}:{self.is_active}"
        return salted_hmac("people.staff.session", tied, algorithm="sha256").hexdigest()


class StaffRole(models.Model):
    """A role held from a day until a day; granted by one person and approved by another.

    Without both only at the installation, which the database lets pass in the system's scope
    alone. `person` and `duty` are filled in by the database, which also refuses duties that one
    human may not combine, under whichever number they are held.
    """

    staff = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="roles")
    role = models.CharField(_("role"), max_length=30)
    duty = models.CharField(max_length=20)
    person = models.UUIDField(db_index=True)
    valid_from = models.DateField(_("valid from"))
    valid_until = models.DateField(_("valid until"), null=True)
    granted_by = models.ForeignKey(Staff, on_delete=models.PROTECT, null=True, related_name="+")
    approved_by = models.ForeignKey(Staff, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = _("role held")
        constraints = [
            models.CheckConstraint(
                condition=Q(granted_by=None, approved_by=None)
                | (
                    Q(granted_by__isnull=False, approved_by__isnull=False)
                    & ~Q(granted_by=F("approved_by"))
                    & ~Q(staff=F("approved_by"))
                ),
                name="people_role_two_people",
            ),
            models.CheckConstraint(
                condition=Q(valid_until=None) | Q(valid_until__gte=F("valid_from")),
                name="people_role_ends_after_start",
            ),
            models.UniqueConstraint(
                fields=["staff", "role"],
                condition=Q(valid_until=None),
                name="people_role_held_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.staff_id} {self.role}"


class RoleProposal(models.Model):
    """A wish to grant a role or to end one; it waits until a second person decides.

    States: waiting (nobody decided), approved, declined.
    """

    staff = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="role_proposals")
    role = models.CharField(_("role"), max_length=30)
    kind = models.CharField(_("kind"), max_length=8)
    valid_from = models.DateField(_("valid from"))
    valid_until = models.DateField(_("valid until"), null=True)
    reason = models.CharField(_("reason"), max_length=200)
    state = models.CharField(_("state"), max_length=10, default=rules.WAITING)
    proposed_by = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    decided_by = models.ForeignKey(Staff, on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("proposal of a role")
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=[rules.GRANT, rules.END]), name="people_proposal_kind_known"
            ),
            models.CheckConstraint(
                condition=Q(state=rules.WAITING, decided_by=None, decided_at=None)
                | Q(
                    state__in=[rules.APPROVED, rules.DECLINED],
                    decided_by__isnull=False,
                    decided_at__isnull=False,
                ),
                name="people_proposal_decided_by_and_at",
            ),
            models.CheckConstraint(
                condition=~Q(proposed_by=F("decided_by")), name="people_proposal_two_people"
            ),
            models.UniqueConstraint(
                fields=["staff", "role"],
                condition=Q(state=rules.WAITING),
                name="people_proposal_waits_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.role} {self.staff_id}"


class RoleDuty(models.Model):
    """Which duty a role belongs to, as the database knows it: a copy of roles.py by migration."""

    role = models.CharField(max_length=30, primary_key=True)
    duty = models.CharField(max_length=20)

    class Meta:
        verbose_name = _("duty of a role")

    def __str__(self) -> str:
        return f"{self.role} {self.duty}"


class DutyConflict(models.Model):
    """Two duties that one human may not hold, in both orders: a copy of roles.py by migration."""

    first = models.CharField(max_length=20)
    second = models.CharField(max_length=20)

    class Meta:
        verbose_name = _("conflict of duties")
        constraints = [
            models.UniqueConstraint(fields=["first", "second"], name="people_conflict_once"),
        ]

    def __str__(self) -> str:
        return f"{self.first} {self.second}"
