"""All that the door must know of somebody who comes in, by one question."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar

from django.db import connection

from foundation.people.models import Institution, Staff

Row = TypeVar("Row", Staff, Institution)
# The column of the question with the ids from the root down to the person's institution.
PLACE = "place.path"
_STAFF = [field.attname for field in Staff._meta.concrete_fields]  # noqa: SLF001
_PLACE = [field.attname for field in Institution._meta.concrete_fields]  # noqa: SLF001


def _columns(table: str, names: list[str]) -> str:
    return ", ".join(f"{table}.{name}" for name in names)


# The scope is that of `scope_of`: a centre serves what its parent does.
_ENTERED = f"""
SELECT {{more}}
    ARRAY(SELECT held.role FROM people_staffrole held
        WHERE held.staff_id = staff.id AND held.valid_from <= %(on)s
          AND (held.valid_until IS NULL OR held.valid_until >= %(on)s) ORDER BY held.role),
    ARRAY(SELECT below.id FROM people_institution below
        WHERE CASE WHEN staff.vendor_id IS NOT NULL THEN below.id = place.id
            ELSE starts_with(below.path, CASE WHEN place.kind = 'centre' AND above.id IS NOT NULL
                THEN above.path ELSE place.path END) END
        ORDER BY below.id),
    {_columns("staff", _STAFF)}, {_columns("place", _PLACE)}, {_columns("above", _PLACE)}
FROM people_staff staff JOIN people_institution place ON place.id = staff.institution_id
LEFT JOIN people_institution above ON above.id = place.parent_id
WHERE staff.id = %(staff)s
"""  # noqa: S608 -- put together of texts of ours


@dataclass(frozen=True)
class Entered:
    """Somebody at the door: the roles of the day, whose data they see, what else was asked."""

    staff: Staff
    roles: tuple[str, ...]
    scope: tuple[int, ...]
    more: Mapping[str, Any]


def entered(
    *,
    staff_id: int,
    on: date,
    more: Mapping[str, str] | None = None,
    given: Mapping[str, Any] | None = None,
) -> Entered | None:
    """Return a member of staff with institution, roles and scope (`scope_of`), or None.

    `more` are questions of other rooms about the row, in texts of theirs, asked with the rest.
    """
    asked = more or {}
    question = _ENTERED.format(more="".join(f"({text})," for text in asked.values()))
    with connection.cursor() as cursor:
        cursor.execute(question, {"staff": staff_id, "on": on, **(given or {})})
        row = cursor.fetchone()
    if row is None:
        return None
    answers, (roles, scope, *columns) = row[: len(asked)], row[len(asked) :]
    return Entered(
        _staff(columns), tuple(roles), tuple(scope), dict(zip(asked, answers, strict=True))
    )


def _staff(columns: list[Any]) -> Staff:
    own, place = columns[: len(_STAFF)], columns[len(_STAFF) : -len(_PLACE)]
    above = columns[-len(_PLACE) :]
    staff = _made(Staff, own)
    staff.institution = _made(Institution, place)
    if above[0] is not None:
        staff.institution.parent = _made(Institution, above)
    return staff


def _made(model: type[Row], columns: list[Any]) -> Row:
    """Return a row as Django would have read it."""
    fields = model._meta.concrete_fields  # noqa: SLF001
    values = [
        field.from_db_value(value, None, connection) if hasattr(field, "from_db_value") else value
        for field, value in zip(fields, columns, strict=True)
    ]
    return model.from_db(connection.alias, [field.attname for field in fields], values)
