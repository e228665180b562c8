"""Running the rules: over a business day at night, on a line that was posted, on days past."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import IntegrityError, connection, transaction
from django.utils.timezone import localdate

from foundation.kernel import bus
from foundation.ledger import selectors as ledger
from foundation.ledger.models import JournalLine
from foundation.ledger.rules import DEBIT, day_of
from foundation.policy import selectors as policy
from foundation.worklist import services as worklist
from monitoring import events
from monitoring.models import AccountDay, Backtest, RuleHit, RuleRun
from monitoring.rules import alerts as alert_rules
from monitoring.rules import workshop as rules
from monitoring.rules.prevention import Line
from monitoring.selectors import at_once
from monitoring.selectors import workshop as selectors
from monitoring.selectors.workshop import Found
from monitoring.services import alerts
from monitoring.services.nights import fold_day, gather, go_through, make_room

__all__ = [
    "fold_day",
    "gather",
    "go_on_with_trial",
    "line_of",
    "look_at_line",
    "make_room",
    "raise_found",
    "run_day",
    "run_night",
]

# Which advisory locks are of the runs: one run of a day at a time.
_RUNNING = 8401
_JOB = "monitoring.tasks.run_rules"
# How many days of a trial are gone through in one job.
DAYS_AT_ONCE = 10
# What the journal calls a line that came from the foreign core.
IMPORTED = "import"


@transaction.atomic
def run_day(*, on: date, at: datetime) -> RuleRun:
    """Go through a business day with every rule in force and in shadow; again changes nothing.

    Keeps the day's figures of accounts and tellers first. What a rule finds more than the bank's
    number is left out and counted; refuses a day that has not begun.
    """
    if on > localdate(at):
        raise alert_rules.DayNotOver(day=on)
    _alone(on)
    shadow = selectors.in_shadow()
    versions = (*selectors.in_force(on=on), *shadow)
    lines, rows = go_through(rules=selectors.asked_on(versions=versions, on=on), on=on)
    found = selectors.found_of(rows=rows, versions=versions, on=on)
    kept, cut = _bounded(found, policy.whole(code=selectors.HITS_MOST, on=on))
    new = _new(kept, on)
    hits = _keep(selectors.with_lines(hits=new, on=on), on=on, at=at)
    silent = {row.pk for row in shadow}
    loud = [hit for hit in hits if hit.version_id not in silent]
    raised = alerts.raise_alerts(hits=loud, at=at)
    run: RuleRun = RuleRun.objects.create(
        day=on, started_at=at, ended_at=_clock(), rules=len(versions), lines=lines,
        hits=len(hits), cut=cut, raised=raised,
    )  # fmt: skip
    return run


@transaction.atomic
def run_night(*, at: datetime) -> RuleRun:
    """Go through yesterday, and ask for a run of each day whose night was missed.

    After those yesterday is asked for once more: its rules look at the figures of days before.
    """
    today = localdate(at)
    yesterday = today - timedelta(days=1)
    days = selectors.missed(today=today)
    for day in (*days, yesterday) if days else ():
        key = f"{_JOB}?day={day}@{today}"
        worklist.enqueue_job(kind=_JOB, args={"day": str(day)}, dedup_key=key)
    return run_day(on=yesterday, at=at)


def line_of(*, row: JournalLine, reverses: bool = False) -> Line:
    """Return a line of the journal as rules of one line see it."""
    return Line(
        institution_id=row.institution_id,
        at=row.at,
        teller=row.teller,
        trade_code=row.trade_code,
        account=row.account_number,
        counter_account=row.counter_account,
        pays=row.side == DEBIT,
        amount_fen=row.amount_fen,
        voucher_no=row.voucher_no,
        subject=row.subject,
        currency=row.currency,
        imported=row.source == IMPORTED,
        reverses=reverses,
    )


@transaction.atomic(savepoint=False)
def look_at_line(*, line_id: int, at: datetime) -> int:
    """Raise at once what rules of one line find in a line; return how many alerts are new."""
    on = day_of(line_id)
    assert on is not None, "the id of a line says its day"
    found: list[Found] = []
    for row in ledger.lines_of_ids(ids=[line_id]):
        line = line_of(row=row, reverses=at_once.reverses(line_id=line_id))
        asked = at_once.hit(line=line, on=on)
        found += at_once.found_in(asked=asked, line=line, line_ids=(line_id,)) if asked else []
    return raise_found(found=found, on=on, at=at) if found else 0


@transaction.atomic
def raise_found(
    *, found: Sequence[Found], on: date, at: datetime, touched: Sequence[UUID] = ()
) -> int:
    """Keep what was found in one line and raise its alerts; return how many are new.

    Another posting that raises the same in the same moment does not undo this one: what it has
    written is seen the second time. `touched` are humans behind what has no line yet.
    """
    try:
        return _raise_at_once(found, on, at, touched)
    except IntegrityError:
        return _raise_at_once(found, on, at, touched)


@transaction.atomic
def _raise_at_once(found: Sequence[Found], on: date, at: datetime, touched: Sequence[UUID]) -> int:
    new = _new(found, on)
    for hit in found:
        if hit not in new:
            alerts.bear_out(
                rule_id=hit.version.rule_id,
                entity=hit.entity,
                line_ids=hit.lines,
                touched=touched,
                at=at,
            )
    return alerts.raise_alerts(hits=_keep(new, on=on, at=at), touched=touched, at=at)


@transaction.atomic
def go_on_with_trial(*, backtest_id: int, at: datetime) -> Backtest | None:
    """Go through the next days of a trial, and ask for those after them; None when it is over."""
    rows = Backtest.objects.select_for_update(of=("self",)).select_related("version__rule")
    trial: Backtest | None = rows.filter(id=backtest_id, ended_at=None).first()
    if trial is None:
        return None
    begin = trial.done_until + timedelta(days=1) if trial.done_until else trial.first
    until = min(begin + timedelta(days=DAYS_AT_ONCE - 1), trial.last)
    for ahead in range((until - begin).days + 1):
        _try(trial, begin + timedelta(days=ahead), at)
    trial.done_until = until
    trial.ended_at = at if until == trial.last else None
    trial.save(update_fields=["done_until", "ended_at"])
    if trial.ended_at is None:
        bus.publish(events.TrialAsked(trial.pk, trial.version.trail_subject))
    return trial


def _try(trial: Backtest, on: date, at: datetime) -> None:
    if trial.version.says.kind == rules.PROFILE and not AccountDay.objects.filter(day=on).exists():
        fold_day(on=on)
    found = selectors.find(versions=[trial.version], on=on)
    kept, _cut = _bounded(found, policy.whole(code=selectors.HITS_MOST, on=on))
    _keep(selectors.with_lines(hits=kept, on=on), on=on, at=at, trial=trial)


def _bounded(found: Sequence[Found], most: int) -> tuple[list[Found], int]:
    """Return the hits with the greatest figures of each version, and how many were left out."""
    by_version: dict[int, list[Found]] = {}
    for hit in sorted(found, key=lambda one: (*(-n for n in one.found[:1]), one.entity)):
        by_version.setdefault(hit.version.pk, []).append(hit)
    kept = [hit for some in by_version.values() for hit in some[:most]]
    return kept, len(found) - len(kept)


def _new(found: Sequence[Found], on: date) -> list[Found]:
    ids = {hit.version.pk for hit in found}
    rows = RuleHit.objects.filter(day=on, backtest=None, version_id__in=ids)
    known = set(rows.values_list("version_id", "entity")) if found else set()
    return [hit for hit in found if (hit.version.pk, hit.entity) not in known]


def _keep(
    found: Sequence[Found], *, on: date, at: datetime, trial: Backtest | None = None
) -> list[RuleHit]:
    rows = [
        RuleHit(
            institution_id=hit.place_id, version=hit.version, backtest=trial, day=on,
            entity=hit.entity[:64], found=list(hit.found), lines=list(hit.lines), at=at,
        )
        for hit in found
    ]  # fmt: skip
    return list(RuleHit.objects.bulk_create(rows))


def _alone(on: date) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [_RUNNING, on.toordinal()])
    make_room()


def _clock() -> datetime:
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        found: datetime = cursor.fetchone()[0]
    return found
