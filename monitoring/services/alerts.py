"""What can be done with alerts: raise, give out, look into, ask about, close, keep quiet."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils.timezone import localdate

from foundation.ledger import selectors as ledger
from foundation.ledger.models import JournalLine
from foundation.people import selectors as people
from foundation.people.models import Staff
from foundation.policy import selectors as policy
from foundation.trail import services as trail
from foundation.ui import live
from foundation.worklist import services as worklist
from foundation.worklist.models import WorkItem
from monitoring import rules as pairs
from monitoring.models import Alert, AlertLine, Quiet, RuleHit
from monitoring.rules import alerts as rules
from monitoring.rules import workshop
from monitoring.selectors import alerts as selectors

MACHINE = "system monitoring"


@dataclass(frozen=True)
class OpenedAlert:
    """An alert given to somebody, with the lease under which it is held."""

    alert: Alert
    item: WorkItem


@transaction.atomic
def raise_alerts(*, hits: Sequence[RuleHit], at: datetime, touched: Sequence[UUID] = ()) -> int:
    """Raise an alert of each hit, or let the open one weigh more; return how many are new.

    The hits are of one day and of versions in force; about what is kept quiet nothing is raised.
    `touched` are humans who had a hand in all of it, beside those of the lines.
    """
    if not hits:
        return 0
    lines = {row.pk: row for row in ledger.lines_of_ids(ids=_ids(hits))}
    behind = _people_behind(lines.values())
    quiet = selectors.kept_quiet(on=hits[0].day, rule_ids={hit.version.rule_id for hit in hits})
    new = 0
    for hit in sorted(hits, key=lambda one: one.pk):
        if (hit.version.rule_id, hit.entity) in quiet:
            continue
        mine = [lines[number] for number in hit.lines if number in lines]
        hands = {behind[row.teller] for row in mine if row.teller in behind}
        new += _raise(hit, mine, sorted({*hands, *touched}), at)
    return new


@transaction.atomic
def bear_out(
    *,
    rule_id: int,
    entity: str,
    line_ids: Sequence[int],
    at: datetime,
    touched: Sequence[UUID] = (),
) -> None:
    """Keep further lines of the day that an open alert is about; none is open, nothing is done.

    `touched` are humans behind what has no line yet.
    """
    alert = _open_about(rule_id, entity)
    if alert is None:
        return
    lines = ledger.lines_of_ids(ids=line_ids)
    before = set(alert.touched)
    _keep_lines(alert, lines)
    alert.touched = sorted(before | set(_people_behind(lines).values()) | set(touched))
    if alert.handled_by and alert.handled_by.person in alert.touched:
        alert.handled_by = None
    alert.save(update_fields=["touched", "handled_by"])
    _tell(alert, "bear_out", MACHINE, at, lines=len(lines))


@transaction.atomic
def open_next_alert(*, auditor: Staff, at: datetime) -> OpenedAlert | None:
    """Give the alert already held, or the next one; None when nothing waits."""
    item = worklist.claim_next(queue=rules.QUEUE, staff=auditor, at=at)
    if item is None:
        return None
    alert = _locked(int(item.subject.partition(":")[2]))
    rules.check_hand(person=auditor.person, touched=alert.touched)
    if alert.handled_by_id != auditor.pk or alert.state == rules.NEW:
        alert.handled_by = auditor
        if alert.state == rules.NEW:
            alert.state = rules.FLOW.after(alert.state, "assign")
        alert.save(update_fields=["state", "handled_by"])
        _tell(alert, "assign_alert", auditor.label, at)
    return OpenedAlert(alert, item)


@transaction.atomic
def hand_back_alert(*, alert_id: int, fence: int, auditor: Staff, at: datetime) -> None:
    """Put an alert back into the queue, at its old place."""
    alert = _locked(alert_id)
    worklist.release(item_id=_item_of(alert), fence=fence, staff=auditor)
    if "put_back" in rules.FLOW.steps_from(alert.state):
        alert.state = rules.FLOW.after(alert.state, "put_back")
    alert.handled_by = None
    alert.save(update_fields=["state", "handled_by"])
    _tell(alert, "hand_back_alert", auditor.label, at)


@transaction.atomic
def take_step(
    *, alert_id: int, step: str, fence: int, auditor: Staff, at: datetime, words: str = ""
) -> Alert:
    """Look into, verify or close an alert on the own desk; refuse own lines and an unsaid why."""
    alert = _held(alert_id, auditor)
    if step not in ("investigate", "verify", "close_true", "close_false"):
        raise rules.AlertNotHeld
    after = rules.FLOW.after(alert.state, step)
    if step.startswith("close"):
        alert.words = rules.check_why(words)
        worklist.finish(item_id=_item_of(alert), fence=fence, staff=auditor)
        alert.closed_by, alert.closed_at = auditor, at
    else:
        worklist.heartbeat(item_id=_item_of(alert), fence=fence, staff=auditor, at=at)
    alert.state = after
    alert.save(update_fields=["state", "words", "closed_by", "closed_at"])
    _tell(alert, f"{step}_alert", auditor.label, at, reason=alert.words)
    return alert


@transaction.atomic
def issue_query(*, alert_id: int, fence: int, auditor: Staff, at: datetime, words: str) -> Alert:
    """Ask the outlet about an alert: it leaves the desk until the answer is there."""
    alert = _held(alert_id, auditor)
    after, asked = rules.FLOW.after(alert.state, "issue_query"), rules.check_why(words)
    worklist.finish(item_id=_item_of(alert), fence=fence, staff=auditor)
    alert.state, alert.slip_number = after, alert.slip_number or f"Q{alert.pk:08}"
    alert.save(update_fields=["state", "slip_number"])
    _tell(alert, "query_alert", auditor.label, at, question=asked, number=alert.slip_number)
    return alert


@transaction.atomic
def query_issued(*, alert_id: int, slip_number: str, at: datetime) -> Alert:
    """Note the number of the slip by which the outlet is asked about an alert."""
    alert = _locked(alert_id)
    if alert.state != rules.QUERY_ISSUED:
        alert.state = rules.FLOW.after(alert.state, "issue_query")
        _off_the_desk(alert, at)
    alert.slip_number = slip_number[:40]
    alert.save(update_fields=["state", "slip_number"])
    _tell(alert, "slip_of_alert", MACHINE, at, number=alert.slip_number)
    return alert


@transaction.atomic
def replied(*, alert_id: int, reply: str, by_label: str, at: datetime) -> Alert:
    """Take in what the outlet answered, and put the alert into the queue again."""
    alert = _locked(alert_id)
    alert.state = rules.FLOW.after(alert.state, "reply")
    alert.reply = reply.strip()[:500]
    alert.save(update_fields=["state", "reply"])
    _enqueue(alert, at)
    _tell(alert, "reply_to_alert", by_label, at, answer=alert.reply)
    return alert


@transaction.atomic
def register_error(*, alert_id: int, by: Staff, at: datetime) -> Alert:
    """Register an alert that was closed as true as an error."""
    alert = _locked(alert_id)
    rules.check_hand(person=by.person, touched=alert.touched)
    alert.state = rules.FLOW.after(alert.state, "register_error")
    alert.save(update_fields=["state"])
    _tell(alert, "register_error", by.label, at)
    return alert


@transaction.atomic
def keep_quiet(*, alert_id: int, days: int, words: str, by: Staff, at: datetime) -> Quiet:
    """Let the rule raise no alert about the entity for some days; refuse an unsaid why."""
    alert, today = _locked(alert_id), localdate(at)
    rules.check_hand(person=by.person, touched=alert.touched)
    rules.check_quiet(days=days, most=policy.whole(code="monitoring.quiet_days_most", on=today))
    said, until = rules.check_why(words), today + timedelta(days=days)
    before = selectors.quiet_of(rule_id=alert.rule_id, entity=alert.entity)
    if before and before.until >= until:
        raise rules.QuietAlready(until=before.until)
    row: Quiet = Quiet.objects.create(
        institution_id=alert.institution_id,
        rule_id=alert.rule_id,
        entity=alert.entity,
        until=until,
        words=said,
        by=by,
        at=at,
    )
    _tell(alert, "keep_quiet", by.label, at, reason=said, until=str(until))
    return row


def _raise(
    hit: RuleHit, lines: Sequence[JournalLine], touched: Sequence[UUID], at: datetime
) -> int:
    rule_id = hit.version.rule_id
    alert = _open_about(rule_id, hit.entity)
    if alert is None:
        alert = Alert.objects.create(
            institution_id=hit.institution_id,
            rule_id=rule_id,
            version=hit.version,
            entity=hit.entity,
            day=hit.day,
            last_day=hit.day,
            level=hit.version.level,
            score=hit.version.score,
            found=hit.found,
            touched=list(touched),
            raised_at=at,
        )
        _keep_lines(alert, lines)
        _enqueue(alert, at)
        _tell(alert, "raise_alert", MACHINE, at)
        return 1
    _weigh_more(alert, hit, lines, touched, at)
    return 0


def _open_about(rule_id: int, entity: str) -> Alert | None:
    rows = Alert.objects.select_for_update(of=("self",)).filter(state__in=rules.OPEN)
    found = rows.select_related("handled_by").filter(rule_id=rule_id, entity=entity)
    alert: Alert | None = found.first()
    return alert


def _weigh_more(
    alert: Alert, hit: RuleHit, lines: Sequence[JournalLine], touched: Sequence[UUID], at: datetime
) -> None:
    """Raise the level of an open alert that is hit on a later day, and add what bears it out.

    It goes before others in its queue by that. Who works on it keeps it, whoever turns up among the
    lines: the new ones are told of, and whose hand was in them may not go on.
    """
    _keep_lines(alert, lines)
    alert.hits += 1
    if hit.day > alert.last_day:
        alert.level, alert.last_day = workshop.higher(alert.level), hit.day
    alert.score, alert.found = min(100, alert.score + hit.version.score // 2), hit.found
    alert.touched = sorted({*alert.touched, *touched})
    if alert.handled_by and alert.handled_by.person in alert.touched:
        alert.handled_by = None
    alert.save(
        update_fields=["hits", "level", "last_day", "score", "found", "touched", "handled_by"]
    )
    if alert.work_item_id is not None:
        worklist.weigh_more(
            item_id=alert.work_item_id,
            priority=workshop.LEVELS[alert.level].priority,
            conflicted=alert.touched,
            at=at,
        )
    _tell(alert, "raise_level", MACHINE, at, hits=alert.hits)


def _keep_lines(alert: Alert, lines: Sequence[JournalLine]) -> None:
    AlertLine.objects.bulk_create(
        [
            AlertLine(
                institution_id=row.institution_id,
                alert=alert,
                line=row.pk,
                business_date=row.business_date,
                journal_no=row.journal_no,
                at=row.at,
                teller=row.teller,
                trade_code=row.trade_code,
                account_number=row.account_number,
                counter_account=row.counter_account,
                side=row.side,
                amount_fen=row.amount_fen,
                subject=row.subject,
                own=row.entry_id is not None,
            )
            for row in lines
        ],
        ignore_conflicts=True,
    )


def _enqueue(alert: Alert, at: datetime) -> None:
    minutes = policy.whole(code="monitoring.alert_minutes", on=localdate(at))
    alert.work_item = worklist.enqueue(
        queue=rules.QUEUE,
        subject=alert.trail_subject,
        institution_id=alert.institution_id,
        priority=workshop.LEVELS[alert.level].priority,
        conflicted=list(alert.touched),
        target=timedelta(minutes=minutes),
        at=at,
    )
    alert.save(update_fields=["work_item"])


def _ids(hits: Sequence[RuleHit]) -> list[int]:
    return sorted({line for hit in hits for line in hit.lines})


def _people_behind(lines: Iterable[JournalLine]) -> Mapping[str, UUID]:
    numbers = sorted({row.teller for row in lines})
    return {row.number: row.person for row in people.staff_of_numbers(numbers=numbers)}


def _off_the_desk(alert: Alert, at: datetime) -> None:
    """End the item of an alert that is asked about by a slip; whoever holds it has done so."""
    item, holder = alert.work_item, alert.handled_by
    if item is None or holder is None or item.state != "held":
        worklist.withdraw(item_id=_item_of(alert), at=at)
        return
    worklist.finish(item_id=item.pk, fence=item.fence, staff=holder)
    _tell(alert, "query_alert", holder.label, at)


def _held(alert_id: int, auditor: Staff) -> Alert:
    alert = _locked(alert_id)
    rules.check_hand(person=auditor.person, touched=alert.touched)
    if alert.handled_by_id != auditor.pk or alert.work_item_id is None:
        raise rules.AlertNotHeld
    return alert


def _item_of(alert: Alert) -> int:
    if alert.work_item_id is None:
        raise rules.AlertNotHeld
    return int(alert.work_item_id)


def _locked(alert_id: int) -> Alert:
    rows = Alert.objects.select_for_update(of=("self",)).select_related("handled_by")
    alert: Alert | None = rows.filter(id=alert_id).first()
    if alert is None:
        raise rules.NoSuchAlert
    return alert


def _tell(alert: Alert, step: str, actor: str, at: datetime, **detail: object) -> None:
    trail.record(
        institution_id=alert.institution_id,
        actor=actor,
        action=f"monitoring.{step}",
        subject=alert.trail_subject,
        at=at,
        detail={"rule": alert.rule_id, **{k: v for k, v in detail.items() if v != ""}},
    )
    live.tell(pairs.TOPIC, alert.institution_id)
