"""The beginning of an installation: its head office, and the administrators who open all else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from django.contrib.auth.hashers import make_password
from django.db import connection, transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext

from foundation.kernel.text import clean_text
from foundation.people import rules
from foundation.people.models import Institution, Password, Staff
from foundation.people.roles import ROLES
from foundation.people.rules import Founder
from foundation.people.services._passwords import first_password
from foundation.people.services._places import open_institution
from foundation.people.services._posts import begin_post
from foundation.people.services._roles import grant_role
from foundation.people.services._scope import acting_as_system
from foundation.people.services._told import tell
from foundation.trail import services as trail


@transaction.atomic
def found_bank(
    *, number: str, name: str, founders: Sequence[Founder], by: str, at: datetime
) -> Mapping[str, str]:
    """Open the head office and its administrators; return their first passwords by number.

    Each password is good for one sign-in: the first thing it asks for is another. Refuses where
    there is an institution already, and founders who could not go on by two.
    """
    rules.check_founding(number, name, founders)
    name = clean_text(name, rules.HEAD_NAME_MAX)
    founders = [replace(one, name=clean_text(one.name, rules.STAFF_NAME_MAX)) for one in founders]
    with acting_as_system(reason="found_bank"):
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('people.found_bank', 0))")
        if Institution.objects.exists():
            raise rules.BankFounded
        head = open_institution(number=number, name=name, kind=rules.HEAD, parent=None)
        trail.record(
            institution_id=head.pk,
            actor=by,
            action="people.found_bank",
            subject=f"people.institution:{number}",
            at=at,
            detail={"name": name, "founders": [one.number for one in founders]},
        )
        return {one.number: _enter(one, head, by=by, at=at) for one in founders}


def _enter(founder: Founder, head: Institution, *, by: str, at: datetime) -> str:
    if Staff.objects.filter(number=founder.number).exists():
        raise rules.NumberTaken
    password, on, title = first_password(), localdate(at), gettext(ROLES[founder.role].name)
    staff = Staff.objects.create(
        number=founder.number,
        name=founder.name,
        institution=head,
        must_change_password=True,
        opened_at=at,
    )
    Password.objects.keep_hash([staff.pk], make_password(password))
    begin_post(
        staff=staff, institution=head, title=title, on=on, proposed_by=None, approved_by=None
    )
    # Nobody is there yet to propose or approve: the database takes such a role from the system.
    grant_role(staff=staff, role=founder.role, on=on, granted_by=None, approved_by=None)
    after = {"name": founder.name, "institution": head.number, "post": title, "role": founder.role}
    tell(staff=staff, action="people.open_staff", by=by, at=at, detail={"after": after})
    return password
