"""What people can be asked."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from hashlib import sha256

from django.conf import settings
from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.db.models import Q, QuerySet
from django.utils.crypto import constant_time_compare

from foundation.kernel import scope
from foundation.people import rules
from foundation.people.models import (
    ApiToken,
    Institution,
    Post,
    PostProposal,
    Qualification,
    RoleProposal,
    Staff,
    StaffRole,
)
from foundation.people.roles import Permission, permissions_of, roles_with
from foundation.people.selectors._changes import institution_proposal, institution_proposals
from foundation.people.selectors._demo import demo_staff
from foundation.people.selectors._entering import PLACE, Entered, entered
from foundation.people.selectors._identity import identified, other_numbers
from foundation.people.selectors._locks import (
    institutional_tables,
    leaking_views,
    mighty_role,
    unlocked_tables,
)
from foundation.people.selectors._places import Place, places_by_id
from foundation.people.selectors._roster import (
    RosterLine,
    TeamLine,
    Week,
    centres_in_scope,
    hours_on,
    roster_week,
    shift_rows,
    shifts,
    team,
)
from foundation.people.selectors._vendors import (
    staff_of_vendor,
    vendor,
    vendors,
    vendors_in_use,
    vendors_of_numbers,
)

__all__ = [
    "LOCKED",
    "PLACE",
    "SECOND_FACTOR",
    "SELECT",
    "WHERE",
    "Entered",
    "Place",
    "RosterLine",
    "TeamLine",
    "Week",
    "above",
    "ancestors",
    "centres_in_scope",
    "demo_staff",
    "directly_below",
    "entered",
    "hours_on",
    "identified",
    "in_sight",
    "institution",
    "institution_proposal",
    "institution_proposals",
    "institutional_tables",
    "institutions_below",
    "institutions_by_id",
    "institutions_in_scope",
    "institutions_of_numbers",
    "leaking_views",
    "mighty_role",
    "other_numbers",
    "parents_of",
    "permissions",
    "places_by_id",
    "post_proposal",
    "post_proposals",
    "posts",
    "proposal",
    "proposals",
    "qualifications",
    "role_history",
    "roles_of",
    "root_id",
    "roster_week",
    "scope_of",
    "served_root",
    "shift_rows",
    "shifts",
    "signed_out_because",
    "skills",
    "staff_behind",
    "staff_by_id",
    "staff_by_number",
    "staff_count",
    "staff_in_scope",
    "staff_member",
    "staff_of_numbers",
    "staff_of_vendor",
    "team",
    "token_holder",
    "unlocked_tables",
    "vendor",
    "vendors",
    "vendors_in_use",
    "vendors_of_numbers",
]

LOCKED, SECOND_FACTOR = "locked", "second_factor"
_PAGE = 50


def staff_by_number(*, number: str) -> Staff | None:
    """Return the member of staff who holds the number, or None."""
    return Staff.objects.select_related("institution").filter(number=number).first()


def staff_behind(*, session_key: str) -> Staff | None:
    """Return who is signed in with the session and has its screen open, for what is not a page.

    The pages' own gate asks the same questions in the same order (ui.middleware).
    """
    session = SessionStore(session_key)
    staff = Staff.objects.select_related("institution").filter(
        id=int(session.get(SESSION_KEY) or 0), is_active=True
    )
    row = staff.first()
    tied = row is not None and constant_time_compare(
        session.get(HASH_SESSION_KEY, ""), row.get_session_auth_hash()
    )
    waits = session.get(LOCKED) or (settings.OPS_TOTP and not session.get(SECOND_FACTOR))
    return row if tied and not waits else None


def token_holder(*, token: str, at: datetime) -> Staff | None:
    """Return the person in whose name a token of the API acts now, or None."""
    found = (
        ApiToken.objects.select_related("staff__institution")
        .filter(hashed=sha256(token.encode()).hexdigest(), revoked_at=None, expires_at__gt=at)
        .first()
    )
    return found.staff if found is not None and found.staff.is_active else None


def signed_out_because(*, staff_id: int) -> str:
    """Return why the last session of a number ended, if not by signing out."""
    found = Staff.objects.filter(id=staff_id).values_list("signed_out_because", flat=True)
    return found.first() or ""


def roles_of(*, staff: Staff, on: date) -> tuple[str, ...]:
    """Return the codes of the roles that the person holds on the day."""
    held = StaffRole.objects.filter(
        Q(valid_until=None) | Q(valid_until__gte=on), staff=staff, valid_from__lte=on
    )
    return tuple(held.order_by("role").values_list("role", flat=True))


def permissions(*, staff: Staff, on: date) -> frozenset[Permission]:
    """Return what the person may do on the day."""
    return permissions_of(roles_of(staff=staff, on=on))


def skills(*, staff: Staff, on: date) -> dict[str, int]:
    """Return the skills that the person is certified for on the day, each with its grade."""
    rows = Qualification.objects.filter(staff=staff, valid_from__lte=on, valid_until__gte=on)
    return dict(rows.order_by("grade", "id").values_list("skill", "grade"))


def served_root(*, institution: Institution) -> Institution:
    """Return the institution whose whole subtree is served: for a centre, its branch."""
    if institution.kind == rules.CENTRE and institution.parent is not None:
        return institution.parent
    return institution


def scope_of(*, staff: Staff) -> tuple[int, ...]:
    """Return the ids of the institutions whose data the person may see, smallest first.

    People of a vendor see what is at their own institution alone: what they are given to do is
    handed to them there, in slices, and the branch that their centre serves is not their business.
    """
    if staff.vendor_id is not None:
        return (staff.institution_id,)
    root = served_root(institution=staff.institution)
    if root.kind == rules.OUTLET:
        return (root.pk,)  # nothing lies below an outlet: rules.STANDS_UNDER
    below = Institution.objects.filter(path__startswith=root.path)
    return tuple(below.order_by("id").values_list("id", flat=True))


def root_id() -> int:
    """Return the id of the head office, or 0 before there is one."""
    root = Institution.objects.filter(parent=None).order_by("id").values_list("id", flat=True)
    return root.first() or 0


def ancestors(*, institution_id: int) -> tuple[int, ...]:
    """Return the ids from the root down to the institution itself; none for an unknown one."""
    path = Institution.objects.filter(id=institution_id).values_list("path", flat=True).first()
    return tuple(int(number) for number in (path or "").strip("/").split("/") if number)


def institutions_in_scope() -> QuerySet[Institution]:
    """Return the institutions of the scope of the moment, in the order of the tree."""
    rows = Institution.objects.select_related("parent").order_by("path", "id")
    allowed = scope.current()
    return rows if allowed == scope.EVERYTHING else rows.filter(id__in=allowed)


def institutions_below(*, ids: Sequence[int]) -> Sequence[int]:
    """Return the ids of the institutions in scope that lie below every one of these, or are it."""
    rows = institutions_in_scope()
    for one in ids:
        rows = rows.filter(path__contains=f"/{one}/")
    return tuple(rows.values_list("id", flat=True))


def parents_of(*, ids: Collection[int]) -> Mapping[int, int | None]:
    """Return what stands directly above each of the institutions in scope, by ids."""
    return dict(institutions_in_scope().filter(id__in=ids).values_list("id", "parent_id"))


def institutions_by_id(*, ids: Collection[int]) -> Sequence[Institution]:
    """Return institutions by their ids, in the order of their numbers.

    What stands above somebody's scope may be asked for too: names of institutions are no secret.
    """
    return tuple(Institution.objects.filter(id__in=ids).order_by("number"))


def staff_by_id(*, ids: Collection[int]) -> Mapping[int, Staff]:
    """Return staff by their ids."""
    found: Mapping[int, Staff] = Staff.objects.in_bulk(ids)
    return found


def institution(*, number: str) -> Institution | None:
    """Return the institution of the number within the scope, or None."""
    return institutions_in_scope().filter(number=number).first()


def above(*, row: Institution) -> Sequence[Institution]:
    """Return what stands above an institution, the head office first; also what is out of scope."""
    ids = ancestors(institution_id=row.pk)[:-1]
    return tuple(Institution.objects.filter(id__in=ids).order_by("path"))


def directly_below(*, row: Institution) -> Sequence[Institution]:
    """Return the institutions in scope that stand directly under another, by number."""
    return tuple(institutions_in_scope().filter(parent=row).order_by("number"))


def staff_count(*, row: Institution) -> int:
    """Return how many numbers of an institution may sign in."""
    return Staff.objects.filter(institution=row, is_active=True).count()


def staff_in_scope(
    *, text: str = "", after: str = "", of: Institution | None = None, limit: int = _PAGE
) -> Sequence[Staff]:
    """Return staff of the institutions in scope, or of one of them, from after a number on."""
    rows = Staff.objects.select_related("institution", "vendor").order_by("number")
    allowed = scope.current()
    if allowed != scope.EVERYTHING:
        rows = rows.filter(institution__in=allowed)
    if of:
        rows = rows.filter(institution=of)
    if text:
        rows = rows.filter(Q(number__startswith=text) | Q(name__contains=text))
    return tuple(rows.filter(number__gt=after)[:limit])


def holders_in_scope(*, permission: Permission, on: date) -> QuerySet[Staff]:
    """Return who works in scope and holds a role with the permission on a day, by number."""
    held = StaffRole.objects.filter(
        Q(valid_until=None) | Q(valid_until__gte=on),
        role__in=roles_with(permission),
        valid_from__lte=on,
    )
    rows = Staff.objects.filter(is_active=True, institution__in=institutions_in_scope())
    return rows.filter(id__in=held.values("staff")).order_by("number")


def staff_member(*, number: str) -> Staff | None:
    """Return one member of staff within the scope, or None."""
    found = staff_by_number(number=number)
    allowed = scope.current()
    if found and allowed != scope.EVERYTHING and found.institution_id not in allowed:
        return None
    return found


def staff_of_numbers(*, numbers: Sequence[str]) -> Sequence[Staff]:
    """Return the members of staff of the numbers within the scope."""
    rows = Staff.objects.filter(number__in=numbers).order_by("number")
    allowed = scope.current()
    return tuple(rows if allowed == scope.EVERYTHING else rows.filter(institution__in=allowed))


def institutions_of_numbers(*, numbers: Sequence[str]) -> Sequence[Institution]:
    """Return the institutions of the numbers within the scope."""
    return tuple(institutions_in_scope().filter(number__in=numbers).order_by("number"))


def role_history(*, staff: Staff) -> Sequence[StaffRole]:
    """Return every role that the human has held or holds, under any number, newest first."""
    rows = StaffRole.objects.filter(person=staff.person)
    return tuple(rows.select_related("staff", "granted_by", "approved_by").order_by("-id"))


def posts(
    *, of: Staff | None = None, at: Institution | None = None, after: int = 0, limit: int = _PAGE
) -> Sequence[Post]:
    """Return posts in scope, of a human or at an institution, the latest first, after one of them.

    Of a human under any number, as roles are.
    """
    rows = Post.objects.select_related("staff", "institution", "proposed_by", "approved_by")
    rows = rows.filter(staff__person=of.person) if of else rows
    rows = rows.filter(institution=at) if at else rows
    begun = Post.objects.filter(id=after).values_list("valid_from", flat=True).first()
    if begun:
        rows = rows.filter(Q(valid_from__lt=begun) | Q(valid_from=begun, id__lt=after))
    return tuple(rows.order_by("-valid_from", "-id")[:limit])


def post_proposals(
    *, state: str = "", of: Staff | None = None, limit: int = _PAGE
) -> Sequence[PostProposal]:
    """Return proposals of posts of which both ends are in scope, newest first."""
    rows = _post_proposals_in_scope().order_by("-id")
    rows = rows.filter(state=state) if state else rows
    return tuple((rows.filter(staff=of) if of else rows)[:limit])


def post_proposal(*, proposal_id: int) -> PostProposal | None:
    """Return one proposal of a post of which both ends are in scope, or None."""
    return _post_proposals_in_scope().filter(id=proposal_id).first()


def _post_proposals_in_scope() -> QuerySet[PostProposal]:
    rows: QuerySet[PostProposal] = PostProposal.objects.select_related(
        "staff__institution", "institution", "proposed_by", "decided_by"
    )
    allowed = scope.current()
    return rows if allowed == scope.EVERYTHING else rows.filter(staff__institution__in=allowed)


def in_sight(*, institution_id: int) -> bool:
    """Return whether an institution is within the scope."""
    allowed = scope.current()
    return allowed == scope.EVERYTHING or institution_id in allowed


def qualifications(*, staff: Staff) -> Sequence[Qualification]:
    """Return the certified skills of a person, those that end last first."""
    return tuple(Qualification.objects.filter(staff=staff).order_by("-valid_until", "id"))


def proposals(*, state: str, limit: int = _PAGE) -> Sequence[RoleProposal]:
    """Return proposals of roles for staff in scope, newest first."""
    return tuple(_proposals_in_scope().filter(state=state).order_by("-id")[:limit])


def proposal(*, proposal_id: int) -> RoleProposal | None:
    """Return one proposal for staff in scope, or None."""
    return _proposals_in_scope().filter(id=proposal_id).first()


def _proposals_in_scope() -> QuerySet[RoleProposal]:
    rows = RoleProposal.objects.select_related("staff__institution", "proposed_by", "decided_by")
    allowed = scope.current()
    return rows if allowed == scope.EVERYTHING else rows.filter(staff__institution__in=allowed)
