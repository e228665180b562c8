"""Large values after they were built: the books say otherwise by now, and the desk follows them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import date, datetime
from typing import Any

from django.db import transaction

from foundation.kernel.flow import StepNotAllowed
from foundation.ledger import selectors as ledger
from foundation.people.models import Staff
from foundation.policy import selectors as policy
from foundation.trail import services as trail
from monitoring.models import LargeValue
from monitoring.rules import aml as rules
from monitoring.rules import currencies
from monitoring.selectors import aml as selected

SYSTEM = "system aml"
_REVIEWER = ("reviewed_by", "reviewed_person", "reviewed_at")


def least_of(*, on: date) -> Mapping[str, currencies.Threshold]:
    """Return the thresholds of a day by kind."""
    return {
        kind: currencies.Threshold(*(policy.whole(code=code, on=on) for code in codes))
        for kind, codes in rules.NUMBERS.items()
    }


def figures_of(*, one: selected.Flowed) -> dict[str, Any]:
    """Return what a large value keeps of what was moved: the lines, and what they are worth."""
    return {
        "amount_fen": one.weighed.fen,
        "amount_cents": one.weighed.cents,
        "basis": one.weighed.basis,
        "sums": dict(one.sums),
        "evidence": [asdict(move) for move in one.moves],
    }


def follow(*, row: LargeValue, one: selected.Flowed, actor: str, at: datetime) -> None:
    """Let a large value follow the books until somebody has filled it; then mark that it differs.

    One that had lapsed is large again. What was reported or is exempt stays.
    """
    differs = row.evidence != figures_of(one=one)["evidence"]
    if not (differs or row.changed):
        return
    row = selected.large_value(large_id=row.pk, lock=True)
    if row.state == rules.LAPSED:
        _rebuild(row, "return", one, actor, at)
    elif row.state == rules.GAPS and differs:
        _rebuild(row, "", one, actor, at)
    elif row.state in rules.FOLLOWED and differs != bool(row.changed):
        _mark(row, rules.MOVED if differs else "", at)


def lapse(*, row: LargeValue, actor: str, at: datetime) -> None:
    """End a large value that is none any more, and say why; its figures stay as they were."""
    entries = {move["entry_id"] for move in row.evidence}
    undone = entries <= ledger.reversed_among(entries=entries)
    row.state = rules.LARGE_FLOW.after(row.state, "lapse")
    row.changed = rules.UNDONE if undone else rules.BELOW
    _leave(row)
    row.save(update_fields=["state", "changed", *_REVIEWER])
    tell(row=row, step="lapse_large", actor=actor, at=at, why=row.changed)


@transaction.atomic
def take_up(*, large_id: int, by: Staff, at: datetime) -> LargeValue:
    """Take up a large value anew by what the books say now; refuse one that has not changed."""
    row = selected.large_value(large_id=large_id, lock=True)
    state = rules.LARGE_FLOW.after(row.state, "take_up")
    if not row.changed:
        raise StepNotAllowed(step="take_up", state=row.state)
    found = selected.flowed(
        branch_id=row.institution_id,
        on=row.business_date,
        least=least_of(on=row.business_date),
        customer=row.customer,
    )
    now = [one for one in found if (one.side, one.kind) == (row.side, row.kind)]
    if not now:
        lapse(row=row, actor=by.label, at=at)
        return row
    row.state, row.changed = state, ""
    _leave(row)
    row.save(update_fields=["state", "changed", *_REVIEWER])
    tell(row=row, step="take_up_large", actor=by.label, at=at)
    _rebuild(row, "", now[0], by.label, at)
    return row


def unchanged(*, rows: Sequence[LargeValue], at: datetime) -> Sequence[LargeValue]:
    """Return the reviewed of which nothing was reversed; the others are marked for the desk."""
    entries = {move["entry_id"] for row in rows for move in row.evidence}
    undone = ledger.reversed_among(entries=entries)
    kept = []
    for row in rows:
        if undone.isdisjoint(move["entry_id"] for move in row.evidence):
            kept.append(row)
        else:
            _mark(row, rules.MOVED, at)
    return kept


def tell(*, row: Any, step: str, actor: str, at: datetime, **detail: object) -> None:
    """Write a step on the trail, where only the AML desk reads it; no customer is named."""
    shown: Mapping[str, object] = detail
    trail.record(
        institution_id=row.institution_id,
        actor=actor,
        action=f"{rules.APART}.{step}",
        subject=row.subject,
        at=at,
        detail=shown,
    )


def _rebuild(row: LargeValue, step: str, one: selected.Flowed, actor: str, at: datetime) -> None:
    figures = figures_of(one=one)
    for name, value in figures.items():
        setattr(row, name, value)
    if step:
        row.state, row.changed = rules.LARGE_FLOW.after(row.state, step), ""
    row.save(update_fields=["state", "changed", *figures])
    tell(row=row, step="build_large", actor=actor, at=at, again=True)


def _mark(row: LargeValue, changed: str, at: datetime) -> None:
    row.changed = changed
    row.save(update_fields=["changed"])
    tell(row=row, step="change_large", actor=SYSTEM, at=at, why=changed)


def _leave(row: LargeValue) -> None:
    """Forget who reviewed what is reviewed no more; the trail has it."""
    row.reviewed_by, row.reviewed_person, row.reviewed_at = None, None, None
