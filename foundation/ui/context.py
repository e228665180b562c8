"""What the shell of every page shows."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from foundation.people.models import Staff


def shell(request: HttpRequest) -> dict[str, Any]:
    """Return who is signed in and what they may open."""
    staff = request.user if isinstance(getattr(request, "user", None), Staff) else None
    return {"staff": staff, "permissions": getattr(request, "permissions", frozenset())}
