"""Background work of monitoring: compare documents and days, run the rules; may run twice."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from functools import partial

from django.utils import timezone

from foundation.imaging.services import slices as images
from foundation.people import selectors as known_people
from foundation.people import services as people
from monitoring import services
from monitoring.selectors import entry as selected
from monitoring.selectors import proofs as proofs_selected
from monitoring.services import (
    aml,
    bulletin,
    customers,
    entry,
    patterns,
    proofs,
    runs,
    screening,
    settling,
    slips,
    strays,
)

TODAY = "today"
# What is posted late is still found: days are built again for so long.
DAYS_BACK = 3


def match_document(*, document_id: int, **_event: object) -> Callable[[], object]:
    """Compare a document with its journal lines, once both are there."""
    return partial(services.match_document, document_id=document_id, at=timezone.now())


def cut_slices(*, match_id: int, **_event: object) -> Callable[[], object] | None:
    """Cut the fields out that a machine could not read with certainty, for people to key."""
    with people.acting_as_system(reason="monitoring.slices"):
        wanted = selected.wanted(match_id=match_id)
        place = (
            selected.keying_place(match_id=match_id, on=timezone.localdate()) if wanted else None
        )
    if place is None:
        return None
    return partial(
        entry.make,
        match_id=match_id,
        cuts=_cuts(wanted),
        institution_id=place,
        at=timezone.now(),
    )


def cut_proof(*, match_id: int, **_event: object) -> Callable[[], object]:
    """Cut the decisive fields of a pair out that was drawn for proof, for people to key."""
    with people.acting_as_system(reason="monitoring.proofs"):
        wanted = proofs_selected.wanted(match_id=match_id)
        place = selected.keying_place(match_id=match_id, on=timezone.localdate())
    return partial(
        proofs.begin,
        match_id=match_id,
        cuts=_cuts(wanted) if place is not None else (),
        institution_id=place,
        at=timezone.now(),
    )


def match_keyed(*, match_id: int, **_event: object) -> Callable[[], object]:
    """Compare a pair again, of which people have read a field; or prove what a machine passed."""
    return partial(_compare_keyed, match_id, timezone.now())


def match_day(*, institution_id: int, business_date: str, **_event: object) -> Callable[[], object]:
    """Open a difference for everything of an outlet's day that stands alone."""
    return partial(
        settling.match_day,
        institution_id=institution_id,
        business_date=date.fromisoformat(business_date),
        at=timezone.now(),
    )


def run_rules(*, day: str = "", **_slot: object) -> Callable[[], object]:
    """Go through a day with every rule, `today` so far, or yesterday and what was missed."""
    now = timezone.now()
    if not day:
        return partial(runs.run_night, at=now)
    on = timezone.localdate(now) if day == TODAY else date.fromisoformat(day)
    return partial(runs.run_day, on=on, at=now)


def look_at_line(*, line_id: int, **_event: object) -> Callable[[], object]:
    """Raise what rules of one line find in a line that was posted."""
    return partial(runs.look_at_line, line_id=line_id, at=timezone.now())


def go_on_with_trial(*, backtest_id: int, **_event: object) -> Callable[[], object]:
    """Try a rule on the next of its days past."""
    return partial(runs.go_on_with_trial, backtest_id=backtest_id, at=timezone.now())


def climb_slips(**_slot: object) -> Callable[[], object]:
    """Let overdue slips go up the ladder, rung by rung."""
    return partial(slips.climb_all, at=timezone.now())


def make_bulletins(**_slot: object) -> Callable[[], object]:
    """Make last month's bulletin of every branch that has none yet."""
    return partial(bulletin.make_due, at=timezone.now())


def make_bulletin(*, institution_id: int, month: str, by: str) -> Callable[[], object]:
    """Make a bulletin that somebody asked for."""
    return partial(
        bulletin.make_asked,
        institution_id=institution_id,
        month=date.fromisoformat(month),
        by=by,
        at=timezone.now(),
    )


def build_large_values(**_event: object) -> Callable[[], object]:
    """Build what was large and what was suspicious on the last business dates, each once."""
    return partial(_build, timezone.localdate(), timezone.now())


def report_large_values(*, branch_id: int, staff_id: int) -> Callable[[], object]:
    """Make the file of the large values that were reviewed, for who asked for it."""
    by = known_people.staff_by_id(ids=[staff_id])[staff_id]
    return partial(aml.report_large, branch_id=branch_id, by=by, at=timezone.now())


def add_up_views(**_slot: object) -> Callable[[], object]:
    """Find who opened images without an item on the days that are over."""
    return partial(strays.add_up_due, at=timezone.now())


def hold_inflows(**_slot: object) -> Callable[[], object]:
    """Hold what came into frozen accounts."""
    return partial(customers.hold_inflows, at=timezone.now())


def screen_customers(*, list_id: int) -> Callable[[], object]:
    """Screen every customer, now that another list is in force."""
    return partial(screening.screen_all, list_id=list_id, at=timezone.now())


def screen_new_customers(**_event: object) -> Callable[[], object]:
    """Screen who opened an account in the last days."""
    since = timezone.localdate() - timedelta(days=DAYS_BACK)
    return partial(screening.screen_all, since=since, at=timezone.now())


def _cuts(wanted: Sequence[selected.Wanted]) -> Sequence[entry.Cut]:
    found = [(one, images.cut(page_id=one.page_id, box=one.box)) for one in wanted]
    return [entry.Cut(one.field, one.page_id, name) for one, name in found if name]


def _compare_keyed(match_id: int, at: datetime) -> None:
    services.match_keyed(match_id=match_id, at=at)
    proofs.settle(match_id=match_id, at=at)


def _build(today: date, at: datetime) -> None:
    for back in range(1, DAYS_BACK + 1):
        aml.build_day(on=today - timedelta(days=back), at=at)
        patterns.look_at_day(on=today - timedelta(days=back), at=at)
