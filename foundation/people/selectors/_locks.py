"""Whether the database keeps the scopes: what a start refuses to run with."""

from __future__ import annotations

from collections.abc import Sequence

from django.apps import apps
from django.db import connection

from foundation.people.models import Institutional


def mighty_role() -> bool:
    """Return whether row-level security would not hold the database role of this process."""
    return _exists(
        "SELECT 1 FROM pg_roles WHERE rolname = current_user AND (rolsuper OR rolbypassrls"
        " OR EXISTS (SELECT 1 FROM pg_class WHERE relowner = pg_roles.oid AND relkind IN"
        " ('r', 'p') AND relnamespace = 'public'::regnamespace))",
        [],
    )


def unlocked_tables(*, tables: Sequence[str]) -> list[str]:
    """Return the tables that exist and whose rows are not locked to the scope, owner included.

    Views stand under `leaking_views`.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT name FROM unnest(%s::text[]) AS name JOIN pg_class ON oid = to_regclass(name)"
            " WHERE relkind <> 'v' AND NOT (relrowsecurity AND relforcerowsecurity"
            " AND EXISTS (SELECT 1 FROM pg_policy WHERE polrelid = pg_class.oid)) ORDER BY 1",
            [list(tables)],
        )
        return [row[0] for row in cursor.fetchall()]


def leaking_views() -> list[str]:
    """Return the views that others than the owner may read and that nothing holds to the scope.

    A view that reads as its owner must name the scope itself, behind a barrier; one that is kept
    as a table cannot. A right to read a single column is a right to read.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class WHERE relkind IN ('v', 'm') AND relnamespace ="
            " 'public'::regnamespace AND (EXISTS (SELECT 1 FROM aclexplode(relacl)"
            " WHERE grantee <> relowner) OR EXISTS (SELECT 1 FROM pg_attribute CROSS JOIN"
            " aclexplode(attacl) WHERE attrelid = pg_class.oid AND grantee <> relowner))"
            " AND NOT coalesce(reloptions, '{}') && ARRAY"
            "['security_invoker=true', 'security_invoker=on', 'security_invoker=1']"
            " AND NOT (coalesce(reloptions, '{}') @> '{security_barrier=true}'"
            " AND position('app.scope' IN pg_get_viewdef(oid)) > 0) ORDER BY 1"
        )
        return [row[0] for row in cursor.fetchall()]


def institutional_tables() -> list[str]:
    """Return every table of rows that belong to institutions, the trail's included."""
    models = [model for model in apps.get_models() if issubclass(model, Institutional)]
    return sorted({"trail_event", "trail_seal", *(model._meta.db_table for model in models)})  # noqa: SLF001


def _exists(query: str, params: list[str]) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(query, params)
        return cursor.fetchone() is not None
