"""Fills an empty database with the demo house: people, roles, business numbers, days."""

from __future__ import annotations

import secrets
from datetime import date, datetime
from pathlib import Path

from django.contrib.auth.hashers import make_password
from django.utils.translation import gettext, override

from foundation.people import services as people
from foundation.people.models import Institution, Staff
from foundation.people.roles import ROLES
from foundation.policy import services as policy
from ops_platform.demo import house

LETTERS = "abcdefghjkmnpqrstuvwxyz"
POLICIES = {
    "authorization.limit_fen.1002": "5000000",
    "authorization.limit_fen.1101": "20000000",
    "authorization.lease_seconds": "180",
    "authorization.target_seconds": "25",
    "monitoring.lease_seconds": "600",
    "worklist.priority_seconds": "60",
    "monitoring.same_confidence_min": "80",
    "monitoring.differs_confidence_min": "60",
    "monitoring.wait_target_minutes": "240",
    "authorization.wait_target_seconds": "30",
    "security.idle_minutes": "10",
}


def password() -> str:
    """Return a random password that a person can type: long enough for every profile."""
    words = ["".join(secrets.choice(LETTERS) for _ in range(4)) for _ in range(3)]
    return "-".join([*words, f"{secrets.randbelow(9000) + 1000}"]).capitalize()


def open_places(outlet_count: int) -> dict[str, Institution]:
    """Open every institution of the house and return them by number."""
    opened: dict[str, Institution] = {}
    for place in house.places(outlet_count):
        opened[place.number] = people.open_institution(
            number=place.number,
            name=place.name,
            kind=place.kind,
            parent=opened.get(place.parent),
        )
    return opened


def enlist(
    *, places: dict[str, Institution], outlet_count: int, secret: str, on: date, at: datetime
) -> dict[str, Staff]:
    """Enlist the staff with one password, hashed once because the hash is slow on purpose."""
    hashed = make_password(secret)
    posts = house.staff(outlet_count)
    Staff.objects.bulk_create(
        Staff(
            number=post.number,
            name=post.name,
            institution=places[post.place],
            person=post.human,
            grade=post.grade,
            vendor=post.vendor,
            password=hashed,
            password_changed_at=at,
        )
        for post in posts
    )
    staff = {row.number: row for row in Staff.objects.select_related("institution").order_by("id")}
    first, second = (staff[post.number] for post in posts if post.role == "secadmin")
    for post in posts:
        # The two security administrators are the root of trust; they grant all other roles.
        granter = None if post.role == "secadmin" else first
        people.grant_role(
            staff=staff[post.number],
            role=post.role,
            on=on,
            granted_by=granter,
            approved_by=granter and second,
        )
    return staff


def set_policies(*, staff: dict[str, Staff], on: date, at: datetime) -> None:
    """Put every business number in force: proposed by one person, approved by another."""
    for code, text in POLICIES.items():
        row = policy.propose(
            code=code, value=text, valid_from=on, reason="demo", by=staff["200010"], at=at
        )
        policy.approve(policy_id=row.pk, by=staff["200011"], at=at)


def write_sign_ins(path: Path, *, secret: str, outlet_count: int) -> None:
    """Write who can sign in, one line each, readable by the owner of the installation only."""
    named = {place.number: place.name for place in house.places(outlet_count)}
    with override("zh-hans"):
        lines = [
            f"{gettext(ROLES[post.role].name)}\t{post.number}\t{post.name}\t{secret}\t{named[post.place]}"
            for post in house.staff(outlet_count)
        ]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch(mode=0o600)
    path.write_text("\n".join(["# role\tnumber\tname\tpassword\tinstitution", *lines, ""]))
