"""Whose a staff number is: told by the identity number, of which only a keyed hash is kept."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID, uuid4

from django.db import connection

from foundation.kernel import numbering
from foundation.people import gateways, rules
from foundation.people.models import Identity, Staff


def whose(*, identity: str, seen: str, vendor_id: int | None, by: Staff, at: datetime) -> UUID:
    """Return the human of an identity number for one more number; enter whoever is new.

    Refuses a wrong number, oneself, whose other numbers were not seen, and who has one in use of
    another house.
    """
    hashes = hashes_of(identity=identity)
    person = Identity.objects.person_of(tuple(hashes.values()))
    if person is None:
        person = uuid4()
        enter(person=person, hashes=hashes, by=by, at=at)
        return person
    if person == by.person:
        raise rules.OwnIdentity(field="identity")
    sights = sights_of(person=person)
    rules.check_one_house(sights, vendor_id=vendor_id)
    rules.check_seen(sights, seen=seen)
    return person


def hashes_of(*, identity: str) -> Mapping[str, str]:
    """Return the hashes of a checked identity number by key, and wait for who enters the same."""
    number = numbering.parse_resident_id(identity, field="identity")
    hashes = gateways.identity_hashes(number)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended('people.identity:' || %s, 0))",
            [next(iter(hashes.values()))],
        )
    if Identity.objects.key_names() - hashes.keys():
        raise rules.IdentityKeyMissing
    return hashes


def enter(*, person: UUID, hashes: Mapping[str, str], by: Staff, at: datetime) -> None:
    """Keep the hash with the present key as that of a human who has none."""
    name, hashed = next(iter(hashes.items()))
    Identity.objects.keep({person: hashed}, key_name=name, by=by.pk, at=at)


def enter_identities(*, numbers: Mapping[UUID, str], at: datetime) -> None:
    """Enter the identity numbers of an installation's people by human; only the system may."""
    hashes = {person: hashes_of(identity=number) for person, number in numbers.items()}
    name = next(iter(gateways.identity_hashes("")))
    kept = {person: found[name] for person, found in hashes.items()}
    Identity.objects.keep(kept, key_name=name, by=None, at=at)


def sights_of(*, person: UUID) -> list[rules.Sight]:
    """Return all numbers of a human, in use or not, of every institution."""
    rows = Staff.objects.filter(person=person).order_by("number")
    return [rules.Sight(row.number, row.label, row.vendor_id, row.is_active) for row in rows]
