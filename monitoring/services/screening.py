"""Watch lists by two people, and the screening of customers: each hit once, judged by two."""

from __future__ import annotations

from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.utils.timezone import localdate

from authorization.events import Listed
from authorization.rules.screening import Party
from foundation.people.models import Staff
from foundation.trail import services as trail
from foundation.worklist import services as worklist
from monitoring.models import ScreeningHit, WatchList, WatchName
from monitoring.rules import aml
from monitoring.rules import screening as rules
from monitoring.selectors import aml as desk
from monitoring.selectors import screening as selected
from monitoring.services import suspicious

SYSTEM = "system aml"
_JOB = "monitoring.tasks.screen_customers"
_BATCH = 2000


@transaction.atomic
def import_list(
    *, code: str, version: str, source: str, content: bytes, by: Staff, at: datetime
) -> WatchList:
    """Take in a version of a list from CSV; it waits for another human to put it in force."""
    entries = rules.read_list(content)
    row = WatchList(
        code=code,
        version=version,
        source=source,
        sha256=aml.check_sum(content),
        count=len(entries),
        imported_by=by,
        imported_person=by.person,
        imported_at=at,
    )
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError as error:
        raise rules.ListIsThere(field="version", version=version) from error
    WatchName.objects.bulk_create(
        (
            WatchName(
                watch_list=row,
                entry=one.entry,
                name=one.name,
                id_number=one.id_number,
                birth_date=one.birth_date,
                remark=one.remark,
            )
            for one in entries
        ),
        batch_size=_BATCH,
    )
    _tell_list(row, "import_list", by, at, count=len(entries), sha256=row.sha256)
    return row


@transaction.atomic
def decide_list(*, list_id: int, step: str, by: Staff, at: datetime) -> WatchList:
    """Put a list in force that another human imported, or decline it; then customers are screened.

    The version that was in force before is replaced in the same transaction.
    """
    row = selected.watch_list(list_id=list_id, lock=True)
    state = rules.LIST_FLOW.after(row.state, "enforce" if step == "enforce" else "decline")
    aml.check_second(by.person, row.imported_person)
    if state == rules.ACTIVE:
        older = WatchList.objects.filter(code=row.code, state=rules.ACTIVE).order_by("id")
        for old in older.select_for_update(of=("self",)):
            old.state = rules.LIST_FLOW.after(old.state, "replace")
            old.save(update_fields=["state"])
            _tell_list(old, "replace_list", by, at)
    row.state = state
    row.decided_by, row.decided_person, row.decided_at = by, by.person, at
    row.save(update_fields=["state", "decided_by", "decided_person", "decided_at"])
    _tell_list(row, f"{step}_list", by, at)
    if state == rules.ACTIVE:
        worklist.enqueue_job(kind=_JOB, args={"list_id": row.pk}, dedup_key=f"{_JOB}:{row.pk}")
    return row


def screen_all(*, at: datetime, since: date | None = None, list_id: int | None = None) -> int:
    """Screen the customers of every branch against the lists in force; return how many are new.

    With `since` only who opened an account from that day on.
    """
    raised = 0
    for branch in desk.branches():
        for customer in selected.customers(branch_id=branch.pk, since=since):
            raised += screen_customer(branch_id=branch.pk, customer=customer, at=at)
    if list_id is not None:
        WatchList.objects.filter(id=list_id, state=rules.ACTIVE).update(screened_at=at)
    return raised


@transaction.atomic
def screen_customer(*, branch_id: int, customer: selected.Customer, at: datetime) -> int:
    """Open what a customer is like on the lists, each once; return how many are new.

    What was confirmed as another one is not raised again until the entry or the customer changes.
    """
    found = selected.screen(
        name=customer.name, id_no=customer.id_no, on=localdate(at), birth_date=customer.born
    )
    if not found:
        return 0
    names = selected.names_by_id(ids=[one.entry.key for one in found])
    false = selected.known_false(branch_id=branch_id, customer=customer)
    fresh = [one for one in found if selected.entry_key(name=names[one.entry.key]) not in false]
    return sum(_raise(branch_id, customer, one, names[one.entry.key], at) for one in fresh)


