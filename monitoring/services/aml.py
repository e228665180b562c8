"""The AML desk: build large values, fill gaps, review, report; exemptions by two people."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction
from django.utils.timezone import localdate

from foundation.kernel.flow import StepNotAllowed
from foundation.kernel.money import Money
from foundation.ledger import selectors as ledger
from foundation.people.models import Institution, Staff
from foundation.policy import selectors as policy
from foundation.worklist import services as worklist
from monitoring.models import AmlExemption, AmlReport, LargeValue
from monitoring.rules import aml as rules
from monitoring.rules import currencies
from monitoring.selectors import aml as selected
from monitoring.selectors import patterns
from monitoring.services import large, suspicious
from monitoring.services.large import SYSTEM

_FILLED = ("id_number", "counterparty", "purpose")
_REPORT_JOB = "monitoring.tasks.report_large_values"


def build_day(*, on: date, at: datetime) -> int:
    """Build what is large on a business date in every branch; again it changes nothing twice."""
    return sum(_build(branch, on, at) for branch in selected.branches())


@transaction.atomic
def _build(branch: Institution, on: date, at: datetime) -> int:
    least = large.least_of(on=on)
    days, items = (policy.whole(code=code, on=on) for code in (rules.DEADLINE, rules.SPLIT))
    due = policy.calendar(on=on).add_business_days(on, days)
    built, seen = 0, set()
    for one in selected.flowed(branch_id=branch.pk, on=on, least=least):
        seen.add((one.customer, one.side, one.kind))
        built += _keep(branch, one, on=on, due=due, least=least[one.kind], at=at)
        if one.kind == rules.CASH and rules.is_split(
            one.moves, least=least[one.kind].fen, items=items
        ):
            key = f"split:{on}:{one.customer}:{one.side}"
            suspect = patterns.Suspect(one.customer, one.name, key, one.moves)
            suspicious.open_by_rule(branch=branch, suspect=suspect, origin=rules.BY_RULE, at=at)
    for row in selected.standing(branch_id=branch.pk, on=on):
        if (row.customer, row.side, row.kind) not in seen:
            large.lapse(row=row, actor=SYSTEM, at=at)
    return built


def _keep(
    branch: Institution,
    one: selected.Flowed,
    *,
    on: date,
    due: date,
    least: currencies.Threshold,
    at: datetime,
) -> bool:
    """Keep a large value once; of one that is kept follow what was posted since."""
    row, created = LargeValue.objects.get_or_create(
        institution=branch,
        business_date=on,
        customer=one.customer,
        side=one.side,
        kind=one.kind,
        defaults={
            "customer_name": one.name,
            **large.figures_of(one=one),
            "threshold_fen": least.fen,
            "threshold_cents": least.cents,
            "due_on": due,
            "built_at": at,
            **_known(one),
        },
    )
    if created:
        large.tell(row=row, step="build_large", actor=SYSTEM, at=at)
        spared = selected.exemption(branch_id=branch.pk, customer=one.customer, on=on)
        if spared is not None:
            row.state, row.exemption = rules.LARGE_FLOW.after(row.state, "exempt"), spared
            row.save(update_fields=["state", "exemption"])
            large.tell(row=row, step="exempt_large", actor=SYSTEM, at=at, number=spared.pk)
    else:
        large.follow(row=row, one=one, actor=SYSTEM, at=at)
    return bool(created)


def _known(one: selected.Flowed) -> dict[str, str]:
    """Return what the books know already of what a report needs."""
    numbers = [move.counter for move in one.moves if move.counter]
    names = ledger.account_names(numbers=numbers)
    told = dict.fromkeys(f"{number} {names.get(number, '')}".strip() for number in numbers)
    is_own = one.customer == one.moves[0].account
    return {
        "id_number": "" if is_own else one.customer,
        "counterparty": "; ".join(told)[:120],
    }


@transaction.atomic
def fill(
    *, large_id: int, id_number: str, counterparty: str, purpose: str, by: Staff, at: datetime
) -> LargeValue:
    """Fill what a report needs; refuse while something is missing."""
    rules.check_filled(id_number, counterparty, purpose)
    row = selected.large_value(large_id=large_id, lock=True)
    row.state = rules.LARGE_FLOW.after(row.state, "fill")
    row.id_number, row.counterparty, row.purpose = id_number, counterparty, purpose
    row.filled_by, row.filled_person, row.filled_at = by, by.person, at
    row.save(update_fields=["state", *_FILLED, "filled_by", "filled_person", "filled_at"])
    large.tell(row=row, step="fill_large", actor=by.label, at=at)
    return row


@transaction.atomic
def review(*, large_id: int, passed: bool, remark: str, by: Staff, at: datetime) -> LargeValue:
    """Pass what another human filled, or send it back; what changed since is taken up anew."""
    row = selected.large_value(large_id=large_id, lock=True)
    step = "pass" if passed else "send_back"
    state = rules.LARGE_FLOW.after(row.state, step)
    rules.check_second(by.person, row.filled_person)
    if passed and row.changed:
        raise StepNotAllowed(step=step, state=row.state)
    if row.changed:
        large.tell(row=row, step="send_back_large", actor=by.label, at=at, remark=remark)
        return large.take_up(large_id=row.pk, by=by, at=at)
    row.state = state
    if passed:
        row.reviewed_by, row.reviewed_person, row.reviewed_at = by, by.person, at
    row.save(update_fields=["state", "reviewed_by", "reviewed_person", "reviewed_at"])
    large.tell(row=row, step=f"{step}_large", actor=by.label, at=at, remark=remark)
    return row


@transaction.atomic
def ask_report(*, by: Staff, at: datetime) -> int | None:
    """Ask for the report of what was reviewed; a worker makes the file. Refuse where nothing is."""
    branch = selected.branch_of(institution=by.institution)
    if branch is None or not selected.reviewed(branch_id=branch.pk).exists():
        raise rules.NothingToReport
    return worklist.enqueue_job(
        kind=_REPORT_JOB,
        args={"branch_id": branch.pk, "staff_id": by.pk},
        dedup_key=f"{_REPORT_JOB}:{branch.pk}:{at:%Y%m%d%H%M}",
    )


@transaction.atomic
def report_large(*, branch_id: int, by: Staff, at: datetime) -> AmlReport | None:
    """Make the file of all that was reviewed in a branch; None where another made it before.

    What was reversed in part or whole since is left out and marked.
    """
    rows = large.unchanged(rows=selected.to_report(branch_id=branch_id), at=at)
    if not rows:
        return None
    branch = rows[0].institution
    made = keep_report(branch=branch, kind=rules.LARGE, lines=_lines(rows), by=by, at=at)
    for row in rows:
        row.state, row.report = rules.LARGE_FLOW.after(row.state, "report"), made
        row.save(update_fields=["state", "report"])
        large.tell(row=row, step="report_large", actor=by.label, at=at, file=made.name)
    return made


@transaction.atomic
def report_case(*, case_id: int, by: Staff, at: datetime) -> AmlReport:
    """Make the file of a case that the lead has confirmed."""
    row = selected.case(case_id=case_id, lock=True)
    row.state = rules.CASE_FLOW.after(row.state, "report")
    line = suspicious.line_of(row=row)
    made = keep_report(branch=row.institution, kind=rules.SUSPICIOUS, lines=[line], by=by, at=at)
    row.report = made
    row.save(update_fields=["state", "report"])
    large.tell(row=row, step="report_case", actor=by.label, at=at, file=made.name)
    return made


def keep_report(
    *, branch: Institution, kind: str, lines: Sequence[rules.Line], by: Staff, at: datetime
) -> AmlReport:
    """Keep the file of a report under the next number of the branch's year, with its check sum."""
    on = localdate(at)
    selected.hold_numbers(branch_id=branch.pk, kind=kind)
    seq = selected.last_seq(branch_id=branch.pk, kind=kind, year=on.year) + 1
    name = rules.report_name(kind=kind, place=branch.number, on=on, seq=seq)
    content = rules.report_file(name=name, kind=kind, on=on, lines=lines)
    row: AmlReport = AmlReport.objects.create(
        institution=branch,
        kind=kind,
        year=on.year,
        seq=seq,
        name=name,
        count=len(lines),
        content=content,
        sha256=rules.check_sum(content),
        made_at=at,
        asked_by=by,
    )
    large.tell(
        row=row,
        step="make_aml_report",
        actor=by.label,
        at=at,
        file=name,
        sha256=row.sha256,
        count=len(lines),
    )
    return row


