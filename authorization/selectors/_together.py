"""Figures that one question answers, where each by itself would be a trip to the database."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import connection


def ask(*, figures: str, given: Mapping[str, Any]) -> dict[str, Any]:
    """Return the figures by their names, as far as the scope reaches.

    They are texts of ours, `(SELECT …) AS name`: what Django would have to compile for each
    request costs more than asking.
    """
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {figures}", given)
        row = cursor.fetchone()
        return dict(zip((one.name for one in cursor.description), row, strict=True))
