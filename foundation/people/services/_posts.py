"""Posts: one security administrator proposes, another decides; the scope follows on the day."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils.timezone import localdate

from foundation.kernel import bus
from foundation.people import events, rules
from foundation.people.models import Institution, Post, PostProposal, Staff, StaffRole
from foundation.people.services._places import check_in_use
from foundation.people.services._roles import wait_for
from foundation.people.services._scope import acting_as_system
from foundation.people.services._told import tell

_ONE_DAY = timedelta(days=1)


@transaction.atomic
def begin_post(
    *,
    staff: Staff,
    institution: Institution,
    title: str,
    on: date,
    proposed_by: Staff | None,
    approved_by: Staff | None,
) -> Post:
    """End the last post on the day before and begin the next; refuse one that begins no later.

    Pages give posts through propose_post and decide_post; this is their last step, that of a
    number just opened, and the installation's.
    """
    # The last post may be at an institution that is out of the giver's sight.
    with acting_as_system(reason="post"):
        last = _last(staff)
        rules.check_post_day(on, last=last.valid_from if last else None)
        if last and (last.valid_until is None or last.valid_until >= on):
            last.valid_until = on - _ONE_DAY
            last.save(update_fields=["valid_until"])
        post: Post = Post.objects.create(
            staff=staff,
            institution=institution,
            title=title,
            valid_from=on,
            proposed_by=proposed_by,
            approved_by=approved_by,
        )
    return post


@transaction.atomic
def propose_post(
    *,
    staff: Staff,
    institution: Institution,
    title: str,
    valid_from: date,
    reason: str,
    by: Staff,
    at: datetime,
) -> PostProposal:
    """Propose another post; refuse one's own and what can never be approved."""
    if staff.person == by.person:
        raise rules.OwnGrant
    check_in_use(institution_id=institution.pk)
    with acting_as_system(reason="post"):
        last = _last(staff)
        if PostProposal.objects.filter(staff=staff, state=rules.WAITING).exists():
            raise rules.PostWaits
    if last and (last.institution_id, last.title) == (institution.pk, title):
        raise rules.SamePost(field="institution")
    rules.check_post_day(valid_from, last=last.valid_from if last else None, today=localdate(at))
    _roles_left(staff, kind=institution.kind, on=valid_from)
    proposal: PostProposal = PostProposal.objects.create(
        staff=staff,
        institution=institution,
        title=title,
        valid_from=valid_from,
        reason=reason,
        proposed_by=by,
        proposed_at=at,
    )
    _tell(proposal, "people.propose_post", by=by, at=at)
    return proposal


@transaction.atomic
def decide_post(*, proposal_id: int, approve: bool, by: Staff, at: datetime) -> PostProposal:
    """Approve or decline a proposal; refuse its proposer and the one whom it is about.

    What is approved ends, on the day before, the roles that do not belong where the person goes.
    """
    proposal: PostProposal = (
        PostProposal.objects.select_for_update(of=("self",))
        .select_related("staff__institution", "institution", "proposed_by")
        .get(id=proposal_id)
    )
    if proposal.staff.person == by.person:
        raise rules.OwnGrant
    if proposal.proposed_by.person == by.person:
        raise rules.SameProposer
    if proposal.state != rules.WAITING:
        raise rules.Decided
    if approve:
        check_in_use(institution_id=proposal.institution_id)
    ended = _carry_out(proposal, by=by, at=at) if approve else ()
    proposal.state = rules.APPROVED if approve else rules.DECLINED
    proposal.decided_by, proposal.decided_at = by, at
    proposal.save(update_fields=["state", "decided_by", "decided_at"])
    action = "people.approve_post" if approve else "people.decline_post"
    _tell(proposal, action, by=by, at=at, roles_ended=ended)
    if approve:
        take_up_post(staff=proposal.staff, at=at)
    return proposal


def take_up_posts(*, at: datetime) -> int:
    """Let everybody work where the post of the day is; return how many numbers moved."""
    with acting_as_system(reason="posts"):
        due = _due(at).order_by("staff_id").values_list("staff_id", flat=True)
        rows = Staff.objects.filter(id__in=list(due)).order_by("id")
        return sum(take_up_post(staff=row, at=at) for row in rows)


def take_up_post(*, staff: Staff, at: datetime) -> bool:
    """Move a number to where its post of the day is and end its session; tell whether it moved."""
    with acting_as_system(reason="post"):
        row = Staff.objects.select_for_update(of=("self",), no_key=True).get(id=staff.pk)
        post = _due(at).select_related("institution").filter(staff=row).first()
        if post is None:
            return False
        before = Institution.objects.get(id=row.institution_id)
        row.institution = post.institution
        row.sign_in_epoch, row.signed_out_because = F("sign_in_epoch") + 1, rules.MOVED
        row.save(update_fields=["institution", "sign_in_epoch", "signed_out_because"])
        bus.publish(events.SignedOut(staff_id=row.pk, at=at))
        detail = {
            "before": {"institution": before.number},
            "after": {"institution": post.institution.number},
            "post": post.title,
        }
        tell(staff=row, action="people.take_up_post", by="system", at=at, detail=detail)
    return True


def _due(at: datetime) -> QuerySet[Post]:
    today = localdate(at)
    return Post.objects.filter(
        Q(valid_until=None) | Q(valid_until__gte=today), valid_from__lte=today
    ).exclude(institution=F("staff__institution"))


def _last(staff: Staff) -> Post | None:
    """Return the post that begins last, once nobody else changes the posts of the number."""
    Staff.objects.select_for_update(of=("self",), no_key=True).get(id=staff.pk)
    last: Post | None = Post.objects.filter(staff=staff).order_by("-valid_from", "-id").first()
    return last


def _roles_left(staff: Staff, *, kind: str, on: date) -> list[StaffRole]:
    held = StaffRole.objects.filter(Q(valid_until=None) | Q(valid_until__gte=on), staff=staff)
    rows = list(held.order_by("id"))
    left = rules.roles_left([(row.role, row.valid_from) for row in rows], kind=kind, on=on)
    return [row for row in rows if row.role in left]


def _carry_out(proposal: PostProposal, *, by: Staff, at: datetime) -> tuple[str, ...]:
    rules.check_post_day(proposal.valid_from, last=None, today=localdate(at))
    wait_for(person=proposal.staff.person)
    left = _roles_left(proposal.staff, kind=proposal.institution.kind, on=proposal.valid_from)
    for row in left:
        row.valid_until = proposal.valid_from - _ONE_DAY
        row.save(update_fields=["valid_until"])
    begin_post(
        staff=proposal.staff,
        institution=proposal.institution,
        title=proposal.title,
        on=proposal.valid_from,
        proposed_by=proposal.proposed_by,
        approved_by=by,
    )
    return tuple(row.role for row in left)


def _tell(
    proposal: PostProposal,
    action: str,
    *,
    by: Staff,
    at: datetime,
    roles_ended: Iterable[str] = (),
) -> None:
    detail = {
        "post_proposal": proposal.pk,
        "institution": proposal.institution.number,
        "post": proposal.title,
        "valid_from": str(proposal.valid_from),
        "reason": proposal.reason,
    }
    if roles_ended:
        detail["roles_ended"] = " ".join(roles_ended)
    tell(staff=proposal.staff, action=action, by=by.label, at=at, detail=detail)
