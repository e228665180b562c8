"""The emergency in which outlets decide: switched by two, ended by one or by the clock."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import connection, transaction
from django.utils.timezone import localdate

from authorization import rules as items
from authorization.models import Fallback, LocalAuthorizer
from authorization.rules import fallback as rules
from authorization.selectors import fallback as selectors
from foundation.kernel import scope
from foundation.kernel.money import Money
from foundation.kernel.text import clean_text
from foundation.people import selectors as people
from foundation.people.models import Institution, Staff
from foundation.people.roles import Permission
from foundation.policy import selectors as policy
from foundation.trail import services as trail
from foundation.ui import live
from foundation.worklist import selectors as queues
from foundation.worklist import services as worklist

SYSTEM = "system"
MINUTES, LOCAL_MOST = "authorization.fallback_minutes", "authorization.local_most_fen"
BACK = "The centre decides again"


@transaction.atomic
def propose(
    *, institution: Institution, drill: bool, minutes: int, reason: str, by: Staff, at: datetime
) -> Fallback:
    """Propose that the outlets of an institution decide on their own for some minutes.

    Refuses a place of others, one where an emergency is in force, and more time than the bank
    allows.
    """
    _check_place(institution)
    most = policy.whole(code=MINUTES, on=localdate(at), institution_id=institution.pk)
    rules.check_minutes(minutes, most=most)
    if rules.overlaps(institution.path, selectors.paths_in_force()):
        raise rules.SwitchOverlaps(field="institution")
    row: Fallback = Fallback.objects.create(
        institution=institution,
        drill=drill,
        minutes=minutes,
        reason=clean_text(reason, 200, field="reason"),
        proposed_by=by,
        proposed_at=at,
    )
    _told(row, "propose_fallback", by.label, at, reason=row.reason, minutes=minutes)
    return row


@transaction.atomic
def approve(*, switch_id: int, by: Staff, at: datetime) -> Fallback:
    """Put an emergency in force from now on; refuse its proposer, and a place that has one."""
    row = selectors.switch_locked(switch_id=switch_id)
    row.state = rules.SWITCH_FLOW.after(row.state, "approve")
    rules.check_apart(row.proposed_by.person, by.person)
    _take_turns()
    if rules.overlaps(row.institution.path, selectors.paths_in_force()):
        raise rules.SwitchOverlaps
    row.decided_by, row.decided_at = by, at
    row.epoch, row.until = _next_epoch(), at + timedelta(minutes=row.minutes)
    row.save(update_fields=["state", "decided_by", "decided_at", "epoch", "until"])
    _told(row, "approve_fallback", by.label, at, epoch=row.epoch)
    live.tell("authorization", row.institution_id)
    return row


@transaction.atomic
def decline(*, switch_id: int, by: Staff, at: datetime) -> Fallback:
    """Decline a proposed emergency; refuse its proposer."""
    row = selectors.switch_locked(switch_id=switch_id)
    row.state = rules.SWITCH_FLOW.after(row.state, "decline")
    rules.check_apart(row.proposed_by.person, by.person)
    row.decided_by, row.decided_at = by, at
    row.save(update_fields=["state", "decided_by", "decided_at"])
    _told(row, "decline_fallback", by.label, at)
    return row


@transaction.atomic
def give_back(*, switch_id: int, reason: str, by: Staff, at: datetime) -> Fallback:
    """Let the centre decide again, at once: a new epoch begins, and outlets decide nothing more.

    What an outlet has on its desk goes back to the queue. One person does it: this is the safe way.
    """
    row = _locked_alone(switch_id)
    said = clean_text(reason, 200, field="reason")
    _end(row, rules.RETURNED, at, by=by, reason=said)
    return row


@transaction.atomic
def lapse(*, switch_id: int, at: datetime) -> Fallback:
    """End an emergency whose time is over; one that was ended meanwhile stays as it is."""
    row = _locked_alone(switch_id)
    if row.state == rules.ACTIVE and row.until and rules.is_over(row.until, at):
        _end(row, rules.LAPSED, at)
    return row


def watch(*, at: datetime) -> int:
    """End what is over, each in a transaction of its own; return how many."""
    due = selectors.lapsing(at=at)
    for switch_id in due:
        lapse(switch_id=switch_id, at=at)
    return len(due)


def local_most(*, institution_id: int | None, at: datetime) -> Money:
    """Return the largest amount that anybody may decide at an outlet; the bank's without one."""
    return Money(policy.whole(code=LOCAL_MOST, on=localdate(at), institution_id=institution_id))