def _lines(rows: Sequence[LargeValue]) -> list[rules.Line]:
    return [
        rules.Line(
            place,
            {
                "date": str(row.business_date),
                "customer": row.customer,
                "name": row.customer_name,
                "id": row.id_number,
                "side": row.side,
                "kind": row.kind,
                "amount": Money(row.amount_fen).format(commas=False),
                **_in_currencies(row),
                "counterparty": row.counterparty,
                "purpose": row.purpose,
            },
            [f"{move['place']}/{move['journal_no']}" for move in row.evidence],
        )
        for place, row in enumerate(rows, start=1)
    ]


def _in_currencies(row: LargeValue) -> dict[str, str]:
    """Return what a report says besides where foreign money was moved: each sum, and US dollars."""
    if not set(row.sums) - {currencies.CNY}:
        return {}
    sums = sorted(row.sums.items())
    return {
        "currencies": "; ".join(currencies.shown(amount, one) for one, amount in sums),
        "dollars": currencies.shown(row.amount_cents, currencies.USD),
        "basis": row.basis,
    }


@transaction.atomic
def propose_exemption(
    *, customer: str, reason: str, valid_from: date, valid_until: date, by: Staff, at: datetime
) -> AmlExemption:
    """Propose that a customer's large values need no report for some days."""
    rules.check_span(valid_from, valid_until)
    row: AmlExemption = AmlExemption.objects.create(
        institution=home_of(by=by),
        customer=customer,
        reason=reason,
        valid_from=valid_from,
        valid_until=valid_until,
        proposed_by=by,
        proposed_person=by.person,
        proposed_at=at,
    )
    large.tell(row=row, step="propose_exemption", actor=by.label, at=at)
    return row


@transaction.atomic
def decide_exemption(*, exemption_id: int, step: str, by: Staff, at: datetime) -> AmlExemption:
    """Approve, decline or end an exemption that another human proposed."""
    row = selected.one_exemption(exemption_id=exemption_id, lock=True)
    state = rules.EXEMPTION_FLOW.after(row.state, step)
    rules.check_second(by.person, row.proposed_person)
    row.state = state
    row.decided_by, row.decided_person, row.decided_at = by, by.person, at
    row.save(update_fields=["state", "decided_by", "decided_person", "decided_at"])
    large.tell(row=row, step=f"{step}_exemption", actor=by.label, at=at)
    return row


@transaction.atomic
def take_report(*, report_id: int, by: Staff, at: datetime) -> AmlReport:
    """Return a report to be taken away, and keep that it was."""
    row = selected.report(report_id=report_id)
    large.tell(row=row, step="take_aml_report", actor=by.label, at=at, file=row.name)
    return row


def home_of(*, by: Staff) -> Institution:
    """Return the branch of a person of the AML desk, else where the person works."""
    return selected.branch_of(institution=by.institution) or by.institution
