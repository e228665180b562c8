"""What can be done with slips: issue, answer, appeal, judge, verify, close, go up the ladder."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, connection, transaction
from django.utils.timezone import localdate

from foundation.imaging import services as imaging
from foundation.kernel import bus, numbering
from foundation.people import selectors as people
from foundation.people.models import Staff
from foundation.trail import services as trail
from foundation.ui import live
from monitoring.events import SlipMoved
from monitoring.gateways import slips as dictionary
from monitoring.models import Slip, SlipAppeal, SlipReply
from monitoring.rules import slips as rules
from monitoring.selectors import slips as selected
from monitoring.services import points

SYSTEM = "system monitoring"
ALERT = "monitoring.alert:"
_VERIFIED = ("verified_by", "verified_label", "verified_person", "verified_at")
_JUDGED = (
    "upheld", "judged_by", "judged_label", "judged_person", "judged_at", "judged_words",
)  # fmt: skip


@dataclass(frozen=True)
class Draft:
    """What is to be said on a slip: of which kind, to whom, about what, and who erred."""

    kind: str
    place: str
    text: str
    code: str = ""
    teller: str = ""
    origin: str = ""


@dataclass(frozen=True)
class Picture:
    """A file that is to bear an answer out."""

    data: bytes
    name: str


@transaction.atomic
def issue(*, draft: Draft, by: Staff, at: datetime) -> Slip:
    """Issue a slip: grade it by the dictionary of the day, set its clock, charge its points.

    Refuses an error that is not in force, a second slip saying the same, one's own error, a
    rectification notice for a slight error of the first time, and whom no such slip goes to.
    """
    rules.check_words(draft.text, field="text")
    on = localdate(at)
    place = selected.place_for(number=draft.place, kind=draft.kind)
    _check_origin(draft.origin)
    teller = _at_fault(draft.teller)
    rules.check_apart(by.person, others=[teller.person] if teller else [])
    slip = Slip(
        institution=place, kind=draft.kind, state=rules.KINDS[draft.kind].flow.start,
        origin=draft.origin, text=draft.text.strip(), issued_by=by, issued_label=by.label,
        issued_person=by.person, issued_at=at, issued_on=on,
    )  # fmt: skip
    if teller:
        slip.at_fault, slip.at_fault_person = teller, teller.person
        slip.at_fault_label = teller.label
    if rules.KINDS[draft.kind].graded:
        _grade(slip, draft.code)
    slip.due_at = _due(slip, at)
    slip.number = _next_number(at)
    _insert(slip)
    _moved(slip, "issue", by.label, at)
    if slip.kind == rules.ERROR:
        points.charge(slip=slip, by=by.label, at=at)
    return slip


@transaction.atomic
def step(*, number: str, step: str, by: Staff, at: datetime, sealed: bool = False) -> Slip:
    """Take a plain step: confirm, begin, accept, verify, close; refuse one of the other side.

    Verifying and accepting are for another human than those who erred or answered.
    """
    slip = selected.locked(number=number, sealed=sealed)
    outlet = step in rules.OUTLET_STEPS
    if step in rules.WORDED or not (outlet or step in rules.CENTRE_STEPS):
        raise rules.NotAStep(step=step)
    if outlet:
        _check_place(slip, by)
    if step in ("verify", "accept"):
        rules.check_apart(
            by.person, others=[slip.at_fault_person, *selected.answered_by(slip=slip)]
        )
        slip.verified_by, slip.verified_label = by, by.label
        slip.verified_person, slip.verified_at = by.person, at
        _take(slip, step, by.label, at, saved=_VERIFIED)
    else:
        _take(slip, step, by.label, at)
    return slip


@transaction.atomic
def answer(
    *,
    number: str,
    step: str,
    words: str,
    by: Staff,
    at: datetime,
    pictures: Sequence[Picture] = (),
) -> Slip:
    """Answer a slip of one's own institution, or send the plan, with pictures as evidence.

    What leads to the answer (receipt, beginning) is taken on the way. Refuses another
    institution's people, no words, and a grave error put right without a picture.
    """
    slip = selected.locked(number=number)
    if step not in ("reply", "plan"):
        raise rules.NotAStep(step=step)
    _check_place(slip, by)
    rules.check_words(words)
    if step == "reply":
        rules.check_evidence(kind=slip.kind, error_class=slip.error_class, pictures=len(pictures))
    *leads, last = rules.way_to(slip.kind, slip.state, step)
    for lead in leads:
        _take(slip, lead, by.label, at)
    rules.KINDS[slip.kind].flow.after(slip.state, last)
    _say(slip, last, words, by, at, pictures)
    slip.late = slip.late or (slip.due_at is not None and at > slip.due_at)
    if step == "reply":
        slip.answered_at = at
    else:
        calendar, on = selected.calendar(on=slip.issued_on), slip.issued_on
        minutes = selected.number(name="rectification_minutes", on=on)
        slip.due_at = calendar.after_working_minutes(slip.issued_at, minutes)
    _take(slip, last, by.label, at, saved=("answered_at", "late", "due_at"), reason=words)
    return slip


@transaction.atomic
def requery(*, number: str, words: str, by: Staff, at: datetime) -> Slip:
    """Ask again because an answer does not do; the clock runs anew."""
    slip = selected.locked(number=number)
    rules.check_words(words)
    rules.KINDS[slip.kind].flow.after(slip.state, "requery")
    _say(slip, "requery", words, by, at, ())
    slip.due_at = _due(slip, at)
    _take(slip, "requery", by.label, at, saved=("due_at",), reason=words)
    return slip


@transaction.atomic
def appeal(*, number: str, words: str, by: Staff, at: datetime) -> SlipAppeal:
    """Appeal against an error slip of one's own institution: once, and within the working time."""
    slip = selected.locked(number=number)
    _check_place(slip, by)
    rules.check_words(words)
    if SlipAppeal.objects.filter(slip=slip).exists():
        raise rules.AppealedAlready
    rules.KINDS[slip.kind].flow.after(slip.state, "appeal")
    rules.check_appeal(at=at, until=appeal_until(slip=slip))
    row: SlipAppeal = SlipAppeal.objects.create(
        institution_id=slip.institution_id, slip=slip, words=words.strip(), by=by,
        label=by.label, person=by.person, at=at,
    )  # fmt: skip
    _take(slip, "appeal", by.label, at, reason=words)
    return row


