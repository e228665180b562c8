"""Roles: one security administrator proposes, another decides; nobody about themselves."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Q

from foundation.people import rules
from foundation.people.models import Post, RoleProposal, Staff, StaffRole
from foundation.people.roles import ROLES
from foundation.people.services._scope import acting_as_system
from foundation.people.services._told import tell


@transaction.atomic
def grant_role(
    *,
    staff: Staff,
    role: str,
    on: date,
    granted_by: Staff | None,
    approved_by: Staff | None,
    until: date | None = None,
) -> StaffRole:
    """Give a role; refuse one that conflicts with a role held by the same human.

    Pages give roles through propose_role and decide_role; this is their last step, and the
    installation's, which alone may leave out the two people (the database sees to that).
    """
    _check_places(role, staff, since=on, until=until)
    wait_for(person=staff.person)
    held = StaffRole.objects.filter(
        Q(valid_until=None) | Q(valid_until__gte=on), person=staff.person
    )
    if until:
        held = held.filter(valid_from__lte=until)
    rows = list(held.order_by("id"))
    if any(row.role == role and row.staff_id == staff.pk for row in rows):
        raise rules.AlreadyHeld(field="role")
    rules.check_roles(role, [row.role for row in rows])
    return StaffRole.objects.create(
        staff=staff,
        role=role,
        duty=ROLES[role].duty,
        person=staff.person,
        valid_from=on,
        valid_until=until,
        granted_by=granted_by,
        approved_by=approved_by,
    )


@transaction.atomic
def propose_role(
    *,
    staff: Staff,
    role: str,
    kind: str,
    valid_from: date,
    valid_until: date | None,
    reason: str,
    by: Staff,
    at: datetime,
) -> RoleProposal:
    """Propose to grant or to end a role; refuse one's own and what can never be approved."""
    if staff.person == by.person:
        raise rules.OwnGrant
    if valid_until and valid_until < valid_from:
        raise rules.DaysReversed(field="valid_until")
    _check_proposal(staff, role, kind, since=valid_from, until=valid_until)
    if RoleProposal.objects.filter(staff=staff, role=role, state=rules.WAITING).exists():
        raise rules.AlreadyHeld(field="role")
    proposal = RoleProposal.objects.create(
        staff=staff,
        role=role,
        kind=kind,
        valid_from=valid_from,
        valid_until=valid_until,
        reason=reason,
        proposed_by=by,
        proposed_at=at,
    )
    _tell(proposal, "people.propose_role", by=by, at=at)
    return proposal


@transaction.atomic
def decide_role(*, proposal_id: int, approve: bool, by: Staff, at: datetime) -> RoleProposal:
    """Approve or decline a proposal; refuse its proposer and the one whom it is about."""
    proposal = (
        RoleProposal.objects.select_for_update(of=("self",))
        .select_related("staff__institution", "proposed_by")
        .get(id=proposal_id)
    )
    if proposal.staff.person == by.person:
        raise rules.OwnGrant
    if proposal.proposed_by.person == by.person:
        raise rules.SameProposer
    if proposal.state != rules.WAITING:
        raise rules.Decided
    if approve:
        _carry_out(proposal, by=by)
    proposal.state = rules.APPROVED if approve else rules.DECLINED
    proposal.decided_by, proposal.decided_at = by, at
    proposal.save(update_fields=["state", "decided_by", "decided_at"])
    _tell(proposal, "people.approve_role" if approve else "people.decline_role", by=by, at=at)
    return proposal


def _check_proposal(staff: Staff, role: str, kind: str, *, since: date, until: date | None) -> None:
    held = StaffRole.objects.filter(person=staff.person, valid_until=None).order_by("id")
    if kind == rules.END:
        if not any(row.role == role and row.staff_id == staff.pk for row in held):
            raise rules.NotHeld(field="role")
        return
    _check_places(role, staff, since=since, until=until)
    if any(row.role == role and row.staff_id == staff.pk for row in held):
        raise rules.AlreadyHeld(field="role")
    rules.check_roles(role, [row.role for row in held])


def _carry_out(proposal: RoleProposal, *, by: Staff) -> None:
    if proposal.kind == rules.GRANT:
        grant_role(
            staff=proposal.staff,
            role=proposal.role,
            on=proposal.valid_from,
            until=proposal.valid_until,
            granted_by=proposal.proposed_by,
            approved_by=by,
        )
        return
    row = StaffRole.objects.select_for_update(of=("self",)).filter(
        staff=proposal.staff, role=proposal.role, valid_until=None
    )
    held = row.order_by("id").first()
    if held is None:
        raise rules.NotHeld(field="role")
    # The day named in the proposal is the first without the role.
    held.valid_until = max(proposal.valid_from - timedelta(days=1), held.valid_from)
    held.save(update_fields=["valid_until"])


def wait_for(*, person: UUID) -> None:
    """Wait until nobody else changes what the human holds, under any number."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended('people.person:' || %s, 0))",
            [str(person)],
        )


def _check_places(role: str, staff: Staff, *, since: date, until: date | None) -> None:
    """Refuse a role that does not belong in a place where the person works between two days."""
    with acting_as_system(reason="role"):
        posts = Post.objects.filter(Q(valid_until=None) | Q(valid_until__gte=since), staff=staff)
        if until:
            posts = posts.filter(valid_from__lte=until)
        found = posts.order_by("valid_from").values_list("valid_from", "institution__kind")
        kinds = [kind for _, kind in found]
        if not kinds or found[0][0] > since:
            kinds.append(staff.institution.kind)
    for kind in kinds:
        rules.check_role(role, institution_kind=kind, vendor=staff.vendor_id is not None)


def _tell(proposal: RoleProposal, action: str, *, by: Staff, at: datetime) -> None:
    detail = {
        "role_proposal": proposal.pk,
        "kind": proposal.kind,
        "role": proposal.role,
        "valid_from": str(proposal.valid_from),
        "valid_until": str(proposal.valid_until or ""),
        "reason": proposal.reason,
    }
    tell(staff=proposal.staff, action=action, by=by.label, at=at, detail=detail)
