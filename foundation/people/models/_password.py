"""The hash of a password: in a table that only functions of the database read and write."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.db import connection, models
from django.utils.translation import gettext_lazy as _


class PasswordManager(models.Manager[Any]):
    """Asks the functions: of the table itself this process may not read a row (decision 0183)."""

    def hash_of(self, staff_id: int) -> str:
        """Return the hash, or nothing: for who has no password, and within a person's scope."""
        with connection.cursor() as cursor:
            cursor.execute("SELECT people_hash_of(%s)", [staff_id])
            return cursor.fetchone()[0] or ""

    def keep_hash(self, staff_ids: Collection[int], hashed: str) -> None:
        """Keep the hash as that of each of these numbers, instead of the one there was."""
        with connection.cursor() as cursor:
            cursor.execute("SELECT people_keep_hash(%s, %s)", [list(staff_ids), hashed])


class Password(models.Model):
    """The hash of the password that a number signs in with; without a row it cannot sign in."""

    staff = models.OneToOneField(
        "people.Staff", on_delete=models.PROTECT, primary_key=True, related_name="+"
    )
    hashed = models.CharField(max_length=128)

    objects = PasswordManager()

    class Meta:
        verbose_name = _("password hash")

    def __str__(self) -> str:
        return f"{self.staff_id}"