@transaction.atomic
def propose_local(
    *, staff: Staff, most_fen: int, reason: str, by: Staff, at: datetime
) -> LocalAuthorizer:
    """Propose that a supervisor of an outlet may decide there in emergencies, up to an amount.

    Refuses who does not work in an outlet of the proposer's, who is registered already, more than
    the bank's limit for outlets, and registering oneself.
    """
    most = local_most(institution_id=staff.institution_id, at=at).fen
    _check_place(staff.institution)
    held = people.permissions(staff=staff, on=localdate(at))
    fit = staff.institution.kind == rules.OUTLET and staff.is_active and 0 < most_fen <= most
    fit = fit and Permission.AUTHORIZATION_LOCAL in held
    if not fit or selectors.is_registered(staff=staff):
        raise rules.RegistrationUnfit(most=Money(most), field="number")
    rules.check_apart(staff.person, by.person)
    row: LocalAuthorizer = LocalAuthorizer.objects.create(
        institution=staff.institution,
        staff=staff,
        most_fen=most_fen,
        reason=clean_text(reason, 200, field="reason"),
        proposed_by=by,
        proposed_at=at,
    )
    _told(row, "propose_local", by.label, at, reason=row.reason, fen=most_fen, name=staff.label)
    return row


@transaction.atomic
def decide_local(*, local_id: int, approve: bool, by: Staff, at: datetime) -> LocalAuthorizer:
    """Approve or decline a registration; refuse its proposer, and who it is about."""
    row = selectors.local_locked(local_id=local_id)
    step = "approve" if approve else "decline"
    row.state = rules.LOCAL_FLOW.after(row.state, step)
    rules.check_apart(row.staff.person, row.proposed_by.person, by.person)
    row.decided_by, row.decided_at = by, at
    row.save(update_fields=["state", "decided_by", "decided_at"])
    _told(row, f"{step}_local", by.label, at, name=row.staff.label)
    return row


@transaction.atomic
def end_local(*, local_id: int, by: Staff, at: datetime) -> LocalAuthorizer:
    """End a registration at once; what the person has on the desk goes back to the queue."""
    row = selectors.local_locked(local_id=local_id)
    switch = selectors.in_force(institution_id=row.institution_id, at=at)
    if switch is not None:
        _wait_for_deciders(switch.pk)
    row.state = rules.LOCAL_FLOW.after(row.state, "end")
    row.ended_by, row.ended_at = by, at
    row.save(update_fields=["state", "ended_by", "ended_at"])
    _clear_desks(row.institution, by, at)
    _told(row, "end_local", by.label, at, name=row.staff.label)
    return row


def _end(
    row: Fallback, how: str, at: datetime, *, by: Staff | None = None, reason: str = ""
) -> None:
    row.state = rules.SWITCH_FLOW.after(row.state, how)
    row.ended_how, row.ended_at, row.ended_by, row.ended_reason = how, at, by, reason
    row.ended_epoch = _next_epoch()
    row.save(
        update_fields=[
            "state", "ended_how", "ended_at", "ended_by", "ended_reason", "ended_epoch",
        ]
    )  # fmt: skip
    _clear_desks(row.institution, by, at)
    step = "end_fallback" if by else "lapse_fallback"
    actor = by.label if by else SYSTEM
    _told(row, step, actor, at, epoch=row.ended_epoch, reason=reason)
    live.tell("authorization", row.institution_id)


def _clear_desks(place: Institution, by: Staff | None, at: datetime) -> None:
    """Put back what outlets below a place have on their desks."""
    for item_id in queues.held_at_home(queue=items.QUEUE, path=place.path):
        worklist.take_back(item_id=item_id, reason=BACK, by=by, at=at)


def _check_place(institution: Institution) -> None:
    allowed = scope.current()
    if allowed != scope.EVERYTHING and institution.pk not in allowed:
        raise rules.NoSuchRow


def _take_turns() -> None:
    """Let switches come one after the other until the transaction ends, as the trigger does."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(8322, 0)")


def _locked_alone(switch_id: int) -> Fallback:
    """Return an emergency, locked; nobody is deciding in it now, nor will before this commits.

    Whoever decides refers to its row, which waits for a lock of it: so the row comes second.
    """
    _wait_for_deciders(switch_id)
    return selectors.switch_locked(switch_id=switch_id)


def _wait_for_deciders(switch_id: int) -> None:
    """Wait for who is just deciding in an emergency; who comes after sees what is done here."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(8321, %s)", [switch_id])


def _next_epoch() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('authorization_epoch')")
        return int(cursor.fetchone()[0])


def _told(
    row: Fallback | LocalAuthorizer, step: str, actor: str, at: datetime, **detail: object
) -> None:
    trail.record(
        institution_id=row.institution_id,
        actor=actor,
        action=f"authorization.{step}",
        subject=row.subject,
        at=at,
        detail=detail,
    )
