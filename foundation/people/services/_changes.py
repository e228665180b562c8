"""Institutions moved, renamed and closed: one person proposes, another decides."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from django.db.models import Q
from django.utils.timezone import localdate
from django.utils.translation import gettext

from foundation.people import rules
from foundation.people.models import Institution, InstitutionProposal, Post, Staff
from foundation.people.services._places import check_in_use
from foundation.people.services._scope import acting_as_system
from foundation.trail import services as trail

_DONE = {
    rules.MOVE: "people.move_institution",
    rules.RENAME: "people.rename_institution",
    rules.CLOSE: "people.close_institution",
}


@transaction.atomic
def propose_change(
    *,
    institution: Institution,
    kind: str,
    parent: Institution | None,
    name: str,
    reason: str,
    by: Staff,
    at: datetime,
) -> InstitutionProposal:
    """Propose a change; refuse what could not be approved now, and a second that waits."""
    row = check_in_use(institution_id=institution.pk)
    _check(row, kind, parent, name, at=at)
    if InstitutionProposal.objects.filter(institution=row, state=rules.WAITING).exists():
        raise rules.ChangeWaits
    proposal: InstitutionProposal = InstitutionProposal.objects.create(
        institution=row,
        kind=kind,
        parent=parent if kind == rules.MOVE else None,
        name=name if kind == rules.RENAME else "",
        reason=reason,
        proposed_by=by,
        proposed_at=at,
    )
    _tell(proposal, "people.propose_institution", by=by, at=at)
    return proposal


@transaction.atomic
def decide_change(
    *, proposal_id: int, approve: bool, by: Staff, at: datetime
) -> InstitutionProposal:
    """Approve or decline a change; refuse its proposer, under any number."""
    proposal: InstitutionProposal = (
        InstitutionProposal.objects.select_for_update(of=("self",))
        .select_related("institution", "parent", "proposed_by")
        .get(id=proposal_id)
    )
    if proposal.proposed_by.person == by.person:
        raise rules.SameProposer
    if proposal.state != rules.WAITING:
        raise rules.Decided
    detail = _carried_out(proposal, at=at) if approve else {}
    proposal.state = rules.APPROVED if approve else rules.DECLINED
    proposal.decided_by, proposal.decided_at = by, at
    proposal.save(update_fields=["state", "decided_by", "decided_at"])
    action = _DONE[proposal.kind] if approve else "people.decline_institution"
    _tell(proposal, action, by=by, at=at, **detail)
    return proposal


def _carried_out(proposal: InstitutionProposal, *, at: datetime) -> dict[str, object]:
    """Return what changes once the proposal is approved, which the database then carries out."""
    row = check_in_use(institution_id=proposal.institution_id)
    _check(row, proposal.kind, proposal.parent, proposal.name, at=at)
    if proposal.kind == rules.MOVE and proposal.parent and row.parent:
        return {
            "before": {"parent": row.parent.number},
            "after": {"parent": proposal.parent.number},
        }
    if proposal.kind == rules.RENAME:
        return {"before": {"name": row.name}, "after": {"name": proposal.name}}
    return {}


def _check(
    row: Institution, kind: str, parent: Institution | None, name: str, *, at: datetime
) -> None:
    if kind == rules.MOVE:
        _check_move(row, parent)
    elif kind == rules.RENAME and name in ("", row.name):
        raise rules.NothingChanges(field="name")
    elif kind == rules.CLOSE:
        _check_close(row, on=localdate(at))


def _check_move(row: Institution, parent: Institution | None) -> None:
    rules.check_place(row.kind, parent.kind if parent else None)
    if parent is None or parent.pk == row.parent_id:
        raise rules.NothingChanges(field="institution")
    above = check_in_use(institution_id=parent.pk)
    if above.path.startswith(row.path):
        raise rules.Circle(field="institution")


def _check_close(row: Institution, *, on: date) -> None:
    """Refuse while anybody works there, anything stands below, or a room has something open."""
    # What is there may be out of sight of who decides.
    with acting_as_system(reason="close_institution"):
        found = [
            (gettext("Staff who may sign in"), row.staff.filter(is_active=True).count()),
            (gettext("Posts held here"), _posts(row, on=on)),
            (gettext("Directly below"), row.children.filter(active=True).count()),
            *((gettext(one.title), one.count(row.pk)) for one in rules.closing_checks()),
        ]
    standing = [f"{title} {count}" for title, count in found if count]
    if standing:
        raise rules.InstitutionInUse(field="kind", found=", ".join(standing))


def _posts(row: Institution, *, on: date) -> int:
    posts = Post.objects.filter(Q(valid_until=None) | Q(valid_until__gte=on), institution=row)
    count: int = posts.filter(staff__is_active=True).count()
    return count


def _tell(
    proposal: InstitutionProposal, action: str, *, by: Staff, at: datetime, **more: object
) -> None:
    detail: dict[str, object] = {
        "institution_proposal": proposal.pk,
        "kind": proposal.kind,
        "reason": proposal.reason,
    }
    if proposal.state == rules.WAITING:
        detail |= {"parent": proposal.parent.number} if proposal.parent else {}
        detail |= {"name": proposal.name} if proposal.name else {}
    trail.record(
        institution_id=by.institution_id,
        actor=by.label,
        action=action,
        subject=f"people.institution:{proposal.institution.number}",
        at=at,
        detail=detail | more,
    )
