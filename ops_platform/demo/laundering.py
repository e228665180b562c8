"""The AML desk of the demo: large values at every stage, hits, a case, ratings, freezes."""

from __future__ import annotations

from datetime import date, datetime

from foundation.kernel.calendar import local
from foundation.ledger.models import Account
from foundation.people import services as people
from foundation.people.models import Staff
from monitoring.models import LargeValue, ScreeningHit, SuspiciousCase, WatchList
from monitoring.rules import aml as rules
from monitoring.rules.customers import HIGH
from monitoring.rules.screening import ACTIVE
from monitoring.selectors import customers as selected
from monitoring.services import aml, customers, screening, suspicious
from ops_platform.demo import house

# Of so many large values three quarters are filled, half reviewed and a quarter reported.
WORKED = 12
ON_LIST = 2
# So many customers are rated; so much of one account is frozen.
RATED, FROZEN_FEN = 6, 5_000_000
# Names that nobody bears on purpose, beside those of customers.
NAMES = (
    "D001,Vladorin KOROLANKO,,1970-05-01,演示",
    "D002,Orvanda Shipping Co. Ltd,,,演示",
    "D003,海晏虚构航运有限公司,,,演示",
)
REASONS = ("出生日期不同，同名的另一人", "与名单为同一主体，待核实")


def list_names(*, at: datetime) -> None:
    """Put a list in force before the first item is sent; a few customers' names stand on it too."""
    with people.acting_as_system(reason="seed_demo"):
        analyst, reviewer, _lead = _desk()
        taken = Account.objects.filter(kind="customer").order_by("id")
        names = taken.values_list("name", flat=True)[:ON_LIST]
        lines = [f"D1{place:02},{name},,,演示" for place, name in enumerate(names)]
        text = "\n".join(["entry,name,id_number,birth_date,remark", *NAMES, *lines])
        row = screening.import_list(
            code="DEMO", version=f"{at:%Y%m}", source="演示名单", content=text.encode(),
            by=analyst, at=at,
        )  # fmt: skip
        screening.decide_list(list_id=row.pk, step="enforce", by=reviewer, at=at)


def play(*, on: date, at: datetime) -> None:
    """Build the large values of a day and work at some; screen the customers and judge hits."""
    with people.acting_as_system(reason="seed_demo"):
        analyst, reviewer, lead = _desk()
        aml.build_day(on=on, at=at)
        _work(analyst, reviewer, at)
        _screen(analyst, reviewer, at)
        _case(analyst, reviewer, at)
        _rate(analyst, reviewer, at)
        _freeze(analyst, reviewer, at)
        spared = aml.propose_exemption(
            customer="119999000000000000", reason="国家机关账户", valid_from=on,
            valid_until=on.replace(year=on.year + 1, day=1), by=analyst, at=at,
        )  # fmt: skip
        aml.decide_exemption(exemption_id=spared.pk, step="approve", by=lead, at=at)


def _rate(analyst: Staff, reviewer: Staff, at: datetime) -> None:
    """Rate the customers of the largest values: most approved, one declined, one waiting."""
    largest = LargeValue.objects.order_by("-amount_fen", "id").values_list("customer", flat=True)
    steps = ["", "decline", *["approve"] * (RATED - 2)]
    for customer, step in zip(dict.fromkeys(largest[: RATED * 4]), steps, strict=False):
        found = selected.rated(customer=customer, on=local(at).date())
        level, reason = found.level, "按因素得分定级"
        if step == "decline":
            level, reason = HIGH, "交易规模与申报的职业不符"
        row = customers.propose_rating(
            customer=customer, level=level, reason=reason, by=analyst, at=at
        )
        if step:
            customers.decide_rating(rating_id=row.pk, step=step, by=reviewer, at=at)


def _freeze(analyst: Staff, reviewer: Staff, at: datetime) -> None:
    """Freeze a part of what the case is about; ask the same of who truly stands on the list."""
    case = SuspiciousCase.objects.order_by("id").first()
    hit = ScreeningHit.objects.filter(verdict="true").order_by("id").first()
    asked = [
        (one.customer, amount, reason, one is case)
        for one, amount, reason in (
            (case, FROZEN_FEN, "可疑案件调查期间控制"),
            (hit, None, "与名单为同一主体，特别预防措施"),
        )
        if one is not None
    ]
    for turn, (customer, amount, reason, place) in enumerate(asked, start=1):
        account = Account.objects.filter(customer_number=customer).order_by("id").first()
        if account is None:
            continue
        row = customers.ask_freeze(
            account=account.number, amount_fen=amount, reason=reason, by=analyst, at=at,
            document_no=f"演示控字〔{at:%Y}〕{turn}号",
            case_id=case.pk if case is not None and place else None,
        )  # fmt: skip
        if place:
            customers.decide_freeze(freeze_id=row.pk, step="place", by=reviewer, at=at)


def _desk() -> tuple[Staff, Staff, Staff]:
    """Return the analyst, the reviewer and the lead."""
    analyst, reviewer, lead = (
        Staff.objects.select_related("institution").get(number=number)
        for number in (house.ANALYST_NUMBER, house.REVIEWER_NUMBER, house.AML_LEAD_NUMBER)
    )
    return analyst, reviewer, lead


def _work(analyst: Staff, reviewer: Staff, at: datetime) -> None:
    rows = list(LargeValue.objects.filter(state=rules.GAPS).order_by("id")[:WORKED])
    for row in rows[: len(rows) * 3 // 4]:
        aml.fill(
            large_id=row.pk, id_number=row.id_number or row.customer,
            counterparty=row.counterparty or "现金", purpose="货款", by=analyst, at=at,
        )  # fmt: skip
    for turn, row in enumerate(rows[: len(rows) // 2], start=1):
        aml.review(large_id=row.pk, passed=True, remark="", by=reviewer, at=at)
        if turn == max(1, len(rows) // 4):
            aml.report_large(branch_id=row.institution_id, by=reviewer, at=at)


def _screen(analyst: Staff, reviewer: Staff, at: datetime) -> None:
    """Screen all customers against the list in force, and judge the first hits."""
    screening.screen_all(list_id=WatchList.objects.get(state=ACTIVE).pk, at=at)
    for verdict, reason, hit in zip(
        ("false", "true"), REASONS, ScreeningHit.objects.order_by("id")[:2], strict=False
    ):
        screening.judge(hit_id=hit.pk, verdict=verdict, reason=reason, by=analyst, at=at)
        if verdict == "false":
            screening.confirm(hit_id=hit.pk, agreed=True, by=reviewer, at=at)


def _case(analyst: Staff, reviewer: Staff, at: datetime) -> None:
    asked = SuspiciousCase.objects.values("customer")  # a rule may have opened one by itself
    rows = LargeValue.objects.exclude(customer__in=asked).select_related("institution")
    row = rows.order_by("-amount_fen").first()
    if row is None:
        return
    # The rule may have opened one about cash in parts already; else the analyst does.
    case = SuspiciousCase.objects.filter(state=rules.DRAFT).order_by("id").first()
    case = case or suspicious.open_by_hand(
        customer=row.customer, customer_name=row.customer_name, branch=row.institution,
        by=analyst, at=at,
    )  # fmt: skip
    suspicious.submit(
        case_id=case.pk,
        narrative="当日大额资金快进快出，与客户身份和经营规模不符。",
        by=analyst,
        at=at,
    )
    suspicious.review(case_id=case.pk, step="support", remark="同意", by=reviewer, at=at)
