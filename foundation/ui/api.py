"""The API about itself: its description for machines."""

from __future__ import annotations

from typing import Any

from foundation.people.roles import Permission
from foundation.ui import rest


@rest.endpoint("GET", Permission.HOME)
def schema(call: rest.Call) -> dict[str, Any]:  # noqa: ARG001  the same for everybody
    """Answer the description of the whole API as OpenAPI 3."""
    return rest.schema_of()