@transaction.atomic
def judge(*, number: str, upheld: bool, words: str, by: Staff, at: datetime) -> SlipAppeal:
    """Judge an appeal as somebody without a part in the slip; upheld, its points are given back."""
    slip = selected.locked(number=number)
    rules.check_words(words)
    taken = "uphold" if upheld else "dismiss"
    rules.KINDS[slip.kind].flow.after(slip.state, taken)
    row: SlipAppeal = SlipAppeal.objects.select_for_update(of=("self",)).get(slip=slip)
    had_part = [slip.issued_person, slip.at_fault_person, row.person, *selected.spoke(slip=slip)]
    rules.check_apart(by.person, others=had_part)
    row.upheld, row.judged_words, row.judged_at = upheld, words.strip(), at
    row.judged_by, row.judged_label, row.judged_person = by, by.label, by.person
    row.save(update_fields=[*_JUDGED])
    if upheld:
        points.give_back(slip=slip, by=by.label, at=at)
    else:
        slip.due_at = _due(slip, at)
    _take(slip, taken, by.label, at, saved=("due_at",), reason=words)
    return row


@transaction.atomic
def phone(*, number: str, by: Staff, at: datetime) -> Slip:
    """Keep that the branch was told of a class 4 error by phone; a second call changes nothing."""
    slip = selected.locked(number=number)
    if slip.to_phone:
        slip.phoned_label, slip.phoned_at = by.label, at
        slip.save(update_fields=["phoned_label", "phoned_at"])
        _told(slip, "phone_slip", by.label, at)
    return slip


@transaction.atomic
def climb(*, number: str, at: datetime) -> int:
    """Let one overdue slip go up as far as its time says; return how many rungs it went."""
    slip = selected.locked(number=number)
    if slip.due_at is None or slip.state not in rules.WITH_OUTLET:
        return 0
    on = localdate(at)
    wanted = rules.rung_at(
        due_at=slip.due_at, at=at, minutes=selected.number(name="rung_minutes", on=on),
        calendar=selected.calendar(on=on),
    )  # fmt: skip
    rungs = range(slip.rung + 1, wanted + 1)
    for rung in rungs:
        slip.rung, slip.rung_at, slip.late = rung, at, True
        _told(slip, "escalate_slip", SYSTEM, at, rung=str(rung))
    if rungs:
        slip.save(update_fields=["rung", "rung_at", "late"])
        live.tell(rules.TOPIC, slip.institution_id)
        live.tell("notices", slip.institution_id)
    return len(rungs)


def climb_all(*, at: datetime) -> int:
    """Let every overdue slip go up the ladder; return how many rungs were climbed."""
    return sum(climb(number=number, at=at) for number in selected.overdue(at=at))