def on_item_listed(event: Listed) -> None:
    """Raise what an item at the counter named, or join it to what the desk has of the customer.

    Of a customer whom two have confirmed on the list a case is open, or is opened.
    """
    for party in event.parties:
        customer = selected.customer_of(party=Party(*party))
        screen_customer(branch_id=event.branch_id, customer=customer, at=event.at)
        rows = ScreeningHit.objects.filter(
            institution_id=event.branch_id, customer=customer.number, watch_list__state=rules.ACTIVE
        )
        for row in rows.exclude(state=rules.DISMISSED).order_by("id"):
            _tell(row, "join_hit", SYSTEM, event.at, number=event.number)
            if row.state == rules.UPHELD:
                suspicious.open_by_hit(hit=row, actor=SYSTEM, at=event.at)


def _raise(
    branch_id: int, customer: selected.Customer, found: rules.Found, name: WatchName, at: datetime
) -> bool:
    row, created = ScreeningHit.objects.get_or_create(
        institution_id=branch_id,
        customer=customer.number,
        watch_list=name.watch_list,
        entry=name.entry,
        defaults={
            "customer_name": customer.name,
            "customer_print": customer.print,
            "watch_name": name,
            "entry_print": selected.entry_key(name=name)[2],
            "score": found.score,
            "reasons": rules.reasons(found),
            "raised_at": at,
        },
    )
    if created:
        _tell(row, "raise_hit", SYSTEM, at, points=found.score)
    return bool(created)


@transaction.atomic
def judge(*, hit_id: int, verdict: str, reason: str, by: Staff, at: datetime) -> ScreeningHit:
    """Say whether a hit is the one on the list, with a reason."""
    if verdict not in rules.VERDICTS or not reason.strip():
        raise rules.NotJudged
    row = selected.hit(hit_id=hit_id, lock=True)
    row.state = rules.HIT_FLOW.after(row.state, "examine")
    row.verdict, row.reason = verdict, reason
    row.judged_by, row.judged_person, row.judged_at = by, by.person, at
    row.save(
        update_fields=["state", "verdict", "reason", "judged_by", "judged_person", "judged_at"]
    )
    _tell(row, "examine_hit", by.label, at, outcome=verdict, reason=reason)
    return row


@transaction.atomic
def confirm(*, hit_id: int, agreed: bool, by: Staff, at: datetime) -> ScreeningHit:
    """Confirm what another human said of a hit, or send it back; a true one opens a case."""
    row = selected.hit(hit_id=hit_id, lock=True)
    said = "uphold" if row.verdict == rules.JUDGED_TRUE else "dismiss"
    step = said if agreed else "send_back"
    state = rules.HIT_FLOW.after(row.state, step)
    aml.check_second(by.person, row.judged_person)
    row.state = state
    if agreed:
        row.confirmed_by, row.confirmed_person, row.confirmed_at = by, by.person, at
    row.save(update_fields=["state", "confirmed_by", "confirmed_person", "confirmed_at"])
    _tell(row, f"{step}_hit", by.label, at)
    if row.state == rules.UPHELD:
        suspicious.open_by_hit(hit=row, actor=by.label, at=at)
    return row


def _tell(row: ScreeningHit, step: str, actor: str, at: datetime, **detail: object) -> None:
    trail.record(
        institution_id=row.institution_id,
        actor=actor,
        action=f"{aml.APART}.{step}",
        subject=row.subject,
        at=at,
        detail=detail,
    )


def _tell_list(row: WatchList, step: str, by: Staff, at: datetime, **detail: object) -> None:
    trail.record(
        institution_id=by.institution_id,
        actor=by.label,
        action=f"{aml.APART}.{step}",
        subject=row.subject,
        at=at,
        detail=detail,
    )
