"""Whose a number is, and whether two numbers may be one human's."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from foundation.kernel.errors import Refused
from foundation.people.roles import conflicting
from foundation.people.rules._refusals import DutiesConflict


class KnownPerson(Refused):
    """The human has numbers already: whoever opens one more has seen them first."""

    code = "E1068"
    text = "This person already has number(s): %(labels)s."
    hint = "If it is the same person, send once more; nothing has been entered yet."


class OwnIdentity(Refused):
    """Nobody says who they are, or opens a number of their own."""

    code = "E1069"
    text = "Nobody enters their own identity or opens a number for themselves."
    hint = "Ask another administrator."


class IdentityEntered(Refused):
    """Whose the number is has been entered."""

    code = "E1070"
    text = "Whose this number is has been entered already."


class TwoHouses(Refused):
    """A human works for the bank or for one vendor, not for two of them at once."""

    code = "E1071"
    text = "The person has a number of the bank or of another vendor in use: %(labels)s."
    hint = "Close the sign-in of that number first."


class IdentityKeyMissing(Refused):
    """Somebody was entered with a key that is not there: a second number would not be told."""

    code = "E1072"
    text = "A key that identity numbers were entered with is missing."
    hint = "Ask who runs the platform to put it back."


class OwnRoleGranted(Refused):
    """A role in force was granted or approved by the human who holds it."""

    code = "E1073"
    text = "The role %(role)s of %(number)s was granted by the same person."
    hint = "End the role first."


class VendorEnded(Refused):
    """The vendor has ended: nobody of it is opened a number or signs in."""

    code = "E1074"
    text = "The vendor has ended."


class VendorElsewhere(Refused):
    """People of the vendor work where the one who would end it sees nobody."""

    code = "E1075"
    text = "People of this vendor also work at institutions out of your sight."
    hint = "Ask a system administrator of the head office."


@dataclass(frozen=True)
class Sight:
    """A number of a human as others see it: its label, whose it is, and whether it is in use."""

    number: str
    label: str
    vendor_id: int | None
    in_use: bool


def check_seen(numbers: Iterable[Sight], *, seen: str) -> None:
    """Refuse until all numbers of the human have been seen by who goes on."""
    rows = sorted(numbers, key=lambda row: row.number)
    there = " ".join(row.number for row in rows)
    if rows and there != " ".join(sorted(seen.split())):
        labels = ", ".join(row.label for row in rows)
        raise KnownPerson(field="identity", labels=labels, seen=there)


def check_one_house(numbers: Iterable[Sight], *, vendor_id: int | None) -> None:
    """Refuse a number of one house while the human has one of another in use."""
    other = [row.label for row in numbers if row.in_use and row.vendor_id != vendor_id]
    if other:
        raise TwoHouses(field="identity", labels=", ".join(other))


Held = tuple[str, date, date | None]


def check_one_human(first: Iterable[Held], second: Iterable[Held], *, today: date) -> None:
    """Refuse to call two one human whose roles, from today on, are not for one human."""
    others = list(second)
    for role, since, until in first:
        for other, began, ended in others:
            starts = max(since, began, today)
            ends = min(until or date.max, ended or date.max)
            if starts <= ends and conflicting(role, other):
                raise DutiesConflict(field="identity", held=other)
