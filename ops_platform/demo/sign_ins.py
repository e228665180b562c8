"""Who can sign in to the demo, written for the owner of the installation alone."""

from __future__ import annotations

from pathlib import Path

from django.utils.translation import gettext, override

from foundation.people.roles import ROLES
from ops_platform.demo import house


def write(path: Path, *, secret: str, outlet_count: int) -> None:
    """Write who can sign in, one line each, readable by the owner of the installation only."""
    named = {place.number: place.name for place in house.places(outlet_count)}
    with override("zh-hans"):
        lines = [
            f"{gettext(ROLES[post.role].name)}\t{post.number}\t{post.name}\t{secret}\t{named[post.place]}"
            for post in sorted(house.staff(outlet_count), key=_most_able_first)
        ]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch(mode=0o600)
    path.write_text("\n".join(["# role\tnumber\tname\tpassword\tinstitution", *lines, ""]))


def _most_able_first(post: house.Person) -> tuple[int, int, str]:
    """Return the place in the list of sign-ins: by role, who may take most items first."""
    return list(ROLES).index(post.role), -post.grade, post.number
