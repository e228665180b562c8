"""The automatic tier decides: published by two, each pass once, stopped by one or by the rule."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from random import SystemRandom

from django.db import transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext_noop as _

from authorization import rules as items
from authorization.models import Decision, Request, TierPublication, TierSet, TierVerdict
from authorization.rules import publishing as rules
from authorization.rules.tier import PASS
from authorization.selectors import fallback, publishing, screening, tier
from authorization.services import _posting
from authorization.services._queueing import MILLISECOND, told, waited
from authorization.services.quality import see_again
from foundation.kernel import scope
from foundation.people import selectors as people
from foundation.people.models import Staff
from foundation.people.roles import Permission
from foundation.trail import services as trail
from foundation.ui import live
from foundation.worklist import services as worklist

# Who holds one of these has decisions to gain or to lose by it.
_HAVE_DECISIONS = frozenset(
    {
        Permission.AUTHORIZATION_SUBMIT,
        Permission.AUTHORIZATION_DECIDE,
        Permission.AUTHORIZATION_LEAD,
        Permission.AUTHORIZATION_LOCAL,
    }
)
NO_TIME = timedelta(0)
LAST_DAY = _("its last day is past")
_DRAWING = SystemRandom()


@transaction.atomic
def propose(
    *, tier_set: TierSet, trade: str, terms: rules.Terms, reason: str, by: Staff, at: datetime
) -> TierPublication:
    """Propose that the passes of the set in force decide items of a transaction or a group.

    Refuses a set that is not in force or has not shown enough in shadow, terms out of the bank's
    bounds, who has decisions to gain, and who is not of the head office.
    """
    row = TierPublication(
        tier_set=tier_set,
        codes=list(rules.codes_of(trade)),
        most_fen=terms.most_fen,
        sample_percent=terms.sample_percent,
        until=terms.until,
        reason=reason,
        proposed_by=by,
        proposed_at=at,
    )
    _check(row, by, at)
    row.save(force_insert=True)
    _tell(row, "propose_publication", by.label, at, reason=reason)
    return row


@transaction.atomic
def approve(*, publication_id: int, by: Staff, at: datetime) -> TierPublication:
    """Let a set decide from now on; refuse its proposer, and what `propose` would refuse now."""
    row = publishing.locked(publication_id=publication_id)
    state = rules.PUBLICATION_FLOW.after(row.state, "approve")
    _check_apart(row, by)
    _check(row, by, at)
    if published := publishing.published_codes() & {*row.codes}:
        raise rules.PublicationOverlaps(trade=min(published))
    row.state, row.decided_by, row.decided_at = state, by, at
    row.save(update_fields=["state", "decided_by", "decided_at"])
    _tell(row, "approve_publication", by.label, at)
    return row


@transaction.atomic
def decline(*, publication_id: int, by: Staff, at: datetime) -> TierPublication:
    """Decline a proposed publication; refuse its proposer."""
    row = publishing.locked(publication_id=publication_id)
    row.state = rules.PUBLICATION_FLOW.after(row.state, "decline")
    _check_apart(row, by)
    row.decided_by, row.decided_at = by, at
    row.save(update_fields=["state", "decided_by", "decided_at"])
    _tell(row, "decline_publication", by.label, at)
    return row


@transaction.atomic
def withdraw(*, publication_id: int, reason: str, by: Staff, at: datetime) -> TierPublication:
    """Let people decide again, at once: when this returns, the tier decides nothing more by it.

    One person does it: this is the safe way. What it has decided stays and goes on being reviewed.
    """
    row = publishing.locked(publication_id=publication_id)
    _end(row, "withdraw", reason, at, by=by)
    return row


def watch(*, at: datetime) -> int:
    """End what is past its last day, and what passed too much wrongly, each alone; return how many.

    Of how often it was wrong numbers that are not in force say nothing, and nothing is withdrawn.
    """
    return sum(_look(row.pk, at) for row in publishing.in_force())


@transaction.atomic
def _look(publication_id: int, at: datetime) -> bool:
    row = publishing.locked(publication_id=publication_id)
    if row.state != rules.ACTIVE:
        return False
    if localdate(at) > row.until:
        _end(row, "expire", LAST_DAY, at)
        return True
    wrong = publishing.figures(rows=[row])[row.pk].wrong
    limits = publishing.limits(on=localdate(at))
    if limits is None or not rules.is_too_wrong(
        wrong, least=limits.reviews_least, per_mille=limits.wrong_per_mille
    ):
        return False
    found = f"{wrong.part} / {wrong.whole}: {wrong.percent} % ({wrong.lower}–{wrong.upper})"
    _end(row, "withdraw", found, at)
    return True


def decide(
    *, request: Request, verdict: TierVerdict, published: TierPublication, at: datetime
) -> Decision | None:
    """Let a pass decide an item that waits, in the transaction of its locks; None where it may not.

    Everything happens together: the decision, the end of its waiting, the posting and, of the share
    that is drawn, the blind review. What a person has on a desk, and what needs more than one yes,
    is left to people.
    """
    bounds = publishing.bounds(on=localdate(at))
    waits = rules.Waits(
        state=request.state,
        trade_code=request.trade_code,
        amount_fen=request.amount_fen,
        levels_needed=request.levels_needed,
        call_needed=request.call_needed,
        unscanned=request.scan_minutes is not None,
        in_emergency=fallback.in_force_since(
            institution_id=request.institution_id, since=request.queued_at or at
        ),
        screened_clear=screening.is_clear(request=request),
    )
    most_fen = min(published.most_fen, bounds.most_fen)
    alone = verdict.outcome == PASS and rules.decides_alone(
        waits, codes=published.codes, most_fen=most_fen
    )
    on = _posting.day_of(request=request)
    if not alone or on > published.until or request.work_item_id is None:
        return None
    # One that a dispatcher has just given to somebody waits no more, whatever its state says yet.
    if not worklist.end_waiting(item_id=request.work_item_id):
        return None
    state = items.FLOW.after(request.state, "automatic")
    made = _keep(request, verdict, on, at)
    told(request=request, step="automatic", actor=rules.AUTOMATIC, at=at,
        content=request.content_hash, lines=verdict.line, version=verdict.tier_set_id,
    )  # fmt: skip
    request.state, request.reasons, request.remark = state, [], ""
    request.decided_at, request.decider_label = at, rules.AUTOMATIC
    request.save(update_fields=["state", "decided_at", "decider_label", "reasons", "remark"])
    if _DRAWING.randrange(100) < max(published.sample_percent, bounds.sample_percent):
        see_again(made=made, at=at)
    _posting.post(request=request, on=on, at=at)
    return made


def _keep(request: Request, verdict: TierVerdict, on: date, at: datetime) -> Decision:
    made: Decision = Decision.objects.create(
        institution_id=request.institution_id,
        request=request,
        seq=request.attempt,
        level=request.level,
        step="approve",
        decider=None,
        decider_label=rules.AUTOMATIC,
        decider_person=None,
        tier_verdict=verdict,
        content_hash=request.content_hash,
        business_date=on,
        at=at,
        queue_ms=max(waited(request=request, at=at), NO_TIME) // MILLISECOND,
        view_ms=0,
        hold_ms=request.held_ms,
    )
    return made


def _check(row: TierPublication, by: Staff, at: datetime) -> None:
    """Refuse what may not be published, and who may not publish it."""
    on = localdate(at)
    allowed = scope.current()
    if allowed != scope.EVERYTHING and people.root_id() not in allowed:
        raise items.RuleNotYours
    known = people.permissions(staff=by, on=on) & _HAVE_DECISIONS
    if known or publishing.has_decided(person=by.person, since=row.tier_set.valid_from):
        raise rules.HasDecisionsToGain
    present = tier.in_force(on=on)
    if present is None or present.pk != row.tier_set_id:
        raise rules.SetNotInForce(number=row.tier_set_id, field="tier_set")
    terms = rules.Terms(row.most_fen, row.until, row.sample_percent)
    rules.check_terms(terms, publishing.bounds(on=on), on=on)
    least, percent = publishing.asked(on=on)
    compared = publishing.compared(tier_set=present, on=on)
    for code in row.codes:
        rules.check_compared(code, compared(code), least=least, percent=percent)


def _check_apart(row: TierPublication, by: Staff) -> None:
    if row.proposed_by.person == by.person:
        raise rules.PublicationOfSamePerson


def _end(
    row: TierPublication, step: str, reason: str, at: datetime, *, by: Staff | None = None
) -> None:
    row.state = rules.PUBLICATION_FLOW.after(row.state, step)
    row.ended_by, row.ended_at, row.ended_reason = by, at, reason
    row.save(update_fields=["state", "ended_by", "ended_at", "ended_reason"])
    actor, place = (by.label, by.institution_id) if by else (rules.SYSTEM, None)
    _tell(row, f"{step}_publication", actor, at, place=place, reason=reason)


def _tell(
    row: TierPublication,
    step: str,
    actor: str,
    at: datetime,
    *,
    place: int | None = None,
    **detail: object,
) -> None:
    """Tell of a step where its proposer works, or at the place of who ended it elsewhere."""
    place = place or row.proposed_by.institution_id
    trail.record(
        institution_id=place,
        actor=actor,
        action=f"authorization.{step}",
        subject=row.subject,
        at=at,
        detail={
            "list": list(row.codes),
            "version": row.tier_set_id,
            "fen": row.most_fen,
            "valid_until": str(row.until),
            **detail,
        },
    )
    live.tell("authorization", place)
