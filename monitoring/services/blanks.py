"""Blank vouchers: said of by one person, answered for by another."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.timezone import localdate

from foundation.people import selectors as people
from foundation.people.models import Institution, Staff
from foundation.trail import services as trail
from monitoring.models import BlankRange
from monitoring.rules import blanks as rules
from monitoring.selectors import blanks as selected


@dataclass(frozen=True)
class Draft:
    """Which numbers of which form; to which outlet or teller, and why, where that is to be said."""

    layout: str
    first: str
    last: str
    outlet: str = ""
    teller: str = ""
    words: str = ""


@transaction.atomic
def issue(*, draft: Draft, by: Staff, at: datetime) -> BlankRange:
    """Send numbers to an outlet, which is to accept them; refuse those that were given before."""
    rules.check_numbers(draft.first, draft.last)
    place = selected.outlet(number=draft.outlet)
    if place is None:
        raise rules.NoOutletThere(number=draft.outlet, field="outlet")
    selected.alone(layout=draft.layout)
    _check_free(draft, (rules.OUTLET,))
    return _say(rules.OUTLET, draft, place, by, at)


@transaction.atomic
def tell(*, fate: str, draft: Draft, by: Staff, at: datetime) -> BlankRange:
    """Give numbers of the own outlet to a teller, or say that they are void, lost or destroyed.

    Refuses numbers that are not at the outlet, that a teller has, or that ended before.
    """
    rules.check_numbers(draft.first, draft.last)
    teller = _teller(draft.teller, by) if fate == rules.TELLER else None
    selected.alone(layout=draft.layout)
    if not selected.at_outlet(
        institution_id=by.institution_id, layout=draft.layout, first=draft.first, last=draft.last
    ):
        raise rules.NotAtOutlet(field="first")
    _check_free(draft, rules.WITHIN if fate == rules.TELLER else rules.ENDED)
    return _say(fate, draft, by.institution, by, at, teller=teller)


@transaction.atomic
def decide(*, range_id: int, accept: bool, issues: bool, by: Staff, at: datetime) -> BlankRange:
    """Accept or decline what was said of numbers; refuse who said it and who is not there for it.

    `issues` is whether the person sends blank vouchers to outlets.
    """
    row = selected.locked(range_id=range_id)
    step = "accept" if accept else "decline"
    state = rules.BLANK_FLOW.after(row.state, step)
    rules.check_answer(
        fate=row.fate, said_by=row.said_person, by=by.person, issues=issues,
        at_place=by.institution_id == row.institution_id, is_teller=by.pk == row.teller_id,
    )  # fmt: skip
    row.state, row.decided_by, row.decided_person, row.decided_at = state, by, by.person, at
    row.save(update_fields=["state", "decided_by", "decided_person", "decided_at"])
    _told(row, f"{step}_blanks", by, at)
    return row


def _teller(number: str, by: Staff) -> Staff:
    found = people.staff_member(number=number)
    if found is None or found.institution_id != by.institution_id or found.person == by.person:
        raise rules.NoOutletThere(number=number, field="teller")
    return found


def _check_free(draft: Draft, fates: tuple[str, ...]) -> None:
    before = selected.overlapping(
        layout=draft.layout, fates=fates, first=draft.first, last=draft.last
    )
    if before is not None:
        raise rules.GivenAlready(first=before.first, last=before.last, field="first")


def _say(
    fate: str,
    draft: Draft,
    place: Institution,
    by: Staff,
    at: datetime,
    *,
    teller: Staff | None = None,
) -> BlankRange:
    row: BlankRange = BlankRange.objects.create(
        institution=place, layout=draft.layout, fate=fate, first=draft.first, last=draft.last,
        teller=teller, words=draft.words, said_by=by, said_person=by.person,
        said_on=localdate(at), said_at=at,
    )  # fmt: skip
    _told(row, "say_blanks", by, at)
    return row


def _told(row: BlankRange, action: str, by: Staff, at: datetime) -> None:
    trail.record(
        institution_id=row.institution_id, actor=by.label, action=f"monitoring.{action}",
        subject=row.subject, at=at,
        detail={"from": row.first, "to": row.last, "answer": rules.FATES[row.fate]},
    )  # fmt: skip
