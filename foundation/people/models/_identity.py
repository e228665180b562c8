"""Who a human is: a keyed hash in a table that only functions of the database read and write."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection, models
from django.utils.translation import gettext_lazy as _


class IdentityManager(models.Manager[Any]):
    """Asks the functions: of the table itself this process may not read a row (decision 0183)."""

    def person_of(self, hashes: Sequence[str]) -> UUID | None:
        """Return the human of whose number one of these is the hash, or None."""
        with connection.cursor() as cursor:
            cursor.execute("SELECT people_person_of(%s)", [list(hashes)])
            found: UUID | None = cursor.fetchone()[0]
            return found

    def known(self, persons: Collection[UUID]) -> frozenset[UUID]:
        """Return which of these humans have their identity entered."""
        with connection.cursor() as cursor:
            asked = [str(person) for person in persons]
            cursor.execute("SELECT people_known(%s::uuid[])", [asked])
            return frozenset(person for (person,) in cursor.fetchall())

    def key_names(self) -> frozenset[str]:
        """Return the names of the keys that anybody's hash was made with."""
        with connection.cursor() as cursor:
            cursor.execute("SELECT people_identity_keys()")
            return frozenset(name for (name,) in cursor.fetchall())

    def keep(
        self, hashes: Mapping[UUID, str], *, key_name: str, by: int | None, at: datetime
    ) -> None:
        """Keep the hash of each of these humans, once and for ever."""
        persons = [str(person) for person in hashes]
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT people_keep_identity(%s::uuid[], %s, %s, %s, %s)",
                [persons, list(hashes.values()), key_name, by, at],
            )


class Identity(models.Model):
    """The hash of a human's identity number, by which a second number of the human is told.

    Entered once, never changed; `key_name` names the key it was made with, `told_by` who entered
    it (nobody: the installation).
    """

    person = models.UUIDField(primary_key=True)
    hashed = models.CharField(max_length=64, unique=True)
    key_name = models.CharField(max_length=12)
    told_by = models.ForeignKey(
        "people.Staff", on_delete=models.PROTECT, null=True, related_name="+"
    )
    told_at = models.DateTimeField()

    objects = IdentityManager()

    class Meta:
        verbose_name = _("identity hash")

    def __str__(self) -> str:
        return f"{self.person}"
