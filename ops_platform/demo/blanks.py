"""Blank cheques of the demo: sent to two outlets, handed to a teller, one void, one lost."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from foundation.people import services as people
from foundation.people.models import Institution, Staff
from monitoring.models import BlankRange
from monitoring.rules import blanks as rules
from monitoring.services import blanks
from monitoring.services.blanks import Draft

FORM = "cheque"
FIRST, EACH = 50_000_001, 500


def play(*, staff: Mapping[str, Staff], outlets: Sequence[Institution], at: datetime) -> int:
    """Let blank cheques be sent, accepted, handed over and ended; return how many entries."""
    manager = staff["200010"]
    for turn, outlet in enumerate(outlets):
        row = _sent(manager, outlet, _numbers(FIRST + turn * EACH, EACH), at)
        people_of = [one for one in staff.values() if one.institution_id == outlet.pk]
        supervisor = next(one for one in people_of if one.number.endswith("91"))
        teller = next(one for one in people_of if one.number.endswith("01"))
        _answer(row, supervisor, at)
        _within(supervisor, teller, int(row.first), at)
    _sent(manager, outlets[0], _numbers(FIRST + len(outlets) * EACH, EACH), at)
    with people.acting_as_system(reason="demo blanks"):
        return BlankRange.objects.count()


def _within(supervisor: Staff, teller: Staff, first: int, at: datetime) -> None:
    handed = _tell(supervisor, rules.TELLER, _numbers(first, 50), at, teller=teller.number)
    _answer(handed, teller, at)
    void = _tell(teller, rules.VOID, _numbers(first, 1), at, words="填写错误")
    _answer(void, supervisor, at)
    _tell(teller, rules.LOST, _numbers(first + 7, 1), at, words="盘点未见")


def _numbers(first: int, count: int) -> tuple[str, str]:
    return f"{first:08}", f"{first + count - 1:08}"


def _sent(by: Staff, to: Institution, numbers: tuple[str, str], at: datetime) -> BlankRange:
    with people.acting(staff=by):
        return blanks.issue(draft=Draft(FORM, *numbers, outlet=to.number), by=by, at=at)


def _tell(by: Staff, fate: str, numbers: tuple[str, str], at: datetime, **more: str) -> BlankRange:
    with people.acting(staff=by):
        return blanks.tell(fate=fate, draft=Draft(FORM, *numbers, **more), by=by, at=at)


def _answer(row: BlankRange, by: Staff, at: datetime) -> None:
    with people.acting(staff=by):
        blanks.decide(range_id=row.pk, accept=True, issues=False, by=by, at=at)
