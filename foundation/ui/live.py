"""Telling open pages that something changed: a topic and an institution, never data."""

from __future__ import annotations

import json

from django.db import connection

from foundation.ui.feed import CHANNEL, application

__all__ = ["TELL_SQL", "application", "tell", "tell_person"]

# The same as `tell`, within a statement that does something else as well.
TELL_SQL = f"""(SELECT 1 FROM pg_notify('{CHANNEL}', json_build_object(
    'topic', {{topic}}, 'institution', {{institution}})::text))"""  # noqa: S608 -- put together of two texts of ours


def tell(topic: str, institution_id: int) -> None:
    """Ring once this transaction commits; pages that show the topic ask for their part again."""
    _notify({"topic": topic, "institution": institution_id})


def tell_person(topic: str, staff_id: int) -> None:
    """Ring for one person only, such as the teller whose item was decided."""
    _notify({"topic": topic, "staff": staff_id})


def _notify(bell: dict[str, str | int]) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_notify(%s, %s)", [CHANNEL, json.dumps(bell)])
