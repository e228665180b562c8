"""Telling open pages that something changed: a topic and an institution, never data."""

from __future__ import annotations

import json
from collections.abc import Sequence

from django.db import connection

from foundation.people import services as people
from foundation.ui.feed import CHANNEL, application

__all__ = ["TAKEN_SQL", "TELL_SQL", "application", "call", "ring", "tell", "tell_person"]

# The same as `tell`, within a statement that does something else as well.
TELL_SQL = f"""(SELECT 1 FROM pg_notify('{CHANNEL}', json_build_object(
    'topic', {{topic}}, 'institution', {{institution}})::text))"""  # noqa: S608 -- put together of two texts of ours

# The same, and that an item was taken for which pages are called just now (`call`).
TAKEN_SQL = TELL_SQL.replace("'topic',", "'taken', {item}, 'topic',")


def tell(topic: str, institution_id: int) -> None:
    """Ring once this transaction commits; pages that show the topic ask for their part again."""
    _notify({"topic": topic, "institution": institution_id})


def call(topic: str, institution_id: int, item_id: int) -> None:
    """Ring for an item that somebody may take now: page after page, until one has taken it.

    Whoever takes it says so with `TAKEN_SQL`.
    """
    _notify({"topic": topic, "institution": institution_id, "item": item_id})


def tell_person(topic: str, staff_id: int) -> None:
    """Ring for one person only, such as the teller whose item was decided."""
    _notify({"topic": topic, "staff": staff_id})


def ring(channel: str, payload: str = "") -> None:
    """Ring once this transaction commits, with whatever else it rings for, by one statement."""
    people.at_end(do=_ring, given=(channel, payload))


def _notify(bell: dict[str, str | int]) -> None:
    ring(CHANNEL, json.dumps(bell))


def _ring(bells: Sequence[tuple[str, str]]) -> None:
    channels, payloads = zip(*dict.fromkeys(bells), strict=True)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_notify(channel, payload) FROM unnest(%s, %s) bell(channel, payload)",
            [list(channels), list(payloads)],
        )
