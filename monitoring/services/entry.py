"""What can be done with slices: cut, give out, key blind, decide between two keyers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.timezone import localdate

from foundation.imaging.services import slices as images
from foundation.kernel import bus
from foundation.kernel.flow import StepNotAllowed
from foundation.people.models import Staff
from foundation.policy import selectors as policy
from foundation.trail import services as trail
from foundation.worklist import services as worklist
from foundation.worklist.models import WorkItem
from monitoring import events, rules
from monitoring.models import Keying, Match, Proof, Slice
from monitoring.rules import entry, looks
from monitoring.selectors import entry as selected

MACHINE = "system monitoring"
STROKES_MOST = 2000
MILLISECONDS_MOST = 3_600_000


@dataclass(frozen=True)
class Cut:
    """A field cut out of a page: the name of its picture in the store."""

    field: str
    page_id: int
    image: str


@dataclass(frozen=True)
class Held:
    """A slice given to a keyer, with the lease under which it is held and its picture."""

    slice: Slice
    item: WorkItem
    picture: bytes


@transaction.atomic
def make(
    *, match_id: int, cuts: Sequence[Cut], institution_id: int, at: datetime
) -> Sequence[Slice]:
    """Put fields of a pair before the keyers of an institution; what is there stays as it is.

    Of an open pair, or of one that a machine matched and that is drawn for proof: for its keyers
    they are the same.
    """
    match: Match | None = Match.objects.select_for_update(of=("self",)).filter(id=match_id).first()
    if match is None or not _is_to_be_keyed(match):
        return ()
    two_from = policy.whole(code=entry.TWO_FROM, on=match.business_date)
    needed = entry.keyers_needed(fen=match.amount_fen or 0, two_from_fen=two_from)
    made = []
    for cut in cuts:
        known = Slice.objects.filter(match=match, field=cut.field).exclude(state=entry.VOID)
        if not known.exists():
            row = _make(institution_id, cut, match, at, needed=needed)
            _enqueue(row, entry.QUEUE, "cut_slice", at)
            _plant(row, at)
            made.append(row)
    return tuple(made)


@transaction.atomic
def open_next(*, keyer: Staff, queue: str, at: datetime) -> Held | None:
    """Give a person the slice held already, or the next one; None where nothing waits."""
    item = worklist.claim_next(queue=queue, staff=keyer, at=at)
    if item is None:
        return None
    # Read without a lock: whoever takes slices back holds them first and their items after.
    row: Slice = Slice.objects.get(id=int(item.subject.partition(":")[2]))
    picture = images.show(name=row.image, page_id=row.page_id, viewer=keyer, at=at)
    return Held(row, item, picture)


def void(*, match_id: int, at: datetime) -> None:
    """Take back what nobody needs any more; what a keyer looks at stays, and changes nothing."""
    rows = Slice.objects.select_for_update(of=("self",)).filter(
        match_id=match_id, state__in=entry.SLICE_OPEN, work_item__state="waiting"
    )
    for row in rows.order_by("id"):
        assert row.work_item_id is not None, "a slice that waits is in a queue"
        try:
            with transaction.atomic():
                worklist.withdraw(item_id=row.work_item_id, at=at)
        except StepNotAllowed:
            continue  # a keyer was given it at this moment
        _end(row, "void", "", at)
        _tell(row, "void_slice", MACHINE, at)


@transaction.atomic
def key(
    *,
    slice_id: int,
    value: str,
    strokes: int,
    milliseconds: int,
    fence: int,
    keyer: Staff,
    at: datetime,
) -> Slice:
    """Keep what a keyer read; refuse what is no value, a second try and a slice let go of."""
    row = _locked(slice_id)
    if row.state != entry.KEYING:
        raise entry.SliceGone
    cleaned = entry.clean_value(row.field, value)
    before = tuple(row.keyings.order_by("id"))
    entry.check_keyer(person=keyer.person, before=[one.person for one in before])
    _finish(row, fence, keyer)
    _keep(row, keyer, cleaned, at, strokes=strokes, milliseconds=milliseconds)
    _tell(row, "key_slice", keyer.label, at, name=row.field)
    values = [*(one.value for one in before), cleaned]
    step = entry.after_keying(values, needed=row.keyers)
    if step == "key":
        _enqueue(row, entry.QUEUE, "second_keyer", at, keyer=keyer)
    elif step == "agree":
        _end(row, "agree", cleaned, at)
        _judge(row, right=row.known or (cleaned if row.keyers > 1 else ""))
    else:
        row.state = entry.SLICE_FLOW.after(row.state, "dispute")
        row.save(update_fields=["state"])
        _enqueue(row, entry.ARBITER_QUEUE, "dispute_slice", at, keyer=keyer)
    return row


@transaction.atomic
def arbitrate(*, slice_id: int, value: str, fence: int, arbiter: Staff, at: datetime) -> Slice:
    """Say what two keyers read differently; refuse either of the two."""
    row = _locked(slice_id)
    if row.state != entry.DISPUTED:
        raise entry.SliceGone
    cleaned = entry.clean_value(row.field, value)
    entry.check_keyer(
        person=arbiter.person, before=list(row.keyings.values_list("person", flat=True))
    )
    _finish(row, fence, arbiter)
    _keep(row, arbiter, cleaned, at, arbiter=True)
    _end(row, "settle", cleaned, at)
    _tell(row, "settle_slice", arbiter.label, at, name=row.field)
    _judge(row, right=cleaned)
    return row


def _is_to_be_keyed(match: Match) -> bool:
    drawn = Proof.objects.filter(match=match, state=looks.KEYING)
    return match.state == rules.OPEN or drawn.exists()


def _make(
    institution_id: int,
    cut: Cut,
    match: Match | None,
    at: datetime,
    *,
    needed: int,
    known: str = "",
) -> Slice:
    row: Slice = Slice.objects.create(
        institution_id=institution_id,
        match=match,
        field=cut.field,
        page_id=cut.page_id,
        image=cut.image,
        keyers=needed,
        known=known,
        touched=match.touched if match else [],
        made_at=at,
    )
    return row


def _plant(row: Slice, at: datetime) -> None:
    """Put a slice with a known answer among the others: one that two people read alike before."""
    on = localdate(at)
    every = policy.whole(code=entry.CONTROL_EVERY, on=on)
    if not entry.is_control(row.pk, every=every):
        return
    found = selected.source_of_control(institution_id=row.institution_id, on=on)
    if found is not None:
        source = found.slice
        cut = Cut(source.field, source.page_id, source.image)
        planted = _make(row.institution_id, cut, None, at, needed=1, known=source.answer)
        _enqueue(planted, entry.QUEUE, "cut_slice", at, conflicted=found.seen)


def _enqueue(
    row: Slice,
    queue: str,
    step: str,
    at: datetime,
    *,
    keyer: Staff | None = None,
    conflicted: Sequence[UUID] = (),
) -> None:
    persons = {*row.touched, *conflicted}
    persons |= set(row.keyings.values_list("person", flat=True))
    row.work_item = worklist.enqueue(
        queue=queue,
        subject=row.trail_subject,
        institution_id=row.institution_id,
        conflicted=sorted(persons, key=str),
        outsiders_only=False,
        at=at,
    )
    row.save(update_fields=["work_item"])
    _tell(row, step, keyer.label if keyer else MACHINE, at, name=row.field)


def _keep(
    row: Slice,
    by: Staff,
    value: str,
    at: datetime,
    *,
    arbiter: bool = False,
    strokes: int = 0,
    milliseconds: int = 0,
) -> None:
    Keying.objects.create(
        institution_id=row.institution_id,
        slice=row,
        keyer=by,
        person=by.person,
        arbiter=arbiter,
        value=value,
        strokes=min(strokes, STROKES_MOST),
        milliseconds=min(milliseconds, MILLISECONDS_MOST),
        right=True if arbiter else None,
        keyed_at=at,
    )


def _judge(row: Slice, *, right: str) -> None:
    """Note who read it right, and let the pair be compared with what people read."""
    if right:
        for one in row.keyings.filter(right=None).order_by("id"):
            one.right = one.value == right
            one.save(update_fields=["right"])
    if row.match_id is not None:
        bus.publish(events.Keyed(match_id=row.match_id, subject=row.trail_subject))


def _end(row: Slice, step: str, answer: str, at: datetime) -> None:
    row.state, row.answer = entry.SLICE_FLOW.after(row.state, step), answer
    row.ended_at = at
    row.save(update_fields=["state", "answer", "ended_at"])


def _finish(row: Slice, fence: int, by: Staff) -> None:
    if row.work_item_id is None:
        raise entry.NoSuchSlice
    worklist.finish(item_id=row.work_item_id, fence=fence, staff=by)


def _locked(slice_id: int) -> Slice:
    found: Slice | None = Slice.objects.select_for_update(of=("self",)).filter(id=slice_id).first()
    if found is None:
        raise entry.NoSuchSlice
    return found


def _tell(row: Slice, step: str, actor: str, at: datetime, **detail: object) -> None:
    trail.record(
        institution_id=row.institution_id,
        actor=actor,
        action=f"monitoring.{step}",
        subject=row.trail_subject,
        at=at,
        detail=detail,
    )