def appeal_until(*, slip: Slip) -> datetime:
    """Return until when an error slip may be appealed."""
    minutes = selected.number(name="appeal_minutes", on=slip.issued_on)
    return selected.calendar(on=slip.issued_on).after_working_minutes(slip.issued_at, minutes)


def _grade(slip: Slip, code: str) -> None:
    if not code:
        raise rules.CodeNeeded(field="code")
    classes = dictionary.classes(on=slip.issued_on)
    if code not in classes:
        raise rules.CodeNotInForce(error=code, on=slip.issued_on, field="code")
    slip.code, slip.error_class = code, classes[code]
    slip.repeated = points.is_repeated(slip=slip)
    if slip.kind == rules.RECTIFICATION:
        rules.check_rectification(error_class=slip.error_class, repeated=slip.repeated)


def _insert(slip: Slip) -> None:
    said = selected.same_before(origin=slip.origin, kind=slip.kind, code=slip.code)
    if said is not None and rules.KINDS[slip.kind].graded:
        raise rules.IssuedAlready(number=said.number)
    try:
        with transaction.atomic():
            slip.save(force_insert=True)
    except IntegrityError as error:
        raise rules.IssuedAlready(number=slip.origin) from error


def _due(slip: Slip, at: datetime) -> datetime | None:
    code = rules.clock(slip.kind, slip.error_class)
    if not code:
        return None
    on = localdate(at)
    name = code.removeprefix("monitoring.slip_")
    return rules.due(
        slip.kind, selected.number(name=name, on=on), at=at, calendar=selected.calendar(on=on),
        alert=slip.origin.startswith(ALERT),
    )  # fmt: skip


def _check_origin(origin: str) -> None:
    if origin.startswith("monitoring.match:") and selected.origin_match(origin=origin) is None:
        raise rules.NoSuchOrigin(origin=origin, field="origin")


def _at_fault(number: str) -> Staff | None:
    if not number:
        return None
    found = people.staff_member(number=number)
    if found is None:
        raise rules.NobodyThere(teller=number, field="teller")
    return found


def _check_place(slip: Slip, by: Staff) -> None:
    if by.institution_id != slip.institution_id:
        raise rules.NotYourSlip


def _say(  # noqa: PLR0917 -- private
    slip: Slip, step: str, words: str, by: Staff, at: datetime, pictures: Sequence[Picture]
) -> None:
    document = None
    if pictures:
        document = imaging.open_document(
            institution_id=slip.institution_id, subject=slip.trail_subject, kind="evidence",
            by=by, at=at,
        )  # fmt: skip
        for picture in pictures:
            imaging.add_page(
                document_id=document.pk, data=picture.data, name=picture.name,
                image_class="voucher", side="front", by=by, at=at,
            )  # fmt: skip
    SlipReply.objects.create(
        institution_id=slip.institution_id, slip=slip, step=step, words=words.strip(),
        document=document, by=by, label=by.label, person=by.person, at=at,
    )  # fmt: skip


def _take(
    slip: Slip, step: str, actor: str, at: datetime, *, saved: Sequence[str] = (), reason: str = ""
) -> None:
    slip.state = rules.KINDS[slip.kind].flow.after(slip.state, step)
    if slip.state in rules.ENDS:
        slip.closed_at = at
    slip.save(update_fields=["state", "closed_at", *saved])
    _moved(slip, step, actor, at, reason=reason)


def _moved(slip: Slip, step: str, actor: str, at: datetime, *, reason: str = "") -> None:
    _told(slip, f"{step}_slip", actor, at, **({"reason": reason} if reason else {}))
    live.tell(rules.TOPIC, slip.institution_id)
    bus.publish(
        SlipMoved(
            slip_id=slip.pk,
            number=slip.number,
            origin=slip.origin,
            kind=slip.kind,
            state=slip.state,
            institution_id=slip.institution_id,
            at=at,
        )
    )


def _told(slip: Slip, action: str, actor: str, at: datetime, **detail: object) -> None:
    """Put a step on the trail; of what is sealed no word."""
    said = {} if slip.kind == rules.CASE else detail
    trail.record(
        institution_id=slip.institution_id, actor=actor, action=f"monitoring.{action}",
        subject=slip.trail_subject, at=at, detail=said,
    )  # fmt: skip


def _next_number(at: datetime) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('monitoring_slip_serial')")
        (drawn,) = cursor.fetchone()
    serial = (drawn - 1) % numbering.SERIAL_MAX + 1
    return numbering.item_number(centre=rules.CENTRE, day=localdate(at), serial=serial)
