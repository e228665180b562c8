"""Telling open pages that something changed: a topic and an institution, never data."""

from __future__ import annotations

import json

from django.db import connection


def tell(topic: str, institution_id: int) -> None:
    """Ring once this transaction commits; pages that show the topic ask for their part again."""
    bell = json.dumps({"topic": topic, "institution": institution_id})
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_notify('ops', %s)", [bell])
